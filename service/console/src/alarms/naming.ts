/* What an alarm is called. */

import type { Alarm, Reason } from "../api/types";
import { fitting, t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { nameOf } from "../state/lifts";
import { kindOf } from "../state/watching";

/** The lift's name; alarms of no lift are the whole service's. */
export const placeOf = (alarm: Alarm): string =>
  alarm.lift_id ? nameOf(alarm.lift_id) : t("alarms.wholeService");

/** "Bar open · Demo quad". */
export const headingOf = (alarm: Alarm): string =>
  t("alarms.where", { kind: kindOf(alarm), place: placeOf(alarm) });

/** What has become of an alarm, and of one that is put away by whom, until when and why. */
export function stateOf(alarm: Alarm): string {
  const state = words.alarmStates[alarm.state];
  if (alarm.state === "shelved" && alarm.shelved_until) {
    const [by, reason] = [alarm.shelved_by ?? "", alarm.shelved_reason ?? ""];
    return t("alarms.shelvedUntil", { time: clockTime(alarm.shelved_until), by, reason });
  }
  if (alarm.suppressed_by) return t("alarms.follows", { kind: words.alarmKinds[alarm.suppressed_by] });
  return state;
}

/** What an alarm says, from its codes and numbers; what the service itself says where these are not enough. */
export function messageOf({ kind, cause, severity, message, parameters }: Alarm): string {
  if (kind === "bar_open") {
    const who = severity === "critical" ? "occupied" : "unclear";
    const many = Number(parameters.carriers) > 1;
    return fitting([words.openBars[many ? "many" : "one"][who]], message, parameters);
  }
  if (kind === "service_down" && parameters.since && parameters.until) {
    const [since, until] = [String(parameters.since), String(parameters.until)].map(clockTime);
    return t("alarms.notWatched", { since: since ?? "", until: until ?? "" });
  }
  const some = "partly" in parameters ? "output_partly" : kind;
  const output = "set_aside" in parameters ? "output_set_aside" : some;
  const machine = words.machineTroubles[kind === "output_failed" ? output : cause];
  const said = fitting(machine ? [machine] : words.troubles[cause as Reason], message, parameters);
  if (!parameters.chattering || said === message) return said;
  return t("alarms.chatters", { message: said, times: String(parameters.chattering) });
}

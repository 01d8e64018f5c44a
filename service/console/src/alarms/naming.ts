/* What an alarm is called. */

import type { Alarm, Reason } from "../api/types";
import type { Text } from "../i18n/shapes";
import { fitting, language, quoted, sentence, t, worded, words } from "../i18n/text";
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

/** Parameters that are codes, with commas between them, and the words for these. */
const LISTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  reasons: words.reasons,
  checks: words.selfTestChecks,
};

/** A parameter as it is put into a text: codes in words, moments by the resort's clock. */
function written(name: string, value: string | number): string | number {
  const list = LISTS[name];
  const codes = String(value).split(", ");
  if (list) return codes.map((code) => list[code] ?? code).join(", ");
  return name === "since" || name === "until" ? clockTime(String(value)) : value;
}

/** The texts that could say it, the fullest first. */
function textsOf({ kind, cause, severity, lift_id: place, parameters }: Alarm): Text[] {
  if (kind === "bar_open" || kind === "self_test") {
    const number = Number(parameters.carriers ?? 1) > 1 ? "many" : "one";
    return [words.openBars[number][severity === "critical" ? "occupied" : "unclear"]];
  }
  const some = "partly" in parameters ? "output_partly" : kind;
  const output = "set_aside" in parameters ? "output_set_aside" : some;
  const machine = words.machineTroubles[kind === "output_failed" ? output : cause];
  const inGeneral = [cause, place === null ? kind : `${kind}_of_lift`, kind];
  return [
    ...(kind === "service_down" ? [sentence("alarms.notWatched")] : []),
    ...(machine ? [machine] : []),
    ...(words.troubles[cause as Reason] ?? []),
    ...(language === "en" ? [] : inGeneral.flatMap((name) => words.alarmSays[name] ?? [])),
  ];
}

/**
 * What an alarm says, from its codes and numbers; the service's mails follow the same rules
 * (service/domain/telling/alarms.py). In English that is what the service recorded, wherever the record says
 * more. In other languages an alarm without numbers is told in general, with its record quoted as evidence.
 */
export function messageOf(alarm: Alarm): string {
  const { kind, cause, message, parameters: given } = alarm;
  const parameters = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, written(name, value)]),
  );
  const said = fitting(textsOf(alarm), "", parameters);
  if (!said) {
    if (language === "en") return message;
    return t("alarms.recorded", {
      what: worded(words.causes, cause, kindOf(alarm)),
      message: quoted(message),
    });
  }
  if (kind === "self_test") return t("alarms.tested", { message: said });
  return given.chattering ? t("alarms.chatters", { message: said, times: given.chattering }) : said;
}

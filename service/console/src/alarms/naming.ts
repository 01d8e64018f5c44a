/* What an alarm is called. */

import type { Alarm } from "../api/types";
import { t } from "../i18n/text";
import { nameOf } from "../state/lifts";
import { kindOf } from "../state/watching";

/** The lift's name; alarms of no lift are the whole service's. */
export const placeOf = (alarm: Alarm): string =>
  alarm.lift_id ? nameOf(alarm.lift_id) : t("alarms.wholeService");

/** "Bar open · Demo quad". */
export const headingOf = (alarm: Alarm): string =>
  t("alarms.where", { kind: kindOf(alarm), place: placeOf(alarm) });

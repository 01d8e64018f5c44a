/* A report's tables: by hour or day, by hour of the day, by lift, by state of watching, by kind of alarm. */

import type { JSX } from "preact";
import type { AlarmKind, CarrierFigures, Report, WatchState } from "../api/types";
import { Titled } from "../components/titled";
import { t, worded, words } from "../i18n/text";
import { span } from "../i18n/time";
import { shareOf } from "./figure-tiles";
import { dayIn, hourIn, roughly } from "./when";

interface Line {
  readonly key: string;
  readonly cells: readonly (string | number)[];
}

interface SheetProps {
  readonly id: string;
  readonly title: string;
  readonly help: string;
  readonly heads: readonly string[];
  readonly lines: readonly Line[];
  readonly note?: string;
}

/** A table; where there is no line, nothing. */
function Sheet({ id, title, help, heads, lines, note }: SheetProps): JSX.Element | null {
  if (!lines.length) return null;
  return (
    <section class="report-part">
      <Titled level={3} id={`${id}-title`} title={title} help={help} />
      {note && <p class="note">{note}</p>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse */}
      <section class="scrolled" tabIndex={0} aria-label={title}>
        <table class="key-figures" id={id}>
          <thead>
            <tr>
              {heads.map((head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lines.map(({ key, cells: [first, ...rest] }) => (
              <tr key={key} data-line={key}>
                <th scope="row">{first}</th>
                {rest.map((cell, n) => (
                  <td key={n}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}

const carrierHeads = (): string[] => [
  t("reports.carriers"),
  t("reports.occupied"),
  t("reports.open_"),
  t("reports.shareColumn"),
  t("reports.unknown"),
];

const carrierCells = ({ carriers, occupied, open_occupied, open_share, unknown }: CarrierFigures) => [
  carriers,
  occupied,
  open_occupied,
  shareOf(open_share),
  unknown,
];

export function Tables({ report, daily }: { report: Report; daily: boolean }): JSX.Element {
  const { time_zone: zone, sight } = report;
  const named = daily ? dayIn : hourIn;
  const whole = [t("reports.alarms"), t("reports.blind")];
  return (
    <>
      <Sheet
        id="report-states"
        title={t("reports.sight")}
        help={t("help.sight")}
        note={t("reports.sightNote")}
        heads={[t("reports.state"), t("reports.time"), t("reports.timeShare")]}
        lines={Object.entries(sight.states)
          .sort(([, one], [, other]) => other - one)
          .map(([state, seconds]) => ({
            key: state,
            cells: [
              worded(words.watchStates, state as WatchState, state),
              roughly(seconds),
              shareOf(sight.elapsed_s ? seconds / sight.elapsed_s : null),
            ],
          }))}
      />
      <Sheet
        id="report-lifts"
        title={t("reports.byLift")}
        help={t("help.byLift")}
        heads={[t("reports.lift"), ...carrierHeads(), ...whole]}
        lines={report.by_lift.map((lift) => ({
          key: lift.lift_id,
          cells: [
            lift.name ?? t("reports.gone", { lift: lift.lift_id }),
            ...carrierCells(lift.carriers),
            lift.alarms,
            roughly(lift.sight.blind_s),
          ],
        }))}
      />
      <Sheet
        id="report-parts"
        title={t("reports.byPart", { count: daily ? 2 : 1 })}
        help={t("help.byPart")}
        heads={[t("reports.part"), ...carrierHeads(), ...whole]}
        lines={report.parts
          .filter(
            ({ carriers, sight: { elapsed_s, unknown_s } }) => carriers.carriers || unknown_s < elapsed_s,
          )
          .map((part) => ({
            key: part.begin,
            cells: [
              named(zone, part.begin),
              ...carrierCells(part.carriers),
              part.alarms,
              roughly(part.sight.blind_s),
            ],
          }))}
      />
      {daily && (
        <Sheet
          id="report-hours"
          title={t("reports.byHour")}
          help={t("help.byHour")}
          heads={[t("reports.hour"), ...carrierHeads()]}
          lines={report.by_hour
            .filter(({ carriers }) => carriers.carriers)
            .map(({ hour, carriers }) => ({
              key: String(hour),
              cells: [`${String(hour).padStart(2, "0")}:00`, ...carrierCells(carriers)],
            }))}
        />
      )}
      <Sheet
        id="report-kinds"
        title={t("reports.kinds")}
        help={t("help.kinds")}
        heads={[
          t("reports.kind"),
          t("reports.priority"),
          t("reports.count"),
          t("reports.acknowledged"),
          t("reports.median"),
        ]}
        lines={report.kinds.map(({ kind, priority, alarms, acknowledging }) => ({
          key: `${kind} ${priority}`,
          cells: [
            worded(words.alarmKinds, kind as AlarmKind, kind),
            priority,
            alarms,
            acknowledging.acknowledged,
            acknowledging.median_s === null ? t("reports.none") : span(acknowledging.median_s),
          ],
        }))}
      />
    </>
  );
}

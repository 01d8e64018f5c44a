/* One report: what it is of, its figures, plots and tables. This is what is printed. */

import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { Report } from "../api/types";
import { Titled } from "../components/titled";
import { t, words } from "../i18n/text";
import { FigureTiles } from "./figure-tiles";
import { Plot, type Series } from "./plot";
import { Tables } from "./tables";
import { fullDay, momentIn } from "./when";

/** Seen on white and on black. */
const COLOURS = { carriers: "#4a90b8", open: "#d9534a", blind: "#b7791f" };

export function ReportSheet({ report }: { report: Report }): JSX.Element {
  const daily = report.period === "week" || report.period === "season";
  const over = useMemo(() => report.parts.filter(({ begin }) => begin < report.now), [report]);
  const begins = useMemo(() => over.map(({ begin }) => begin), [over]);
  const passed = useMemo<readonly Series[]>(
    () => [
      {
        label: t("reports.occupied"),
        colour: COLOURS.carriers,
        bars: true,
        values: over.map(({ carriers }) => carriers.occupied),
      },
      {
        label: t("reports.openShare"),
        colour: COLOURS.open,
        share: true,
        values: over.map(({ carriers }) => carriers.open_share),
      },
    ],
    [over],
  );
  const blind = useMemo<readonly Series[]>(
    () => [
      {
        label: t("reports.blindMinutes"),
        colour: COLOURS.blind,
        bars: true,
        values: over.map(({ sight }) => Math.round(sight.blind_s / 6) / 10),
      },
    ],
    [over],
  );
  const shown = { zone: report.time_zone, begins, daily };
  return (
    <article class="report" aria-labelledby="report-title">
      <Heading report={report} />
      <FigureTiles report={report} />
      <Plot {...shown} label={t("reports.plotCarriers")} series={passed} />
      <Plot {...shown} label={t("reports.plotBlind")} series={blind} />
      <Tables report={report} daily={daily} />
      <Reviews report={report} />
    </article>
  );
}

function Heading({ report }: { report: Report }): JSX.Element {
  const { period, first_day, last_day, time_zone: zone, by_lift } = report;
  const days = { period: words.reportPeriods[period], first: fullDay(first_day), last: fullDay(last_day) };
  const names = by_lift.map(({ name, lift_id }) => name ?? lift_id);
  return (
    <header>
      <h3 id="report-title">
        {first_day === last_day ? t("reports.heading", days) : t("reports.headingTo", days)}
      </h3>
      {report.hours && <p>{t("reports.within", { hours: report.hours })}</p>}
      <p>{t("reports.of", { count: names.length, names: names.join(" · ") })}</p>
      <p class="note">{t("reports.zone", { zone, now: momentIn(zone, report.now) })}</p>
      {said(report).map((sentence) => (
        <p key={sentence} class="warning">
          {sentence}
        </p>
      ))}
    </header>
  );
}

/** What has to be known of the figures. */
function said(report: Report): string[] {
  const { time_zone: zone, carriers_since: since, alarms_since: alarmsSince } = report;
  const found: string[] = [];
  if (report.now < report.to) found.push(t("reports.notOver"));
  if (since === null) found.push(t("reports.neverCounted"));
  else if (Date.parse(since) > Date.parse(report.from)) {
    found.push(t("reports.notCounted", { since: momentIn(zone, since) }));
  }
  if (alarmsSince !== null && Date.parse(alarmsSince) > Date.parse(report.from)) {
    found.push(t("reports.alarmsNotCounted", { since: momentIn(zone, alarmsSince) }));
  }
  if (report.unreadable) found.push(t("reports.unreadable", { count: report.unreadable }));
  return found;
}

function Reviews({ report: { reviews } }: { report: Report }): JSX.Element {
  return (
    <section class="report-part">
      <Titled level={3} id="report-reviews" title={t("reports.reviews")} help={t("help.looked")} />
      <p>{t("reports.reviewed", { count: reviews.reviewed, alarms: reviews.alarms })}</p>
      {reviews.reviewed > 0 && <p>{t("reports.falseAlarms", { count: reviews.false_alarms })}</p>}
      {reviews.reviewed > 0 && <p>{t("reports.misses", { count: reviews.misses })}</p>}
      <p class="note">{t("reports.unreviewed")}</p>
    </section>
  );
}

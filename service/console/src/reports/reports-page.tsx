/* Reports: what is asked for, and the report of it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { address, get } from "../api/client";
import type { Report, ReportPeriod } from "../api/types";
import { Button } from "../components/button";
import { Choice, type Option } from "../components/choice";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { useAnswer } from "../forms/answer";
import { language, t, words } from "../i18n/text";
import { type Asked, beside, PERIODS, queryOf } from "./asking";
import { ReportSheet } from "./report-sheet";

type Lift = Report["by_lift"][number];

export function ReportsPage(): JSX.Element {
  const asked = useSignal<Asked>({ period: "day", date: "", hours: "", lifts: [] });
  const known = useSignal<readonly Lift[]>([]);
  const query = queryOf(asked.value);
  const read = async (): Promise<Report> => {
    const areAll = asked.value.lifts.length === 0;
    const answer = await get<Report>(`/reports?${query}`);
    if (areAll) known.value = answer.by_lift;
    return answer;
  };
  const [found, problem] = useAnswer(read, query, "reports.failed");
  const report = found.value;
  const ask = (change: Partial<Asked>): void => {
    asked.value = { ...asked.value, ...change };
  };
  return (
    <section class="wizard reports" aria-labelledby="reports-title">
      <Places of={t("reports.title")} />
      <section class="step">
        <Titled id="reports-title" title={t("reports.title")} help={t("help.reports")} />
        <Asking asked={asked.value} report={report} lifts={known.value} ask={ask} />
        <div class="row report-actions">
          <a class="target" href={address(`/reports.csv?${query}&language=${language}`)} download>
            {t("reports.csv")}
          </a>
          {report && (
            <Button class="quiet" onPress={() => print()}>
              {t("reports.print")}
            </Button>
          )}
        </div>
        <p class="problem" role="alert">
          {problem}
        </p>
        {report && <ReportSheet key={`${query} ${report.now}`} report={report} />}
      </section>
    </section>
  );
}

interface AskingProps {
  readonly asked: Asked;
  readonly report: Report | null;
  readonly lifts: readonly Lift[];
  readonly ask: (change: Partial<Asked>) => void;
}

function Asking({ asked, report, lifts, ask }: AskingProps): JSX.Element {
  const { period, date } = asked;
  const shifts = (report?.shifts ?? []).map((shift): Option => [shift, shift]);
  const hours: Option[] = period === "shift" ? shifts : [["", t("reports.allHours")], ...shifts];
  return (
    <div class="row report-asking">
      <Choice
        id="report-period"
        label={t("reports.period")}
        options={PERIODS.map((each) => [each, words.reportPeriods[each]])}
        picked={period}
        onPick={(picked) => ask({ period: picked as ReportPeriod, hours: "" })}
      />
      <div class="field">
        <label for="report-date">{t("reports.date")}</label>
        <input
          id="report-date"
          type="date"
          min="2000-01-01"
          max="2199-12-31"
          value={date || report?.first_day}
          onChange={(event) => {
            if (event.currentTarget.validity.valid) ask({ date: event.currentTarget.value });
          }}
        />
      </div>
      <Choice
        id="report-hours-of"
        label={t("reports.hours")}
        options={hours}
        picked={asked.hours || (period === "shift" ? (report?.hours ?? "") : "")}
        onPick={(picked) => ask({ hours: picked })}
      />
      <Choice
        id="report-lifts-of"
        label={t("reports.lifts")}
        options={[
          ["", t("reports.allLifts")],
          ...areasOf(lifts).map((area): Option => [`area ${area}`, t("reports.area", { area })]),
          ...lifts.map((lift): Option => [`lift ${lift.lift_id}`, lift.name ?? lift.lift_id]),
        ]}
        picked={pickedOf(asked.lifts, lifts)}
        onPick={(picked) => ask({ lifts: chosen(picked, lifts) })}
      />
      <div class="row">
        <Button class="quiet" busy={!report} onPress={() => report && ask({ date: beside(report, -1) })}>
          {t("reports.before")}
        </Button>
        <Button class="quiet" busy={!report} onPress={() => report && ask({ date: beside(report, 1) })}>
          {t("reports.after")}
        </Button>
      </div>
    </div>
  );
}

const areasOf = (lifts: readonly Lift[]): string[] =>
  [...new Set(lifts.map(({ area }) => area).filter(Boolean))].sort((one, other) => one.localeCompare(other));

/** The lifts that an entry of the list stands for. */
function chosen(entry: string, lifts: readonly Lift[]): string[] {
  if (entry.startsWith("lift ")) return [entry.slice(5)];
  return entry ? lifts.filter(({ area }) => `area ${area}` === entry).map(({ lift_id }) => lift_id) : [];
}

/** The entry of the list that stands for these lifts. */
function pickedOf(wanted: readonly string[], lifts: readonly Lift[]): string {
  const entries = [
    ...areasOf(lifts).map((area) => `area ${area}`),
    ...lifts.map(({ lift_id }) => `lift ${lift_id}`),
  ];
  const same = (entry: string): boolean => chosen(entry, lifts).join(" ") === wanted.join(" ");
  // A lift alone in its area is both: then it is called by its own name.
  return wanted.length ? (entries.reverse().find(same) ?? "") : "";
}

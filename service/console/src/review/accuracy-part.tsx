/* How accurate a lift is, by what people reviewed: misses and false alarms with their intervals, by week. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { get } from "../api/client";
import type { Accuracy, BoundedRate, Drift, LiftAccuracy } from "../api/types";
import { Titled } from "../components/titled";
import { useAnswer } from "../forms/answer";
import { number, t, words } from "../i18n/text";
import { clockTime, dayOf, shortDay } from "../i18n/time";
import { mayAct } from "../state/session";
import { ExportButtons } from "./export";
import { IntervalBar, intervalOf, rounded, scaleFor } from "./interval";

const SPANS = { "review.month": 28, "review.quarter": 91, "review.year": 365 } as const;
const USUAL = SPANS["review.month"];
const DAY_MS = 86_400_000;

const dayBefore = (days: number): string => dayOf(new Date(Date.now() - days * DAY_MS));

export function AccuracyPart({ liftId }: { liftId: string }): JSX.Element {
  const days = useSignal<number>(USUAL);
  const since = days.value === USUAL ? "" : `?from=${dayBefore(days.value)}`;
  const path = `/lifts/${encodeURIComponent(liftId)}/accuracy${since}`;
  const [found, problem] = useAnswer(() => get<LiftAccuracy>(path), path, "review.failed");
  return (
    <section class="step accuracy" aria-labelledby="accuracy">
      <header>
        <Titled level={3} id="accuracy" title={t("review.accuracy")} help={t("help.accuracy")} />
        <div class="field">
          <label for="accuracy-span">{t("figures.span")}</label>
          <select
            id="accuracy-span"
            value={String(days.value)}
            onChange={(event) => {
              days.value = Number(event.currentTarget.value);
            }}
          >
            {Object.entries(SPANS).map(([key, length]) => (
              <option key={key} value={String(length)}>
                {t(key as keyof typeof SPANS)}
              </option>
            ))}
          </select>
        </div>
      </header>
      <p class="problem" role="alert">
        {problem}
      </p>
      {found.value && <Found found={found.value} />}
      {mayAct.value && <ExportButtons liftId={liftId} />}
    </section>
  );
}

function Found({ found }: { found: LiftAccuracy }): JSX.Element {
  const { accuracy, agreement } = found;
  return (
    <>
      <p>
        {t("review.counted", {
          count: accuracy.reviewed,
          carriers: accuracy.carriers,
          alarms: accuracy.alarms,
        })}
      </p>
      {Date.parse(found.judged_since) > Date.parse(`${found.begin}T00:00`) && (
        <p class="note">{t("review.judgedSince", { time: clockTime(found.judged_since) })}</p>
      )}
      {accuracy.unseen > 0 && <p class="unseen">{t("review.unseen", { count: accuracy.unseen })}</p>}
      {accuracy.uncovered.length > 0 && (
        <p class="note">
          {t("review.uncovered", {
            strata: accuracy.uncovered.map((each) => words.strata[each]).join(", "),
          })}
        </p>
      )}
      <div class="rates">
        <RateCard
          id="misses"
          title={t("review.misses")}
          rate={accuracy.misses_per_1000}
          per={1000}
          more={accuracy.more_for_misses}
          drift={words.missTrends[found.drift_of_misses.trend]}
          trend={found.drift_of_misses}
        />
        <RateCard
          id="false"
          title={t("review.falseAlarms")}
          rate={accuracy.false_per_100_alarms}
          per={100}
          more={accuracy.more_for_false}
          drift={words.falseTrends[found.drift_of_false_alarms.trend]}
          trend={found.drift_of_false_alarms}
        />
      </div>
      <Further accuracy={accuracy} />
      {agreement && (
        <p>
          {t("review.agreement", {
            count: agreement.both,
            expected: rounded(agreement.expected ?? 0),
            low: rounded(agreement.low),
            high: rounded(agreement.high),
          })}
        </p>
      )}
      <Weeks found={found} />
      <p class="note">{t("review.source")}</p>
    </>
  );
}

interface RateCardProps {
  id: string;
  title: string;
  rate: BoundedRate | null;
  per: number;
  more: number | null;
  drift: string;
  trend: Drift;
}

function RateCard({ id, title, rate, per, more, drift, trend }: RateCardProps): JSX.Element {
  // A bare 0 would look like good news where hardly anything is known: then the interval is what stands there.
  const isUseful = more === 0;
  const expected = typeof rate?.expected === "number" ? rounded(rate.expected) : t("figures.none");
  const range = { low: rounded(rate?.low ?? 0), high: rounded(rate?.high ?? per) };
  const headline = isUseful ? expected : t("review.between", range);
  const isWider = rate !== null && rate.highest > rate.high * 1.01;
  return (
    <article class="rate" data-rate={id} data-trend={trend.trend}>
      <h4>{title}</h4>
      {rate ? (
        <>
          <p class="number">
            {headline}
            <small>{t("review.of", { per: number(per) })}</small>
          </p>
          <IntervalBar rate={rate} end={scaleFor(rate.high, per)} />
          <p>{isUseful ? t("review.range", range) : t("review.likely", { expected })}</p>
          {isWider && <p class="note">{t("review.worst", { high: rounded(rate.highest) })}</p>}
        </>
      ) : (
        <p class="nothing">{t("review.unknown")}</p>
      )}
      <p class="needed">{wordsOf(more)}</p>
      <p class="note drift">{drift}</p>
    </article>
  );
}

function wordsOf(more: number | null): string {
  if (more === null) return t("review.moreUnknown");
  return more === 0 ? t("review.enough") : t("review.more", { count: more });
}

function Further({ accuracy }: { accuracy: Accuracy }): JSX.Element {
  const { missed_per_1000_carriers: missed, false_per_1000_carriers: wrong, unsure } = accuracy;
  return (
    <>
      {missed && <p>{t("review.missedOf", { interval: intervalOf(missed) })}</p>}
      {wrong && <p>{t("review.falseOf", { interval: intervalOf(wrong) })}</p>}
      {unsure > 0 && <p class="note">{t("review.unsure", { count: unsure })}</p>}
    </>
  );
}

function Weeks({ found }: { found: LiftAccuracy }): JSX.Element | null {
  if (found.weeks.length < 2) return null;
  return (
    <table class="key-figures weeks">
      <caption>{t("review.weeks")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("review.week")}</th>
          <th scope="col">{t("review.reviewed")}</th>
          <th scope="col">{t("review.missedShort")}</th>
          <th scope="col">{t("review.falseShort")}</th>
        </tr>
      </thead>
      <tbody>
        {found.weeks.map(({ begin, accuracy }) => (
          <tr key={begin}>
            <th scope="row">{shortDay(begin)}</th>
            <td>{accuracy.reviewed}</td>
            <WeekRate
              rate={accuracy.missed_per_1000_carriers}
              end={highest(found, "missed_per_1000_carriers")}
            />
            <WeekRate rate={accuracy.false_per_100_alarms} end={highest(found, "false_per_100_alarms")} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

type WeekRateName = "missed_per_1000_carriers" | "false_per_100_alarms";

const highest = ({ weeks }: LiftAccuracy, name: WeekRateName): number =>
  Math.max(...weeks.map(({ accuracy }) => accuracy[name]?.high ?? 0), 1e-6);

function WeekRate({ rate, end }: { rate: BoundedRate | null; end: number }): JSX.Element {
  return (
    <td>
      {rate ? (
        <>
          {intervalOf(rate)}
          <IntervalBar rate={rate} end={end} />
        </>
      ) : (
        t("figures.none")
      )}
    </td>
  );
}

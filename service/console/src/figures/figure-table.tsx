/* The figures as a table: what is here, what is recommended, and how the two compare. */

import type { JSX } from "preact";
import type { KeyFigures } from "../api/types";
import { number, percent, t, words } from "../i18n/text";

type Name = keyof typeof words.figureNames;

const RATED: readonly Name[] = [
  "per_day",
  "per_hour",
  "per_10_minutes",
  "peak_10_minutes",
  "flood_share",
  "standing",
  "stale",
  "chattering",
  "top_ten_share",
];
const SHARES: ReadonlySet<Name> = new Set<Name>(["flood_share", "top_ten_share", "within_aim"]);

/** "12.5", "3", "0.4 %". */
function written(name: Name, value: number): string {
  if (SHARES.has(name)) return value > 0 && value < 0.1 ? t("figures.small", { value }) : percent(value);
  return Number.isInteger(value) ? number(value) : number(value, 1);
}

export function FigureTable({ figures }: { figures: KeyFigures }): JSX.Element {
  const { median_s, p90_s, p99_s, within_aim, waiting } = figures.acknowledging;
  const values: Partial<Record<Name, number>> = {
    per_day: figures.per_day,
    per_hour: figures.per_hour,
    per_10_minutes: figures.per_10_minutes,
    peak_10_minutes: figures.peak_10_minutes,
    flood_share: figures.flood_share,
    standing: figures.standing,
    stale: figures.stale,
    chattering: figures.chattering.length,
    top_ten_share: figures.top_ten_share,
  };
  const seconds = { median_s, p90_s, p99_s };
  return (
    <table class="key-figures">
      <thead>
        <tr>
          <th scope="col">{t("figures.figure")}</th>
          <th scope="col">{t("figures.value")}</th>
          <th scope="col">{t("figures.limit")}</th>
          <th scope="col">{t("figures.most")}</th>
          <th scope="col">{t("figures.rating")}</th>
        </tr>
      </thead>
      <tbody>
        {RATED.map((name) => {
          const limit = figures.limits[name];
          return (
            <Row
              key={name}
              name={name}
              value={written(name, values[name] ?? 0)}
              good={limit && written(name, limit.acceptable)}
              most={limit && written(name, limit.manageable)}
              rating={limit?.rating}
            />
          );
        })}
        {Object.entries(seconds).map(([name, value]) => (
          <Row
            key={name}
            name={name as Name}
            value={value === null ? undefined : t("figures.seconds", { seconds: value })}
          />
        ))}
        <Row name="within_aim" value={within_aim === null ? undefined : percent(within_aim)} />
        <Row name="waiting" value={number(waiting)} />
      </tbody>
    </table>
  );
}

interface RowProps {
  name: Name;
  value: string | undefined;
  good?: string | undefined;
  most?: string | undefined;
  rating?: keyof typeof words.ratings | null | undefined;
}

function Row({ name, value, good, most, rating }: RowProps): JSX.Element {
  const none = t("figures.none");
  return (
    <tr data-figure={name} data-rating={rating ?? undefined}>
      <th scope="row">{words.figureNames[name]}</th>
      <td>{value ?? none}</td>
      <td>{good ?? none}</td>
      <td>{most ?? none}</td>
      <td class="rating">{rating ? words.ratings[rating] : none}</td>
    </tr>
  );
}

/* The key figures of alarms, each beside its limits. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { get } from "../api/client";
import type { AlarmKind, KeyFigures } from "../api/types";
import { Choice } from "../components/choice";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { useAnswer } from "../forms/answer";
import { t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { named, nameOf } from "../state/lifts";
import { kindOf } from "../state/watching";
import { FigureTable } from "./figure-table";

const DAY_MS = 86_400_000;
const SPANS = { "figures.day": 1, "figures.week": 7, "figures.month": 30 } as const;

export function FiguresPage(): JSX.Element {
  const [lift, days] = [useSignal(""), useSignal(7)];
  const ask = (): Promise<KeyFigures> => {
    const from = new Date(Date.now() - days.value * DAY_MS).toISOString();
    const asked = new URLSearchParams({ ...(days.value === 7 ? {} : { from }) });
    if (lift.value) asked.set("lift_id", lift.value);
    return get<KeyFigures>(`/alarms/figures?${asked}`);
  };
  const [found, problem] = useAnswer(ask, `${days.value} ${lift.value}`, "figures.failed");
  return (
    <section class="wizard figures" aria-labelledby="figures-title">
      <Places of={t("figures.title")} />
      <section class="step">
        <Titled id="figures-title" title={t("figures.title")} help={t("help.figures")} />
        <div class="row">
          <Choice
            id="figures-lift"
            label={t("figures.lift")}
            options={[["", t("figures.allLifts")], ...named.value.map(({ id, name }) => [id, name] as const)]}
            onPick={(picked) => {
              lift.value = picked;
            }}
            picked={lift.value}
          />
          <Choice
            id="figures-span"
            label={t("figures.span")}
            options={Object.entries(SPANS).map(
              ([key, length]) => [String(length), t(key as keyof typeof SPANS)] as const,
            )}
            onPick={(picked) => {
              days.value = Number(picked);
            }}
            picked={String(days.value)}
          />
        </div>
        <p class="problem" role="alert">
          {problem}
        </p>
        {found.value && <Found figures={found.value} />}
      </section>
    </section>
  );
}

function Found({ figures }: { figures: KeyFigures }): JSX.Element {
  const span = { from: clockTime(figures.from), to: clockTime(figures.to) };
  return (
    <>
      <p>{t("figures.counted", { count: figures.alarms, ...span })}</p>
      <FigureTable figures={figures} />
      <p class="note">{t("figures.source")}</p>
      {figures.top.length > 0 && (
        <Titled level={3} id="figures-top" title={t("figures.topTitle")} help={t("help.top")} />
      )}
      <ol class="listed">
        {figures.top.map(({ kind, lift_id: place, cause, count, share }) => (
          <li key={`${kind} ${place} ${cause}`}>
            {t("figures.top", {
              kind: kindOf({ kind: kind as AlarmKind, cause }),
              place: place ? nameOf(place) : t("alarms.wholeService"),
              cause:
                cause in words.causes
                  ? t("figures.topCause", { cause: worded(words.causes, cause, cause) })
                  : "",
              count,
              share,
            })}
          </li>
        ))}
      </ol>
      <Titled level={3} id="figures-floods" title={t("figures.floodsTitle")} help={t("help.floods")} />
      {!figures.floods.length && <p class="note">{t("figures.noFloods")}</p>}
      <ol class="listed">
        {figures.floods.map(({ begin, end, alarms, peak }) => (
          <li key={begin}>
            {t("figures.flood", { from: clockTime(begin), to: clockTime(end), alarms, peak })}
          </li>
        ))}
      </ol>
    </>
  );
}

/* What is kept for how long, how much of it there is, and whether people are hidden in it. */

import type { JSX } from "preact";
import type { KeptClass, LiftPrivacy, Retention } from "../api/types";
import { bytes } from "../i18n/number";
import { number, t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { hrefOf } from "../route/route";
import { Facts, Group, Problem } from "./facts";
import { useReading } from "./reading";

const COUNTING_MS = 2_000;

export function KeepingPart(): JSX.Element {
  const { found, problem } = useReading<Retention>("/retention", (last) =>
    last?.counting ? COUNTING_MS : null,
  );
  const kept = found.value;
  if (!kept) return <Problem text={problem.value} />;
  return (
    <>
      <Problem text={problem.value} />
      {!kept.deleting && <p class="problem">{t("keeping.paused")}</p>}
      <Group id="keeping" title={t("keeping.classes")} help={t("keeping.classesHelp")}>
        <ul class="entries">
          {kept.classes.map((one) => (
            <li key={one.kind} data-kind={one.kind}>
              <div>
                <strong>{words.keptClasses[one.kind]}</strong>
                <p class="note">{keptText(one)}</p>
              </div>
            </li>
          ))}
        </ul>
      </Group>
      <Group id="keeping-sizes" title={t("keeping.sizes")} help={t("keeping.sizesHelp")}>
        {kept.sizes ? (
          <Facts
            facts={Object.entries(kept.sizes.sizes)
              .sort(([, a], [, b]) => b - a)
              .map(([name, size]) => [worded(words.keptFolders, name, name), bytes(size)] as const)}
          />
        ) : (
          <p class="note" role="status">
            {t("keeping.counting")}
          </p>
        )}
      </Group>
      <Group id="keeping-privacy" title={t("keeping.privacy")} help={t("keeping.privacyHelp")}>
        <ul class="entries">
          {kept.lifts.map((one) => (
            <li key={one.lift_id}>
              <div>
                <a class="target start" href={hrefOf("lifts", one.lift_id)}>
                  {one.name}
                </a>
                <p class="note">{privacyText(one)}</p>
              </div>
            </li>
          ))}
        </ul>
      </Group>
    </>
  );
}

const keptText = ({ count, oldest, days, variable }: KeptClass): string =>
  [
    number(count),
    days == null ? t("keeping.forGood") : t("keeping.days", { count: days }),
    oldest && t("keeping.oldest", { at: clockTime(oldest) }),
    variable,
  ]
    .filter(Boolean)
    .join(" · ");

const privacyText = ({ hidden, own, no_clips: none, clip_days: days }: LiftPrivacy): string =>
  [
    t(hidden ? "keeping.hidden" : "keeping.shown"),
    own != null && t("keeping.own"),
    none ? t("keeping.noClips") : t("keeping.clips", { count: days }),
  ]
    .filter(Boolean)
    .join(" · ");

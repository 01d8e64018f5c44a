/* How often the proposal would have judged otherwise, and the newest carriers on which it would. */

import type { JSX } from "preact";
import { address } from "../api/client";
import type { Disagreement, SiteCalibration } from "../api/types";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";

interface ShadowProps {
  found: SiteCalibration;
  differing: readonly Disagreement[];
}

export function Shadow({ found, differing }: ShadowProps): JSX.Element | null {
  const { compared, disagreed } = found.shadow_counts;
  if (!found.shadow && !compared) return null;
  const since = found.shadow ? t("calibration.inShadow") : t("calibration.wasInShadow");
  return (
    <>
      <p class="shadow">
        {since} {t("calibration.compared", { count: compared, disagreed })}
      </p>
      {disagreed > 0 && (
        <ul class="disagreements">
          {differing.map((one) => (
            <li key={one.passage_id}>
              <a
                class="target"
                href={address(`/passages/${encodeURIComponent(one.passage_id)}/pictures/2.jpg`)}
              >
                {clockTime(one.seen_at)}
              </a>
              {inWords(one)}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function inWords({ verdict, shadow_verdict: shadow, review }: Disagreement): string {
  const said = { verdict: words.verdicts[verdict], shadow: words.verdicts[shadow] };
  return review
    ? t("calibration.differsReviewed", { ...said, review: words.verdicts[review] })
    : t("calibration.differs", said);
}

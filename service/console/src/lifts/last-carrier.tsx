/* The last carrier: its verdict, its pictures, and where the bar was seen in them. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { Passage, PassageImage, Verdict } from "../api/types";
import { Button } from "../components/button";
import { Picture } from "../components/picture";
import { t, worded, words } from "../i18n/text";
import { clockTime, secondsBetween } from "../i18n/time";

export const MARKS: Record<Verdict, string> = { open: "▲", closed: "●", unknown: "?" };
const MOMENTS = ["carrier.begin", "carrier.middle", "carrier.end"] as const;

export function LastCarrier({ passage }: { passage: Passage | undefined }): JSX.Element {
  const showWhy = useSignal(false);
  const hasWhy = passage?.images.some((image) => image.why) ?? false;
  return (
    <div class="last">
      <div>
        <p class="verdict">{passage ? words.verdicts[passage.verdict] : t("carrier.none")}</p>
        <p class="detail">{passage && detail(passage)}</p>
      </div>
      <div class="pictures" data-why={showWhy.value && hasWhy ? "" : undefined}>
        {passage?.images.map((image, i) => (
          <Moment key={`${passage.id}-${i}`} image={image} at={i} />
        ))}
      </div>
      {hasWhy && (
        <Button
          class="why quiet"
          pressed={showWhy.value}
          onPress={() => {
            showWhy.value = !showWhy.value;
          }}
        >
          {t("carrier.why")}
        </Button>
      )}
    </div>
  );
}

function Moment({ image, at }: { image: PassageImage; at: number }): JSX.Element {
  const verdict = words.verdicts[image.verdict];
  const moment = MOMENTS[at];
  return (
    <figure data-verdict={image.verdict}>
      {image.why && <Picture class="seen" url={image.why} alt="" title={t("carrier.whyColours")} />}
      {image.picture && (
        <Picture
          class="carrier"
          url={image.picture}
          alt={moment ? t(moment, { verdict }) : verdict}
          size={200}
        />
      )}
      <figcaption>
        {MARKS[image.verdict]} {verdict}
      </figcaption>
    </figure>
  );
}

function detail(passage: Passage): string {
  const parts = [
    t("carrier.who", { number: passage.number, seat: words.seats[passage.seat] }),
    t("carrier.confidence", { confidence: passage.confidence }),
    clockTime(passage.recorded_at),
  ];
  if (passage.reasons.length) {
    parts.push(passage.reasons.map((code) => worded(words.reasons, code, passage.reason)).join("; "));
  }
  if (passage.carriers > 1) parts.push(t("carrier.standsFor", { carriers: passage.carriers }));
  if (passage.late && passage.left_at) {
    parts.push(t("carrier.late", { seconds: secondsBetween(passage.left_at, passage.recorded_at) }));
  }
  return parts.join(" · ");
}

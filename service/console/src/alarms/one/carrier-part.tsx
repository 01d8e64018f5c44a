/* The carrier of an alarm: its pictures with both masks over them, the margin on its scale, and whether it was right. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get } from "../../api/client";
import type { AlarmDetail, Decision, Passage, PassageImage } from "../../api/types";
import { Button } from "../../components/button";
import { Picture } from "../../components/picture";
import { Titled } from "../../components/titled";
import { t, words } from "../../i18n/text";
import { MARKS } from "../../lifts/last-carrier";
import { MaskOverlay } from "../../proof/mask-overlay";
import { messageOf } from "../../state/session";
import { JudgedPart } from "./judged-part";
import { MarginScale } from "./margin-scale";

const MOMENTS = ["room.begin", "room.middle", "room.end"] as const;
const LAYERS = ["masks", "seen", "bare"] as const;
type Layer = (typeof LAYERS)[number];

export function CarrierPart({ alarm }: { alarm: AlarmDetail }): JSX.Element {
  const [passage, decision, problem] = [
    useSignal<Passage | null>(null),
    useSignal<Decision | null>(null),
    useSignal(""),
  ];
  const layer = useSignal<Layer>("masks");
  const id = encodeURIComponent(alarm.passage_id ?? "");
  useEffect(() => {
    let isGone = false;
    Promise.all([get<Passage>(`/passages/${id}`), get<Decision>(`/passages/${id}/decision`)]).then(
      ([carrier, decided]) => {
        if (!isGone) [passage.value, decision.value] = [carrier, decided];
      },
      (error) => {
        if (!isGone) problem.value = t("room.noCarrier", { problem: messageOf(error) });
      },
    );
    return () => {
      isGone = true;
    };
  }, [id, passage, decision, problem]);
  const carrier = passage.value;
  if (!carrier) return <p class="note">{problem.value}</p>;
  return (
    <>
      <section aria-labelledby="pictures-title">
        <Titled id="pictures-title" title={t("room.pictures")} help={t("help.pictures")} />
        <fieldset class="row layers" aria-label={t("room.over")}>
          {LAYERS.map((each) => (
            <Button
              key={each}
              class="quiet"
              pressed={layer.value === each}
              onPress={() => {
                layer.value = each;
              }}
            >
              {words.pictureLayers[each]}
            </Button>
          ))}
        </fieldset>
        <div class="triptych">
          {carrier.images.map((image, at) => (
            <Moment key={MOMENTS[at]} passage={carrier} image={image} at={at} layer={layer.value} />
          ))}
        </div>
        {layer.value === "masks" && <p class="note masks-key">{t("room.masksKey")}</p>}
        {layer.value === "seen" && <p class="note">{t("carrier.whyColours")}</p>}
      </section>
      <section class="why" aria-labelledby="why-title">
        <Titled id="why-title" title={t("room.why")} help={t("help.why")} />
        {decision.value && <MarginScale decision={decision.value} passage={carrier} />}
      </section>
      <JudgedPart
        passage={carrier}
        onChange={(changed) => {
          passage.value = changed;
        }}
      />
    </>
  );
}

interface MomentProps {
  passage: Passage;
  image: PassageImage;
  at: number;
  layer: Layer;
}

function Moment({ passage, image, at, layer }: MomentProps): JSX.Element {
  const moment = t(MOMENTS[at] ?? "room.end");
  const verdict = words.verdicts[image.verdict];
  const alt = t("room.pictureOf", { moment, verdict });
  return (
    <figure data-verdict={image.verdict} data-moment={at}>
      {image.picture === null ? (
        <p class="gone">{t("review.noPicture")}</p>
      ) : layer === "masks" && passage.mask_version ? (
        <MaskOverlay
          liftId={passage.lift_id}
          version={passage.mask_version}
          picture={image.picture}
          alt={alt}
        />
      ) : (
        <span class="layered">
          <Picture url={image.picture} alt={alt} size={200} />
          {layer === "seen" && image.why && <Picture class="over" url={image.why} alt="" size={200} />}
        </span>
      )}
      <figcaption>
        <b>{moment}</b>
        <span>
          {MARKS[image.verdict]} {verdict}
        </span>
        <span>{t("room.distances", { open: image.distance_open, closed: image.distance_closed })}</span>
      </figcaption>
    </figure>
  );
}

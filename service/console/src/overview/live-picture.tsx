/* What a camera sees, with the age of just that picture: red once it is old. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n/text";
import { ageText } from "../i18n/time";
import { now } from "../state/clock";
import { liftOf } from "../state/lifts";
import { ageOf, type ShownSince, showOn } from "./pictures";

/** From this age on a picture says nothing about now. */
const OLD_S = 10;

interface LivePictureProps {
  liftId: string;
  name: string;
}

export function LivePicture({ liftId, name }: LivePictureProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const since = useSignal<ShownSince>(null);
  const isThere = useComputed(() => liftOf(liftId)?.picture != null).value;
  useEffect(() => {
    if (!canvas.current || !isThere) return;
    const shown = showOn(canvas.current, liftId);
    const unfollow = shown.since.subscribe((value) => {
      since.value = value;
    });
    return () => {
      unfollow();
      shown.end();
    };
  }, [liftId, since, isThere]);
  const age = useComputed(() => {
    void now.value;
    return ageOf(since.value);
  });
  const text = useComputed(() => (age.value === null ? t("lifts.noPicture") : ageText(age.value)));
  const state = useComputed(() => {
    if (age.value === null) return "none";
    return age.value > OLD_S ? "old" : "live";
  });
  return (
    <div class="sight" data-picture={state}>
      <canvas
        ref={canvas}
        class="view"
        width={320}
        height={180}
        role="img"
        aria-label={t("lifts.view", { name })}
      />
      <span class="age">{text}</span>
    </div>
  );
}

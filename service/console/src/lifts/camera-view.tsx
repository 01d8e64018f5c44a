/* What the camera sees; the old picture stays until the new one is there, so nothing flickers. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address } from "../api/client";
import type { Lift } from "../api/types";
import { t } from "../i18n/text";

/** A new picture is asked for with each poll: whenever `lift` is another object. */
export function CameraView({ lift }: { lift: Lift }): JSX.Element {
  const shown = useSignal<string | undefined>(undefined);
  const isLoading = useRef(false);
  useEffect(() => {
    if (!lift.camera_status || isLoading.current) return;
    isLoading.current = true;
    const next = new Image();
    next.onload = () => {
      shown.value = next.src;
      isLoading.current = false;
    };
    next.onerror = () => {
      isLoading.current = false;
    };
    next.src = address(`/lifts/${encodeURIComponent(lift.id)}/snapshot.jpg?at=${Date.now()}`);
  }, [lift, shown]);
  return (
    <div class="sight" data-says={lift.camera_status?.state === "lost" ? t("lifts.noPicture") : undefined}>
      {shown.value && (
        <img class="view" src={shown} alt={t("lifts.view", { name: lift.name })} width={640} height={360} />
      )}
    </div>
  );
}

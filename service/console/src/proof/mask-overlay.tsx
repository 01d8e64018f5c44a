/* A carrier's picture with the lift's masks over it. */

import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { address } from "../api/client";
import { t } from "../i18n/text";

const MASKS = ["open", "close"] as const;

interface OverlayProps {
  liftId: string;
  version: number;
  /** Of a carrier, 200 × 200; without it the masks stand on black. */
  picture: string | null | undefined;
  alt: string;
}

export function MaskOverlay({ liftId, version, picture, alt }: OverlayProps): JSX.Element {
  const id = useId();
  const path = `/lifts/${encodeURIComponent(liftId)}/masks/${version}`;
  return (
    <svg class="overlay" viewBox="0 0 200 200" role="img" aria-label={alt}>
      {picture && <image href={picture} width={200} height={200} />}
      {MASKS.map((which) => (
        <g key={which}>
          <mask id={`${id}-${which}`}>
            <image href={address(`${path}/${which}.png`)} width={200} height={200} />
          </mask>
          <rect class={which} width={200} height={200} mask={`url(#${id}-${which})`}>
            <title>{t(`masks.of.${which}`)}</title>
          </rect>
        </g>
      ))}
    </svg>
  );
}

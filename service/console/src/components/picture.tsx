/* An image of evidence: it may be announced a moment before it is written, so it is asked for again. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

interface PictureProps {
  url: string;
  alt: string;
  class?: string;
  title?: string;
  size?: number;
}

/** size: of its square, in pixels, so that nothing moves when it arrives. */
export function Picture(props: PictureProps): JSX.Element {
  return <Asked key={props.url} {...props} />;
}

function Asked({ url, alt, size, ...rest }: PictureProps): JSX.Element {
  const attempt = useSignal(0);
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  const askAgain = (): void => {
    if (attempt.value + 1 >= ATTEMPTS) return;
    timer.current = setTimeout(
      () => {
        attempt.value += 1;
      },
      FIRST_WAIT_MS * 2 ** attempt.value,
    );
  };
  const src = attempt.value ? `${url}?attempt=${attempt.value}` : url;
  return <img {...rest} src={src} alt={alt} width={size} height={size} onError={askAgain} />;
}

/* The tiles of all lifts, as large as lets all of them be on one screen. */

import { type ReadonlySignal, useSignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { holdOn } from "../components/holding";
import { fitted, roomy } from "./fitting";
import { isHeld, type TileGroup } from "./order";
import { Tile } from "./tile";

/** The narrowest tile where there is no room for all, and where somebody wants large ones; pixels. */
const NARROW_PX = 150;
const LARGE_PX = 340;
/** Below this height of the whole there is no use in fitting: a phone scrolls. */
const LOW_PX = 200;

interface TileGridProps {
  groups: ReadonlySignal<readonly TileGroup[]>;
  isLarge?: boolean;
  /** Of a wall: nobody touches the tiles. */
  isQuiet?: boolean;
}

export function TileGrid({ groups, isLarge = false, isQuiet = false }: TileGridProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const size = useSignal({ width: 0, height: 0 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const { clientWidth: width, clientHeight: height } = element;
      const last = size.peek();
      if (width !== last.width || height !== last.height) size.value = { width, height };
    });
    observer.observe(element);
    const release = isQuiet ? () => null : holdOn(element, isHeld);
    return () => {
      observer.disconnect();
      release();
    };
  }, [isQuiet, size]);
  const shown = groups.value;
  const { width, height } = size.value;
  const grid = useMemo(() => {
    const fits = !isLarge && height >= LOW_PX;
    const headings = shown.filter(({ heading }) => heading).length;
    const counts = shown.map(({ ids }) => ids.length);
    if (fits) return fitted(counts, headings, width, height);
    return roomy(counts, width, isLarge ? LARGE_PX : NARROW_PX);
  }, [shown, isLarge, width, height]);
  const style = { "--columns": grid.columns, "--row": `${grid.rowPx}px` };
  return (
    <div class="tiles" ref={box} style={style}>
      {shown.map(({ heading, ids }) => (
        <Group key={heading} heading={heading}>
          <ul>
            {ids.map((id) => (
              <Tile key={id} liftId={id} isLink={!isQuiet} />
            ))}
          </ul>
        </Group>
      ))}
    </div>
  );
}

/** A part of the page of its own where it has a heading. */
function Group({ heading, children }: { heading: string; children: ComponentChildren }): JSX.Element {
  if (!heading) return <div>{children}</div>;
  return (
    <section aria-label={heading}>
      <h3>{heading}</h3>
      {children}
    </section>
  );
}

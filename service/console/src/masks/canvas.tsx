/* The picture with the masks' lines on it. Fingers take the nearest point; the keyboard goes from point to point. */

import { type Signal, useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import { arrowOf, FINGER_PX, follow, type Point, useSurface } from "../drawing/surface";
import { t } from "../i18n/text";
import type { MaskEditor } from "./editor";
import { clamped, type Line } from "./sheet";

interface CanvasProps {
  editor: MaskEditor;
  picture: string | undefined;
  mayEdit: boolean;
}

export function Canvas({ editor, picture, mayEdit }: CanvasProps): JSX.Element {
  const size = 200 / editor.zoom.value;
  const surface = useSurface(size);
  const box = useComputed(() => {
    const { x, y } = editor.centre.value;
    const shown = 200 / editor.zoom.value;
    return `${x - shown / 2} ${y - shown / 2} ${shown} ${shown}`;
  });
  const down = (event: PointerEvent): void => {
    const at = surface.at(event);
    const found = mayEdit ? editor.sheet.value.find(at, FINGER_PX * surface.unit.value) : null;
    if (mayEdit && editor.drawing.value) {
      event.preventDefault();
      editor.draw(at);
    } else if (found) dragPoint(event, at, found.line, found.index, found.isPoint);
    else pan(event);
  };
  const dragPoint = (event: PointerEvent, at: Point, line: Line, index: number, isPoint: boolean): void => {
    editor.select(line.id, index);
    const point = line.points[index];
    if (!point || !isPoint) {
      event.preventDefault();
      return;
    }
    const start = point.value; // the point keeps its distance to the finger: it does not jump
    let isMoved = false;
    follow(event, {
      onMove: (moved) => {
        const { x, y } = surface.at(moved);
        isMoved = true;
        point.value = clamped({ x: start.x + x - at.x, y: start.y + y - at.y });
      },
      onEnd: () => {
        if (isMoved) editor.commit();
      },
    });
  };
  const pan = (event: PointerEvent): void => {
    editor.selected.value = null;
    if (editor.zoom.value === 1) return;
    const start = editor.centre.value;
    const { clientX, clientY } = event;
    follow(event, {
      onMove: (moved) => {
        const unit = surface.unit.value;
        editor.centre.value = {
          x: start.x - (moved.clientX - clientX) * unit,
          y: start.y - (moved.clientY - clientY) * unit,
        };
      },
    });
  };
  const other = editor.sheets[editor.which.value === "open" ? "close" : "open"];
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: its points have names
    <svg
      ref={surface.ref}
      class="canvas"
      data-which={editor.which.value}
      data-drawing={String(editor.drawing.value)}
      viewBox={box}
      onPointerDown={down}
      onMouseDown={(event) => event.preventDefault()}
    >
      {picture && <image href={picture} x={-0.5} y={-0.5} width={200} height={200} />}
      {editor.ghost.value && (
        <g class="ghost">
          {other.lines.value.map((line) => (
            <Stroke key={line.id} line={line} />
          ))}
        </g>
      )}
      <g class="lines">
        {editor.sheet.value.lines.value.map((line) => (
          <Stroke key={line.id} line={line} />
        ))}
      </g>
      {mayEdit &&
        editor.sheet.value.lines.value.map((line, number) => (
          <g key={line.id}>
            {line.points.map((point, index) => (
              <Knob
                key={index}
                editor={editor}
                line={line}
                number={number + 1}
                index={index}
                point={point}
                unit={surface.unit}
              />
            ))}
          </g>
        ))}
    </svg>
  );
}

function Stroke({ line }: { line: Line }): JSX.Element {
  const points = useComputed(() => line.points.map(({ value: { x, y } }) => `${x},${y}`).join(" "));
  const [first] = line.points;
  const x = useComputed(() => first?.value.x ?? 0);
  const y = useComputed(() => first?.value.y ?? 0);
  const radius = useComputed(() => line.width.value / 2);
  if (line.points.length === 1) return <circle class="blob" cx={x} cy={y} r={radius} />;
  return <polyline key={line.points.length} points={points} stroke-width={line.width} />;
}

interface KnobProps {
  editor: MaskEditor;
  line: Line;
  number: number;
  index: number;
  point: Signal<Point>;
  unit: Signal<number>;
}

function Knob({ editor, line, number, index, point, unit }: KnobProps): JSX.Element {
  const x = useComputed(() => point.value.x);
  const y = useComputed(() => point.value.y);
  const large = useComputed(() => FINGER_PX * unit.value);
  const small = useComputed(() => 8 * unit.value);
  const { selected } = editor;
  const isSelected = selected.value?.id === line.id && selected.value.index === index;
  const id = `point-${line.id}-${index}`;
  useLayoutEffect(() => {
    if (isSelected && selected.peek()?.isWaitedFor())
      document.getElementById(id)?.focus({ preventScroll: true });
  }, [isSelected, id, selected]);
  const says = useComputed(() => t("masks.where", { x: x.value, y: y.value }));
  return (
    <g
      id={id}
      class="knob"
      role="slider"
      tabindex={0}
      data-selected={String(isSelected)}
      aria-label={t("masks.point", { number: index + 1, line: number })}
      aria-valuenow={x}
      aria-valuetext={says}
      onFocus={() => editor.select(line.id, index)}
      onKeyDown={(event) => {
        const by = arrowOf(event);
        const isRemoval = event.key === "Delete" || event.key === "Backspace";
        if (!by && !isRemoval) return;
        event.preventDefault();
        if (by) editor.move(by);
        else editor.removePoint();
      }}
    >
      <circle class="hit" cx={x} cy={y} r={large} />
      <circle class="dot" cx={x} cy={y} r={small} />
    </g>
  );
}

/* What can be done with the lines; every tool is a button. */

import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { Button } from "../components/button";
import { type Key, t } from "../i18n/text";
import type { MaskEditor } from "./editor";

const ZOOMS = [1, 2, 4] as const;

interface ToolProps {
  name: Key;
  onPress: () => unknown;
  off?: boolean;
  pressed?: boolean;
}

function Tool({ name, onPress, off = false, pressed }: ToolProps): JSX.Element {
  return (
    <Button class="quiet" off={off} {...(pressed !== undefined && { pressed })} onPress={onPress}>
      {t(name)}
    </Button>
  );
}

export function Tools({ editor }: { editor: MaskEditor }): JSX.Element {
  const file = useRef<HTMLInputElement>(null);
  const { selected, drawing, ghost, zoom, undos, redos } = editor;
  const none = selected.value === null;
  const zoomTo = (next: number): void => {
    zoom.value = next;
    const point = editor.line()?.points[selected.value?.index ?? -1]?.value;
    editor.centre.value = next === 1 ? { x: 99.5, y: 99.5 } : (point ?? editor.centre.value);
  };
  const place = ZOOMS.indexOf(zoom.value as (typeof ZOOMS)[number]);
  return (
    <fieldset class="tools" aria-label={t("masks.tools")}>
      <Tool name="masks.undo" off={!undos.value.length} onPress={editor.undo} />
      <Tool name="masks.redo" off={!redos.value.length} onPress={editor.redo} />
      <Tool name="masks.addPoint" off={none} onPress={editor.addPoint} />
      <Tool name="masks.removePoint" off={none} onPress={editor.removePoint} />
      <Tool
        name="masks.draw"
        pressed={drawing.value}
        onPress={() => {
          drawing.value = !drawing.value;
          if (drawing.value) selected.value = null;
        }}
      />
      <Tool name="masks.removeLine" off={none} onPress={editor.removeLine} />
      <Tool name="masks.thinner" onPress={() => editor.widen(-1)} />
      <Tool name="masks.wider" onPress={() => editor.widen(1)} />
      <Tool name="masks.zoomIn" off={zoom.value === 4} onPress={() => zoomTo(ZOOMS[place + 1] ?? 4)} />
      <Tool name="masks.zoomOut" off={zoom.value === 1} onPress={() => zoomTo(ZOOMS[place - 1] ?? 1)} />
      <Tool
        name="masks.ghost"
        pressed={ghost.value}
        onPress={() => {
          ghost.value = !ghost.value;
        }}
      />
      <Tool name="masks.import" onPress={() => file.current?.click()} />
      <input
        ref={file}
        type="file"
        hidden
        accept="image/png,image/jpeg"
        aria-label={t("masks.import")}
        onChange={({ currentTarget }) => {
          const [chosen] = currentTarget.files ?? [];
          if (chosen) void editor.importPicture(chosen);
          currentTarget.value = "";
        }}
      />
    </fieldset>
  );
}

/* Where a lift is, for people: what the overview groups it by, and what gives its line a speed. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { getTagged, isChangedElsewhere, putTagged, type Tagged } from "../api/client";
import type { Lift, LiftPlace } from "../api/types";
import { number, optional, type Typed, text, textOf } from "../forms/fields";
import { numberOf, useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { t } from "../i18n/text";

const FIELDS = [
  { field: optional(text("area")), label: "place.area" },
  { field: optional(text("station")), label: "place.station" },
  { field: optional(number("spacing_m")), label: "place.spacing", help: "place.spacingHelp" },
] as const;

const typed = ({ area, station, spacing_m: spacing }: LiftPlace): Typed => ({
  area: textOf(area),
  station: textOf(station),
  spacing_m: textOf(spacing),
});

export function PlaceForm({ lift }: { lift: Lift }): JSX.Element {
  const path = `/lifts/${encodeURIComponent(lift.id)}/place`;
  const values = useSignal(typed(lift.place));
  const tag = useRef<string | null>(null);
  const said = useSignal("");
  const checked = useChecked({ fieldOf: (where) => where || null });
  const show = (read: Tagged<LiftPlace>): void => {
    tag.current = read.tag;
    values.value = typed(read.content);
  };
  const read = async (): Promise<void> => show(await getTagged<LiftPlace>(path));
  /** What is stored now, unless somebody has begun to type: that stays. */
  const open = async (): Promise<void> => {
    const before = values.peek();
    const found = await getTagged<LiftPlace>(path);
    if (values.peek() === before) show(found);
    else tag.current = found.tag;
  };
  const save = async (): Promise<void> => {
    said.value = "";
    const { area = "", station = "", spacing_m: spacing = "" } = values.value;
    const place = { area, station, spacing_m: numberOf(spacing) };
    try {
      show(await putTagged<LiftPlace>(path, place, tag.current));
    } catch (error) {
      if (isChangedElsewhere(error)) await read();
      throw error;
    }
    said.value = t("place.saved");
  };
  return (
    <details class="place" onToggle={(event) => event.currentTarget.open && open().catch(() => null)}>
      <summary>{t("place.title")}</summary>
      <form onSubmit={(event) => checked.submit(event, save)}>
        <p class="note">{t("place.about")}</p>
        {FIELDS.map(({ field, label, ...rest }) => (
          <Setting
            key={field.name}
            of="place"
            field={field}
            label={t(label)}
            values={values}
            problem={checked.at(field.name)}
            {...("help" in rest ? { help: t(rest.help) } : {})}
          />
        ))}
        <button type="submit" aria-disabled={checked.busy.value || undefined}>
          {t("place.save")}
        </button>
        <p role="status">{said}</p>
        <p class="problem" role="alert">
          {checked.problem}
        </p>
      </form>
    </details>
  );
}

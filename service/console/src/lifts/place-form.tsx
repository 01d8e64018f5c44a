/* Where a lift is, for people: what the overview groups it by, and what gives its line a speed. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { put } from "../api/client";
import type { Lift } from "../api/types";
import { number, optional, type Typed, text, textOf } from "../forms/fields";
import { numberOf, useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { t } from "../i18n/text";

const FIELDS = [
  { field: optional(text("area")), label: "place.area" },
  { field: optional(text("station")), label: "place.station" },
  { field: optional(number("spacing_m")), label: "place.spacing", help: "place.spacingHelp" },
] as const;

export function PlaceForm({ lift }: { lift: Lift }): JSX.Element {
  const values = useSignal<Typed>({
    area: textOf(lift.place.area),
    station: textOf(lift.place.station),
    spacing_m: textOf(lift.place.spacing_m),
  });
  const said = useSignal("");
  const checked = useChecked({ fieldOf: (where) => where || null });
  const save = async (): Promise<void> => {
    said.value = "";
    const { area = "", station = "", spacing_m: spacing = "" } = values.value;
    await put(`/lifts/${encodeURIComponent(lift.id)}/place`, { area, station, spacing_m: numberOf(spacing) });
    said.value = t("place.saved");
  };
  return (
    <details class="place">
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

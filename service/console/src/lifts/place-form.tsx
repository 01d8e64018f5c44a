/* Where a lift is, for people: what the overview groups it by, and what gives its line a speed. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { getTagged, orLookAgain, putTagged, type Tagged } from "../api/client";
import type { Lift, LiftPlace } from "../api/types";
import { number, optional, type Typed, text, textOf } from "../forms/fields";
import { numberOf, useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { changesOf, type Stored, StoredNow } from "../forms/stored-now";
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

const inWords = (place: LiftPlace): Stored => {
  const now = typed(place);
  return Object.fromEntries(FIELDS.map(({ field, label }) => [t(label), now[field.name] ?? ""]));
};

export function PlaceForm({ lift }: { lift: Lift }): JSX.Element {
  const path = `/lifts/${encodeURIComponent(lift.id)}/place`;
  const values = useSignal(typed(lift.place));
  /** What the form began with, or what was seen of it since. */
  const base = useRef({ tag: null as string | null, place: lift.place });
  const changes = useSignal<ReturnType<typeof changesOf> | null>(null);
  const said = useSignal("");
  const checked = useChecked({ fieldOf: (where) => where || null });
  const show = (read: Tagged<LiftPlace>): void => {
    base.current = { tag: read.tag, place: read.content };
    values.value = typed(read.content);
    changes.value = null;
  };
  /** What was typed stays; what is stored now stands beside it. */
  const look = async (): Promise<void> => {
    const found = await getTagged<LiftPlace>(path).catch(() => null);
    if (!found) return;
    changes.value = changesOf(inWords(base.current.place), inWords(found.content));
    base.current = { tag: found.tag, place: found.content };
  };
  /** That it was read: what is saved before would be taken for something new. */
  const opened = useRef<Promise<unknown>>(Promise.resolve());
  /** What is stored now, unless somebody has begun to type: that stays. */
  const open = async (): Promise<void> => {
    const before = values.peek();
    const found = await getTagged<LiftPlace>(path);
    if (values.peek() === before) show(found);
    else base.current = { tag: found.tag, place: found.content };
  };
  const save = async (): Promise<void> => {
    said.value = "";
    await opened.current;
    const { area = "", station = "", spacing_m: spacing = "" } = values.value;
    const place = { area, station, spacing_m: numberOf(spacing) };
    show(await orLookAgain(() => putTagged<LiftPlace>(path, place, base.current.tag), look));
    said.value = t("place.saved");
  };
  return (
    <details
      class="place"
      onToggle={(event) => {
        if (event.currentTarget.open) opened.current = open().catch(() => null);
      }}
    >
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
        <StoredNow changes={changes.value} />
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

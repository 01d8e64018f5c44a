/* A lift's control: what it tells this service, and what this service tells it. */

import type { JSX } from "preact";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { named, read } from "../state/lifts";
import { ControlPart } from "./control-part";
import { InputPart } from "./input-part";

export function PlantPage({ liftId }: { liftId: string }): JSX.Element | null {
  const lift = named.value.find(({ id }) => id === liftId);
  if (!read.value) return null;
  return (
    <section class="wizard plant" aria-labelledby="plant-title">
      <Titled
        id="plant-title"
        title={lift ? t("plant.title", { name: lift.name }) : t("page.notFound")}
        help={t("help.plant")}
      />
      <Places of={t("plant.open")} />
      {lift && <InputPart liftId={liftId} />}
      {lift && <ControlPart liftId={liftId} />}
    </section>
  );
}

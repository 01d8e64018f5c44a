/* What of the lifts is shown, and how. */

import type { JSX } from "preact";
import { Button } from "../components/button";
import { Select } from "../components/choice";
import { t, words } from "../i18n/text";
import { hrefOf } from "../route/route";
import { named } from "../state/lifts";
import { DENSITIES, density, filter, GROUPINGS, grouping } from "./order";

/** Of fewer lifts each is seen at once. */
const MANY = 2;

export function Controls(): JSX.Element {
  const { text, needy } = filter.value;
  return (
    <search class="controls">
      {named.value.length >= MANY && (
        <>
          <input
            type="search"
            aria-label={t("overview.find")}
            placeholder={t("overview.find")}
            value={text}
            onInput={(event) => {
              filter.value = { ...filter.value, text: event.currentTarget.value };
            }}
          />
          <Button
            class="quiet"
            pressed={needy}
            onPress={() => {
              filter.value = { ...filter.value, needy: !needy };
            }}
          >
            {t("overview.needy")}
          </Button>
          <Select
            label={t("overview.grouping")}
            options={GROUPINGS.map((each) => [each, words.groupings[each]] as const)}
            picked={grouping.value}
            onPick={(picked) => {
              grouping.value = GROUPINGS.find((each) => each === picked) ?? "none";
            }}
          />
          <Select
            label={t("overview.density")}
            options={DENSITIES.map((each) => [each, words.densities[each]] as const)}
            picked={density.value}
            onPick={(picked) => {
              density.value = DENSITIES.find((each) => each === picked) ?? "fit";
            }}
          />
        </>
      )}
      <a class="target" href={hrefOf("wall")}>
        {t("wall.open")}
      </a>
    </search>
  );
}

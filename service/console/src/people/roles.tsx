/* Choosing a role, on all lifts or on some; and saying which somebody has. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Role } from "../api/types";
import { Choice } from "../components/choice";
import { Tick } from "../components/tick";
import { t, words } from "../i18n/text";
import { named, nameOf } from "../state/lifts";

const ROLES: readonly Role[] = ["viewer", "operator", "admin"];

interface RolesProps {
  id: string;
  role: Signal<Role>;
  /** Ids of lifts; none: all. */
  lifts: Signal<readonly string[]>;
}

export function Roles({ id, role, lifts }: RolesProps): JSX.Element {
  return (
    <div class="row">
      <Choice
        id={`${id}-role`}
        label={t("people.role")}
        options={ROLES.map((each) => [each, words.roles[each]])}
        picked={role.value}
        onPick={(picked) => {
          role.value = picked as Role;
        }}
      />
      <fieldset class="ticks">
        <legend>{t("people.lifts")}</legend>
        <Tick
          text={t("people.allLifts")}
          isChosen={lifts.value.length === 0}
          onChoose={() => {
            lifts.value = [];
          }}
        />
        {named.value.map(({ id: lift }) => (
          <Tick
            key={lift}
            text={nameOf(lift)}
            isChosen={lifts.value.includes(lift)}
            onChoose={(isOn) => {
              const others = lifts.value.filter((each) => each !== lift);
              lifts.value = isOn ? [...others, lift] : others;
            }}
          />
        ))}
      </fieldset>
    </div>
  );
}

/** "operator on Demo quad, viewer on all lifts". */
export function rolesText(roles: Readonly<Record<string, Role>>): string {
  return Object.entries(roles)
    .map(([lift, role]) =>
      t("people.roleOn", {
        role: words.roles[role],
        lifts: lift === "*" ? t("people.allLifts") : nameOf(lift),
      }),
    )
    .join(", ");
}

/** The roles that somebody is given. */
export const chosenRoles = (role: Role, lifts: readonly string[]): Record<string, Role> =>
  Object.fromEntries((lifts.length > 0 ? lifts : ["*"]).map((lift) => [lift, role]));

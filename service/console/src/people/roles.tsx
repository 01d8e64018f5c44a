/* Choosing a role, on all lifts or on some; and saying which somebody has. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import type { Role } from "../api/types";
import { t, words } from "../i18n/text";
import { lifts as known, nameOf } from "../state/lifts";

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
      <label class="field" for={`${id}-role`}>
        {t("people.role")}
        <select
          id={`${id}-role`}
          value={role}
          onChange={(event) => {
            role.value = event.currentTarget.value as Role;
          }}
        >
          {ROLES.map((each) => (
            <option key={each} value={each}>
              {words.roles[each]}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>{t("people.lifts")}</legend>
        <Choice
          text={t("people.allLifts")}
          isChosen={lifts.value.length === 0}
          onChoose={() => {
            lifts.value = [];
          }}
        />
        {known.value.map(({ id: lift }) => (
          <Choice
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

interface ChoiceProps {
  text: string;
  isChosen: boolean;
  onChoose: (isOn: boolean) => void;
}

function Choice({ text, isChosen, onChoose }: ChoiceProps): JSX.Element {
  return (
    <label class="choice">
      <input type="checkbox" checked={isChosen} onChange={(event) => onChoose(event.currentTarget.checked)} />
      {text}
    </label>
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

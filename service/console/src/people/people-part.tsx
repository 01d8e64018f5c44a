/* The people: who there is, what each may do, how they get in. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { orLookAgain, post, put, remove } from "../api/client";
import type { NewUser, Role, User } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { Line } from "../session/line";
import { type Kept, useChanges, useList } from "./list";
import { chosenRoles, Roles, rolesText } from "./roles";

export function PeoplePart(): JSX.Element {
  const list = useList<User>("/users");
  const link = useSignal<{ name: string; key: string } | null>(null);
  return (
    <section class="step" aria-labelledby="people">
      <Titled level={3} id="people" title={t("people.people")} help={t("admin.peopleHelp")} />
      <ul class="entries">
        {list.items.value?.map((user) => (
          <Person
            key={user.id}
            user={user}
            list={list}
            onLink={(key) => {
              link.value = { name: user.name, key };
            }}
          />
        ))}
      </ul>
      <p class="problem" role="alert">
        {list.problem}
      </p>
      {link.value && (
        <div role="status">
          <p>{t("people.linkOf", { name: link.value.name })}</p>
          <pre class="secret">{`${location.origin}${location.pathname}#key=${link.value.key}`}</pre>
        </div>
      )}
      <AddPerson
        list={list}
        onAdded={({ name, key }) => {
          link.value = key ? { name, key } : null;
        }}
      />
    </section>
  );
}

interface PersonProps {
  user: User;
  list: Kept<User>;
  onLink: (key: string) => void;
}

function Person({ user, list, onLink }: PersonProps): JSX.Element {
  const { id, name, disabled } = user;
  const { busy, change } = useChanges(list);
  /** The person as the form began with them, or as they were seen since; null: it is closed. */
  const base = useSignal<User | null>(null);
  const role = useSignal<Role>("viewer");
  /** The role that the form began with. */
  const picked = useSignal<Role>("viewer");
  const lifts = useSignal<readonly string[]>([]);
  const open = (): void => {
    role.value = picked.value = Object.values(user.roles)[0] ?? "viewer";
    lifts.value = Object.keys(user.roles).filter((lift) => lift !== "*");
    base.value = user;
  };
  /** The roles that are chosen. Somebody may have another one on each lift: as long as no role is picked, each stays. */
  const wanted = (): User["roles"] => {
    const before = base.value?.roles ?? {};
    const chosen = chosenRoles(role.value, lifts.value);
    if (picked.value !== role.value) return chosen;
    const all = lifts.value.length > 0 && before["*"] ? { "*": before["*"] } : {};
    return Object.fromEntries(
      Object.entries({ ...all, ...chosen }).map(([lift, given]) => [lift, before[lift] ?? given]),
    );
  };
  /** What was chosen stays; what holds now stands above it. */
  const look = async (): Promise<void> => {
    await list.read();
    base.value = list.items.value?.find((each) => each.id === id) ?? base.value;
  };
  const says = [
    rolesText(user.roles),
    user.openid ? t("people.openid") : t(user.has_password ? "people.hasPassword" : "people.noPassword"),
    user.has_second_factor && t("people.hasFactor"),
    disabled && t("people.disabled"),
  ];
  const save = (): Promise<void> =>
    change(async () => {
      const roles = wanted();
      await orLookAgain(() => put(`/users/${id}`, { roles }, base.value?.tag), look);
      base.value = null;
    });
  return (
    <li data-off={disabled}>
      <div>
        <strong>{name}</strong>
        <p class="note">{says.filter(Boolean).join(" · ")}</p>
        {base.value && (
          <>
            <Roles id={`of-${id}`} role={role} lifts={lifts} />
            <p class="note" role="status">
              {t("people.willHave", { roles: rolesText(wanted()) })}
            </p>
            <div class="row">
              <Button busy={busy} onPress={save}>
                {t("people.save")}
              </Button>
              <Button
                class="quiet"
                onPress={() => {
                  base.value = null;
                }}
              >
                {t("people.cancel")}
              </Button>
            </div>
          </>
        )}
      </div>
      <div class="row">
        {!base.value && (
          <Button class="quiet" onPress={open}>
            {t("people.changeRoles")}
          </Button>
        )}
        {!disabled && (
          <Button
            class="quiet"
            label={t("people.linkLabel", { name })}
            busy={busy}
            onPress={() => change(async () => onLink((await post<{ key: string }>(`/users/${id}/link`)).key))}
          >
            {t("people.link")}
          </Button>
        )}
        {user.has_second_factor && (
          <Button
            class="quiet"
            label={t("people.dropFactorLabel", { name })}
            busy={busy}
            onPress={() => change(() => remove(`/users/${id}/second-factor`))}
          >
            {t("people.dropFactor")}
          </Button>
        )}
        <Button
          class="quiet"
          label={t(disabled ? "people.enableLabel" : "people.disableLabel", { name })}
          busy={busy}
          onPress={() => change(() => put(`/users/${id}`, { disabled: !disabled }, user.tag))}
        >
          {t(disabled ? "people.enable" : "people.disable")}
        </Button>
      </div>
    </li>
  );
}

interface AddProps {
  list: Kept<User>;
  onAdded: (user: NewUser) => void;
}

function AddPerson({ list, onAdded }: AddProps): JSX.Element {
  const { busy, change } = useChanges(list);
  const name = useSignal("");
  const role = useSignal<Role>("viewer");
  const lifts = useSignal<readonly string[]>([]);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void change(async () => {
      const roles = chosenRoles(role.value, lifts.value);
      onAdded(await post<NewUser>("/users", { name: name.value, roles }));
      name.value = "";
    });
  };
  return (
    <form onSubmit={submit} class="adding" aria-labelledby="add-person">
      <h4 id="add-person">{t("people.add")}</h4>
      <Line id="person-name" label={t("people.name")} value={name} help={t("people.addHelp")} />
      <Roles id="person" role={role} lifts={lifts} />
      <div class="row">
        <button type="submit" aria-disabled={busy.value || undefined}>
          {t("people.add")}
        </button>
      </div>
    </form>
  );
}

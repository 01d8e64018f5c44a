/* API tokens: what each is for, and until when. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { post, remove } from "../api/client";
import type { NewToken, Role, Token } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { clockTime, endOf } from "../i18n/time";
import { Line } from "../session/line";
import { type Kept, useChanges, useList } from "./list";
import { chosenRoles, Roles, rolesText } from "./roles";

export function TokensPart(): JSX.Element {
  const list = useList<Token>("/tokens");
  const made = useSignal<NewToken | null>(null);
  return (
    <section class="step" aria-labelledby="tokens">
      <Titled level={3} id="tokens" title={t("people.tokens")} help={t("admin.tokensHelp")} />
      <ul class="entries">
        {list.items.value?.map((token) => (
          <Entry key={token.id} token={token} list={list} />
        ))}
      </ul>
      <p class="problem" role="alert">
        {list.problem}
      </p>
      {made.value && (
        <div role="status">
          <p>
            {made.value.name}: {t("people.tokenShown")}
          </p>
          <pre class="secret">{made.value.token}</pre>
        </div>
      )}
      <AddToken
        list={list}
        onMade={(token) => {
          made.value = token;
        }}
      />
    </section>
  );
}

function Entry({ token, list }: { token: Token; list: Kept<Token> }): JSX.Element {
  const { busy, change } = useChanges(list);
  return (
    <li data-off={token.state !== "active"}>
      <div>
        <strong>{token.name}</strong>
        <p class="note">{saysOf(token).filter(Boolean).join(" · ")}</p>
      </div>
      {token.state === "active" && (
        <Button
          class="quiet"
          label={t("people.revokeLabel", { name: token.name })}
          busy={busy}
          onPress={() => change(() => remove(`/tokens/${token.id}`))}
        >
          {t("people.revoke")}
        </Button>
      )}
    </li>
  );
}

const saysOf = (token: Token): (string | false | null)[] => [
  rolesText(chosenRoles(token.role, token.lifts ?? [])),
  t("people.made", { at: clockTime(token.created_at) }),
  t("people.used", { at: token.used_at ? clockTime(token.used_at) : t("people.never") }),
  token.expires_at && token.state === "active" && t("people.until", { at: clockTime(token.expires_at) }),
  token.state === "expired" && t("people.expired"),
  token.revoked_at && t("people.revoked", { at: clockTime(token.revoked_at) }),
];

interface AddProps {
  list: Kept<Token>;
  onMade: (token: NewToken) => void;
}

function AddToken({ list, onMade }: AddProps): JSX.Element {
  const { busy, change } = useChanges(list);
  const [name, until] = [useSignal(""), useSignal("")];
  const role = useSignal<Role>("viewer");
  const lifts = useSignal<readonly string[]>([]);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void change(async () => {
      const made = await post<NewToken>("/tokens", {
        name: name.value,
        role: role.value,
        lifts: lifts.value.length > 0 ? lifts.value : null,
        expires_at: until.value ? endOf(until.value).toISOString() : null,
      });
      onMade(made);
      name.value = until.value = "";
    });
  };
  return (
    <form onSubmit={submit} class="adding" aria-labelledby="add-token">
      <h4 id="add-token">{t("people.newToken")}</h4>
      <Line id="token-name" label={t("people.name")} value={name} help={t("people.newTokenHelp")} />
      <Roles id="token" role={role} lifts={lifts} />
      <Line id="token-until" label={t("people.expires")} value={until} isOptional isDay />
      <div class="row">
        <button type="submit" aria-disabled={busy.value || undefined}>
          {t("people.newToken")}
        </button>
      </div>
    </form>
  );
}

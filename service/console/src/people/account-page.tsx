/* What is one's own, and, for admins, people and tokens. */

import type { JSX } from "preact";
import { t } from "../i18n/text";
import { hrefOf } from "../route/route";
import { isAdmin, person } from "../state/session";
import { OwnFactor } from "./own-factor";
import { OwnPassword } from "./own-password";
import { PeoplePart } from "./people-part";
import { SignInsPart } from "./sign-ins-part";
import { TokensPart } from "./tokens-part";

export function AccountPage({ part }: { part: string | undefined }): JSX.Element {
  const shown = isAdmin.value && (part === "people" || part === "tokens") ? part : "";
  return (
    <section class="wizard account" aria-label={t("people.account")}>
      <nav class="steps" aria-label={t("people.account")}>
        <ol>
          <Tab part="" shown={shown} text={t("people.signIns")} />
          {isAdmin.value && <Tab part="people" shown={shown} text={t("people.people")} />}
          {isAdmin.value && <Tab part="tokens" shown={shown} text={t("people.tokens")} />}
          <li>
            <a href={hrefOf()}>{t("page.back")}</a>
          </li>
        </ol>
      </nav>
      {shown === "people" && <PeoplePart />}
      {shown === "tokens" && <TokensPart />}
      {shown === "" && (
        <>
          <SignInsPart />
          {person.value?.user_id && <OwnPassword />}
          {person.value?.user_id && <OwnFactor />}
        </>
      )}
    </section>
  );
}

function Tab({ part, shown, text }: { part: string; shown: string; text: string }): JSX.Element {
  const isNow = part === shown;
  return (
    <li data-now={isNow}>
      <a href={part ? hrefOf("account", part) : hrefOf("account")} aria-current={isNow ? "page" : undefined}>
        {text}
      </a>
    </li>
  );
}

/* What is one's own, and, for admins, people, tokens and the audit. */

import type { JSX } from "preact";
import { AuditPart } from "../audit/audit-part";
import { t } from "../i18n/text";
import { OutputsPart } from "../outputs/outputs-part";
import { PushPart } from "../outputs/push-part";
import { hrefOf } from "../route/route";
import { isAdmin, person } from "../state/session";
import { OwnFactor } from "./own-factor";
import { OwnPassword } from "./own-password";
import { PeoplePart } from "./people-part";
import { SignInsPart } from "./sign-ins-part";
import { TokensPart } from "./tokens-part";

/** What only admins see. */
const ADMINS: readonly string[] = ["people", "tokens", "outputs", "audit"];

export function AccountPage({ part }: { part: string | undefined }): JSX.Element {
  const shown = isAdmin.value && part && ADMINS.includes(part) ? part : "";
  return (
    <section class="wizard account" aria-label={t("people.account")}>
      <nav class="steps" aria-label={t("people.account")}>
        <ol>
          <Tab part="" shown={shown} text={t("people.signIns")} />
          {isAdmin.value && <Tab part="people" shown={shown} text={t("people.people")} />}
          {isAdmin.value && <Tab part="tokens" shown={shown} text={t("people.tokens")} />}
          {isAdmin.value && <Tab part="outputs" shown={shown} text={t("outputs.title")} />}
          {isAdmin.value && <Tab part="audit" shown={shown} text={t("audit.title")} />}
          <li>
            <a href={hrefOf()}>{t("page.back")}</a>
          </li>
        </ol>
      </nav>
      {shown === "people" && <PeoplePart />}
      {shown === "tokens" && <TokensPart />}
      {shown === "outputs" && <OutputsPart />}
      {shown === "audit" && <AuditPart />}
      {shown === "" && (
        <>
          <SignInsPart />
          <PushPart />
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

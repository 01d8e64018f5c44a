/* What is one's own: sign-ins, notifications, password, second factor. */

import type { JSX } from "preact";
import { t } from "../i18n/text";
import { PushPart } from "../outputs/push-part";
import { hrefOf } from "../route/route";
import { person } from "../state/session";
import { OwnFactor } from "./own-factor";
import { OwnPassword } from "./own-password";
import { SignInsPart } from "./sign-ins-part";

export function AccountPage(): JSX.Element {
  return (
    <section class="wizard account" aria-labelledby="account-title">
      <h2 id="account-title">{t("people.account")}</h2>
      <nav class="steps" aria-label={t("people.account")}>
        <ol>
          <li>
            <a href={hrefOf()}>{t("page.back")}</a>
          </li>
        </ol>
      </nav>
      <SignInsPart />
      <PushPart />
      {person.value?.user_id && <OwnPassword />}
      {person.value?.user_id && <OwnFactor />}
    </section>
  );
}

/* What is one's own: sign-ins, notifications, password, second factor. */

import type { JSX } from "preact";
import { Titled } from "../components/titled";
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
      <Titled id="account-title" title={t("people.account")} help={t("help.account")} />
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

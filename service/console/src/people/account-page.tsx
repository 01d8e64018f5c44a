/* What is one's own: sign-ins, notifications, password, second factor. */

import type { JSX } from "preact";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { PushPart } from "../outputs/push-part";
import { person } from "../state/session";
import { OwnFactor } from "./own-factor";
import { OwnPassword } from "./own-password";
import { SignInsPart } from "./sign-ins-part";

export function AccountPage(): JSX.Element {
  return (
    <section class="wizard account" aria-labelledby="account-title">
      <Titled id="account-title" title={t("people.account")} help={t("help.account")} />
      <Places of={t("people.account")} />
      <SignInsPart />
      <PushPart />
      {person.value?.user_id && <OwnPassword />}
      {person.value?.user_id && <OwnFactor />}
    </section>
  );
}

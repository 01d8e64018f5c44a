/* One's own sign-ins: where from, since when, last used. */

import type { JSX } from "preact";
import { remove } from "../api/client";
import type { OwnSignIn } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { signOutEverywhere } from "../state/watch";
import { useList } from "./list";

export function SignInsPart(): JSX.Element {
  const { items, problem, change } = useList<OwnSignIn>("/sessions");
  return (
    <section class="step" aria-labelledby="sign-ins">
      <Titled level={3} id="sign-ins" title={t("people.signIns")} help={t("help.signIns")} />
      <ul class="entries">
        {items.value?.map((each) => (
          <li key={each.id}>
            <div>
              <strong>{each.current ? t("people.thisOne") : browserOf(each.agent)}</strong>
              <p class="note">
                {[
                  t("people.from", { address: each.address }),
                  each.created_at && t("people.since", { at: clockTime(each.created_at) }),
                  each.used_at && t("people.used", { at: clockTime(each.used_at) }),
                  t("people.until", { at: clockTime(each.expires_at) }),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
            {!each.current && (
              <Button
                class="quiet"
                label={t("people.endLabel", { agent: browserOf(each.agent) })}
                onPress={() => change(() => remove(`/sessions/${each.id}`))}
              >
                {t("people.end")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <p class="problem" role="alert">
        {problem}
      </p>
      <div class="row">
        <Button onPress={() => change(signOutEverywhere)}>{t("people.everywhere")}</Button>
        <p class="note">{t("people.everywhereHelp")}</p>
      </div>
    </section>
  );
}

/** "Firefox · Linux": what a person knows a browser by. */
function browserOf(agent: string): string {
  const found = ["Edg", "OPR", "Firefox", "Chrome", "Safari"].find((name) => agent.includes(`${name}/`));
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera" };
  const system = ["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"].find((name) =>
    agent.includes(name),
  );
  if (!found) return agent.slice(0, 40) || t("people.unknownBrowser");
  return [names[found] ?? found, system].filter(Boolean).join(" · ");
}

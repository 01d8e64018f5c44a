/* The last self-test: when, what failed, what could not be tested; and running one now. */

import type { JSX } from "preact";
import type { Lift, SelfTestCheck, SelfTestList } from "../api/types";
import { Button } from "../components/button";
import { t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { mayAct } from "../state/session";
import type { Tested } from "./tested";

interface SelfTestPartProps {
  lift: Lift;
  tests: SelfTestList;
  tested: Tested;
}

export function SelfTestPart({ lift, tests, tested }: SelfTestPartProps): JSX.Element {
  const last = tests.items[0];
  const found = last?.checks.filter((check) => check.result !== "passed") ?? [];
  const moved = found.some((check) => check.code === "view_differs" || check.code === "no_enrolled_view");
  return (
    <>
      {tests.missed && <p class="missed">{t("selfTest.missed")}</p>}
      {last && <p>{t("selfTest.ran", { time: clockTime(last.started_at), by: last.by })}</p>}
      {found.length > 0 && (
        <ul class="checks">
          {found.map((check) => (
            <li key={check.name} data-result={check.result}>
              <strong>{worded(words.selfTestResults, check.result, check.result)}</strong>: {inWords(check)}
            </li>
          ))}
        </ul>
      )}
      {tests.due_at && <p class="due">{t("selfTest.due", { time: clockTime(tests.due_at) })}</p>}
      {mayAct.value && (
        <fieldset class="actions" aria-label={t("selfTest.title")}>
          <Button
            busy={tested.busy}
            label={t("selfTest.runOf", { lift: lift.name })}
            onPress={() => tested.test()}
          >
            {t("selfTest.run")}
          </Button>
          {moved && (
            <Button class="quiet" busy={tested.busy} onPress={() => tested.test(true)}>
              {t("selfTest.acceptView")}
            </Button>
          )}
        </fieldset>
      )}
    </>
  );
}

/** "passed · 08:00:12". */
export function testInShort(tests: SelfTestList): string {
  const last = tests.items[0];
  if (!last) return t("selfTest.none");
  const word = tests.missed
    ? t("selfTest.missedShort")
    : worded(words.selfTestResults, last.result, last.result);
  return t("selfTest.short", { word, time: clockTime(last.started_at) });
}

const inWords = ({ code, message, name, parameters }: SelfTestCheck): string =>
  t("selfTest.check", {
    check: worded(words.selfTestChecks, name, name),
    what: worded(words.selfTestCodes, code, message, parameters),
  });

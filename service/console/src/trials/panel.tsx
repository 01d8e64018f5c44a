/* A lift's self-test and its candidates, below its card. */

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { Lift } from "../api/types";
import { t } from "../i18n/text";
import { mayAct } from "../state/session";
import { Candidates } from "./candidates";
import { Propose } from "./propose";
import { SelfTestPart, testInShort } from "./self-test";
import type { Tested } from "./tested";

export function TrialsPanel({ lift, tested }: { lift: Lift; tested: Tested }): JSX.Element | null {
  useEffect(() => tested.follow(lift), [tested, lift]);
  const tests = tested.tests.value;
  if (tests === null) return null;
  const count = tested.candidates.value.length;
  return (
    <details class="trials">
      <summary>
        <span>{t("trials.title")}</span>
        <span class="short" data-result={tests.missed ? "failed" : tests.items[0]?.result}>
          {[testInShort(tests), count > 0 && t("candidates.counted", { count })].filter(Boolean).join(" · ")}
        </span>
      </summary>
      <p class="note about">{t("help.trials")}</p>
      <SelfTestPart lift={lift} tests={tests} tested={tested} />
      <Candidates lift={lift} tested={tested} />
      {lift.mask_version && mayAct.value && <Propose lift={lift} tested={tested} />}
      <p class="outcome" role="status">
        {tested.outcome}
      </p>
    </details>
  );
}

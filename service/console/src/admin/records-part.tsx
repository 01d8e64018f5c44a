/* Records of self-tests of every lift, and whether each proves itself. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { get } from "../api/client";
import type { SignedRecord, SignedRecords } from "../api/types";
import { Button } from "../components/button";
import { t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { hrefOf } from "../route/route";
import { nameOf } from "../state/lifts";
import { Group, Problem } from "./facts";
import { useReading } from "./reading";

export function RecordsPart(): JSX.Element {
  const { found, problem } = useReading<SignedRecords>("/self-tests", () => null);
  const older = useSignal<SignedRecords | null>(null);
  const items = [...(found.value?.items ?? []), ...(older.value?.items ?? [])];
  const next = older.value ? older.value.next : found.value?.next;
  const more = async (): Promise<void> => {
    const page = await get<SignedRecords>(`/self-tests?cursor=${next}`);
    older.value = { items: [...(older.value?.items ?? []), ...page.items], next: page.next };
  };
  return (
    <Group id="records" title={t("records.title")} help={t("records.about")}>
      <Problem text={problem.value} />
      {found.value && items.length === 0 && <p class="note">{t("records.none")}</p>}
      <ul class="entries">
        {items.map((one) => (
          <Entry key={`${one.lift_id} ${one.number}`} one={one} />
        ))}
      </ul>
      {next && (
        <Button class="quiet" onPress={more}>
          {t("audit.older")}
        </Button>
      )}
    </Group>
  );
}

function Entry({ one }: { one: SignedRecord }): JSX.Element {
  return (
    <li data-state={one.state}>
      <div>
        <a class="target start" href={hrefOf("lifts", one.lift_id)}>
          {t("records.of", { lift: nameOf(one.lift_id), number: one.number })}
        </a>
        <p class="note">
          {[
            worded(words.selfTestResults, one.result, one.result),
            t("selfTest.ran", { time: clockTime(one.started_at), by: one.by }),
          ].join(" · ")}
        </p>
        <p class="signature">{words.recordStates[one.state]}</p>
      </div>
    </li>
  );
}

/* Outputs: how each is, a test, and setting one up. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { post, put, remove } from "../api/client";
import type { NewOutput, Output, OutputTest } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t, worded, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { type Kept, useChanges, useList } from "../people/list";
import { OutputForm } from "./output-form";

const TEST_MS = 60_000;

export function OutputsPart(): JSX.Element {
  const list = useList<Output>("/outputs");
  const made = useSignal<NewOutput["made"]>({});
  const changing = useSignal<Output | null>(null);
  const said = useSignal("");
  const round = useSignal(0); // a form begins empty after each
  return (
    <section class="step" aria-labelledby="outputs">
      <Titled level={3} id="outputs" title={t("outputs.title")} help={t("outputs.about")} />
      <ul class="entries">
        {list.items.value?.map((output) => (
          <OutputEntry
            key={output.id}
            output={output}
            list={list}
            onSay={(text) => {
              said.value = text;
            }}
            onChange={() => {
              changing.value = output;
            }}
          />
        ))}
      </ul>
      <p role="status">{said}</p>
      <p class="problem" role="alert">
        {list.problem}
      </p>
      {Object.keys(made.value).length > 0 && (
        <div role="status">
          <p>{t("outputs.made")}</p>
          <pre class="secret">{Object.values(made.value).join("\n")}</pre>
        </div>
      )}
      <OutputForm
        key={`${changing.value?.id ?? ""} ${round.value}`}
        output={changing.value}
        list={list}
        onDone={(secrets) => {
          made.value = secrets;
          changing.value = null;
          round.value += 1;
        }}
      />
    </section>
  );
}

interface EntryProps {
  output: Output;
  list: Kept<Output>;
  onSay: (text: string) => void;
  onChange: () => void;
}

function OutputEntry({ output, list, onSay, onChange }: EntryProps): JSX.Element {
  const { id, name } = output;
  const { busy, change } = useChanges(list);
  const test = (): Promise<void> =>
    change(async () => {
      onSay("");
      const { error } = await post<OutputTest>(`/outputs/${id}/test`, {}, TEST_MS);
      onSay(error ? t("outputs.fails", { name, problem: problemOf(error) }) : t("outputs.works", { name }));
    });
  const turn = (enabled: boolean): Promise<void> =>
    change(() => {
      const { lifts, kinds, priorities, escalated, settings } = output;
      return put(
        `/outputs/${id}`,
        { name, enabled, lifts, kinds, priorities, escalated, settings },
        output.tag,
      );
    });
  return (
    <li>
      <div>
        <strong>{name}</strong>
        <p class="note">{saysOf(output).filter(Boolean).join(" · ")}</p>
      </div>
      <div class="row">
        {output.health.set_aside > 0 && <SetAside output={output} list={list} />}
        <Button class="quiet" label={t("outputs.testLabel", { name })} busy={busy} onPress={test}>
          {t("outputs.test")}
        </Button>
        <Button
          class="quiet"
          label={t(output.enabled ? "outputs.offLabel" : "outputs.onLabel", { name })}
          busy={busy}
          onPress={() => turn(!output.enabled)}
        >
          {t(output.enabled ? "outputs.off" : "outputs.on")}
        </Button>
        <Button class="quiet" label={t("outputs.changeLabel", { name })} onPress={onChange}>
          {t("outputs.change")}
        </Button>
        <Button
          class="quiet"
          label={t("outputs.deleteLabel", { name })}
          busy={busy}
          onPress={() => change(() => remove(`/outputs/${id}`, output.tag))}
        >
          {t("outputs.delete")}
        </Button>
      </div>
    </li>
  );
}

/** What to do about alarms that a receiver refused for good: all of them. */
function SetAside({ output: { id, name }, list }: Pick<EntryProps, "output" | "list">): JSX.Element {
  const { busy, change } = useChanges(list);
  const about = (what: string) => () => change(() => post(`/outputs/${id}/set-aside/${what}`, {}));
  return (
    <>
      <Button class="quiet" label={t("outputs.againLabel", { name })} busy={busy} onPress={about("again")}>
        {t("outputs.again")}
      </Button>
      <Button
        class="quiet"
        label={t("outputs.leaveOutLabel", { name })}
        busy={busy}
        onPress={about("leave-out")}
      >
        {t("outputs.leaveOut")}
      </Button>
    </>
  );
}

type Fault = NonNullable<OutputTest["error"]>;

const problemOf = ({ code, message, parameters }: Fault): string =>
  worded(words.outputProblems, code, message, parameters);

function saysOf({ kind, health }: Output): (string | false | null)[] {
  const { state, lag, set_aside: aside, delivered_at: at, last_error: fault } = health;
  return [
    t("outputs.says", { kind: worded(words.outputKinds, kind, kind), state: words.outputStates[state] }),
    state !== "off" && lag > 0 && t("outputs.lag", { count: lag }),
    aside > 0 && t("outputs.setAside", { count: aside }),
    at && t("outputs.delivered", { at: clockTime(at) }),
    fault && t("outputs.lastError", { problem: problemOf(fault), at: clockTime(fault.at) }),
  ];
}

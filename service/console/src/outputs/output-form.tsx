/* Setting an output up, or changing one: its settings, and which alarms it gets. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { orLookAgain, post, put } from "../api/client";
import type { AlarmKind, NewOutput, Output } from "../api/types";
import { Button } from "../components/button";
import { Choice } from "../components/choice";
import { Tick, Ticks } from "../components/tick";
import type { Typed } from "../forms/fields";
import { Setting } from "../forms/setting";
import { changesOf, type Stored, StoredNow, yesOrNo } from "../forms/stored-now";
import { t, worded, words } from "../i18n/text";
import { type Kept, useChanges } from "../people/list";
import { Line } from "../session/line";
import { named, nameOf } from "../state/lifts";
import { chosen, FIELDS, typed } from "./fields";

const PRIORITIES = ["1", "2", "3", "4"];

interface FormProps {
  /** The one that is changed; null: a new one. */
  output: Output | null;
  list: Kept<Output>;
  onDone: (made: NewOutput["made"]) => void;
}

export function OutputForm({ output, list, onDone }: FormProps): JSX.Element {
  const kind = useSignal(output?.kind ?? "webhook");
  const name = useSignal(output?.name ?? "");
  const values = useSignal<Typed>(output ? typed(output) : {});
  const lifts = useSignal<readonly string[]>(output?.lifts ?? []);
  const kinds = useSignal<readonly string[]>(output?.kinds ?? []);
  const escalated = useSignal(output?.escalated ?? false);
  const priorities = useSignal<readonly string[]>((output?.priorities ?? []).map(String));
  /** What the form began with, or what was seen of it since. */
  const base = useSignal(output);
  const changes = useSignal<ReturnType<typeof changesOf> | null>(null);
  /** What was typed stays; what is stored now stands beside it. */
  const look = async (): Promise<void> => {
    await list.read();
    const now = list.items.value?.find(({ id }) => id === output?.id);
    if (!base.value || !now) return;
    changes.value = changesOf(inWords(base.value), inWords(now));
    base.value = now;
  };
  const { busy, change } = useChanges(list);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void change(async () => {
      const before = base.value;
      const given = {
        name: name.value,
        enabled: before?.enabled ?? false,
        lifts: orAll(lifts.value),
        kinds: orAll(kinds.value),
        priorities: orAll(priorities.value.map(Number)),
        escalated: escalated.value,
        ...chosen(kind.value, values.value, before?.settings ?? {}),
      };
      if (before) await orLookAgain(() => put(`/outputs/${before.id}`, given, before.tag), look);
      const made = before ? {} : (await post<NewOutput>("/outputs", { kind: kind.value, ...given })).made;
      onDone(made);
    });
  };
  return (
    <form onSubmit={submit} class="adding" aria-labelledby="add-output">
      <h4 id="add-output">{output ? t("outputs.changing", { name: output.name }) : t("outputs.add")}</h4>
      {!output && (
        <Choice
          id="output-kind"
          label={t("outputs.kind")}
          options={Object.keys(FIELDS).map((each) => [each, worded(words.outputKinds, each, each)])}
          picked={kind.value}
          onPick={(picked) => {
            kind.value = picked;
          }}
        />
      )}
      <Line id="output-name" label={t("outputs.name")} value={name} />
      {FIELDS[kind.value]?.map((field) => (
        <Setting
          key={`${kind.value}-${field.name}`}
          of="output"
          field={field}
          label={worded(words.outputFields, field.name, field.name)}
          values={values}
          {...(field.as === "secret" && output ? { help: t("outputs.secretStays") } : {})}
        />
      ))}
      <Ticks
        text={t("outputs.lifts")}
        all={named.value.map(({ id }) => id)}
        nameOf={nameOf}
        chosen={lifts.value}
        onChoose={(chosen) => {
          lifts.value = chosen;
        }}
      />
      <Ticks
        text={t("outputs.kinds")}
        all={Object.keys(words.alarmKinds)}
        nameOf={(each) => words.alarmKinds[each as AlarmKind]}
        chosen={kinds.value}
        onChoose={(chosen) => {
          kinds.value = chosen;
        }}
      />
      <Ticks
        text={t("outputs.priorities")}
        all={PRIORITIES}
        nameOf={(each) => each}
        chosen={priorities.value}
        onChoose={(chosen) => {
          priorities.value = chosen;
        }}
      />
      <Tick
        text={t("outputs.escalated")}
        isChosen={escalated.value}
        onChoose={(isOn) => {
          escalated.value = isOn;
        }}
      />
      <StoredNow changes={changes.value} />
      <div class="row">
        <button type="submit" aria-disabled={busy.value || undefined}>
          {output ? t("outputs.save") : t("outputs.add")}
        </button>
        {output && (
          <Button class="quiet" onPress={() => onDone({})}>
            {t("outputs.cancel")}
          </Button>
        )}
      </div>
    </form>
  );
}

const orAll = <Item,>(items: readonly Item[]): readonly Item[] | null => (items.length > 0 ? items : null);

/** What is stored of an output, as the form calls it. */
function inWords(output: Output): Stored {
  const fields = Object.entries(typed(output)).map(
    ([name, value]) =>
      [
        worded(words.outputFields, name, name),
        typeof output.settings[name] === "boolean" ? yesOrNo(output.settings[name]) : value,
      ] as const,
  );
  return {
    [t("outputs.name")]: output.name,
    [t("outputs.enabled")]: yesOrNo(output.enabled),
    ...Object.fromEntries(fields),
    [t("outputs.lifts")]: (output.lifts ?? []).map(nameOf).join(", "),
    [t("outputs.kinds")]: (output.kinds ?? []).map((each) => words.alarmKinds[each as AlarmKind]).join(", "),
    [t("outputs.priorities")]: (output.priorities ?? []).join(", "),
    [t("outputs.escalated")]: yesOrNo(output.escalated),
  };
}

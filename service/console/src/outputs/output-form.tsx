/* Setting an output up, or changing one: its settings, and which alarms it gets. */

import { useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { post, put } from "../api/client";
import type { AlarmKind, NewOutput, Output } from "../api/types";
import { Button } from "../components/button";
import { Choice } from "../components/choice";
import { Tick, Ticks } from "../components/tick";
import type { Typed } from "../forms/fields";
import { Setting } from "../forms/setting";
import { t, worded, words } from "../i18n/text";
import type { Kept } from "../people/list";
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
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void list.change(async () => {
      const given = {
        name: name.value,
        enabled: output?.enabled ?? false,
        lifts: orAll(lifts.value),
        kinds: orAll(kinds.value),
        priorities: orAll(priorities.value.map(Number)),
        escalated: escalated.value,
        ...chosen(kind.value, values.value, output?.settings ?? {}),
      };
      if (output) await put(`/outputs/${output.id}`, given);
      const made = output ? {} : (await post<NewOutput>("/outputs", { kind: kind.value, ...given })).made;
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
      <div class="row">
        <button type="submit">{output ? t("outputs.save") : t("outputs.add")}</button>
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

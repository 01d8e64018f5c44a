/* One field of a table: a line, a tick or a list. */

import type { Signal } from "@preact/signals";
import type { JSX } from "preact";
import { Choice } from "../components/choice";
import { Tick } from "../components/tick";
import { Line, type Typing } from "../session/line";
import type { Field, Typed } from "./fields";

interface SettingProps {
  /** Begins the field's id. */
  of: string;
  field: Field;
  label: string;
  values: Signal<Typed>;
  help?: string;
  problem?: string;
}

export function Setting({ of, field, label, values, help, problem = "" }: SettingProps): JSX.Element {
  const { name, as, isOptional = false } = field;
  const id = `${of}-${name.replaceAll(".", "-")}`;
  const now = values.value[name] ?? "";
  const set = (typed: string): void => {
    values.value = { ...values.value, [name]: typed };
  };
  const line: Typing = {
    get value() {
      return now;
    },
    set value(typed) {
      set(typed);
    },
  };
  if (as === "flag") {
    return <Tick text={label} isChosen={now === "true"} onChoose={(isOn) => set(String(isOn))} />;
  }
  if (typeof as !== "string") {
    return <Choice id={id} label={label} options={as} picked={now} onPick={set} problem={problem} />;
  }
  return (
    <Line
      id={id}
      label={label}
      value={line}
      isSecret={as === "secret"}
      isNumber={as === "number"}
      isOptional={isOptional}
      problem={problem}
      {...(help ? { help } : {})}
    />
  );
}

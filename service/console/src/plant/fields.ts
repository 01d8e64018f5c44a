/* What a lift's input is set up with, by kind: the source, and where each signal is there. */

import type { LineInput } from "../api/types";
import type { Option } from "../components/choice";
import { type Field, flag, number, optional, sentOf, type Typed, text, textOf } from "../forms/fields";
import { t } from "../i18n/text";

export type Source = NonNullable<LineInput["input"]>;
export type Kind = Source["kind"];

export const KINDS: readonly Kind[] = ["modbus", "opcua", "mqtt"];
export const SIGNALS = ["line_running", "speed", "carrier_pulse"] as const;
export type SignalName = (typeof SIGNALS)[number];

const picked = (name: string, options: readonly Option[]): Field => ({ name, as: options });
const WORDS: readonly Option[] = [
  ["1", "16"],
  ["2", "32"],
];
const registers = (): readonly Option[] => [
  ["input", t("input.inputRegister")],
  ["holding", t("input.holdingRegister")],
];
const bits = (): readonly Option[] => [
  ["discrete", t("input.discrete")],
  ["coil", t("input.coil")],
  ...registers(),
];

/** Of the source itself. */
export const sourceFields: Readonly<Record<Kind, readonly Field[]>> = {
  modbus: [text("host"), number("port"), number("unit"), number("poll_s")],
  opcua: [text("host"), number("port"), text("path"), flag("secure")],
  mqtt: [text("host"), number("port"), flag("tls")],
};

/** Of one signal there. */
export function signalFields(kind: Kind, signal: SignalName): readonly Field[] {
  const scale = signal === "speed" ? [number("scale")] : [];
  const inverted = signal === "line_running" ? [flag("inverted")] : [];
  if (kind === "opcua") return [text("node"), ...scale, ...inverted];
  if (kind === "mqtt") {
    const counter = signal === "carrier_pulse" ? [flag("counter")] : [];
    return [text("topic"), optional(text("field")), ...scale, ...counter, ...inverted];
  }
  if (signal === "line_running") {
    return [picked("table", bits()), number("address"), number("bit"), ...inverted];
  }
  const signed = signal === "speed" ? [flag("signed")] : [];
  return [picked("table", registers()), number("address"), picked("words", WORDS), ...signed, ...scale];
}

const DEFAULTS: Readonly<Record<Kind, Typed>> = {
  modbus: {
    port: "502",
    unit: "1",
    poll_s: "0.5",
    "line_running.table": "discrete",
    "line_running.bit": "0",
    "speed.table": "input",
    "speed.words": "1",
    "speed.scale": "0.01",
    "carrier_pulse.table": "input",
    "carrier_pulse.words": "1",
  },
  opcua: { port: "4840", path: "/", secure: "true", "speed.scale": "1" },
  mqtt: { port: "1883", "speed.scale": "1" },
};

/** What stands in the fields of an input that there is, or of a new one of a kind. */
export function typed(kind: Kind, source: Source | null): Typed {
  const found: Record<string, string> = { ...DEFAULTS[kind] };
  const take = (name: string, value: unknown): void => {
    if (value !== null && typeof value === "object") {
      for (const [key, each] of Object.entries(value)) take(name ? `${name}.${key}` : key, each);
    } else if (value !== null && value !== undefined) {
      found[name] = textOf(value);
    }
  };
  if (source?.kind === kind) take("", source);
  return found;
}

/** The body that was typed; of `signals` alone, and `credentials` where a password is stored. */
export function chosen(
  kind: Kind,
  values: Typed,
  signals: readonly SignalName[],
  credentials: string | null,
): object {
  const read = (fields: readonly Field[], prefix = ""): object =>
    Object.fromEntries(
      fields
        .map((field) => [field.name, sentOf(field, values[prefix + field.name] ?? "")] as const)
        .map(([name, value]) => [name, name === "words" ? Number(value) : value])
        .filter(([, value]) => value !== undefined),
    );
  return {
    kind,
    ...read(sourceFields[kind]),
    ...(kind === "modbus" ? {} : { credentials }),
    ...Object.fromEntries(signals.map((each) => [each, read(signalFields(kind, each), `${each}.`)])),
  };
}

/* What each kind of output is set up with on the page; everything else keeps its default, or what it is. */

import type { Output } from "../api/types";
import { type Field, flag, number, optional, sentOf, type Typed, text, textOf } from "../forms/fields";

const password: Field = { name: "password", as: "secret", isOptional: true };
const port = optional(number("port"));
const networks: Field = { name: "networks", as: "list", isOptional: true };
const acknowledge = flag("acknowledge");
const language = optional(text("language"));

export const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  webhook: [text("url"), language],
  email: [
    text("host"),
    port,
    optional(text("security")),
    optional(text("user")),
    password,
    text("sender"),
    { name: "to", as: "list" },
    optional(number("every_s")),
    language,
  ],
  mqtt: [
    text("host"),
    port,
    flag("tls"),
    optional(text("user")),
    password,
    optional(text("topic")),
    language,
  ],
  web_push: [text("contact"), language],
  modbus: [optional(text("host")), port, networks, acknowledge],
  opcua: [
    optional(text("host")),
    port,
    networks,
    optional(text("user")),
    password,
    flag("anonymous"),
    acknowledge,
    language,
  ],
};

/** What stands in the fields of an output that there is. */
export function typed({ kind, settings }: Output): Typed {
  const shown = (FIELDS[kind] ?? []).filter(({ as }) => as !== "secret");
  return Object.fromEntries(shown.map(({ name }) => [name, textOf(settings[name])]));
}

/** The settings and secrets that were typed; before: those that there are. */
export function chosen(
  kind: string,
  values: Typed,
  before: Readonly<Record<string, unknown>>,
): { settings: Record<string, unknown>; secrets: Record<string, string> } {
  const settings: Record<string, unknown> = { ...before };
  const secrets: Record<string, string> = {};
  for (const field of FIELDS[kind] ?? []) {
    const { name, as } = field;
    const value = sentOf(field, values[name] ?? "");
    if (as === "secret") {
      if (value) secrets[name] = String(value);
    } else if (value === undefined) {
      delete settings[name];
    } else {
      settings[name] = value;
    }
  }
  return { settings, secrets };
}

/* What each kind of output is set up with on the page; everything else keeps its default, or what it is. */

import type { Output } from "../api/types";

export interface Field {
  name: string;
  as: "text" | "number" | "list" | "flag" | "secret";
  isOptional?: boolean;
}

const text = (name: string): Field => ({ name, as: "text" });
const optional = (name: string): Field => ({ name, as: "text", isOptional: true });
const password: Field = { name: "password", as: "secret", isOptional: true };
const port: Field = { name: "port", as: "number", isOptional: true };
const networks: Field = { name: "networks", as: "list", isOptional: true };
const acknowledge: Field = { name: "acknowledge", as: "flag" };

export const FIELDS: Readonly<Record<string, readonly Field[]>> = {
  webhook: [text("url")],
  email: [
    text("host"),
    port,
    optional("security"),
    optional("user"),
    password,
    text("sender"),
    { name: "to", as: "list" },
    { name: "every_s", as: "number", isOptional: true },
  ],
  mqtt: [text("host"), port, { name: "tls", as: "flag" }, optional("user"), password, optional("topic")],
  web_push: [text("contact")],
  modbus: [optional("host"), port, networks, acknowledge],
  opcua: [
    optional("host"),
    port,
    networks,
    optional("user"),
    password,
    { name: "anonymous", as: "flag" },
    acknowledge,
  ],
};

export type Typed = Readonly<Record<string, string>>;

/** What stands in the fields of an output that there is. */
export function typed({ kind, settings }: Output): Typed {
  const shown = (FIELDS[kind] ?? []).filter(({ as }) => as !== "secret");
  return Object.fromEntries(shown.map(({ name }) => [name, textOf(settings[name])]));
}

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value);
};

/** The settings and secrets that were typed; before: those that there are. */
export function chosen(
  kind: string,
  values: Typed,
  before: Readonly<Record<string, unknown>>,
): { settings: Record<string, unknown>; secrets: Record<string, string> } {
  const settings: Record<string, unknown> = { ...before };
  const secrets: Record<string, string> = {};
  for (const { name, as } of FIELDS[kind] ?? []) {
    const value = (values[name] ?? "").trim();
    if (as === "secret") {
      if (value) secrets[name] = value;
    } else if (as === "flag") {
      settings[name] = value === "true";
    } else if (value === "") {
      delete settings[name];
    } else if (as === "number") {
      settings[name] = Number(value);
    } else {
      settings[name] = as === "list" ? value.split(",").map((each) => each.trim()) : value;
    }
  }
  return { settings, secrets };
}

/* Fields that are told by a table: what each is called, and how it is typed and sent. */

import type { Option } from "../components/choice";
import { numberOf } from "./form";

export interface Field {
  /** The key in the body; with points: in what is nested. */
  name: string;
  as: "text" | "number" | "list" | "flag" | "secret" | readonly Option[];
  isOptional?: boolean;
}

export const text = (name: string): Field => ({ name, as: "text" });
export const number = (name: string): Field => ({ name, as: "number" });
export const flag = (name: string): Field => ({ name, as: "flag" });
export const optional = (field: Field): Field => ({ ...field, isOptional: true });

export type Typed = Readonly<Record<string, string>>;

/** What stands in a field of a value that there is. */
export function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(", ");
  return value === null || value === undefined ? "" : String(value);
}

/** The value of a field as it is sent; undefined: nothing was typed. */
export function sentOf({ as }: Field, typed: string): unknown {
  const value = typed.trim();
  if (as === "flag") return value === "true";
  if (value === "") return undefined;
  if (as === "number") return numberOf(value);
  return as === "list" ? value.split(",").map((each) => each.trim()) : value;
}

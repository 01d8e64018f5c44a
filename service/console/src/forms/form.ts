/* A form that the service checks: what it does not take is said at the field, the rest below. */

import { batch, type Signal, useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { ApiError } from "../api/client";
import { worded, words } from "../i18n/text";
import { messageOf } from "../state/session";
import { fromHere, isLost } from "./focus";

export interface Checked {
  busy: Signal<boolean>;
  /** What is wrong with the form, and with no field of it. */
  problem: Signal<string>;
  /** Why a field was not taken; "" if it was. */
  at: (field: string) => string;
  /** Do what the form is for; where that is refused, the first wrong field gets the keyboard of whoever waits. */
  submit: (event: TargetedSubmitEvent<HTMLFormElement>, work: () => Promise<unknown>) => Promise<void>;
}

interface Places {
  /** The field of a place in the request's body; null: there is none, and the form says it. */
  fieldOf: (where: string) => string | null;
  /** Which field a refusal is about, by its code. */
  ofCodes?: Readonly<Record<string, string>>;
}

export function useChecked({ fieldOf, ofCodes = {} }: Places): Checked {
  const busy = useSignal(false);
  const problem = useSignal("");
  const wrong = useSignal<Readonly<Record<string, string>>>({});
  const refused = wrong.value;
  const form = useRef<HTMLFormElement>(null);
  const isWaitedFor = useRef(isLost);
  useLayoutEffect(() => {
    if (Object.keys(refused).length && isWaitedFor.current())
      form.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [refused]);
  const refuse = (error: unknown): void => {
    const found: Record<string, string> = {};
    const rest: string[] = [];
    const say = (field: string | null | undefined, says: string): void => {
      if (field) found[field] = says;
      else rest.push(says);
    };
    const errors = error instanceof ApiError ? error.errors : [];
    for (const each of errors) {
      const says = worded(words.invalidValues, each.code, each.problem, each.parameters);
      say(fieldOf(each.where.replace(/^body\.?/, "")), says);
    }
    if (!errors.length) say(error instanceof ApiError ? ofCodes[error.code] : null, messageOf(error));
    batch(() => {
      wrong.value = found;
      problem.value = [...new Set(rest)].join(" ");
    });
  };
  return {
    busy,
    problem,
    at: (field) => wrong.value[field] ?? "",
    submit: async (event, work) => {
      event.preventDefault();
      if (busy.value) return;
      form.current = event.currentTarget;
      isWaitedFor.current = fromHere();
      busy.value = true;
      wrong.value = {};
      problem.value = "";
      try {
        await work();
      } catch (error) {
        refuse(error);
      }
      busy.value = false;
    },
  };
}

/** What was typed as a number; what is none is sent as it is, so that the service says so at its field. */
export function numberOf(text: string): number | string | null {
  const trimmed = text.trim().replace(",", ".");
  if (trimmed === "") return null;
  return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
}

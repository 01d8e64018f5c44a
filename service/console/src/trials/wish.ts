/* What somebody wants to try, as it is typed and as it is sent. */

import type { Signal } from "@preact/signals";
import type { CandidateIn, ReplayIn } from "../api/types";
import type { Limited } from "../budget/budgets";
import { numberOf } from "../forms/form";
import { beginOf, endOf } from "../i18n/time";

/** A threshold is tried by the budget that leads to it, or by two probabilities. */
export const TRIED = ["masks", "calibration", "model", "budget", "threshold"] as const;
export type Tried = (typeof TRIED)[number];

export interface Wish {
  tried: Signal<Tried>;
  version: Signal<string>;
  model: Signal<string>;
  limited: Signal<Limited>;
  limit: Signal<string>;
  openFrom: Signal<string>;
  closedTo: Signal<string>;
  shadow: Signal<boolean>;
  replay: Signal<boolean>;
  /** Days, "2026-01-31", or "". */
  from: Signal<string>;
  to: Signal<string>;
}

const ofVersion = {
  candidate_judges: "version",
  no_mask_version: "version",
  no_calibration: "version",
  calibration_of_other_masks: "version",
} as const;
const ofModel = { candidate_judges: "model", no_model: "model", model_refused: "model" } as const;
const ofLimit = Object.fromEntries(
  [
    "too_few_passages",
    "too_few_open",
    "too_few_reviewed",
    "too_few_for_wish",
    "cannot_be_met",
    "too_many_missed",
    "too_many_false_alarms",
  ].map((each) => [`budget_${each}`, "limit"]),
);

/** Which field a refusal is about. */
export const FIELD_OF_CODES: Readonly<Record<Tried, Readonly<Record<string, string>>>> = {
  masks: ofVersion,
  calibration: ofVersion,
  model: ofModel,
  budget: ofLimit,
  threshold: {},
};

export type Range = Pick<ReplayIn, "from" | "to">;

/** What is sent; first: what is picked where nobody picked. range: of the stored carriers, null for none. */
export function wanted(wish: Wish, first: string): { body: CandidateIn; range: Range | null } {
  const from = wish.from.value && beginOf(wish.from.value).toISOString();
  const to = wish.to.value && endOf(wish.to.value).toISOString();
  const range = wish.replay.value ? { ...(from ? { from } : {}), ...(to ? { to } : {}) } : null;
  return { body: { ...specOf(wish, first), shadow: wish.shadow.value }, range };
}

function specOf(wish: Wish, first: string): Omit<CandidateIn, "shadow"> {
  const number = (typed: Signal<string>): number => numberOf(typed.value) as number; // or what is refused
  switch (wish.tried.value) {
    case "masks":
    case "calibration":
      return { kind: wish.tried.value, version: Number(wish.version.value || first) };
    case "model":
      return { kind: "model", model: wish.model.value || first };
    case "budget":
      return { kind: "threshold", budget: { [wish.limited.value]: number(wish.limit) } };
    case "threshold":
      return { kind: "threshold", open_from: number(wish.openFrom), closed_to: number(wish.closedTo) };
  }
}

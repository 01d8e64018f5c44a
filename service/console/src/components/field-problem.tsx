/* Why what stands in a field was not taken, said at the field. */

import type { JSX } from "preact";

interface Described {
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

/** What a control says of itself to a screen reader; help: whether a sentence of help stands below it. */
export function describedBy(id: string, problem: string, help?: string): Described {
  const ids = [problem && `${id}-problem`, help && `${id}-help`].filter(Boolean).join(" ");
  return { "aria-invalid": problem ? true : undefined, "aria-describedby": ids || undefined };
}

export function FieldProblem({ id, problem }: { id: string; problem: string }): JSX.Element | null {
  if (!problem) return null;
  return (
    <p id={`${id}-problem`} class="problem">
      {problem}
    </p>
  );
}

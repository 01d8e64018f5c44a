/* Pairs of a name and what is so, under a heading with a sentence of help. */

import type { ComponentChildren, JSX } from "preact";
import { Titled } from "../components/titled";

interface GroupProps {
  id: string;
  title: string;
  help: string;
  children: ComponentChildren;
}

/** A part's section: what it is called, what for, and what there is. */
export function Group({ id, title, help, children }: GroupProps): JSX.Element {
  return (
    <section class="step" aria-labelledby={id}>
      <Titled level={3} id={id} title={title} help={help} />
      {children}
    </section>
  );
}

type Fact = readonly [name: string, what: ComponentChildren];

/** What is null or empty is left out. */
export function Facts({ facts }: { facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts
        .filter(([, what]) => what !== null && what !== "")
        .map(([name, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{what}</dd>
          </div>
        ))}
    </dl>
  );
}

export function Problem({ text }: { text: string }): JSX.Element {
  return (
    <p class="problem" role="alert">
      {text}
    </p>
  );
}

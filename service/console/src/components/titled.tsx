/* A heading with one sentence about what it heads, for whoever asks. */

import type { ComponentChildren, JSX } from "preact";
import { t } from "../i18n/text";

interface TitledProps {
  /** Of the heading: what it heads is labelled by it. */
  id: string;
  title: string;
  help: string;
  /** What the heading says beside its title. */
  children?: ComponentChildren;
}

/** The sentence opens over what follows, and moves none of it. */
export function Titled({ id, title, help, children }: TitledProps): JSX.Element {
  return (
    <div class="titled">
      <h2 id={id}>
        {title}
        {children}
      </h2>
      <details class="help" name="help">
        <summary aria-label={t("help.of", { title })}>?</summary>
        <p>{help}</p>
      </details>
    </div>
  );
}

/* A heading with one sentence about what it heads, for whoever asks. */

import type { ComponentChildren, JSX, Ref } from "preact";
import { t } from "../i18n/text";

interface TitledProps {
  /** Of the heading: what it heads is labelled by it. */
  id: string;
  title: string;
  help: string;
  /** A page's heading is 2, a section's of it 3. */
  level?: 2 | 3;
  /** To put the keyboard there. */
  heading?: Ref<HTMLHeadingElement>;
  /** What the heading says beside its title. */
  children?: ComponentChildren;
}

/** The sentence opens over what follows, and moves none of it. */
export function Titled({ id, title, help, level = 2, heading = null, children }: TitledProps): JSX.Element {
  const Heading = `h${level}` as const;
  return (
    <div class="titled">
      <Heading id={id} ref={heading} tabIndex={-1}>
        {title}
        {children}
      </Heading>
      <details class="help" name="help">
        <summary aria-label={t("help.of", { title })}>?</summary>
        <p>{help}</p>
      </details>
    </div>
  );
}

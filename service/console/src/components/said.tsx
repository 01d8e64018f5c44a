/* A text of the page's language in which the service's own English words stand: they are read out as English. */

import { Fragment, type JSX } from "preact";
import { quotedParts } from "../i18n/text";

export function Said({ text }: { text: string }): JSX.Element {
  return (
    <>
      {quotedParts(text).map(([part, isEnglish], i) =>
        isEnglish ? (
          <span key={i} lang="en">
            {part}
          </span>
        ) : (
          <Fragment key={i}>{part}</Fragment>
        ),
      )}
    </>
  );
}

/* Where one can go from a page: to its parts, and back to the lifts. */

import type { JSX } from "preact";
import { t } from "../i18n/text";
import { hrefOf } from "../route/route";

interface Place {
  text: string;
  href: string;
  /** Whether it is shown now. */
  isNow?: boolean;
}

/** of: the page's name. places: its parts. */
export function Places({ of, places = [] }: { of: string; places?: readonly Place[] }): JSX.Element {
  return (
    <nav class="steps" aria-label={of}>
      <ol>
        {[...places, { text: t("page.back"), href: hrefOf() }].map(({ text, href, isNow = false }: Place) => (
          <li key={href} data-now={isNow}>
            <a href={href} aria-current={isNow ? "page" : undefined}>
              {text}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

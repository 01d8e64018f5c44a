/* What is stored now, where that is not what a form began with: beside it, so that what was typed stays. */

import type { JSX } from "preact";
import { t } from "../i18n/text";

/** What of something is stored, by what it is called; all in words. */
export type Stored = Readonly<Record<string, string>>;

export const yesOrNo = (is: boolean): string => t(is ? "page.yes" : "page.no");

/** What differs, as it is now. */
export const changesOf = (before: Stored, now: Stored): readonly (readonly [string, string])[] =>
  Object.keys({ ...before, ...now })
    .filter((what) => (before[what] ?? "") !== (now[what] ?? ""))
    .map((what) => [what, now[what] ?? ""]);

/** changes: null: nobody had to look again. */
export function StoredNow({ changes }: { changes: ReturnType<typeof changesOf> | null }): JSX.Element | null {
  if (!changes) return null;
  return (
    <div class="stored-now" role="status">
      <p>{t(changes.length ? "page.storedNow" : "page.storedSame")}</p>
      <dl>
        {changes.map(([what, now]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{now || t("page.storedNothing")}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/* The audit's whole check: up to which entry it went, what it found, and a button. */

import type { JSX } from "preact";
import { post } from "../api/client";
import type { AuditChecks } from "../api/types";
import { Button } from "../components/button";
import { number, t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { Group, Problem } from "./facts";
import { useReading } from "./reading";

const BUSY_MS = 1_000;

export function AuditCheckPart(): JSX.Element {
  const { found, problem, act } = useReading<AuditChecks>("/audit/check", (last) =>
    last?.begun_at ? BUSY_MS : null,
  );
  const check = found.value;
  const begin = (): Promise<void> => act(() => post<AuditChecks>("/audit/check"));
  const last = check?.last;
  const isWhole = last ? !last.problem && last.broken.length === 0 : undefined;
  return (
    <Group id="audit-check" title={t("check.title")} help={t("check.about")}>
      <p role="status" class="checked" data-ok={isWhole}>
        {check?.begun_at
          ? t("check.running", { at: clockTime(check.begun_at) })
          : last
            ? says(last)
            : t("check.never")}
      </p>
      {last && last.broken.length > 0 && (
        <ul>
          {last.broken.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      <Problem text={problem.value} />
      <div class="row">
        <Button id="check-now" busy={!!check?.begun_at} onPress={begin}>
          {t("check.now")}
        </Button>
      </div>
    </Group>
  );
}

function says(last: NonNullable<AuditChecks["last"]>): string {
  const { at, by, until, problem, broken } = last;
  if (problem) return t("check.failed", { problem });
  const when = { at: clockTime(at), by, until: number(until), rows: number(last.rows + last.pictures) };
  return t(broken.length > 0 ? "check.broken" : "check.whole", when);
}

/* Backups: make one, verify one, take one away, and how to bring one back. */

import type { JSX } from "preact";
import { address, post, proof } from "../api/client";
import type { Backups, KeptBackup } from "../api/types";
import { Button } from "../components/button";
import { bytes } from "../i18n/number";
import { t } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { Group, Problem } from "./facts";
import { useReading } from "./reading";

const BUSY_MS = 1_000;

export function BackupsPart(): JSX.Element {
  const { found, problem, act } = useReading<Backups>("/backups", (last) => (last?.now ? BUSY_MS : null));
  const backups = found.value;
  const begin = (path: string): Promise<void> => act(() => post<Backups>(path));
  if (!backups) return <Problem text={problem.value} />;
  const { items, plan, now, last, restore } = backups;
  return (
    <>
      <Group id="backups" title={t("backups.title")} help={t("admin.backupsHelp")}>
        <p class="note">{planText(plan)}</p>
        <div class="row">
          <Button id="backup-now" busy={now !== null} onPress={() => begin("/backups")}>
            {t("backups.make")}
          </Button>
          <p class="note" role="status">
            {now
              ? t(now.work === "make" ? "backups.making" : "backups.verifying")
              : last && (last.problem ? t("backups.failed", { problem: last.problem }) : t("backups.done"))}
          </p>
        </div>
        <Problem text={problem.value} />
        {items.length === 0 && <p class="note">{t("backups.none")}</p>}
        <ul class="entries">
          {items.map((one) => (
            <Entry key={one.name} one={one} busy={now !== null} begin={begin} />
          ))}
        </ul>
      </Group>
      <Group id="backups-restore" title={t("backups.restore")} help={t("help.restore")}>
        <p class="note">{t(restore ? "backups.restoreHelp" : "backups.none")}</p>
        {restore && <pre class="secret">{restore}</pre>}
      </Group>
    </>
  );
}

interface EntryProps {
  one: KeptBackup;
  busy: boolean;
  begin: (path: string) => Promise<void>;
}

function Entry({ one, busy, begin }: EntryProps): JSX.Element {
  const { name, whole, checked_at: at } = one;
  const state =
    whole == null || at == null
      ? t("backups.checkedWhenMade")
      : t(whole ? "backups.whole" : "backups.damaged", { at: clockTime(at) });
  return (
    <li data-whole={whole}>
      <div>
        <strong>{clockTime(one.made_at)}</strong>
        <p class="note">{[bytes(one.size_bytes), state, name].join(" · ")}</p>
      </div>
      <div class="row">
        <Button
          class="quiet"
          busy={busy}
          label={t("backups.verifyLabel", { name })}
          onPress={() => begin(`/backups/${name}/verify`)}
        >
          {t("backups.verify")}
        </Button>
        <Button class="quiet" label={t("backups.takeLabel", { name })} onPress={() => take(name)}>
          {t("backups.take")}
        </Button>
      </div>
    </li>
  );
}

/** Let the browser fetch the file by itself: it may be gigabytes. Who somebody is, is asked before. */
async function take(name: string): Promise<void> {
  const path = `/backups/${name}`;
  const asked = await fetch(address(path), { credentials: "same-origin", headers: { Range: "bytes=0-0" } });
  const isAsked = asked.status === 403 && (await asked.json()).code === "proof_needed";
  if (isAsked && !(await proof.ask())) return;
  location.assign(address(path));
}

function planText({ hour, keep, folder }: Backups["plan"]): string {
  if (hour == null) return t("backups.noPlan", { folder });
  return t("backups.plan", { hour: `${String(hour).padStart(2, "0")}:00`, count: keep, folder });
}

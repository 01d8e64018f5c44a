/* The audit: who did what, when and from where, and whether its chain is whole. */

import { type Signal, useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useEffect } from "preact/hooks";
import { address, get } from "../api/client";
import type { Audit, AuditChain, AuditEntry } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { t, words } from "../i18n/text";
import { beginOf, clockTime, endOf } from "../i18n/time";
import { Line } from "../session/line";
import { messageOf } from "../state/session";

interface Filters {
  actor: Signal<string>;
  action: Signal<string>;
  address: Signal<string>;
  from: Signal<string>;
  to: Signal<string>;
}

export function AuditPart(): JSX.Element {
  const entries = useSignal<readonly AuditEntry[] | null>(null);
  const [cursor, problem] = [useSignal<string | null>(null), useSignal("")];
  const filters: Filters = {
    actor: useSignal(""),
    action: useSignal(""),
    address: useSignal(""),
    from: useSignal(""),
    to: useSignal(""),
  };
  const read = async (more: boolean): Promise<void> => {
    problem.value = "";
    try {
      const page = await get<Audit>(`/audit?${query(filters, more ? cursor.value : null)}`);
      entries.value = [...(more ? (entries.value ?? []) : []), ...page.items];
      cursor.value = page.next;
    } catch (error) {
      problem.value = messageOf(error);
    }
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is shown; then as the form asks.
  useEffect(() => {
    void read(false);
  }, []);
  return (
    <section class="step audit" aria-labelledby="audit">
      <Titled level={3} id="audit" title={t("audit.title")} help={t("admin.auditHelp")} />
      <Chain />
      <FilterForm filters={filters} onShow={() => read(false)} />
      <p class="problem" role="alert">
        {problem}
      </p>
      {entries.value && <Entries entries={entries.value} />}
      {cursor.value && (
        <Button class="quiet" onPress={() => read(true)}>
          {t("audit.older")}
        </Button>
      )}
    </section>
  );
}

/** The chain's state, its head to be kept elsewhere, and all of it as a file. */
function Chain(): JSX.Element {
  const [state, problem] = [useSignal<AuditChain | null>(null), useSignal("")];
  useEffect(() => {
    get<AuditChain>("/audit/chain").then(
      (found) => {
        state.value = found;
      },
      (error) => {
        problem.value = messageOf(error);
      },
    );
  }, [state, problem]);
  const chain = state.value;
  return (
    <div class="chain">
      <p role="status" data-ok={chain?.ok}>
        {chain &&
          (chain.ok
            ? t("audit.whole", { count: chain.checked })
            : t("audit.broken", { seq: chain.broken ?? 0 }))}
        {problem}
      </p>
      {chain && (
        <p class="note">
          {t("audit.head")} {chain.seq} <code class="secret">{chain.hash}</code>
        </p>
      )}
      <a class="target" href={address("/audit/export")} download>
        {t("audit.download")}
      </a>
    </div>
  );
}

function FilterForm({ filters, onShow }: { filters: Filters; onShow: () => void }): JSX.Element {
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onShow();
  };
  return (
    <form onSubmit={submit} class="filters">
      <Line id="audit-who" label={t("audit.who")} value={filters.actor} isOptional />
      <Line
        id="audit-what"
        label={t("audit.action")}
        value={filters.action}
        isOptional
        help={t("audit.actionHelp")}
      />
      <Line id="audit-where" label={t("audit.where")} value={filters.address} isOptional />
      <Line id="audit-from" label={t("audit.from")} value={filters.from} isOptional isDay />
      <Line id="audit-to" label={t("audit.to")} value={filters.to} isOptional isDay />
      <button type="submit">{t("audit.show")}</button>
    </form>
  );
}

function Entries({ entries }: { entries: readonly AuditEntry[] }): JSX.Element {
  if (entries.length === 0) return <p class="note">{t("audit.none")}</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("audit.when")}</th>
          <th scope="col">{t("audit.who")}</th>
          <th scope="col">{t("audit.action")}</th>
          <th scope="col">{t("audit.of")}</th>
          <th scope="col">{t("audit.where")}</th>
        </tr>
      </thead>
      <tbody>
        {entries.map((entry) => (
          <tr key={entry.seq}>
            <td>
              <time dateTime={entry.at}>{clockTime(entry.at)}</time>
            </td>
            <td>
              {entry.actor}
              <span class="note">{roleOf(entry)}</span>
            </td>
            <td>{entry.action}</td>
            <td>
              {entry.subject}
              <span class="note">{detailsOf(entry)}</span>
            </td>
            <td>{entry.address}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const isRole = (role: string): role is keyof typeof words.roles => role in words.roles;

const roleOf = ({ role }: AuditEntry): string => (isRole(role) ? words.roles[role] : role);

const MOST = 160;

/** What else is worth knowing, shortened: the API has all of it. */
function detailsOf({ details }: AuditEntry): string {
  const all = Object.entries(details)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
  return all.length > MOST ? `${all.slice(0, MOST)} …` : all;
}

function query(filters: Filters, cursor: string | null): string {
  const asked = new URLSearchParams();
  for (const name of ["actor", "action", "address"] as const) {
    const value = filters[name].value.trim();
    if (value) asked.set(name, value);
  }
  if (filters.from.value) asked.set("from", beginOf(filters.from.value).toISOString());
  if (filters.to.value) asked.set("to", endOf(filters.to.value).toISOString());
  if (cursor) asked.set("cursor", cursor);
  return asked.toString();
}

/* The administration: an index of everything that keeps the service well, and each of it. */

import type { JSX } from "preact";
import { AuditPart } from "../audit/audit-part";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { OutputsPart } from "../outputs/outputs-part";
import { PeoplePart } from "../people/people-part";
import { TokensPart } from "../people/tokens-part";
import { hrefOf } from "../route/route";
import { AuditCheckPart } from "./audit-check";
import { BackupsPart } from "./backups-part";
import { HealthPart } from "./health-part";
import { KeepingPart } from "./keeping-part";
import { ModelsPart } from "./models-part";
import { maySee, PARTS, type Part } from "./parts";
import { RecordsPart } from "./records-part";

/** part: the index without it, and for whom it is not. */
export function AdminPage({ part }: { part: Part | undefined }): JSX.Element {
  const shown = part !== undefined && maySee(part) ? part : undefined;
  return (
    <section class="wizard account admin" aria-labelledby="admin-title">
      <Titled id="admin-title" title={t("admin.title")} help={t("help.admin")} />
      <Places
        of={t("admin.title")}
        places={shown === undefined ? [] : [{ text: t("admin.all"), href: hrefOf("admin") }]}
      />
      {shown === undefined && <Index />}
      {shown === "health" && <HealthPart />}
      {shown === "backups" && <BackupsPart />}
      {shown === "keeping" && <KeepingPart />}
      {shown === "models" && <ModelsPart />}
      {shown === "records" && <RecordsPart />}
      {shown === "people" && <PeoplePart />}
      {shown === "tokens" && <TokensPart />}
      {shown === "outputs" && <OutputsPart />}
      {shown === "audit" && <AuditCheckPart />}
      {shown === "audit" && <AuditPart />}
    </section>
  );
}

function Index(): JSX.Element {
  return (
    <ul class="index">
      {(Object.keys(PARTS) as Part[]).filter(maySee).map((part) => (
        <li key={part}>
          <a href={hrefOf("admin", part)}>
            <strong>{t(PARTS[part].title)}</strong>
            <span>{t(PARTS[part].help)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

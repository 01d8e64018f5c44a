/* The parts of the administration: who sees them, and what each is for. */

import type { Key } from "../i18n/text";
import { isAdmin } from "../state/session";

/** title, help: what it is called, and what for, in a sentence. forAdmins: nobody else may ask the service for it. */
interface AdminPart {
  readonly title: Key;
  readonly help: Key;
  readonly forAdmins: boolean;
}

export const PARTS = {
  health: { title: "health.title", help: "admin.healthHelp", forAdmins: false },
  backups: { title: "backups.title", help: "admin.backupsHelp", forAdmins: true },
  keeping: { title: "keeping.title", help: "admin.keepingHelp", forAdmins: false },
  models: { title: "models.title", help: "admin.modelsHelp", forAdmins: false },
  records: { title: "records.title", help: "admin.recordsHelp", forAdmins: false },
  people: { title: "people.people", help: "admin.peopleHelp", forAdmins: true },
  tokens: { title: "people.tokens", help: "admin.tokensHelp", forAdmins: true },
  outputs: { title: "outputs.title", help: "admin.outputsHelp", forAdmins: true },
  audit: { title: "audit.title", help: "admin.auditHelp", forAdmins: true },
} as const satisfies Readonly<Record<string, AdminPart>>;

export type Part = keyof typeof PARTS;

/** Whether somebody may see a part. */
export const maySee = (part: Part): boolean => isAdmin.value || !PARTS[part].forAdmins;

/* Which page is at which address (src/route/table.ts). All but the first are loaded when they are opened. */

import type { JSX } from "preact";
import { t } from "./i18n/text";
import { OverviewPage } from "./overview/overview-page";
import { later } from "./route/later";
import { hrefOf, type Route } from "./route/route";
import { type Given, matched, type Path } from "./route/table";

const AccountPage = later(async () => (await import("./rooms")).AccountPage);
const AdminPage = later(async () => (await import("./rooms")).AdminPage);
const AlarmRoom = later(async () => (await import("./rooms")).AlarmRoom);
const EscalationPage = later(async () => (await import("./rooms")).EscalationPage);
const FiguresPage = later(async () => (await import("./rooms")).FiguresPage);
export const LiftPage = later(async () => (await import("./rooms")).LiftPage);
const PlantPage = later(async () => (await import("./rooms")).PlantPage);
const ReportsPage = later(async () => (await import("./reports/reports-page")).ReportsPage);
const ReviewPage = later(async () => (await import("./rooms")).ReviewPage);
const Wall = later(async () => (await import("./rooms")).Wall);
const Wizard = later(async () => (await import("./rooms")).Wizard);

const PAGES: { readonly [At in Path]: (given: Given<At>) => JSX.Element } = {
  "": () => <OverviewPage />,
  wall: () => <Wall />,
  alarms: () => <AlarmRoom part={undefined} />,
  "alarms/history": () => <AlarmRoom part="history" />,
  "alarms/:alarm": ({ alarm }) => <AlarmRoom part={alarm} />,
  escalation: () => <EscalationPage />,
  figures: () => <FiguresPage />,
  reports: () => <ReportsPage />,
  account: () => <AccountPage />,
  admin: () => <AdminPage part={undefined} />,
  "admin/health": () => <AdminPage part="health" />,
  "admin/backups": () => <AdminPage part="backups" />,
  "admin/keeping": () => <AdminPage part="keeping" />,
  "admin/models": () => <AdminPage part="models" />,
  "admin/records": () => <AdminPage part="records" />,
  "admin/people": () => <AdminPage part="people" />,
  "admin/tokens": () => <AdminPage part="tokens" />,
  "admin/outputs": () => <AdminPage part="outputs" />,
  "admin/audit": () => <AdminPage part="audit" />,
  setup: () => <Wizard liftId={null} step={undefined} />,
  "lifts/:lift": ({ lift }) => <LiftPage key={lift} liftId={lift} />,
  "lifts/:lift/control": ({ lift }) => <PlantPage liftId={lift} />,
  "lifts/:lift/review": ({ lift }) => <ReviewPage liftId={lift} part={undefined} />,
  "lifts/:lift/review/disagreements": ({ lift }) => <ReviewPage liftId={lift} part="disagreements" />,
  "lifts/:lift/review/accuracy": ({ lift }) => <ReviewPage liftId={lift} part="accuracy" />,
  "lifts/:lift/setup": ({ lift }) => <Wizard liftId={lift} step={undefined} />,
  "lifts/:lift/setup/address": ({ lift }) => <Wizard liftId={lift} step="address" />,
  "lifts/:lift/setup/carriers": ({ lift }) => <Wizard liftId={lift} step="carriers" />,
  "lifts/:lift/setup/pick": ({ lift }) => <Wizard liftId={lift} step="pick" />,
  "lifts/:lift/setup/masks": ({ lift }) => <Wizard liftId={lift} step="masks" />,
  "lifts/:lift/setup/proof": ({ lift }) => <Wizard liftId={lift} step="proof" />,
  "lifts/:lift/setup/after": ({ lift }) => <Wizard liftId={lift} step="after" />,
};

/** The page at an address; `#/` is every lift at a glance. */
export function page(route: Route): JSX.Element {
  const found = matched(route);
  // What a path names, `fits` has found: no type can say that of them all at once.
  if (found) return PAGES[found.path](found.given as Given<"lifts/:lift/:alarm">);
  return (
    <p class="note">
      {t("page.notFound")}{" "}
      <a class="target" href={hrefOf()}>
        {t("page.back")}
      </a>
    </p>
  );
}

/** Whether a page takes the place of everything else, header and banners too. */
export const isAlone = (route: Route): boolean => matched(route)?.path === "wall";

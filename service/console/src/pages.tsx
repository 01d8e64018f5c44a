/* Which page is at which address: a page joins here. All but the first are loaded when they are opened. */

import type { JSX } from "preact";
import { t } from "./i18n/text";
import { OverviewPage } from "./overview/overview-page";
import { later } from "./route/later";
import { hrefOf, type Route } from "./route/route";

const AccountPage = later(async () => (await import("./people/account-page")).AccountPage);
const AlarmRoom = later(async () => (await import("./alarms/room/room-page")).AlarmRoom);
const EscalationPage = later(async () => (await import("./escalation/escalation-page")).EscalationPage);
const FiguresPage = later(async () => (await import("./figures/figures-page")).FiguresPage);
export const LiftPage = later(async () => (await import("./lifts/lift-page")).LiftPage);
const PlantPage = later(async () => (await import("./plant/plant-page")).PlantPage);
const ReportsPage = later(async () => (await import("./reports/reports-page")).ReportsPage);
const ReviewPage = later(async () => (await import("./review/review-page")).ReviewPage);
/** In the place of everything else, header and banners too. */
export const Wall = later(async () => (await import("./wall/wall")).Wall);
const Wizard = later(async () => (await import("./setup/wizard")).Wizard);

/** The page at an address; `#/` is every lift at a glance. */
export function page(route: Route): JSX.Element {
  const [room, lift, part, step] = route;
  if (room === undefined) return <OverviewPage />;
  if (room === "alarms") return <AlarmRoom part={lift} />;
  if (room === "account") return <AccountPage part={lift} />;
  if (room === "figures") return <FiguresPage />;
  if (room === "reports") return <ReportsPage />;
  if (room === "escalation") return <EscalationPage />;
  if (room === "setup") return <Wizard liftId={null} step={undefined} />;
  if (room === "lifts" && lift && part === "control") return <PlantPage liftId={lift} />;
  if (room === "lifts" && lift && part === "review") return <ReviewPage liftId={lift} part={step} />;
  if (room === "lifts" && lift && part === undefined) return <LiftPage key={lift} liftId={lift} />;
  if (room === "lifts" && lift && part === "setup") return <Wizard liftId={lift} step={step} />;
  return (
    <p class="note">
      {t("page.notFound")}{" "}
      <a class="target" href={hrefOf()}>
        {t("page.back")}
      </a>
    </p>
  );
}

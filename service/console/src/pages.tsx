/* Which page is at which address: a page joins here. */

import type { JSX } from "preact";
import { EscalationPage } from "./escalation/escalation-page";
import { FiguresPage } from "./figures/figures-page";
import { t } from "./i18n/text";
import { WatchPage } from "./lifts/watch-page";
import { AccountPage } from "./people/account-page";
import { PlantPage } from "./plant/plant-page";
import { ReviewPage } from "./review/review-page";
import { hrefOf, type Route } from "./route/route";
import { Wizard } from "./setup/wizard";

/** The page at an address; `#/` is the lifts and alarms. */
export function page(route: Route): JSX.Element {
  const [room, lift, part, step] = route;
  if (room === undefined) return <WatchPage />;
  if (room === "account") return <AccountPage part={lift} />;
  if (room === "figures") return <FiguresPage />;
  if (room === "escalation") return <EscalationPage />;
  if (room === "setup") return <Wizard liftId={null} step={undefined} />;
  if (room === "lifts" && lift && part === "control") return <PlantPage liftId={lift} />;
  if (room === "lifts" && lift && part === "review") return <ReviewPage liftId={lift} part={step} />;
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

/* Reviews of a lift: what waits, where people differ, and how accurate the lift is by it. */

import type { JSX } from "preact";
import { Places } from "../components/places";
import { Titled } from "../components/titled";
import { t } from "../i18n/text";
import { hrefOf } from "../route/route";
import { nameOf } from "../state/lifts";
import { mayAct } from "../state/session";
import { AccuracyPart } from "./accuracy-part";
import { DisputesPart } from "./disputes-part";
import { QueuePart } from "./queue-part";

const PARTS = { "": "review.title", disagreements: "review.disputes", accuracy: "review.accuracy" } as const;
type Part = keyof typeof PARTS;

interface ReviewPageProps {
  liftId: string;
  part: string | undefined;
}

/** A viewer sees the accuracy alone. */
export function ReviewPage({ liftId, part }: ReviewPageProps): JSX.Element {
  const wanted: Part = part !== undefined && part in PARTS ? (part as Part) : "";
  const shown = mayAct.value ? wanted : "accuracy";
  const parts = (Object.keys(PARTS) as Part[]).filter((each) => mayAct.value || each === "accuracy");
  return (
    <section class="wizard review" aria-labelledby="review-title">
      <Titled
        id="review-title"
        title={t("review.of_lift", { lift: nameOf(liftId) })}
        help={t("help.review")}
      />
      <Places
        of={t("review.title")}
        places={parts.map((each) => ({
          text: t(PARTS[each]),
          href: each ? hrefOf("lifts", liftId, "review", each) : hrefOf("lifts", liftId, "review"),
          isNow: each === shown,
        }))}
      />
      {shown === "" && <QueuePart key={liftId} liftId={liftId} />}
      {shown === "disagreements" && <DisputesPart key={liftId} liftId={liftId} />}
      {shown === "accuracy" && <AccuracyPart key={liftId} liftId={liftId} />}
    </section>
  );
}

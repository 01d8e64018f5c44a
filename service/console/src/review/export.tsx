/* Labels, and pictures with them, as files. */

import type { JSX } from "preact";
import { FileButton } from "../components/file-button";
import { t } from "../i18n/text";

const FILES = [
  ["review.exportCsv", "csv"],
  ["review.exportZip", "zip"],
] as const;

export function ExportButtons({ liftId }: { liftId: string }): JSX.Element {
  return (
    <div class="export">
      <h4>{t("review.export")}</h4>
      <p class="note">{t("review.exportHelp")}</p>
      <div class="row">
        {FILES.map(([key, form]) => (
          <FileButton
            key={form}
            path={`/lifts/${encodeURIComponent(liftId)}/reviews/export.${form}`}
            name={`reviews-${liftId}.${form}`}
            text={t(key)}
          />
        ))}
      </div>
    </div>
  );
}

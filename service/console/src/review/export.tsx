/* Labels, and pictures with them, as files. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { getFile } from "../api/client";
import { Button } from "../components/button";
import { t } from "../i18n/text";
import { messageOf } from "../state/session";

const FILES = { "review.exportCsv": "csv", "review.exportZip": "zip" } as const;

export function ExportButtons({ liftId }: { liftId: string }): JSX.Element {
  const [busy, problem] = [useSignal(""), useSignal("")];
  const save = async (form: string): Promise<void> => {
    busy.value = form;
    problem.value = "";
    try {
      const file = await getFile(`/lifts/${encodeURIComponent(liftId)}/reviews/export.${form}`);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `reviews-${liftId}.${form}`;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      problem.value = messageOf(error);
    } finally {
      busy.value = "";
    }
  };
  return (
    <div class="export">
      <h4>{t("review.export")}</h4>
      <p class="note">{t("review.exportHelp")}</p>
      <div class="row">
        {Object.entries(FILES).map(([key, form]) => (
          <Button key={form} class="quiet" busy={busy.value !== ""} onPress={() => save(form)}>
            {t(key as keyof typeof FILES)}
          </Button>
        ))}
        <p class="problem" role="alert">
          {problem}
        </p>
      </div>
    </div>
  );
}

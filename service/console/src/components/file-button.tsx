/* A button that fetches a file and saves it: unlike a link, it can ask first who somebody is, and say what went wrong. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { getFile } from "../api/client";
import { t } from "../i18n/text";
import { messageOf } from "../state/session";
import { Button } from "./button";

interface FileButtonProps {
  /** Of the API. */
  path: string;
  /** What it is saved as. */
  name: string;
  text: string;
}

export function FileButton({ path, name, text }: FileButtonProps): JSX.Element {
  const [busy, problem] = [useSignal(false), useSignal("")];
  const save = async (): Promise<void> => {
    busy.value = true;
    problem.value = "";
    try {
      const link = document.createElement("a");
      link.href = URL.createObjectURL(await getFile(path));
      link.download = name;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      problem.value = messageOf(error);
    }
    busy.value = false;
  };
  return (
    <>
      <Button class="quiet" busy={busy} onPress={save}>
        {text}
      </Button>
      {problem.value && (
        <p class="problem" role="alert">
          {t("page.notDone", { problem: problem.value })}
        </p>
      )}
    </>
  );
}

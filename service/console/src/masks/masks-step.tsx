/* Step 4: both bars are drawn already; the person corrects them, and the lift is judged by them. */

import { useComputed, useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { ApiError, address, post } from "../api/client";
import type { Enrolment, SeenCarrier } from "../api/types";
import { Button } from "../components/button";
import { t, worded, words } from "../i18n/text";
import { refusal, type SetupJob } from "../setup/job";
import { goTo } from "../setup/steps";
import { mayAct } from "../state/session";
import { Canvas } from "./canvas";
import { MaskEditor, type Which } from "./editor";
import { toPng } from "./raster";
import { Tools } from "./tools";

const ENROL_MS = 120_000;
const MASKS = ["open", "close"] as const;
const STATES = { open: "open", close: "closed" } as const;

export function MasksStep({ job }: { job: SetupJob }): JSX.Element {
  const editor = useMemo(() => new MaskEditor(job.liftId), [job.liftId]);
  const mayEdit = mayAct.value;
  useEffect(() => editor.start(mayEdit), [editor]);
  const turn = useSignal(0);
  const shown = useComputed(() => {
    const state = STATES[editor.which.value];
    const picked = job.carriers.value?.items.filter(({ pick }) => pick?.state === state) ?? [];
    return picked[turn.value % (picked.length || 1)];
  });
  const proposal = editor.proposal.value;
  const isSearching = editor.isSearching.value;
  const earlier = job.masks.value.find(({ active }) => active)?.version;
  return (
    <>
      <p>{t("masks.what")}</p>
      <p class="note">{t("masks.hidden")}</p>
      {isSearching && (
        <div class="progress">
          <progress max={1} value={proposal?.progress ?? 0} aria-label={t("masks.proposing")} />
          <p role="status">{t("masks.proposing")}</p>
        </div>
      )}
      {!isSearching &&
        proposal?.reasons.map((reason) => (
          <p key={reason} class="warning">
            {worded(words.proposalReasons, reason, reason)}
          </p>
        ))}
      {proposal?.outdated && !isSearching && <p class="warning">{t("masks.otherPicks")}</p>}
      <fieldset class="choices" aria-label={t("masks.which")}>
        {MASKS.map((which) => (
          <Choice key={which} editor={editor} which={which} />
        ))}
        <Button
          class="quiet"
          onPress={() => {
            turn.value += 1;
          }}
        >
          {t("masks.otherPicture")}
        </Button>
      </fieldset>
      <div class="drawing">
        <Canvas editor={editor} picture={shown.value?.pictures.middle} mayEdit={mayEdit && !isSearching} />
        {mayEdit && <Tools editor={editor} />}
      </div>
      {editor.keeper.theirs.value && (
        <div class="elsewhere" role="alert">
          <p>{t("masks.elsewhere")}</p>
          <div class="row">
            <Button onPress={() => editor.choose("theirs")}>{t("masks.theirs")}</Button>
            <Button onPress={() => editor.choose("mine")}>{t("masks.mine")}</Button>
          </div>
        </div>
      )}
      {mayEdit && (
        <>
          <div class="row">
            <Button class="quiet" busy={isSearching} onPress={() => editor.propose()}>
              {t("masks.propose")}
            </Button>
            {earlier !== undefined && (
              <Button class="quiet" busy={isSearching} onPress={() => editor.propose("former_masks")}>
                {t("masks.carry", { version: earlier })}
              </Button>
            )}
          </div>
          <Enrol job={job} editor={editor} />
        </>
      )}
      <p class="problem" role="alert">
        {editor.problem}
      </p>
    </>
  );
}

function Choice({ editor, which }: { editor: MaskEditor; which: Which }): JSX.Element {
  return (
    <Button
      class="quiet"
      pressed={editor.which.value === which}
      onPress={() => {
        editor.which.value = which;
        editor.selected.value = null;
        editor.drawing.value = false;
      }}
    >
      {t(`masks.of.${which}`)}
    </Button>
  );
}

function Enrol({ job, editor }: { job: SetupJob; editor: MaskEditor }): JSX.Element {
  const busy = useSignal(false);
  const enrol = async (): Promise<void> => {
    if (busy.value) return; // a double tap
    busy.value = true;
    editor.problem.value = "";
    try {
      await editor.keeper.keep();
      if (editor.keeper.theirs.value) throw new ApiError(0, { code: "drawn_elsewhere" });
      const items = job.carriers.value?.items ?? [];
      const form = await formOf(editor, items);
      form.append("name", job.job.value?.name ?? job.liftId);
      await post<Enrolment>(`${job.path}/masks`, form, ENROL_MS);
      goTo(job.liftId, "proof");
    } catch (error) {
      editor.problem.value = refusal(error);
    }
    busy.value = false;
  };
  const isEmpty = MASKS.some((which) => !editor.sheets[which].lines.value.length);
  return (
    <div class="row">
      <Button class="go" busy={busy.value || isEmpty || editor.isSearching.value} onPress={enrol}>
        {t("masks.use")}
      </Button>
      <p class="note" role="status">
        {t(
          busy.value
            ? "masks.enrolling"
            : isEmpty
              ? "masks.empty"
              : editor.keeper.kept.value
                ? "masks.kept"
                : "masks.keeping",
        )}
      </p>
    </div>
  );
}

/** Both masks, and a picked carrier of either state, by which the service sees whether they are swapped. */
async function formOf(editor: MaskEditor, items: readonly SeenCarrier[]): Promise<FormData> {
  const form = new FormData();
  for (const which of MASKS) {
    form.append(which, await toPng(editor.sheets[which].drawing()), `${which}.png`);
    const picked = items.find(({ pick }) => pick?.state === STATES[which]);
    const picture = picked?.pictures.middle;
    if (picture) {
      const answer = await fetch(new URL(picture, address("/")), { credentials: "same-origin" });
      form.append(`reference_${which}`, await answer.blob(), `reference_${which}.jpg`);
    }
  }
  return form;
}

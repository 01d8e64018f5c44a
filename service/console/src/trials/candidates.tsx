/* What may judge a lift one day: how it would have judged, and what can be decided about it. */

import type { JSX } from "preact";
import type { Candidate, Lift, Replay } from "../api/types";
import { Button } from "../components/button";
import { type Key, percent, t, worded, words } from "../i18n/text";
import { isAdmin, mayAct } from "../state/session";
import { Differences } from "./differences";
import type { Tested } from "./tested";

interface CandidatesProps {
  lift: Lift;
  tested: Tested;
}

export function Candidates({ lift, tested }: CandidatesProps): JSX.Element | null {
  const found = tested.candidates.value;
  if (found.length === 0) return null;
  return (
    <section class="candidates" aria-label={t("candidates.title")}>
      <h4>{t("candidates.title")}</h4>
      <ul>
        {found.map((one) => (
          <CandidateItem
            key={one.number}
            lift={lift}
            one={one}
            replay={tested.replays.value.find((each) => each.candidate === one.number)}
            tested={tested}
          />
        ))}
      </ul>
    </section>
  );
}

interface ItemProps {
  lift: Lift;
  one: Candidate;
  replay: Replay | undefined;
  tested: Tested;
}

function CandidateItem({ lift, one, replay, tested }: ItemProps): JSX.Element {
  const { number, state, shadow } = one;
  const name = nameOf(one);
  const action = (key: Key, press: () => unknown): JSX.Element => (
    <Button
      key={key}
      class="quiet"
      busy={tested.busy}
      label={t("candidates.actionOf", { action: t(key), name, lift: lift.name })}
      onPress={press}
    >
      {t(key)}
    </Button>
  );
  const isPromoted = state === "promoted";
  return (
    <li data-candidate={number} data-state={state} data-swapped={String(one.all.looks_swapped)}>
      <p>
        <strong>{name}</strong> ·{" "}
        {shadow ? t("candidates.inShadow") : worded(words.candidateStates, state, state)}
      </p>
      {one.all.looks_swapped && (
        <p class="swapped">
          {t("candidates.swapped", { inverted: one.all.inverted, decided: one.all.decided })}
        </p>
      )}
      <p>{compared(one)}</p>
      {replay && <p class="replay">{replayed(replay)}</p>}
      <Differences one={one} replay={replay} tested={tested} />
      {mayAct.value && (
        <fieldset class="actions" aria-label={name}>
          {!isPromoted && !shadow && action("candidates.shadow", () => tested.shadow(number, true))}
          {shadow && action("candidates.endShadow", () => tested.shadow(number, false))}
          {replay?.state === "running"
            ? action("candidates.cancel", () => tested.cancel(replay.number))
            : action("candidates.replay", () => tested.replay(number))}
          {isAdmin.value && !isPromoted && action("candidates.promote", () => tested.promote(number))}
          {isAdmin.value && isPromoted && action("candidates.rollBack", () => tested.rollBack(number))}
          {!isPromoted && action("candidates.drop", () => tested.drop(number))}
        </fieldset>
      )}
    </li>
  );
}

function nameOf({ kind, version, model, open_from, closed_to }: Candidate): string {
  const what = version ?? model ?? `${closed_to} – ${open_from}`;
  return t("candidates.name", { kind: worded(words.candidateKinds, kind, kind), what });
}

function compared({ all }: Candidate): string {
  if (!all.compared) return t("candidates.nothing");
  const { disagreement, reviewed } = all;
  const says = t("candidates.compared", {
    count: all.compared,
    disagreed: all.disagreed,
    low: percent(disagreement?.low ?? 0),
    high: percent(disagreement?.high ?? 0),
  });
  if (!reviewed) return says;
  const right = { reviewed, candidate: all.candidate_right, active: all.active_right };
  return `${says} ${t("candidates.right", right)}`;
}

function replayed(replay: Replay): string {
  if (replay.state === "running")
    return t("candidates.progress", { done: replay.done, total: Math.max(replay.total, replay.done) });
  const word = worded(words.replayStates, replay.state, replay.state);
  const says = t("candidates.replayed", { word, done: replay.done });
  return replay.blurred ? `${says} ${t("candidates.blurred", { count: replay.blurred })}` : says;
}

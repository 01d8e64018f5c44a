/* The model that judges: what it is, what it was trained on; what judges along, and the way back. */

import type { JSX } from "preact";
import type { AllCandidates, JudgingModel, LiftCandidate } from "../api/types";
import { number, percent, t, worded, words } from "../i18n/text";
import { hrefOf } from "../route/route";
import { Facts, Group, Problem } from "./facts";
import { useReading } from "./reading";

export function ModelsPart(): JSX.Element {
  const { found, problem } = useReading<JudgingModel>("/models/judging", () => null);
  const tried = useReading<AllCandidates>("/candidates", () => null);
  const model = found.value;
  return (
    <>
      <Problem text={problem.value || tried.problem.value} />
      {model && <Identity model={model} />}
      <Group id="models-candidates" title={t("models.atWork")} help={t("models.atWorkHelp")}>
        {tried.found.value?.items.length === 0 && <p class="note">{t("models.noneAtWork")}</p>}
        <ul class="entries">
          {tried.found.value?.items.map((one) => (
            <li key={`${one.lift_id} ${one.number}`}>
              <div>
                <a class="target start" href={hrefOf("lifts", one.lift_id)}>
                  {one.lift_name}
                </a>
                <p class="note">{saysOf(one)}</p>
              </div>
            </li>
          ))}
        </ul>
      </Group>
    </>
  );
}

function Identity({ model }: { model: JudgingModel }): JSX.Element {
  const plain = (found: object): string =>
    Object.entries(found)
      .map(([name, value]) => `${name}: ${value}`)
      .join(", ");
  const facts = [
    [t("models.identity"), model.identity],
    [
      t("models.origin"),
      t(model.promoted ? "models.promoted" : model.fixed ? "models.fixed" : "models.ships"),
    ],
    [t("models.folder"), model.promoted],
    [t("models.digest"), model.digest],
    [t("models.file"), model.sha256],
    [t("models.signed"), t(model.signed ? "models.isSigned" : "models.notSigned")],
    [t("models.trained"), plain(model.trained)],
    [t("models.calibrated"), plain(model.calibrated_on)],
    [
      t("models.band"),
      t("models.bandOf", { closed: percent(model.closed_up_to), open: percent(model.open_from) }),
    ],
    [t("models.golden"), number(model.golden_passages)],
  ] as const;
  return (
    <Group id="models-judging" title={t("models.judging")} help={t("models.judgingHelp")}>
      <Facts facts={facts} />
      {model.metrics.length > 0 && (
        <details>
          <summary>{t("models.measured")}</summary>
          <Facts facts={model.metrics.map(({ name, value }) => [name, number(value)] as const)} />
        </details>
      )}
    </Group>
  );
}

function saysOf({ kind, version, model, shadow, state, all }: LiftCandidate): string {
  return [
    t("candidates.name", { kind: worded(words.candidateKinds, kind, kind), what: version ?? model ?? "" }),
    shadow ? t("candidates.inShadow") : worded(words.candidateStates, state, state),
    t("models.compared", { count: all.compared, differ: all.disagreed }),
  ].join(" · ");
}

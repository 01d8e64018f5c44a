/* What a lift's control tells: what it says now and how old that is, why it is doubted, and setting it up. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { remove } from "../api/client";
import type { HeardSignal, LineInput } from "../api/types";
import { Button } from "../components/button";
import { Titled } from "../components/titled";
import { useOpening } from "../forms/focus";
import { t, worded, words } from "../i18n/text";
import { span } from "../i18n/time";
import { failureOf } from "../state/session";
import { SIGNALS, type SignalName, type Source } from "./fields";
import { type Begun, InputForm } from "./input-form";
import { mayConfigure, usePolled } from "./polled";

export function InputPart({ liftId }: { liftId: string }): JSX.Element {
  const path = `/lifts/${encodeURIComponent(liftId)}/input`;
  const { found, tag, problem, read } = usePolled<LineInput>(path);
  const busy = useSignal(false);
  /** What the form began with; null: it is closed. */
  const changing = useSignal<Begun | null>(null);
  const place = useOpening<HTMLElement>(changing.value !== null);
  const source = found.value?.input ?? null;
  const takeAway = async (): Promise<void> => {
    busy.value = true;
    try {
      await remove(path, tag.value);
      problem.value = "";
    } catch (error) {
      problem.value = failureOf(error);
    }
    await read();
    busy.value = false;
  };
  const close = (): void => {
    changing.value = null;
    void read();
  };
  return (
    <section ref={place} class="step" aria-labelledby="input-title">
      <Titled level={3} id="input-title" title={t("input.title")} help={t("input.about")} />
      {found.value && (source ? <Said found={found.value} source={source} /> : <p>{t("input.none")}</p>)}
      <p class="problem" role="alert">
        {problem}
      </p>
      {mayConfigure(liftId) && found.value && !changing.value && (
        <div class="row">
          <Button
            onPress={() => {
              changing.value = { source, tag: tag.value };
            }}
          >
            {t(source ? "input.change" : "input.add")}
          </Button>
          {source && (
            <Button class="quiet" busy={busy} onPress={takeAway}>
              {t("input.takeAway")}
            </Button>
          )}
        </div>
      )}
      {changing.value && <InputForm liftId={liftId} begun={changing.value} onDone={close} onCancel={close} />}
    </section>
  );
}

function Said({ found, source }: { found: LineInput; source: Source }): JSX.Element {
  const { problem, problem_code: code, doubts = [], signals = {}, unseen } = found;
  const where = { kind: words.inputKinds[source.kind], host: source.host, port: source.port };
  return (
    <div class="plant-says" data-followed={!problem} data-doubted={doubts.length > 0}>
      <p>
        <strong>{t("input.from", where)}</strong>:{" "}
        {problem ? worded(words.inputProblems, code ?? "", problem) : t("input.followed")}
      </p>
      {doubts.map((each) => (
        <p key={each} class="warning">
          {t("input.doubted", { why: worded(words.machineTroubles, each, each) })}
        </p>
      ))}
      <div class="scrolled">
        <table class="signals">
          <thead>
            <tr>
              <th scope="col">{t("input.signal")}</th>
              <th scope="col">{t("input.where")}</th>
              <th scope="col">{t("input.says")}</th>
              <th scope="col">{t("input.age")}</th>
            </tr>
          </thead>
          <tbody>
            {SIGNALS.filter((each) => source[each] != null).map((each) => (
              <Row key={each} signal={each} source={source} heard={signals[each]} />
            ))}
          </tbody>
        </table>
      </div>
      {unseen > 0 && <p class="warning">{t("input.unseen", { count: unseen })}</p>}
    </div>
  );
}

interface RowProps {
  signal: SignalName;
  source: Source;
  heard: HeardSignal | undefined;
}

function Row({ signal, source, heard }: RowProps): JSX.Element {
  const age = heard && t(heard.stale ? "input.stale" : "input.ago", { time: span(heard.age_s) });
  return (
    <tr data-signal={signal} data-stale={heard?.stale ?? true}>
      <th scope="row">{words.inputSignals[signal]}</th>
      <td>{placeOf(source, signal)}</td>
      <td>{heard ? inWords(signal, heard.value) : t("input.nothing")}</td>
      <td>{age ?? t("input.never")}</td>
    </tr>
  );
}

/** "discrete input 12", "ns=2;s=Line.Running", "lift/running". */
function placeOf(source: Source, signal: SignalName): string {
  const at = source[signal];
  if (!at) return "";
  if ("node" in at) return at.node;
  if ("topic" in at) return at.field ? `${at.topic} · ${at.field}` : at.topic;
  return t("input.at", { table: words.inputTables[at.table], address: at.address });
}

function inWords(signal: SignalName, value: number): string {
  if (signal === "line_running") return t(value >= 0.5 ? "input.runs" : "input.stands");
  return signal === "speed" ? t("input.speed", { value }) : t("input.carriers", { count: value });
}

/* Setting up what a lift's control tells. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { ApiError, getTagged, orLookAgain, put } from "../api/client";
import type { LineInput } from "../api/types";
import { Button } from "../components/button";
import { Choice } from "../components/choice";
import { Tick } from "../components/tick";
import type { Typed } from "../forms/fields";
import { useChecked } from "../forms/form";
import { Setting } from "../forms/setting";
import { changesOf, type Stored, StoredNow } from "../forms/stored-now";
import { t, worded, words } from "../i18n/text";
import { Line } from "../session/line";
import {
  chosen,
  KINDS,
  type Kind,
  SIGNALS,
  type SignalName,
  type Source,
  signalFields,
  sourceFields,
  typed,
} from "./fields";

/** The field of a place in the body, which begins with the kind. */
function fieldOf(where: string): string | null {
  const [kind = "", ...rest] = where.split(".");
  const name = rest.join(".");
  if (name === "credentials") return "user";
  if (name in words.inputSignals) return name;
  const known = KINDS.filter((each) => each === kind).flatMap((each) => [
    ...sourceFields[each].map((field) => field.name),
    ...SIGNALS.flatMap((signal) => signalFields(each, signal).map((field) => `${signal}.${field.name}`)),
  ]);
  return known.includes(name) ? name : null;
}

const OF_CODES = {
  output_forbidden_address: "host",
  output_no_such_host: "host",
  no_such_secret: "user",
  secret_of_another_host: "user",
  secret_unreadable: "user",
  address_invalid: "host",
};

/** What the form began with, or what was seen of it since. */
export interface Begun {
  source: Source | null;
  tag: string | null;
}

interface InputFormProps {
  liftId: string;
  begun: Begun;
  onDone: () => void;
  onCancel: () => void;
}

export function InputForm({ liftId, begun, onDone, onCancel }: InputFormProps): JSX.Element {
  const path = `/lifts/${encodeURIComponent(liftId)}/input`;
  const base = useSignal(begun);
  const { source } = base.value;
  const changes = useSignal<ReturnType<typeof changesOf> | null>(null);
  /** What was typed stays; what is stored now stands beside it. */
  const look = async (): Promise<void> => {
    const now = await getTagged<LineInput>(path).catch(() => null);
    if (!now) return;
    changes.value = changesOf(inWords(base.value.source), inWords(now.content.input));
    base.value = { source: now.content.input, tag: now.tag };
  };
  const kind = useSignal<Kind>(source?.kind ?? "modbus");
  const values = useSignal<Typed>(typed(kind.value, source));
  const signals = useSignal<readonly SignalName[]>(
    source ? SIGNALS.filter((each) => source[each] != null) : ["line_running"],
  );
  const [user, password] = [useSignal(""), useSignal("")];
  const checked = useChecked({ fieldOf, ofCodes: OF_CODES });
  const save = async (): Promise<void> => {
    const known = source?.kind === kind.value ? (source.credentials ?? null) : null;
    const name = `${liftId.slice(0, 56)}-control`;
    const isTyped = kind.value !== "modbus" && user.value.trim() !== "";
    const body = chosen(kind.value, values.value, signals.value, isTyped ? name : known);
    const store = async (): Promise<void> => {
      const { tag } = base.value;
      if (isTyped) {
        // What is refused leaves the password that another input has as it is.
        if ((await getTagged(path)).tag !== tag) throw new ApiError(412, { code: "changed_elsewhere" });
        const host = (values.value.host ?? "").trim();
        await put(`/cameras/secrets/${name}`, { host, user: user.value.trim(), password: password.value });
      }
      await put(path, body, tag);
    };
    await orLookAgain(store, look);
    onDone();
  };
  const setting = (of: string, name: string, field: Parameters<typeof Setting>[0]["field"]): JSX.Element => (
    <Setting
      key={`${kind.value} ${name}`}
      of={of}
      field={{ ...field, name }}
      label={worded(words.inputFields, field.name, field.name)}
      values={values}
      problem={checked.at(name)}
    />
  );
  return (
    <form
      class="adding"
      aria-labelledby="input-form"
      noValidate
      onSubmit={(event) => checked.submit(event, save)}
    >
      <h4 id="input-form">{t(source ? "input.changing" : "input.add")}</h4>
      <Choice
        id="input-kind"
        label={t("input.kind")}
        options={KINDS.map((each) => [each, words.inputKinds[each]])}
        picked={kind.value}
        onPick={(picked) => {
          kind.value = picked as Kind;
          values.value = { ...typed(kind.value, source), host: values.value.host ?? "" };
        }}
      />
      <div class="pair">
        {sourceFields[kind.value].map((field) => setting("input", field.name, field))}
        {kind.value !== "modbus" && (
          <>
            <Line
              id="input-user"
              label={t("input.user")}
              value={user}
              isOptional
              problem={checked.at("user")}
              help={t(source?.credentials ? "input.userStays" : "input.userHelp")}
            />
            <Line
              id="input-password"
              label={t("input.password")}
              value={password}
              isSecret
              isOptional
              problem={checked.at("password")}
            />
          </>
        )}
      </div>
      {SIGNALS.map((signal) => (
        <fieldset key={`${kind.value} ${signal}`} class="signal">
          <legend>{words.inputSignals[signal]}</legend>
          <Tick
            text={t("input.listen", { signal: words.inputSignals[signal] })}
            isChosen={signals.value.includes(signal)}
            onChoose={(isOn) => {
              signals.value = SIGNALS.filter((each) =>
                each === signal ? isOn : signals.value.includes(each),
              );
            }}
          />
          {signals.value.includes(signal) && (
            <>
              <p class="note">{words.inputHelp[kind.value][signal]}</p>
              <div class="pair">
                {signalFields(kind.value, signal).map((field) =>
                  setting("input", `${signal}.${field.name}`, field),
                )}
              </div>
              {checked.at(signal) && <p class="problem">{checked.at(signal)}</p>}
            </>
          )}
        </fieldset>
      ))}
      <p class="problem" role="alert">
        {checked.problem}
      </p>
      <StoredNow changes={changes.value} />
      <div class="row">
        <button type="submit" aria-disabled={checked.busy.value || undefined}>
          {t("input.save")}
        </button>
        <Button class="quiet" onPress={onCancel}>
          {t("input.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** What is stored of an input, as the form calls it. */
function inWords(source: Source | null): Stored {
  if (!source) return {};
  const said = Object.entries(typed(source.kind, source)).map(([name, value]) => {
    const [of = "", field] = name.split(".");
    const label = worded(words.inputFields, field ?? of, field ?? of);
    return [field ? `${worded(words.inputSignals, of, of)}: ${label}` : label, value] as const;
  });
  return { ...Object.fromEntries(said), [t("input.kind")]: words.inputKinds[source.kind] };
}

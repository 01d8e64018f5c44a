/* Who did what with an alarm, and when; and what people wrote about it. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { orLookAgain, post } from "../../api/client";
import type { AlarmDetail } from "../../api/types";
import { Said } from "../../components/said";
import { Titled } from "../../components/titled";
import { fill, PLACES, quoted, t, worded, words } from "../../i18n/text";
import { clockTime } from "../../i18n/time";
import { failureOf, mayAct } from "../../state/session";

interface Step {
  key: string;
  at: string;
  who: string;
  what: string;
  text: string;
}

/** The service itself, as an actor. */
const SYSTEM = "system";

/** The service's notes are English templates with numbers: which one it is, and how to read it. */
const NOTES = Object.entries(words.notes).map(([english, template]) => ({
  pattern: new RegExp(`^${english.replace(PLACES, "(?<$1>\\d+)")}$`),
  template,
}));

/** A note of the service in the reader's language; one that it does not know as it is, in English. */
function noteOf(note: string): string {
  // After a step stand whom it called, and where: names, in every language.
  const [first = "", ...names] = note.startsWith("step ") ? note.split("; ") : [note];
  for (const { pattern, template } of NOTES) {
    const found = pattern.exec(first);
    if (found) return [fill(template, found.groups), ...names].join("; ");
  }
  return quoted(note);
}

const whoOf = (actor: string): string => (actor === SYSTEM ? t("room.system") : actor);

function stepsOf({ events, comments }: AlarmDetail): Step[] {
  const done = events.map(({ seq, at, action, actor, note }) => {
    const what = worded(words.alarmActions, action, action);
    return {
      key: `e${seq}`,
      at,
      who: whoOf(actor),
      what,
      text: actor === SYSTEM ? noteOf(note) : note,
    };
  });
  const said = comments.map(({ id, at, author, text }) => {
    return { key: `c${id}`, at, who: author, what: t("room.wrote"), text };
  });
  return [...done, ...said].sort((a, b) => a.at.localeCompare(b.at));
}

export function LifePart({ alarm, onChange }: { alarm: AlarmDetail; onChange: () => void }): JSX.Element {
  return (
    <section class="life" aria-labelledby="life-title">
      <Titled id="life-title" title={t("room.life")} help={t("help.life")} />
      <ol>
        {stepsOf(alarm).map(({ key, at, who, what, text }) => (
          <li key={key}>
            <time dateTime={at}>{clockTime(at)}</time>
            <span>{t("room.did", { what, who })}</span>
            {text && (
              <q>
                <Said text={text} />
              </q>
            )}
          </li>
        ))}
      </ol>
      {mayAct.value && <CommentForm id={alarm.id} onDone={onChange} />}
    </section>
  );
}

/** What was written stays in its field until the service has it. */
function CommentForm({ id, onDone }: { id: string; onDone: () => void }): JSX.Element {
  const [text, busy, failure] = [useSignal(""), useSignal(false), useSignal("")];
  const send = async (): Promise<void> => {
    busy.value = true;
    try {
      await orLookAgain(
        () => post(`/alarms/${encodeURIComponent(id)}/comment`, { text: text.value }),
        async () => onDone(),
      );
      text.value = failure.value = "";
      onDone();
    } catch (error) {
      failure.value = failureOf(error);
    }
    busy.value = false;
  };
  return (
    <form
      class="comment"
      aria-label={t("room.comment")}
      onSubmit={(event) => {
        event.preventDefault();
        if (!busy.value) send();
      }}
    >
      <label for="comment">{t("room.comment")}</label>
      <textarea
        id="comment"
        required
        rows={2}
        maxLength={2000}
        value={text}
        onInput={(event) => {
          text.value = event.currentTarget.value;
        }}
      />
      <button type="submit" aria-disabled={busy.value || undefined}>
        {t("room.write")}
      </button>
      {failure.value && (
        <p class="problem" role="alert">
          {failure}
        </p>
      )}
    </form>
  );
}

/* The history of alarms: filters above, a page of it below, and all of it as a table. */

import type { JSX } from "preact";
import { useLayoutEffect } from "preact/hooks";
import type { ListedAlarm } from "../../api/types";
import { Button } from "../../components/button";
import { Choice } from "../../components/choice";
import { Said } from "../../components/said";
import { Titled } from "../../components/titled";
import { t, words } from "../../i18n/text";
import { clockTime } from "../../i18n/time";
import { hrefOf } from "../../route/route";
import { named } from "../../state/lifts";
import { headingOf, messageOf, stateOf } from "../naming";
import { history, type Wanted } from "./history";

export function HistoryPart(): JSX.Element {
  useLayoutEffect(() => {
    history.again();
  }, []);
  const { items } = history;
  return (
    <section class="past" aria-labelledby="past-title">
      <Titled id="past-title" title={t("room.history")} help={t("help.history")} />
      <Filters />
      <Pages />
      {history.problem.value && (
        <p class="problem" role="alert">
          {t("page.notDone", { problem: history.problem.value })}
        </p>
      )}
      {history.unreadable.value > 0 && (
        <p class="problem">{t("room.unreadable", { count: history.unreadable.value })}</p>
      )}
      <ol id="past" class="past-list" aria-busy={history.isReading.value}>
        {items.value.map((alarm) => (
          <PastAlarm key={alarm.id} alarm={alarm} />
        ))}
        {!items.value.length && history.readAt.value > 0 && (
          <li key="none" class="note">
            {t(history.isFiltered.value ? "room.noneFits" : "alarms.none")}
          </li>
        )}
      </ol>
    </section>
  );
}

/** Choices of one part of the filter: anything, then each value with its words. */
function Filter<Part extends keyof Wanted>(props: {
  part: Part;
  label: string;
  all: string;
  options: readonly (readonly [value: Wanted[Part] & string, text: string])[];
}): JSX.Element {
  const { part, label, all, options } = props;
  return (
    <Choice
      id={`past-${part}`}
      label={label}
      options={[["", all], ...options]}
      picked={history.wanted.value[part]}
      onPick={(picked) => history.filter({ [part]: picked })}
    />
  );
}

const entriesOf = <Code extends string>(table: Readonly<Record<Code, string>>): [Code, string][] =>
  Object.entries(table) as [Code, string][];

function Filters(): JSX.Element {
  return (
    <form class="filters" aria-label={t("room.filters")} onSubmit={(event) => event.preventDefault()}>
      <Filter
        part="lift"
        label={t("figures.lift")}
        all={t("figures.allLifts")}
        options={named.value.map(({ id, name }) => [id, name])}
      />
      <Filter part="kind" label={t("room.kind")} all={t("room.all")} options={entriesOf(words.alarmKinds)} />
      <Filter
        part="priority"
        label={t("room.priority")}
        all={t("room.all")}
        options={entriesOf(words.priorities)}
      />
      <Filter
        part="state"
        label={t("room.state")}
        all={t("room.all")}
        options={entriesOf(words.alarmStates)}
      />
      <Filter
        part="reviewed"
        label={t("room.reviewed")}
        all={t("room.all")}
        options={entriesOf(words.alarmReviews)}
      />
      <Day part="from" label={t("room.from")} />
      <Day part="to" label={t("room.to")} />
      <Button class="quiet" busy={!history.isFiltered.value} onPress={history.clear}>
        {t("room.clear")}
      </Button>
    </form>
  );
}

function Day({ part, label }: { part: "from" | "to"; label: string }): JSX.Element {
  const id = `past-${part}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        type="date"
        value={history.wanted.value[part]}
        onChange={(event) => history.filter({ [part]: event.currentTarget.value })}
      />
    </div>
  );
}

function Pages(): JSX.Element {
  const { page, hasNewer, hasOlder, readAt } = history;
  return (
    <div class="row pages">
      <Button class="quiet" busy={!hasNewer.value} onPress={history.newer}>
        {t("room.newer")}
      </Button>
      <Button class="quiet" busy={!hasOlder.value} onPress={history.older}>
        {t("room.older")}
      </Button>
      <Button class="quiet" busy={history.isReading} onPress={history.newest}>
        {t("room.newest")}
      </Button>
      <p class="note" role="status">
        {readAt.value > 0 &&
          t("room.asOf", { page: page.value, time: clockTime(new Date(readAt.value).toISOString()) })}
      </p>
      <a class="target table" href={history.table.value} download="alarms.csv">
        {t("room.table")}
      </a>
    </div>
  );
}

function PastAlarm({ alarm }: { alarm: ListedAlarm }): JSX.Element {
  const right = alarm.alarm_right;
  const by = alarm.acknowledged_by;
  return (
    <li class={`past-row ${alarm.severity}`} data-alarm={alarm.id} data-state={alarm.state}>
      <time dateTime={alarm.raised_at}>{clockTime(alarm.raised_at)}</time>
      <a class="target" href={hrefOf("alarms", alarm.id)}>
        <b>{headingOf(alarm)}</b>
      </a>
      <p class="says">
        <Said text={messageOf(alarm)} />
      </p>
      <p class="state">
        {stateOf(alarm)}
        {by && <span>{t("room.by", { by, time: clockTime(alarm.acknowledged_at ?? "") })}</span>}
      </p>
      <p class="right" data-right={right ?? undefined}>
        {right !== null && words.alarmReviews[right ? "right" : "false"]}
      </p>
    </li>
  );
}

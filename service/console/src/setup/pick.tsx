/* Step 3: which carriers are open, which are closed; one tap each. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { SeenCarrier } from "../api/types";
import { Button } from "../components/button";
import { Picture } from "../components/picture";
import { t } from "../i18n/text";
import { mayAct } from "../state/session";
import type { SetupJob, State } from "./job";
import { hrefOfStep, nameOf } from "./steps";

/** What was said of a carrier before it was changed. */
interface Before {
  number: number;
  state: State | null;
  occupied: boolean | null;
}

export function PickStep({ job }: { job: SetupJob }): JSX.Element {
  const before = useSignal<readonly Before[]>([]);
  const found = job.carriers.value;
  if (!found?.items.length) return <p class="note">{t("pick.none")}</p>;
  const say = (carrier: SeenCarrier, state: State | null, occupied: boolean | null): void => {
    const { number, pick } = carrier;
    before.value = [
      ...before.value,
      { number, state: pick?.state ?? null, occupied: pick?.occupied ?? null },
    ];
    void job.pick(number, state, occupied);
  };
  const undo = (): void => {
    const last = before.value.at(-1);
    if (!last) return;
    before.value = before.value.slice(0, -1);
    void job.pick(last.number, last.state, last.occupied);
  };
  // Masks of a track that nobody watches would wait for carriers for ever.
  const next = job.job.value?.watched ? "masks" : "carriers";
  const count = (state: State): number => found.items.filter(({ pick }) => pick?.state === state).length;
  const groups = [...found.groups].map(({ carriers, state, group }) => ({
    key: group,
    title: t(state ? TITLES[state] : "pick.group", { count: carriers.length }),
    items: found.items.filter(({ number }) => carriers.includes(number)),
  }));
  const others = found.items.filter(({ group }) => group === 0);
  if (others.length) groups.push({ key: 0, title: groups.length ? t("pick.others") : "", items: others });
  return (
    <>
      <p>{t("pick.what")}</p>
      {groups.map(({ key, title, items }) => (
        <section key={key} class="alike">
          {title && <h4>{title}</h4>}
          <ul class="carriers">
            {items.map((carrier) => (
              <Carrier key={carrier.number} carrier={carrier} say={say} />
            ))}
          </ul>
        </section>
      ))}
      <div class="row bottom">
        <p role="status">{t("pick.count", { open: count("open"), closed: count("closed") })}</p>
        {mayAct.value && (
          <Button class="quiet" off={before.value.length === 0} onPress={undo}>
            {t("pick.undo")}
          </Button>
        )}
        {job.isPicked.value ? (
          <a class="target go" href={hrefOfStep(job.liftId, next)}>
            {t("setup.next", { step: t(nameOf(next)) })}
          </a>
        ) : (
          <span class="note">{t("pick.need")}</span>
        )}
      </div>
    </>
  );
}

const TITLES = { open: "pick.groupOpen", closed: "pick.groupClosed" } as const;

interface CarrierProps {
  carrier: SeenCarrier;
  say: (carrier: SeenCarrier, state: State | null, occupied: boolean | null) => void;
}

function Carrier({ carrier, say }: CarrierProps): JSX.Element {
  const { number, pick, pictures } = carrier;
  const state = (which: State): JSX.Element => (
    <Button
      class={`state ${which}`}
      pressed={pick?.state === which}
      label={t("pick.of", { number, state: t(`pick.as.${which}`) })}
      onPress={() => say(carrier, pick?.state === which ? null : which, pick?.occupied ?? null)}
    >
      {t(`pick.as.${which}`)}
    </Button>
  );
  const seat = (occupied: boolean): JSX.Element => {
    const key = occupied ? "pick.occupied" : "pick.empty";
    return (
      <Button
        class="seat quiet"
        pressed={pick?.occupied === occupied}
        label={t("pick.of", { number, state: t(key) })}
        onPress={() => pick && say(carrier, pick.state, pick.occupied === occupied ? null : occupied)}
      >
        {t(key)}
      </Button>
    );
  };
  return (
    <li data-carrier={number} data-state={pick?.state}>
      <Picture url={pictures.middle ?? ""} alt={t("pick.carrier", { number })} size={200} />
      {mayAct.value && (
        <div class="taps">
          {state("open")}
          {state("closed")}
          {pick && seat(true)}
          {pick && seat(false)}
        </div>
      )}
    </li>
  );
}

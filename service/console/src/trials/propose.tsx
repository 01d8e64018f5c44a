/* Trying something else on a lift: masks, a site calibration, a model or a threshold; in shadow, on stored carriers. */

import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { get } from "../api/client";
import type { Lift, MaskHistory, ModelList, SiteCalibrationList } from "../api/types";
import type { Limited } from "../budget/budgets";
import { Button } from "../components/button";
import { Choice, type Option } from "../components/choice";
import { Tick } from "../components/tick";
import { useOpening } from "../forms/focus";
import { useChecked } from "../forms/form";
import { t, words } from "../i18n/text";
import { clockTime } from "../i18n/time";
import { Line } from "../session/line";
import { messageOf } from "../state/session";
import type { Tested } from "./tested";
import { FIELD_OF_CODES, TRIED, type Tried, type Wish, wanted } from "./wish";

interface ProposeProps {
  lift: Lift;
  tested: Tested;
}

export function Propose({ lift, tested }: ProposeProps): JSX.Element {
  const isOpen = useSignal(false);
  const place = useOpening<HTMLDivElement>(isOpen.value);
  return (
    <div ref={place}>
      {isOpen.value ? (
        <ProposeForm
          lift={lift}
          tested={tested}
          onDone={() => {
            isOpen.value = false;
          }}
        />
      ) : (
        <Button
          class="quiet"
          label={t("propose.openOf", { lift: lift.name })}
          onPress={() => {
            isOpen.value = true;
          }}
        >
          {t("propose.open")}
        </Button>
      )}
    </div>
  );
}

interface FormProps extends ProposeProps {
  onDone: () => void;
}

function ProposeForm({ lift, tested, onDone }: FormProps): JSX.Element {
  const wish: Wish = {
    tried: useSignal<Tried>("masks"),
    version: useSignal(""),
    model: useSignal(""),
    limited: useSignal<Limited>("false_alarms_per_day"),
    limit: useSignal("2"),
    openFrom: useSignal(""),
    closedTo: useSignal(""),
    shadow: useSignal(true),
    replay: useSignal(false),
    from: useSignal(""),
    to: useSignal(""),
  };
  const found = useOptions(lift, wish.tried.value);
  const id = (name: string): string => `propose-${lift.id}-${name}`;
  const checked = useChecked({
    fieldOf: (where) => {
      if (where.startsWith("budget.")) return "limit";
      return ["version", "model", "open_from", "closed_to", "from", "to"].includes(where) ? where : null;
    },
    ofCodes: FIELD_OF_CODES[wish.tried.value],
  });
  const tried = wish.tried.value;
  const listed = tried === "budget" || tried === "threshold" ? null : tried;
  const key = tried === "model" ? "model" : "version";
  return (
    <form
      class="adding propose"
      aria-label={t("propose.openOf", { lift: lift.name })}
      noValidate
      onSubmit={(event) =>
        checked.submit(event, async () => {
          const { body, range } = wanted(wish, found.options.value?.[0]?.[0] ?? "");
          await tested.propose(body, range);
          onDone();
        })
      }
    >
      <Choice
        id={id("kind")}
        label={t("propose.kind")}
        options={TRIED.map((each) => [each, words.triedKinds[each]])}
        picked={wish.tried.value}
        onPick={(picked) => {
          wish.tried.value = picked as Tried;
          wish.version.value = wish.model.value = "";
        }}
      />
      {listed && found.options.value?.length === 0 && <p class="note">{words.nothingToTry[listed]}</p>}
      {listed && (found.options.value?.length ?? 0) > 0 && (
        <Choice
          id={id(key)}
          label={t(key === "model" ? "propose.model" : "propose.version")}
          options={found.options.value ?? []}
          picked={wish[key].value || (found.options.value?.[0]?.[0] ?? "")}
          problem={checked.at(key)}
          onPick={(picked) => {
            wish[key].value = picked;
          }}
        />
      )}
      {tried === "budget" && (
        <>
          <Choice
            id={id("limited")}
            label={t("propose.limited")}
            options={[
              ["false_alarms_per_day", t("budget.alarms")],
              ["misses_per_1000", t("budget.misses")],
            ]}
            picked={wish.limited.value}
            onPick={(picked) => {
              wish.limited.value = picked as Limited;
            }}
          />
          <Line
            id={id("limit")}
            label={t("propose.limit")}
            value={wish.limit}
            isNumber
            problem={checked.at("limit")}
          />
        </>
      )}
      {tried === "threshold" && (
        <>
          <Line
            id={id("open")}
            label={t("propose.openFrom")}
            value={wish.openFrom}
            isNumber
            help={t("propose.thresholdHelp")}
            problem={checked.at("open_from")}
          />
          <Line
            id={id("closed")}
            label={t("propose.closedTo")}
            value={wish.closedTo}
            isNumber
            problem={checked.at("closed_to")}
          />
        </>
      )}
      <Tick
        text={t("propose.shadow")}
        isChosen={wish.shadow.value}
        onChoose={(isOn) => {
          wish.shadow.value = isOn;
        }}
      />
      <Tick
        text={t("propose.replay")}
        isChosen={wish.replay.value}
        onChoose={(isOn) => {
          wish.replay.value = isOn;
        }}
      />
      {wish.replay.value && (
        <div class="pair">
          <Line id={id("from")} label={t("propose.from")} value={wish.from} isDay isOptional />
          <Line id={id("to")} label={t("propose.to")} value={wish.to} isDay isOptional />
        </div>
      )}
      <p class="problem" role="alert">
        {checked.problem.value || found.problem.value}
      </p>
      <div class="row">
        <button
          type="submit"
          aria-disabled={checked.busy.value || (listed !== null && !found.options.value?.length) || undefined}
        >
          {t("propose.go")}
        </button>
        <Button class="quiet" onPress={onDone}>
          {t("propose.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** What there is of a kind and does not judge already. */
function useOptions({ id, mask_version: masks }: Lift, tried: Tried) {
  const options = useSignal<readonly Option[] | null>(null);
  const problem = useSignal("");
  useEffect(() => {
    let isOver = false;
    options.value = null;
    problem.value = "";
    optionsOf(id, masks, tried)
      .then((found) => {
        if (!isOver) options.value = found;
      })
      .catch((error: unknown) => {
        if (!isOver) problem.value = t("figures.failed", { problem: messageOf(error) });
      });
    return () => {
      isOver = true;
    };
  }, [id, masks, tried, options, problem]);
  return { options, problem };
}

async function optionsOf(liftId: string, masks: number | null, tried: Tried): Promise<readonly Option[]> {
  const path = `/lifts/${encodeURIComponent(liftId)}`;
  if (tried === "masks") {
    const { items } = await get<MaskHistory>(`${path}/masks`);
    return items
      .filter(({ active }) => !active)
      .map(({ version, created_at: at }) => [
        String(version),
        t("propose.masks", { version, time: clockTime(at) }),
      ]);
  }
  if (tried === "calibration") {
    const { items } = await get<SiteCalibrationList>(`${path}/site-calibrations`);
    return items
      .filter(({ active, mask_version: others }) => !active && others === masks)
      .map(({ version, created_at: at, margins }) => [
        String(version),
        t("propose.calibration", { version, time: clockTime(at), count: margins.length }),
      ]);
  }
  if (tried === "model") {
    const { items, judging } = await get<ModelList>("/models");
    return items
      .filter(({ problem, identity }) => !problem && identity !== judging)
      .map(({ name, identity }) => [name, t("propose.modelOf", { name, identity })]);
  }
  return [];
}

/* Step 1: the camera's address; the service looks whether it can be watched. */

import { batch, useSignal } from "@preact/signals";
import type { JSX, TargetedSubmitEvent } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { get, orNull, post, put } from "../api/client";
import type { Lift, Probe, Setup } from "../api/types";
import { DiscardingButton } from "../components/discarding";
import { fromHere, isLost } from "../forms/focus";
import { number, t, worded, words } from "../i18n/text";
import { named } from "../state/lifts";
import { idOf, takeApart } from "./address-parts";
import { Field } from "./field";
import { refusal, SetupJob } from "./job";
import { goTo, hrefOfStep } from "./steps";
import { forgetTyped, keepTyped, recall } from "./typed";

const PROBE_MS = 45_000;

interface AddressProps {
  /** null: the lift is new. */
  job: SetupJob | null;
  lift: Lift | undefined;
}

export function AddressStep({ job, lift }: AddressProps): JSX.Element {
  const known = job?.job.value;
  const camera = lift?.camera;
  const liftId = job?.liftId ?? null;
  const typed = useMemo(() => recall(liftId), [liftId]);
  const name = useSignal(lift?.name ?? (typed?.name || known?.name) ?? "");
  const url = useSignal((typed?.url || known?.url) ?? camera?.url ?? "");
  const substream = useSignal((typed?.substream || known?.substream) ?? camera?.substream ?? "");
  const user = useSignal("");
  const password = useSignal("");
  const stored = useSignal(known?.credentials ?? camera?.credentials ?? null);
  const busy = useSignal(false);
  const problem = useSignal("");
  const seen = useSignal<Probe | null>(null);
  /** A set-up that has the name of a new lift already. */
  const begun = useSignal<Setup | null>(null);
  const secretHost = useRef(takeApart((known ?? camera)?.url ?? "")?.host);
  const next = useRef<HTMLDivElement>(null);
  const isWaitedFor = useRef(isLost);
  /** How often the person changed what is looked at: an answer that comes after that is of another camera. */
  const changes = useRef(0);
  useLayoutEffect(() => {
    if (seen.value && isWaitedFor.current()) next.current?.querySelector("button")?.focus();
  }, [seen.value]);
  const keep = useCallback(
    () => keepTyped(liftId, { name: name.value, url: url.value, substream: substream.value }),
    [liftId, name, url, substream],
  );
  useEffect(() => {
    addEventListener("pagehide", keep);
    return () => removeEventListener("pagehide", keep);
  }, [keep]);

  /** User and password go where they belong as soon as they stand in an address. */
  const tidy = (): void => {
    for (const address of [substream, url]) {
      const parts = takeApart(address.value);
      if (parts?.user || parts?.password) {
        batch(() => {
          address.value = parts.url;
          user.value = parts.user;
          password.value = parts.password;
        });
      }
    }
    keep();
  };
  const second = (): string | null => substream.value.trim() || null;
  /** The stored password, where it is this camera's: another one may need none. */
  const credentials = (): string | null =>
    takeApart(url.value)?.host === secretHost.current ? stored.value : null;
  /** Say what is wrong with the name or the address; a new lift never takes the place of another. */
  const check = async (id: string): Promise<boolean> => {
    begun.value = null;
    const areAddresses = !!takeApart(url.value) && (second() === null || !!takeApart(substream.value));
    problem.value = fault(name.value, id, areAddresses, job === null);
    if (problem.value || job) return !problem.value;
    try {
      begun.value = await orNull(get<Setup>(`/lifts/${id}/setup`));
      if (begun.value) problem.value = t("address.begun", { name: begun.value.name });
    } catch (error) {
      problem.value = refusal(error);
    }
    return !problem.value;
  };
  const show = (found: Probe): void => {
    if (found.problem) {
      const said = worded(words.cameraProblems, found.problem, found.reason, found.parameters);
      problem.value = found.stream === "sub" ? t("address.second", { problem: said }) : said;
    } else seen.value = found;
  };
  const look = async (): Promise<void> => {
    tidy();
    isWaitedFor.current = fromHere();
    const before = changes.current;
    const parts = takeApart(url.value);
    const id = job?.liftId ?? idOf(name.value);
    batch(() => {
      busy.value = true;
      seen.value = null;
    });
    if (!(await check(id)) || !parts) {
      busy.value = false;
      return;
    }
    try {
      if (user.value || password.value) {
        const secret = { host: parts.host, user: user.value, password: password.value };
        await put(`/cameras/secrets/${id}`, secret);
        batch(() => {
          stored.value = id;
          secretHost.current = parts.host;
          if (user.value === secret.user) user.value = "";
          if (password.value === secret.password) password.value = "";
        });
      }
      const streams = { url: parts.url, substream: second() };
      const body = { ...streams, credentials: credentials(), transport: camera?.transport ?? "tcp" };
      const patience = second() === null ? PROBE_MS : 2 * PROBE_MS;
      const found = await post<Probe>("/cameras/probe", { ...body, lift_id: id }, patience);
      if (before === changes.current) show(found);
    } catch (error) {
      if (before === changes.current) problem.value = refusal(error);
    }
    busy.value = false;
  };
  const find = async (): Promise<void> => {
    if (busy.value) return; // a double tap
    const id = job?.liftId ?? idOf(name.value);
    const work = job ?? new SetupJob(id);
    const streams = { url: url.value.trim(), substream: second() };
    const body = { ...streams, credentials: credentials(), name: name.value.trim() };
    busy.value = true;
    const isFree = await check(id);
    const began = isFree && (await work.start({ ...body, transport: camera?.transport ?? "tcp" }, true));
    busy.value = false;
    if (!isFree) return;
    if (began) {
      forgetTyped(liftId);
      goTo(id, "carriers");
    } else problem.value = work.problem.value;
  };
  const onChange = (): void => {
    changes.current += 1;
    seen.value = null;
  };
  const address = { inputMode: "url", onLeave: tidy, onChange } as const;
  return (
    <form
      class="address"
      noValidate
      onSubmit={(event: TargetedSubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        if (!busy.value) void look();
      }}
    >
      <Field id="lift-name" label={t("address.name")} value={name} readOnly={lift !== undefined} />
      <Field id="camera-url" label={t("address.url")} help={t("address.urlHelp")} value={url} {...address} />
      <Field
        id="camera-substream"
        label={t("address.substream")}
        help={t("address.substreamHelp")}
        value={substream}
        {...address}
      />
      <div class="pair">
        <Field
          id="camera-user"
          label={t("address.user")}
          value={user}
          autocomplete="off"
          onChange={onChange}
        />
        <Field
          id="camera-password"
          label={t("address.password")}
          value={password}
          isSecret
          autocomplete="new-password"
          onChange={onChange}
        />
      </div>
      <p class="note">{t(credentials() ? "address.secretKnown" : "address.secretHelp")}</p>
      <div class="row">
        <button type="submit" class={seen.value ? "quiet" : ""} aria-disabled={busy.value || undefined}>
          {t(seen.value ? "address.again" : "address.look")}
        </button>
      </div>
      <p class="outcome" role="status">
        {busy.value ? t("address.looking") : seen.value && t("address.sees")}
      </p>
      <p class="problem" role="alert">
        {problem}
      </p>
      {begun.value && (
        <p class="row">
          <a class="target go" href={hrefOfStep(begun.value.lift_id, "carriers")}>
            {t("setup.openOf", { name: begun.value.name })}
          </a>
        </p>
      )}
      {seen.value && (
        <div ref={next} class="seen">
          <Seen found={seen.value} />
          <div class="row">
            <DiscardingButton class="go" busy={busy} picks={job?.picks.value ?? 0} onPress={find}>
              {t("address.find")}
            </DiscardingButton>
          </div>
        </div>
      )}
    </form>
  );
}

function Seen({ found }: { found: Probe }): JSX.Element {
  const { picture, width, height, codec, fps } = found;
  return (
    <figure class="sight-of">
      {picture && (
        <img
          src={`data:image/jpeg;base64,${picture}`}
          alt={t("address.view")}
          width={width ?? undefined}
          height={height ?? undefined}
        />
      )}
      <figcaption class="note">
        {t("address.facts", {
          width: width ?? "?",
          height: height ?? "?",
          codec: codec ?? "?",
          fps: fps === null ? "?" : number(fps, 0),
        })}
      </figcaption>
    </figure>
  );
}

function fault(name: string, id: string, isAddress: boolean, isNew: boolean): string {
  if (!id) return t("address.needName");
  if (isNew && named.value.some((lift) => lift.id === id)) return t("address.nameTaken", { name });
  return isAddress ? "" : t("address.notAddress");
}

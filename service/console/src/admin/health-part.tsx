/* How the service is: what somebody should look at and what to do, then every part of it. */

import type { JSX } from "preact";
import { post } from "../api/client";
import type { CameraHealth, Finding, ProcessFound, System } from "../api/types";
import { Button } from "../components/button";
import { bytes } from "../i18n/number";
import { number, percent, t, words } from "../i18n/text";
import { ageText, clockTime, span } from "../i18n/time";
import { hrefOf } from "../route/route";
import { connected } from "../state/connection";
import { nameOf } from "../state/lifts";
import { Facts, Group, Problem } from "./facts";
import { useReading } from "./reading";

const AGAIN_MS = 10_000;

export function HealthPart(): JSX.Element {
  const { found, problem, act } = useReading<System>("/system", () => AGAIN_MS);
  const system = found.value;
  const confirm = (): Promise<void> =>
    act(async () => {
      await post("/clock/confirm");
      return system as System;
    });
  return (
    <>
      <Problem text={problem.value} />
      {system && (
        <>
          <Findings findings={system.findings} onConfirm={confirm} />
          <Cameras cameras={system.cameras} />
          <Group id="health-machine" title={t("health.machine")} help={t("health.machineHelp")}>
            <Facts facts={machineFacts(system)} />
          </Group>
          <Group id="health-queues" title={t("health.queues")} help={t("health.queuesHelp")}>
            <Facts facts={queueFacts(system)} />
          </Group>
          <Processes processes={system.processes} />
          <Group id="health-versions" title={t("health.versions")} help={t("health.versionsHelp")}>
            <Facts facts={versionFacts(system)} />
          </Group>
        </>
      )}
    </>
  );
}

interface FindingsProps {
  findings: readonly Finding[];
  onConfirm: () => Promise<void>;
}

function Findings({ findings, onConfirm }: FindingsProps): JSX.Element {
  return (
    <Group id="health-findings" title={t("health.findings")} help={t("help.findings")}>
      {findings.length === 0 &&
        (connected.value ? <p class="well">{t("health.well")}</p> : <p class="note">{t("room.unknown")}</p>)}
      <ul class="findings">
        {findings.map((one) => (
          <li key={JSON.stringify([one.code, one.parameters])} data-code={one.code} data-blind={one.blind}>
            <strong>{said(one)}</strong>
            <span>{words.findingAdvice[one.code]}</span>
            {one.code === "clock_jumped" && (
              <Button class="quiet" onPress={onConfirm}>
                {t("health.confirmClock")}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </Group>
  );
}

/** What is wrong, with its numbers as people write them. */
function said({ code, parameters }: Finding): string {
  const { lift_id: lift, state, seconds, share, hours, free_bytes: free } = parameters;
  return words.findings[code].replace(/\{(\w+)\}/g, (place, name: string) => {
    if (name === "lift") return nameOf(String(lift));
    if (name === "state") return words.cameraStates[state as CameraHealth["state"]] ?? String(state);
    if (name === "by") return span(Math.abs(Number(seconds)));
    if (name === "share") return percent(Number(share), 1);
    if (name === "age") return ageText(3600 * Number(hours));
    if (name === "free") return bytes(Number(free));
    const value = parameters[name];
    return typeof value === "number" ? number(value) : String(value ?? place);
  });
}

function Cameras({ cameras }: { cameras: readonly CameraHealth[] }): JSX.Element {
  return (
    <Group id="health-cameras" title={t("health.cameras")} help={t("health.camerasHelp")}>
      {cameras.length === 0 && <p class="note">{t("health.noCamera")}</p>}
      <ul class="entries">
        {cameras.map((one) => (
          <li key={one.lift_id} data-state={one.state}>
            <div>
              <a class="target start" href={hrefOf("lifts", one.lift_id)}>
                {nameOf(one.lift_id)}
              </a>
              <p class="note">
                {[
                  words.cameraStates[one.state],
                  t("health.fps", { fps: number(one.fps, 1) }),
                  one.frame_age_s != null && t("health.age", { age: span(one.frame_age_s) }),
                  one.key_frames_only && t("health.keyFrames"),
                  t("health.frames", { read: number(one.frames_read), dropped: number(one.frames_dropped) }),
                  one.connections > 1 && t("health.reached", { count: one.connections }),
                  one.restarts > 0 && t("health.restarted", { count: one.restarts }),
                  one.decoder,
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </Group>
  );
}

function Processes({ processes }: { processes: readonly ProcessFound[] }): JSX.Element {
  const helpers = processes.filter(({ kind }) => kind === "helper");
  const memory = helpers.reduce((sum, { memory_bytes: size }) => sum + size, 0);
  const facts = processes
    .filter(({ kind }) => kind !== "helper")
    .map((one) => {
      const name = words.processKinds[one.kind];
      const says = [
        bytes(one.memory_bytes),
        one.restarts > 0 && t("health.restarted", { count: one.restarts }),
        t("health.pid", { pid: one.pid }),
      ];
      return [
        one.lift_id ? `${name} · ${nameOf(one.lift_id)}` : name,
        says.filter(Boolean).join(" · "),
      ] as const;
    });
  const rest = [
    words.processKinds.helper,
    helpers.length ? `${helpers.length} · ${bytes(memory)}` : "",
  ] as const;
  return (
    <Group id="health-processes" title={t("health.processes")} help={t("health.processesHelp")}>
      <Facts facts={[...facts, rest]} />
    </Group>
  );
}

function machineFacts({ disk, database, clock, embedder, newest_backup: backup }: System) {
  return [
    [t("health.disk"), disk.total_bytes ? t("health.free", sizesOf(disk.free_bytes, disk.total_bytes)) : ""],
    [t("health.reserve"), bytes(disk.reserve_bytes)],
    [t("health.database"), bytes(database.size_bytes)],
    [t("health.damaged"), number(database.damaged_records)],
    [t("health.time"), clockTime(clock.believed)],
    [t("health.jump"), clock.jump_s ? span(Math.abs(clock.jump_s)) : t("health.noJump")],
    [t("health.zone"), clock.zone],
    [t("health.computes"), embedder.device],
    [t("health.backup"), backup ? clockTime(backup) : t("health.never")],
  ] as const;
}

const sizesOf = (free: number, total: number): { free: string; total: string } => ({
  free: bytes(free),
  total: bytes(total),
});

function queueFacts({ queues, outputs }: System) {
  return [
    ...queues.map(
      ({ name, waiting, refused }) =>
        [
          name === "writes" ? t("health.writes") : t("health.pictures"),
          t("health.waits", { waiting: number(waiting), refused: number(refused) }),
        ] as const,
    ),
    ...outputs.map(
      ({ name, state, lag, set_aside: aside }) =>
        [
          name,
          [
            words.outputStates[state],
            state !== "off" && lag > 0 && t("outputs.lag", { count: lag }),
            aside > 0 && t("outputs.setAside", { count: aside }),
          ]
            .filter(Boolean)
            .join(" · "),
        ] as const,
    ),
  ];
}

function versionFacts({ versions }: System) {
  return [
    ["Barwatch", versions.barwatch],
    [t("health.network"), versions.network],
    [t("health.tables"), versions.schema_revision],
    ["Python", versions.python],
    ["PyTorch", versions.torch ?? ""],
    ["OpenCV", versions.opencv],
    ["SQLite", versions.sqlite],
    [t("health.system"), versions.system],
  ] as const;
}

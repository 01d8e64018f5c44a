"""A plan simulated: all its services at once, on a typical day, on a peak day, and with a node lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import simpy

from ml.simulation.assumed import Assumptions
from ml.simulation.plan import PROCESSOR, CapacityPlan, Costs, passages_per_s, used
from ml.simulation.processor import DRAWS, Contention
from ml.simulation.queues import OVERLOADED, PassageFates, QueuedService, Speeds
from ml.simulation.traffic import Floats, intervals_s, passages_s

Result = dict[str, Any]
Scenario = Literal["typical", "peak", "node lost", "on GPUs"]

SCENARIOS: tuple[Scenario, ...] = ("typical", "peak", "node lost", "on GPUs")
"""`node lost`: on a peak day, one node goes after the first minute. `on GPUs`: typical, calls on a GPU."""

SHORTEST_S, LONGEST_S, WANTED = 300.0, 20 * 3600.0, 50_000
"""A run lasts until about so many passages, by default, within these bounds."""

LOST_AT_S = 60.0
FPS = 25.0
_FULL = 0.98
"""Cores of cameras' own beyond which frames are dropped: no more can be at work without end."""


def simulate(
    planned: CapacityPlan,
    costs: Costs,
    assumed: Assumptions,
    scenario: Scenario,
    seed: int,
    wanted: int = WANTED,
) -> Result:
    """Simulate one scenario; return counts, delays, and how the parts were used.

    The same arguments give the same result. Delays are from a passage's last picture as it was read to its
    commit; `left_of_lead_ms` is what remains of the lead before TF for the camera and its network.

    wanted: about so many passages at least, within the bounds of a run.
    """
    rng = np.random.default_rng([seed, planned.lifts, SCENARIOS.index(scenario)])
    peak, gpu = scenario in {"peak", "node lost"}, scenario == "on GPUs"
    each_s = passages_per_s(assumed, peak)
    seconds = float(np.clip(wanted / (planned.lifts * each_s), SHORTEST_S, LONGEST_S))
    lost = scenario == "node lost"
    if lost:
        seconds = SHORTEST_S
    more: Result = {}
    if lost and planned.nodes > 1:
        loss = NodeLoss(
            _spread(planned.lifts, planned.services),
            max(1, round(planned.services_per_node)),
            LOST_AT_S,
            costs.failover.seconds,
            lambda lifts: _intervals(rng, lifts, assumed, peak),
            lambda lifts: speeds_of_plan(rng, planned, costs, assumed, lifts, peak=peak),
        )
        found = with_a_node_lost(loss, planned, costs, assumed, rng, seconds)
        longest = replace(loss, back_s=costs.failover.longest_s)
        worst = with_a_node_lost(longest, planned, costs, assumed, rng, seconds)
        more = {"back_s": loss.back_s, "longest_s": longest.back_s}
        more["unknown_at_longest"] = sum(worst.unknown.values())
    else:
        env = simpy.Environment()
        share = _share_of_frames(used(planned, costs, assumed, peak=peak, gpu=gpu)[PROCESSOR])
        services = []
        for lifts in _spread(planned.lifts, planned.services):
            service = QueuedService(
                env, speeds_of_plan(rng, planned, costs, assumed, lifts, peak=peak, gpu=gpu), costs.rules
            )
            times, _ = passages_s(rng, _intervals(rng, lifts, assumed, peak), 0.0, seconds)
            if lost:  # the only machine: nobody watches until it is back
                service.unwatched(int((times >= LOST_AT_S).sum()))
                times = times[times < LOST_AT_S]
            service.follow(_seen(rng, service, times, share))
            services.append(service)
        env.run(seconds + 2 * costs.rules.deadline_s)
        found = _closed(services)
    use = used(planned, costs, assumed, peak=peak, lost=int(lost and planned.nodes > 1), gpu=gpu)
    return {"scenario": scenario, "seconds": seconds, **_figures(found, costs, seconds), **more, "used": use}


@dataclass(frozen=True)
class NodeLoss:
    """Which lifts lose their service, and when.

    spread: how many lifts each service has; the first `gone` of them are lost at `at_s`. back_s: how long
    their lifts are then unwatched. intervals: of so many lifts. speeds: of a service with so many.
    """

    spread: Sequence[int]
    gone: int
    at_s: float
    back_s: float
    intervals: Callable[[int], Floats]
    speeds: Callable[[int], Speeds]


def with_a_node_lost(
    loss: NodeLoss,
    planned: CapacityPlan,
    costs: Costs,
    assumed: Assumptions,
    rng: np.random.Generator,
    seconds: float,
) -> PassageFates:
    """The lost lifts are unwatched for a while, then the other services follow them.

    What was learnt of a line goes with the lift. Of as many lifts as a measurement does not rule out (of all,
    where nobody measured it) the line is nevertheless learnt anew: carriers that pass meanwhile are found in
    the frames kept, all at once at the end, and are late.
    """
    env = simpy.Environment()
    back_s = loss.at_s + loss.back_s
    left = loss.spread[loss.gone :]
    moved = _spread(sum(loss.spread[: loss.gone]), len(left))
    share = _share_of_frames(used(planned, costs, assumed, peak=True, lost=1)[PROCESSOR])
    services: list[QueuedService] = []
    for lifts in loss.spread[: loss.gone]:  # until the node is lost
        service = QueuedService(env, loss.speeds(lifts), costs.rules)
        service.follow(passages_s(rng, loss.intervals(lifts), 0.0, loss.at_s)[0].tolist())
        services.append(service)
    for lifts, more in zip(left, moved, strict=True):
        service = QueuedService(env, loss.speeds(lifts + more), costs.rules)
        services.append(service)
        anew = int(rng.binomial(more, costs.failover.relearnt))
        learnt_s = back_s + (costs.camera.learning_s if anew else 0.0)
        own, _ = passages_s(rng, loss.intervals(lifts), 0.0, seconds)
        new, at = passages_s(rng, loss.intervals(more), loss.at_s, seconds)
        service.unwatched(int((new < back_s).sum()))
        learning = (at < anew) & (new < learnt_s)
        recalled = new[(new >= back_s) & learning]
        times = np.sort(np.concatenate([own, new[(new >= back_s) & ~learning]]))
        burst_ms = (lifts + more - anew) * costs.camera.ms_per_s + anew * costs.camera.learning_ms_per_s
        share_then = _share_of_frames(burst_ms / (1e3 * planned.cores))
        seen = [
            *_seen(rng, service, times[times < back_s], 1.0),
            *_seen(rng, service, times[(times >= back_s) & (times < learnt_s)], share_then),
            *_seen(rng, service, times[times >= learnt_s], share),
        ]
        service.follow(seen)
        env.process(_recall(env, service, recalled.tolist(), learnt_s))
    env.run(seconds + 2 * costs.rules.deadline_s)
    return _closed(services)


def _recall(env: simpy.Environment, service: QueuedService, times_s: Sequence[float], at_s: float) -> Any:
    yield env.timeout(at_s)
    for time_s in times_s:
        service.submit(env.now, late_s=env.now - time_s)


def _intervals(rng: np.random.Generator, lifts: int, assumed: Assumptions, peak: bool) -> Floats:
    return intervals_s(rng, lifts, 3600.0 * passages_per_s(assumed, peak))


def _spread(lifts: int, services: int) -> list[int]:
    """Share lifts out as evenly as it goes."""
    return [lifts // services + (number < lifts % services) for number in range(services)]


def _share_of_frames(processor: float) -> float:
    """Return which share of frames a machine handles that is used so much; 1 while it keeps up."""
    return min(1.0, _FULL / processor)


def _seen(rng: np.random.Generator, service: QueuedService, times: Floats, share: float) -> list[float]:
    """Count carriers whose frames the machine did not get to as unknown; return the others' times."""
    if share >= 1.0:
        return [float(value) for value in times]
    kept = rng.uniform(size=len(times)) < share
    service.outcome.passed += int((~kept).sum())
    service.outcome.unknown[OVERLOADED] += int((~kept).sum())
    return [float(value) for value in times[kept]]


def speeds_of_plan(
    rng: np.random.Generator,
    planned: CapacityPlan,
    costs: Costs,
    assumed: Assumptions,
    lifts: int,
    *,
    peak: bool,
    gpu: bool = False,
) -> Speeds:
    """Return the speeds of a planned service that watches so many lifts. gpu: calls are on one."""
    each_s, embed, rules = passages_per_s(assumed, peak), costs.embed, costs.rules
    call_ms = embed.call_ms(rules.pictures)
    # Cores that the embedder and the main process leave to cameras, on average.
    others = 0.0 if gpu else min(planned.cores / 2, embed.threads * min(1.0, lifts * each_s * call_ms / 1e3))
    others += min(1.0, costs.main.ms_per_s(lifts, 0.0) / 1e3)
    speeds = speeds_of(rng, costs, float(planned.cores), lifts, others)
    if planned.shared_database:
        speeds = replace(speeds, commit_s=(costs.shared_commit.draw_ms(rng, DRAWS) / 1e3).tolist())
    if gpu:
        call_s, batch = costs.gpu_call_ms / 1e3, rules.device_batch
        speeds = replace(speeds, call_s=lambda _: call_s, stretches=[1.0], batch_pictures=batch)
        speeds = replace(speeds, window_s=rules.window_s)
    return speeds


def speeds_of(rng: np.random.Generator, costs: Costs, cores: float, cameras: int, others: float) -> Speeds:
    """Return the speeds of a service with so many cameras on so many cores, SQLite beside it.

    others: cores' worth of other work that is always runnable.
    """
    frame_ms = costs.camera.ms_per_s / FPS
    share = min(0.95, costs.camera.ms_per_s / 1e3)
    machine = Contention(cores, cameras, share, frame_ms, others)
    embed, commit_ms = costs.embed, costs.commit.draw_ms(rng, DRAWS)
    before = machine.stretches(rng, 1, frame_ms) * frame_ms / 1e3
    return Speeds(
        lambda pictures: embed.call_ms(pictures) / 1e3,
        machine.stretches(rng, embed.threads, embed.call_ms(costs.rules.pictures)).tolist(),
        before.tolist(),
        (machine.stretches(rng, 1, costs.commit.median_ms) * commit_ms / 1e3).tolist(),
        batch_pictures=costs.rules.cpu_batch,
    )


def _closed(services: Sequence[QueuedService]) -> PassageFates:
    whole = PassageFates()
    for service in services:
        whole.add(service.close())
    return whole


def _figures(found: PassageFates, costs: Costs, seconds: float) -> Result:
    delays = 1e3 * np.array(found.delays_s)
    lead_ms = 1e3 * costs.rules.lead_s
    quantiles = np.quantile(delays, (0.5, 0.99, 0.999)) if len(delays) else (np.nan,) * 3
    p50, p99, p999 = (None if np.isnan(value) else round(float(value), 2) for value in quantiles)
    unknown = sum(found.unknown.values())
    if found.judged + unknown != found.passed:
        raise AssertionError(f"{found.passed} carriers passed, {found.judged} judged and {unknown} unknown")
    return {
        "passed": found.passed,
        "judged": found.judged,
        "unknown": unknown,
        "unknown_because": dict(sorted(found.unknown.items())),
        "shortened": found.shortened,
        "delay_ms": {"p50": p50, "p99": p99, "p99.9": p999},
        "left_of_lead_ms": None if p999 is None else round(lead_ms - p999, 2),
        "in_time": round(float((delays <= lead_ms).sum()) / max(1, found.passed), 6),
        "mean_inside": round(found.area_s / seconds, 4),
        "most_inside": found.most_waiting,
    }

"""What a soak found: nothing lost or doubled, no carrier without a trace, memory flat, answers in time."""

from __future__ import annotations

import itertools
import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from typing import Any

import numpy as np

from tests.soak.cameras import TRACK_S, EndlessCamera
from tests.soak.clients import Acknowledger, Follower
from tests.soak.watchman import Disturbance, Watchman

NEAR_S = 1.2
"""How far an alarm's `left_at` may be from when its carrier left."""

REPORTED_S = 6.0
"""A process that ends so soon after a carrier has left may take what it knew of it along."""

MOST_UNKNOWN = 0.01
"""Of the undisturbed carriers; a machine with too much other work judges some too late."""

ACKNOWLEDGED_WITHIN_MS = 200.0
GROWTH, GROWTH_MB = 1.1, 10.0
"""What a process may hold at the end of its longest life, against its start."""


def alarms(watchman: Watchman, follower: Follower, until: int) -> dict[str, Any]:
    """Compare what the follower has seen with what is committed, up to a seq."""
    committed = [seq for (seq,) in watchman.rows(f"SELECT seq FROM alarm_events WHERE seq <= {until}")]
    seen = Counter(each.seq for each in follower.seen if each.seq <= until)
    order = [each.seq for each in follower.seen]
    return {
        "committed": len(committed),
        "seen": sum(seen.values()),
        "lost": len(set(committed) - set(seen)) - follower.unreadable,
        "doubled": sum(count - 1 for count in seen.values()),
        "invented": len(set(seen) - set(committed)),
        "out_of_order": sum(b <= a for a, b in itertools.pairwise(order)),
        "epochs": len(follower.epochs),
        "connections": follower.connections,
        "shown_before_they_were_stored": follower.unstored,
    }


def passages(watchman: Watchman) -> dict[str, Any]:
    """Count the passages, and those that are open and perhaps occupied and have no alarm."""
    alarmed = {name for (name,) in watchman.rows("SELECT passage_id FROM alarms WHERE kind = 'bar_open'")}
    found, verdicts = Counter[str](), Counter[str]()
    for name, verdict, carriers, judgement in watchman.rows(
        "SELECT id, verdict, carriers, judgement FROM passages"
    ):
        verdicts[verdict] += carriers
        if verdict == "open" and json.loads(judgement).get("occupancy", 1.0) >= 0.5 and name not in alarmed:
            found["without_alarm"] += 1
    return {"recorded": dict(verdicts), "open_and_occupied_without_alarm": found["without_alarm"]}


def carriers(
    watchman: Watchman, cameras: list[EndlessCamera], follower: Follower, from_s: float, to_s: float
) -> dict[str, Any]:
    """Count the carriers that left, those that nothing kept from being seen, and what became of these."""
    alarmed: dict[str, list[float]] = defaultdict(list)
    recorded: dict[str, list[float]] = defaultdict(list)
    for _, _, alarm in follower.seen:
        if alarm["kind"] == "bar_open" and alarm["left_at"] and alarm["state"] == "active":
            alarmed[alarm["lift_id"]].append(_true_s(watchman, alarm["left_at"]))
    for lift_id, left_at in watchman.rows("SELECT lift_id, left_at FROM passages WHERE left_at NOT NULL"):
        recorded[lift_id].append(_true_s(watchman, left_at))
    found, without_trace = Counter[str](), list[str]()
    for camera in cameras:
        for at_s in camera.leaves_s(from_s, to_s):
            found["left"] += 1
            if any(_touches(each, camera.lift_id, at_s) for each in watchman.disturbances):
                continue
            found["undisturbed"] += 1
            if _near(alarmed[camera.lift_id], at_s):
                found["with_alarm"] += 1
            elif _near(recorded[camera.lift_id], at_s):
                found["unknown"] += 1
            else:
                without_trace.append(f"{camera.lift_id} at {at_s - from_s:.1f} s")
    counts = {name: found[name] for name in ("left", "undisturbed", "with_alarm", "unknown")}
    return {**counts, "without_trace": len(without_trace), "which": without_trace[:20]}


def _true_s(watchman: Watchman, stated: str) -> float:
    at = datetime.fromisoformat(stated)
    return watchman.true_s((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())


def _near(found: list[float], at_s: float) -> bool:
    return any(abs(each - at_s) <= NEAR_S for each in found)


def _touches(each: Disturbance, lift_id: str, at_s: float) -> bool:
    ours = each.lift_id in {None, lift_id}
    return ours and each.from_s <= at_s + REPORTED_S and each.to_s >= at_s - TRACK_S - NEAR_S


def acknowledging(acknowledger: Acknowledger) -> dict[str, Any]:
    """Sum up how long acknowledging took."""
    took = acknowledger.took_ms or [float("nan")]
    p50, p99 = (round(float(np.percentile(took, share)), 1) for share in (50, 99))
    return {
        "acknowledged": len(acknowledger.took_ms),
        "p50_ms": p50,
        "p99_ms": p99,
        "otherwise_answered": acknowledger.others,
    }


def failures(result: dict[str, Any], *, timed: bool) -> list[str]:
    """Return what did not hold; without `timed` only what no busy machine excuses."""
    seen, found = result["alarms"], []
    wrong = {name: seen[name] for name in ("lost", "doubled", "invented", "out_of_order") if seen[name]}
    found += [f"alarms {name}: {count}" for name, count in wrong.items()]
    if not result["caught_up"]:
        found.append("the client that resumes did not get the last alarms within a minute")
    if seen["epochs"] != 1:
        found.append(f"the sequence of alarms was begun {seen['epochs']} times")
    if result["passages"]["open_and_occupied_without_alarm"]:
        found.append("passages that are open and occupied have no alarm")
    if result["carriers"]["without_trace"]:
        found.append(f"carriers without a trace: {result['carriers']['which']}")
    if result["server_errors"]:
        found.append(f"answered with 5xx: {result['server_errors'][:5]}")
    found += [f"{name}: {said}" for name, said in result["afterwards"].items() if said != "ok"]
    found += result["troubles"]
    if timed:
        if result["carriers"]["unknown"] > MOST_UNKNOWN * result["carriers"]["undisturbed"]:
            found.append(f"undisturbed carriers that are unknown: {result['carriers']['unknown']}")
        if not result["acknowledging"]["p99_ms"] < ACKNOWLEDGED_WITHIN_MS:
            found.append(f"acknowledging took {result['acknowledging']['p99_ms']} ms (p99)")
        found += [
            f"memory of a {each['process']} grew from {each['start_mb']} to {each['end_mb']} MB"
            for each in result["memory"]
            if each["end_mb"] > GROWTH * each["start_mb"] + GROWTH_MB
        ]
    return found

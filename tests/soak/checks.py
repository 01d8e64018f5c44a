"""What a soak found: nothing lost or doubled, no carrier without a trace, memory flat, answers in time."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from datetime import datetime
from typing import Any

import numpy as np

from tests.soak.cameras import TRACK_S, EndlessCamera
from tests.soak.clients import Acknowledger, Follower
from tests.soak.watchman import Disturbance, Watchman

NEAR_S = 1.2
"""How far an alarm's `left_at` may be from when its carrier left."""

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
    """Count the carriers that left, those that nothing kept from being seen, and those without an alarm."""
    left: dict[str, list[float]] = {camera.lift_id: [] for camera in cameras}
    for _, _, alarm in follower.seen:
        if alarm["kind"] == "bar_open" and alarm["left_at"] and alarm["state"] == "active":
            stated_s = datetime.fromisoformat(alarm["left_at"]).timestamp()
            left[alarm["lift_id"]].append(watchman.true_s(stated_s))
    shown = calm = 0
    missed: list[str] = []
    for camera in cameras:
        found = np.sort(np.array(left[camera.lift_id]))
        for at_s in camera.leaves_s(from_s, to_s):
            shown += 1
            if any(_touches(each, camera.lift_id, at_s) for each in watchman.disturbances):
                continue
            calm += 1
            if not (np.abs(found - at_s) <= NEAR_S).any():
                missed.append(f"{camera.lift_id} at {at_s - from_s:.1f} s")
    return {
        "left": shown,
        "undisturbed": calm,
        "undisturbed_without_alarm": len(missed),
        "which": missed[:20],
    }


def _touches(each: Disturbance, lift_id: str, at_s: float) -> bool:
    ours = each.lift_id in {None, lift_id}
    return ours and each.from_s <= at_s + NEAR_S and each.to_s >= at_s - TRACK_S - NEAR_S


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
    if result["carriers"]["undisturbed_without_alarm"]:
        found.append(f"carriers without an alarm: {result['carriers']['which']}")
    if result["server_errors"]:
        found.append(f"answered with 5xx: {result['server_errors'][:5]}")
    found += [f"{name}: {said}" for name, said in result["afterwards"].items() if said != "ok"]
    found += result["troubles"]
    if timed:
        if not result["acknowledging"]["p99_ms"] < ACKNOWLEDGED_WITHIN_MS:
            found.append(f"acknowledging took {result['acknowledging']['p99_ms']} ms (p99)")
        found += [
            f"memory of a {each['process']} grew from {each['start_mb']} to {each['end_mb']} MB"
            for each in result["memory"]
            if each["end_mb"] > GROWTH * each["start_mb"] + GROWTH_MB
        ]
    return found

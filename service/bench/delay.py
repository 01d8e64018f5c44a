"""From a passage's last frame to its verdict, with many cameras at once and all but the API."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.bench.fleet import Fleet, patience_s
from service.domain.camera import WatchedLift
from service.inference.enrolment import enrol
from service.inference.running.early import EarlyEngine
from service.settings import Settings
from service.store import lifts, masks
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.verdicts.pipeline import Pipeline

Row = dict[str, Any]


class Timing:
    """Notes when the verdict on each passage is out."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Begin anew."""
        self.delays_s: list[float] = []
        self.spare_s: list[float] = []
        """How long before its carrier was at TF each was out, seconds; below 0: too late."""
        self.unknown = 0

    def note(self, record: PassageRecord, decided_mono_s: float) -> None:
        """Take a record that has just been committed."""
        self.delays_s.append(time.monotonic() - decided_mono_s)
        if record.left_at is not None:
            self.spare_s.append((record.left_at - datetime.now(UTC)).total_seconds())
        self.unknown += record.judgement.verdict is Verdict.UNKNOWN


def delay(
    cameras: Sequence[WatchedLift],
    settings: Settings,
    seconds: float,
    *,
    memories: Sequence[Path] | None = None,
    apart_s: float = 0.0,
) -> Row:
    """Run cameras, engine, pipeline and store; return the delays of the passages after the start.

    Args:
        cameras: the lifts with their recordings.
        settings: of the engine; its data folder is not used.
        seconds: how long to measure once all lines are followed.
        memories, apart_s: see `Fleet`.

    Returns:
        As `Fleet.watch`, with the delays' quantiles, how many verdicts were `unknown`, how many were `late`
        (their carriers were past TF), and by how much the last in time was before it, `least_spare_ms`.
    """
    with tempfile.TemporaryDirectory(prefix="barwatch-bench-") as folder:
        early = EarlyEngine(settings)
        store = Store.open(Path(folder))
        timing = Timing()
        pipeline = Pipeline(store, early.engine, Pictures(Path(folder)), on_recorded=timing.note)
        early.listen(pipeline.on_event)
        try:
            early.engine.wait_ready()
            for each in cameras:
                _enrol(store, early, each)
            pipeline.start()
            with Fleet(cameras, pipeline.on_event, memories=memories, apart_s=apart_s) as fleet:
                learnt_s = fleet.until_learnt(patience_s(len(cameras)))
                time.sleep(1.0)  # what was recalled while learning is judged, too
                timing.clear()
                watched = fleet.watch(seconds if learnt_s is not None else 0.0)
                delays_s = np.array(timing.delays_s)
                unknown, spare_s = timing.unknown, np.array(timing.spare_s)
        finally:
            early.engine.stop()
            pipeline.stop()
            store.close()
    return {**watched, "learnt_s": learnt_s, "unknown": unknown, **quantiles(delays_s), **lateness(spare_s)}


def quantiles(delays_s: np.ndarray[Any, Any]) -> Row:
    """Return how many delays there are, and their median, 99th percentile and longest in milliseconds."""
    if len(delays_s) == 0:
        return {"judged": 0, "p50_ms": None, "p99_ms": None, "longest_ms": None}
    p50, p99 = (1e3 * float(v) for v in np.quantile(delays_s, (0.5, 0.99)))
    return {"judged": len(delays_s), "p50_ms": p50, "p99_ms": p99, "longest_ms": 1e3 * float(delays_s.max())}


def lateness(spare_s: np.ndarray[Any, Any]) -> Row:
    """Return how many verdicts were late, and the least time by which one was before TF, milliseconds."""
    least_ms = 1e3 * float(spare_s.min()) if len(spare_s) else None
    return {"late": int((spare_s < 0.0).sum()), "least_spare_ms": least_ms}


def _enrol(store: Store, early: EarlyEngine, watched: WatchedLift) -> None:
    lift, drawn = watched.lift, watched.masks
    if drawn is None:
        raise AssertionError("sample lifts have masks")
    version = enrol(lift.id, drawn.open, drawn.close, watched.references, early.engine)

    def job(session: Session) -> None:
        lifts.put(session, lift)
        masks.add(session, version)

    store.write(job).result()

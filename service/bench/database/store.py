"""What the database costs as it grows: alarms, pages, the list of lifts and opening it, small and large."""

from __future__ import annotations

import json
import sqlite3
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.store import alarms, lifts, masks, passages
from service.store.database import Store
from service.store.upkeep.classes import Retention
from service.store.upkeep.retention import prune

EVERY = 50
"""Each so many passages have an alarm."""

REPEATS = 15
ITEMS = 10
"""On a page: as many as the small database has for each filter."""

INSERTS = 150

_PASSAGE = """
INSERT INTO passages (id, lift_id, number, seen_at, t_begin_s, t_middle_s, t_end_s, verdict, occupied,
  mask_version, judgement, pictures, has_files)
VALUES (?, ?, ?, ?, 0, 1, 2, ?, ?, 1, ?, ?, 0)
"""
_ALARMS = """
INSERT INTO alarms (id, seq, kind, severity, lift_id, place, passage_id, raised_at, state, evidence, message)
SELECT 'a' || row, row, 'bar_open', 'critical', lift_id, lift_id, id, seen_at,
  CASE WHEN number % 500 = 0 THEN 'active' ELSE 'acknowledged' END, '[]', 'Bar open'
FROM passages WHERE verdict = 'open'
"""
_EVENTS = """
INSERT INTO alarm_events (seq, alarm_id, at, action, actor, note, alarm)
SELECT row, id, raised_at, 'raise', 'system', '', json_object('id', id, 'seq', row, 'kind', kind,
  'severity', severity, 'lift_id', lift_id, 'passage_id', passage_id, 'raised_at', raised_at || 'Z',
  'state', 'active', 'verdict', 'open', 'evidence', json('[]'), 'message', message)
FROM alarms
"""

Times = dict[str, float]
"""Median milliseconds of each operation."""


def build(data: Path, passages_: int, lifts_: int) -> None:
    """Make a data folder with so many passages, a second apart up to now, their alarms, and lifts."""
    store = Store.open(data)
    for n in range(lifts_):
        store.write(partial(lifts.put, lift=Lift(id=f"lift-{n}", name=f"Lift {n}"))).result()
    store.close()
    images = [{"distance_open": 0.2, "distance_closed": 0.8, "occupancy": 0.9, "verdict": "open"}] * 3
    judged = {"verdict": "open", "confidence": 0.97, "margin": -0.6, "occupied": True, "occupancy": 0.9}
    judgement = json.dumps({**judged, "images": images, "mask_version": 1, "model": "m", "reasons": []})
    shown = json.dumps([{"file": None, "t_s": 0.0, "quality": 1.0, "problem": None, "why": None}] * 12)
    began = datetime.now(UTC).replace(tzinfo=None) - timedelta(seconds=passages_)
    with closing(sqlite3.connect(data / "barwatch.db")) as connection:
        connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-200000;")

        def rows() -> Iterator[tuple[Any, ...]]:
            for n in range(passages_):
                verdict = "open" if n % EVERY == 0 else "unknown" if n % 97 == 0 else "closed"
                at = str(began + timedelta(seconds=n, microseconds=1))
                yield (f"p-{n}", f"lift-{n % lifts_}", n, at, verdict, n % 3 > 0, judgement, shown)

        connection.executemany(_PASSAGE, rows())
        connection.execute(_ALARMS)
        connection.execute(_EVENTS)
        connection.commit()


def measure(data: Path) -> Times:
    """Return what each operation takes on a data folder that `build` made, opening it included."""
    found: Times = {}
    opened: list[float] = []
    for _ in range(3):
        began = time.perf_counter()
        store = Store.open(data)
        opened.append(time.perf_counter() - began)
        store.close()
    found["opening"] = 1000 * statistics.median(opened)
    store = Store.open(data)
    try:
        for name, ask in _questions(store).items():
            found[name] = 1000 * statistics.median(_timed(ask) for _ in range(REPEATS))
        inserts = [_timed(partial(_insert, store, f"new-{n}")) for n in range(INSERTS)]
        found["alarm insert"] = 1000 * statistics.median(inserts)
        found["alarm insert, p99"] = 1000 * _p99(inserts)
    finally:
        store.close()
    return found


def while_pruning(data: Path, rows: int) -> dict[str, float]:
    """Return the p99 of raising an alarm (ms) beside nothing, and while the oldest `rows` passages go."""
    store, number = Store.open(data), count()
    try:
        idle = [_timed(partial(_insert, store, f"idle-{next(number)}")) for _ in range(INSERTS)]
        with store.reading() as session:
            newest = passages.listing(session, limit=1).items[0].seen_at
            total = passages.listing(session, limit=1, before=rows + 1).items[0].seen_at
        days = (newest - total) / timedelta(days=1)
        pruned = threading.Event()

        def delete() -> None:
            keeping = Retention(max_age_days=days, max_alarm_age_days=days)
            last = [time.perf_counter()]

            def rest() -> bool:
                time.sleep(min(time.perf_counter() - last[0], 1.0))
                last[0] = time.perf_counter()
                return pruned.is_set()

            for _ in prune(store, keeping, newest, rest):
                pass
            pruned.set()

        thread, beside = threading.Thread(target=delete), list[float]()
        thread.start()
        while not pruned.is_set() and len(beside) < 20 * INSERTS:
            beside.append(_timed(partial(_insert, store, f"beside-{next(number)}")))
        pruned.set()
        thread.join()
        return {"idle p99": 1000 * _p99(idle), "pruning p99": 1000 * _p99(beside)}
    finally:
        store.close()


def _questions(store: Store) -> dict[str, Callable[[], object]]:
    with store.reading() as session:
        newest = passages.listing(session, limit=1).items[0]
        deep = passages.listing(session, limit=1, before=5000).items[0]
    middle, old = 5000, deep.seen_at

    def page(of: Callable[..., object], **filters: Any) -> Callable[[], object]:
        def ask() -> None:
            with store.reading() as session:
                of(session, limit=ITEMS, **filters)

        return ask

    def whole(of: Callable[..., object]) -> Callable[[], object]:
        def ask() -> None:
            with store.reading() as session:
                of(session)

        return ask

    return {
        "lifts": whole(lifts.listing),
        "masks of lifts": whole(masks.active_versions),
        "alarms that stand": whole(alarms.standing),
        "passages": page(passages.listing),
        "passages, deep": page(passages.listing, before=middle),
        "passages of a lift": page(passages.listing, lift_id=newest.lift_id),
        "passages, unknown": page(passages.listing, verdict=Verdict.UNKNOWN),
        "passages, occupied": page(passages.listing, occupied=True),
        "passages, reviewed": page(passages.listing, reviewed=True),
        "passages until a time": page(passages.listing, to=old),
        "passages from a time": page(passages.listing, from_=old),
        "alarms": page(alarms.listing),
        "alarms, standing": page(alarms.listing, standing=True),
        "alarms of a lift": page(alarms.listing, lift_id="lift-0"),
        "alarms, shelved": page(alarms.listing, state=AlarmState.SHELVED),
        "alarms, camera lost": page(alarms.listing, kind=AlarmKind.CAMERA_LOST),
        "alarms until a time": page(alarms.listing, to=old),
    }


def _insert(store: Store, name: str) -> None:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift-0", "open", passage_id=name)
    store.write(partial(alarms.raise_alarm, draft=draft)).result()


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _p99(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(0.99 * len(times)))]

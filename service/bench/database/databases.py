"""SQLite and PostgreSQL side by side: commits of passages and alarms as the pipeline makes them, in turns."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.schema import Lift
from service.domain.errors import ConfigurationError
from service.host.runner import Runner
from service.store import alarms, lifts
from service.store.database import Store
from service.store.records import PassageRecord, PictureRecord
from service.verdicts.recording import store_passage

ROUNDS, COMMITS = 5, 60
"""How often each database has its turn with each kind of commit; how many commits a turn has."""

HEARD = 30
"""Alarms of which is measured when another service has heard of them."""

LIFT = Lift(id="lift", name="Lift")
Row = dict[str, float]


def side_by_side(folder: Path, url: str) -> dict[str, Any]:
    """Return milliseconds and commits a second of both, their ratios, and how the server is set.

    Args:
        folder: where SQLite's file is made. url: of an empty PostgreSQL database.

    Raises:
        ConfigurationError: the database cannot be opened, or is not empty.
    """
    with ExitStack() as opened:
        stores = {
            "sqlite": opened.enter_context(closing(Store.open(folder / "sqlite"))),
            "postgres": opened.enter_context(closing(Store.open(folder / "postgres", url=url))),
        }
        for store in stores.values():
            with store.reading() as session:
                if lifts.listing(session):
                    raise ConfigurationError("--postgres: expected an empty database")
            store.write(partial(lifts.put, lift=LIFT)).result()
        settings = _settings_of(stores["postgres"])
        # As a leader: each commit looks whether its claim stands.
        stores["postgres"].database.claim("http://127.0.0.1:1")
        other = opened.enter_context(closing(Store.open(folder / "other", url=url)))
        rows = _in_turns(stores)
        heard = _heard_ms(stores["postgres"], other)
    return {
        "rows": rows,
        "ratios": {name: round(value / rows["sqlite"][name], 2) for name, value in rows["postgres"].items()},
        "heard_ms": heard,
        "server": settings,
    }


def _in_turns(stores: dict[str, Store]) -> dict[str, Row]:
    """Return each database's row; by turns, so that whatever else the machine does meets both alike."""
    kinds = {"passage": Verdict.CLOSED, "passage and alarm": Verdict.OPEN}
    took = {(name, kind): list[float]() for name in stores for kind in kinds}
    for turn in range(ROUNDS):
        for kind, verdict in kinds.items():
            for name, store in stores.items():
                for n in range(COMMITS):
                    record = _passage(f"{name}-{verdict.value}-{turn}-{n}", verdict)
                    took[name, kind].append(_timed(partial(_store, store, record)))
    return {
        name: {
            key: value
            for kind in kinds
            for key, value in {
                f"{kind}, ms": 1000 * statistics.median(took[name, kind]),
                f"{kind}, ms, p99": 1000 * sorted(took[name, kind])[int(0.99 * len(took[name, kind]))],
                f"{kind}, a second": len(took[name, kind]) / sum(took[name, kind]),
            }.items()
        }
        for name in stores
    }


def _store(store: Store, record: PassageRecord) -> None:
    store.write(partial(store_passage, record=record)).result()


def _passage(name: str, verdict: Verdict) -> PassageRecord:
    image = ImageJudgement(0.2, 0.8, 0.9, verdict)
    judgement = Judgement(verdict, 0.97, -0.6, True, 0.9, (image,) * 12, 1, "m")
    pictures = (PictureRecord(None, 0.0, 1.0, None),) * 12
    return PassageRecord(f"p{name}", LIFT.id, 1, datetime.now(UTC), 0.0, 1.0, 2.0, judgement, pictures)


def _heard_ms(writes: Store, hears: Store) -> Row:
    """Return how long after an alarm was asked for another service has heard of it, and read it."""
    times: list[float] = []
    with _hearing(hears) as arrived:
        for n in range(HEARD):
            arrived.clear()
            began = time.perf_counter()
            _store(writes, _passage(f"-heard-{n}", Verdict.OPEN))
            with writes.reading() as session:
                seq = alarms.last_seq(session)
            while True:
                if not arrived.wait(10.0):
                    raise ConfigurationError("nothing was heard of an alarm for 10 s")
                arrived.clear()
                with hears.reading() as session:
                    if alarms.last_seq(session) >= seq:
                        break
            times.append(time.perf_counter() - began)
    return {"median": 1000 * statistics.median(times), "p99": 1000 * sorted(times)[int(0.99 * len(times))]}


@contextmanager
def _hearing(store: Store) -> Iterator[threading.Event]:
    arrived = threading.Event()
    listening = Runner("hearing", lambda: store.database.hear(arrived.set, listening.stopping.is_set))
    listening.start()
    try:
        arrived.wait(10.0)
        yield arrived
    finally:
        listening.stop()


def _settings_of(store: Store) -> dict[str, str]:
    """Return what a commit's time hangs on."""
    with store.reading() as session:
        connection = session.connection()
        return {
            name: str(connection.exec_driver_sql(f"SHOW {name}").scalar())
            for name in ("server_version", "fsync", "full_page_writes", "wal_sync_method")
        }


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began

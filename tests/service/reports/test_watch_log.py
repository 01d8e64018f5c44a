"""The watch log: what may be said of each lift, and that it is stored whatever the database does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lifts.schema import Lift
from service.domain.alarm import AlarmKind
from service.domain.errors import StoreError
from service.figures.watching import Look, WatchState
from service.reports.looking import Looking
from service.reports.watch_log import NOTE_EVERY_S, WatchLog
from service.store import lifts
from service.store.database import Store
from service.store.reports import spans

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SEES, BLIND = Look(WatchState.WATCHED, True), Look(WatchState.CAMERA_LOST, False)


class Clocked:
    """A watch log whose clocks the test moves."""

    def __init__(self, store: Store, seconds: float = 0.0) -> None:
        self.seconds, self.look, self.store = seconds, SEES, store
        self.log = WatchLog(store, lambda: {"l": self.look}, self.now, clock=lambda: self.seconds)

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.seconds)

    def step(self, look: Look = SEES, seconds: float = 1.0) -> None:
        self.look = look
        self.log.step()
        self.seconds += seconds

    def kept(self) -> list[tuple[str, float, float]]:
        with self.store.reading() as session:
            found, _ = spans.within(session, ["l"], NOON, NOON + timedelta(days=1))
        return sorted(
            (s.state.value, (s.begin - NOON).total_seconds(), (s.end - NOON).total_seconds()) for s in found
        )


def test_a_killed_service_loses_no_more_than_what_was_not_noted(store: Store) -> None:
    """The next run takes the last note for the end; what followed is time in which the service was down."""
    first = Clocked(store)
    for _ in range(9):
        first.step()
    noted = first.kept()
    assert noted == [("watched", 0, NOTE_EVERY_S)]
    second = Clocked(store, seconds=60)
    second.step()
    second.step()
    second.log.stop()
    assert second.kept() == [("service_down", 5, 60), ("watched", 0, 5), ("watched", 60, 61)]


def test_what_the_database_refuses_is_stored_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spans wait, in order and once each."""
    clocked, write = Clocked(store), store.write
    clocked.step()

    def refuse(job: object) -> object:
        raise StoreError("full")

    monkeypatch.setattr(store, "write", refuse)
    refused = 0
    for look in (BLIND, BLIND, SEES, SEES, SEES, BLIND, BLIND):
        try:
            clocked.step(look)
        except StoreError:
            refused += 1
            clocked.seconds += 1
    assert refused >= 3
    monkeypatch.setattr(store, "write", write)
    clocked.step()
    clocked.log.stop()
    found = sorted(clocked.kept(), key=lambda one: one[1])
    assert [end for _, _, end in found[:-1]] == [begin for _, begin, _ in found[1:]]
    assert [state for state, _, _ in found] == ["camera_lost", "watched", "camera_lost"]


class Told:
    """What is known of a lift, as the test says it."""

    works_now = sees_now = frames = is_armed = serves = True

    def in_service(self, lift_id: str) -> bool:
        return self.serves

    def works(self) -> bool:
        return self.works_now

    def sees(self, lift_id: str) -> bool:
        return self.sees_now

    def has_frames(self, lift_id: str) -> bool:
        return self.frames

    def armed(self, lift_id: str) -> bool:
        return self.is_armed


def test_the_first_reason_counts(store: Store) -> None:
    """Watched only if nothing at all speaks against it; of several reasons that from which others follow."""
    store.write(lambda session: lifts.put(session, Lift.model_validate({"id": "l", "name": "L"}))).result()
    told, standing, has_camera = Told(), set[tuple[AlarmKind, str | None, str]](), True
    looking = Looking(store, told, lambda: standing, lambda _: has_camera)

    def state() -> WatchState:
        (look,) = looking().values()
        return look.state

    assert looking() == {"l": SEES}
    told.is_armed = False
    assert state() is WatchState.NOT_ARMED
    told.sees_now = False
    assert state() is WatchState.NOT_SEEING
    told.works_now = False
    assert state() is WatchState.WORKER_DOWN
    for kind in (
        AlarmKind.LIFT_UNKNOWN_RATE,
        AlarmKind.OVERLOADED,
        AlarmKind.LOW_VISIBILITY,
        AlarmKind.VIEW_CHANGED,
        AlarmKind.CAMERA_FROZEN,
        AlarmKind.CAMERA_LOST,
    ):
        standing.add((kind, "l", ""))
        assert state().value == kind.value
    standing.add((AlarmKind.WORKER_DOWN, None, ""))
    assert state() is WatchState.WORKER_DOWN
    has_camera = False
    assert state() is WatchState.NO_CAMERA
    standing.add((AlarmKind.LIFT_INVALID, "l", ""))
    assert state() is WatchState.LIFT_INVALID
    told.serves = False
    assert state() is WatchState.OUT_OF_SERVICE
    standing.clear()
    standing.add((AlarmKind.CAMERA_LOST, "another", ""))
    told, has_camera = Told(), True
    looking = Looking(store, told, lambda: standing, lambda _: has_camera)
    assert state() is WatchState.WATCHED

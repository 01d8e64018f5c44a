"""What is wrong with disk, clock and files is an alarm within a second or two, and ends with its cause."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.alarms.conditions import HealthConditions
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import StoreError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.disk import LOW_BYTES, DiskSpace
from service.inference.inline import InlineEngine
from service.store import alarms, passages
from service.store.pictures import Pictures
from service.store.upkeep import clock as stored_clock
from service.store.upkeep.classes import Retention
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.maintenance import Maintenance
from service.verdicts.retaining import Retaining
from service.verdicts.trouble import MachineTroubles
from tests.service.host.clocks.test_wall_clock import Machine
from tests.service.host.test_disk import Disk
from tests.service.store.empty import open_empty
from tests.service.store.test_repositories import _passage


class Watched:
    """A data folder with its database, a clock, and what operators are told."""

    def __init__(self, data: Path) -> None:
        self.data, self.machine = data, Machine()
        self.store, self.pictures = open_empty(data), Pictures(data)
        self.clock = self.machine.clock()
        self.told: list[Health] = []
        self.troubles = MachineTroubles(self.store, self.pictures, self.clock, self.told.append)
        self.step()
        self.told.clear()

    def step(self) -> list[tuple[str, str, bool]]:
        """Look once; return what was told of it."""
        self.told.clear()
        self.troubles.step()
        return [(health.kind.value, health.cause, health.active) for health in self.told]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    found = Watched(tmp_path / "data")
    yield found
    found.store.close()


def remove_database(data: Path) -> Callable[[], object]:
    (data / "barwatch.db").rename(data.parent / "kept")
    return lambda: (data.parent / "kept").rename(data / "barwatch.db")


def replace_database(data: Path) -> Callable[[], object]:
    put_back = remove_database(data)
    shutil.copy(data.parent / "kept", data / "barwatch.db")
    return put_back


def remove_log(data: Path) -> Callable[[], object]:
    (data / "barwatch.db-wal").rename(data.parent / "log")
    return lambda: (data.parent / "log").rename(data / "barwatch.db-wal")


def remove_everything(data: Path) -> Callable[[], object]:
    data.rename(data.parent / "elsewhere")
    return lambda: (data.parent / "elsewhere").rename(data)


@pytest.mark.fault(46)
@pytest.mark.parametrize(
    ("strike", "cause"),
    [
        (remove_database, "database_gone"),
        (replace_database, "database_replaced"),
        (remove_log, "log_gone"),
        (remove_everything, "database_gone"),
    ],
)
def test_a_file_that_goes_is_an_alarm_and_nothing_is_taken_for_stored(
    watched: Watched, strike: Callable[[Path], Callable[[], object]], cause: str
) -> None:
    """Told at the next look; a write is refused at once; what comes back is used again."""
    put_back = strike(watched.data)
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.WARNING, "lift", "open", passage_id="p")
    with pytest.raises(StoreError, match="removed or replaced"):
        watched.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    with pytest.raises(StoreError, match="removed or replaced"):
        watched.store.check()
    assert ("storage_damaged", cause, True) in watched.step()
    put_back()
    assert ("storage_damaged", cause, False) in watched.step()
    assert watched.store.write(partial(alarms.raise_alarm, draft=draft)).result() is not None


@pytest.mark.fault(46)
def test_the_folder_of_the_pictures_is_missed(watched: Watched) -> None:
    """Gone, or gone and made again between two looks: told, and over once there is a folder."""
    watched.pictures.folder.rmdir()
    assert watched.step() == [("storage_damaged", "pictures_gone", True)]
    assert watched.step() == []
    watched.pictures.folder.mkdir()
    assert watched.step() == [("storage_damaged", "pictures_gone", False)]
    watched.pictures.folder.rename(watched.data / "old")
    watched.pictures.folder.mkdir()
    assert watched.step() == [("storage_damaged", "pictures_gone", True)]
    assert watched.step() == [("storage_damaged", "pictures_gone", False)]


@pytest.mark.fault(46)
@pytest.mark.fault(44)
def test_operators_see_what_cannot_be_stored(watched: Watched) -> None:
    """The alarm about the lost file cannot be stored in it: it is shown as not stored, then stored once."""
    shown: list[tuple[Alarm, ...]] = []
    conditions = HealthConditions(watched.store, unstored=UnstoredAlarms(shown.append))
    watched.troubles._take = conditions.take
    put_back = remove_database(watched.data)
    watched.step()
    with pytest.raises(StoreError):
        conditions._commit_all()
    assert [(alarm.kind, alarm.seq) for alarm in shown[-1]] == [(AlarmKind.STORAGE_DAMAGED, 0)]
    put_back()
    conditions._commit_all()
    assert shown[-1] == ()
    with watched.store.reading() as session:
        assert [alarm.kind for alarm in alarms.standing(session)] == [AlarmKind.STORAGE_DAMAGED]


@pytest.mark.fault(12)
def test_operators_are_told_before_the_disk_is_full(watched: Watched) -> None:
    """Low, then full, then over: each is told once, with how much is left."""
    disk = Disk(10 * LOW_BYTES)
    watched.pictures.space = DiskSpace(watched.data, disk.usage)

    def at(free: int) -> list[tuple[str, str, bool]]:
        disk.free = free
        watched.pictures.space.check()
        return watched.step()

    assert at(10 * LOW_BYTES) == []
    assert at(LOW_BYTES - 1) == [("disk_low", "disk_low", True)]
    assert at(LOW_BYTES - 2) == []
    assert sorted(at(1)) == [("disk_low", "disk_full", True), ("disk_low", "disk_low", False)]
    assert at(10 * LOW_BYTES) == [("disk_low", "disk_full", False)]


def test_a_start_ends_what_is_over_though_a_lesser_trouble_of_its_kind_is_found(watched: Watched) -> None:
    """The disk was full when the last run ended; somebody made some room, and later more."""
    disk = Disk(1)
    watched.pictures.space = DiskSpace(watched.data, disk.usage)
    watched.pictures.space.check()
    before = HealthConditions(watched.store)
    before.start()
    MachineTroubles(watched.store, watched.pictures, watched.clock, before.take).step()
    before.stop()
    assert _causes(watched) == ["disk_full"]

    after = HealthConditions(watched.store)
    after.start()
    troubles = MachineTroubles(watched.store, watched.pictures, watched.clock, after.take)
    for free in (LOW_BYTES - 1, 10 * LOW_BYTES):
        disk.free = free
        watched.pictures.space.check()
        troubles.step()
    after.stop()
    assert _causes(watched) == []


def _causes(watched: Watched) -> list[str]:
    with watched.store.reading() as session:
        standing = alarms.standing(session)
    return [alarm.cause for alarm in standing if alarm.state is AlarmState.ACTIVE]


@pytest.mark.fault(34)
@pytest.mark.fault(6)
@pytest.mark.parametrize("by", [timedelta(days=400), -timedelta(hours=1)])
def test_nothing_is_deleted_by_a_clock_that_jumped(
    watched: Watched, inline_engine: InlineEngine, by: timedelta
) -> None:
    """One pass after the jump: all is there, an event says so, and shelving ends when it was to."""
    store, clock = watched.store, watched.clock
    store.write(partial(passages.add, record=_passage("p", seen_at=watched.machine.wall))).result()
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.WARNING, "lift", "open", passage_id="p")
    raised = store.write(partial(alarms.raise_alarm, draft=draft, at=watched.machine.wall)).result()
    assert raised is not None
    until = clock.now() + timedelta(minutes=30)
    shelve = partial(
        lifecycle.shelve, alarm_id=raised.id, actor="anna", until=until, reason="r", now=clock.now()
    )
    store.write(shelve).result()
    watched.machine.wall += by
    retaining = Retaining(store, watched.pictures, Retention(), clock)
    retaining._first = False
    retaining._turn()
    tended = Maintenance(store, watched.pictures, ActiveMasks(store, inline_engine), Retention(), clock)
    assert ("clock_jumped", "clock", True) in watched.step()

    def state_after(minutes: float) -> AlarmState:
        watched.machine.pass_s(60 * minutes)
        tended._unshelve()
        with store.reading() as session:
            assert passages.get(session, "p").id == "p"
            return alarms.get(session, raised.id).state

    assert state_after(0) is AlarmState.SHELVED
    store.write(partial(stored_clock.confirmed, by=timedelta(seconds=clock.jump_s))).result()
    clock.confirm()
    assert ("clock_jumped", "clock", False) in watched.step()
    assert state_after(29) is AlarmState.SHELVED
    assert state_after(2) is AlarmState.ACTIVE


@pytest.mark.fault(34)
def test_the_time_of_the_last_run_is_known_at_the_next(watched: Watched, tmp_path: Path) -> None:
    """By the note; without one by the newest row: 400 days off at the start are noticed."""
    watched.store.write(partial(passages.add, record=_passage("p", seen_at=watched.machine.wall))).result()

    def jump_s(clock: WallClock) -> float:
        MachineTroubles(watched.store, watched.pictures, clock, watched.told.append).resume()
        return clock.jump_s

    watched.machine.wall += timedelta(days=400)
    assert jump_s(watched.machine.clock()) == pytest.approx(400 * 86_400)
    forget = text("DELETE FROM meta WHERE key = 'clock'")
    watched.store.write(partial(Session.execute, statement=forget)).result()
    assert jump_s(watched.machine.clock("another boot")) == pytest.approx(400 * 86_400)

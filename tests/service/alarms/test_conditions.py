"""Conditions: no change in health is lost, whatever the database does, and no restart is an all-clear."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.alarms import chatter, lifecycle
from service.alarms.conditions import MAX_CHANGES, HealthConditions
from service.alarms.doubts import QUIET_S
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import CHATTERING, MOMENTS, Alarm, AlarmKind, AlarmState
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import StoreError
from service.domain.health import Health
from service.store import alarms
from service.store.database import Store
from service.store.owners import leases

RIGHT = Judgement(Verdict.CLOSED, 0.987, 0.5, True, 0.9, (), 1, "m")
OTHER, DARK = unknown(Reason.NOT_THIS_LIFT), unknown(Reason.DARK)
LOST, UNSEEN, VIEW = AlarmKind.CAMERA_LOST, AlarmKind.LOW_VISIBILITY, AlarmKind.VIEW_CHANGED
UNKNOWN_RATE, DOWN = AlarmKind.LIFT_UNKNOWN_RATE, AlarmKind.WORKER_DOWN


class Ward:
    """HealthConditions with a clock of their own, and a database that refuses when it is told to."""

    def __init__(self, store: Store) -> None:
        self.store, self.now_s, self.refusing = store, 1000.0, False
        self.shown: queue.Queue[list[str]] = queue.Queue()
        self.conditions = self.restarted()
        self.heard: queue.Queue[Alarm] = queue.Queue()
        write = store.write

        def refusable(job: Callable[..., Any]) -> Future[Any]:
            if not self.refusing:
                return write(job)
            refused: Future[Any] = Future()
            refused.set_exception(StoreError("database or disk is full"))
            return refused

        store.write = refusable  # type: ignore[method-assign]

    def restarted(self) -> HealthConditions:
        unstored = UnstoredAlarms(lambda waiting: self.shown.put([alarm.cause for alarm in waiting]))
        self.conditions = HealthConditions(self.store, lambda: self.now_s, unstored)
        return self.conditions

    def hear(self, raised: tuple[Alarm, ...]) -> None:
        for alarm in raised:
            self.heard.put(alarm)

    def restart(self) -> None:
        """End this run of the service as a kill would, and begin another."""
        self.settle()
        self.restarted().start()

    def settle(self) -> None:
        self.conditions.stop()

    def report(
        self, kind: AlarmKind, cause: str = "", *, active: bool = True, lift: str | None = "l"
    ) -> None:
        self.conditions.take(Health(kind, lift, active, f"{kind} {cause} {active}", cause))

    def status(self, state: CameraState = CameraState.LIVE, message: str = "") -> None:
        self.conditions.status(CameraStatus("l", state, message, 25.0, 0.04, 1, 0, 0, ""))

    def standing(self) -> set[tuple[AlarmKind, str]]:
        with self.store.reading() as session:
            return {(alarm.kind, alarm.cause) for alarm in alarms.standing(session)}

    def states(self) -> list[AlarmState]:
        with self.store.reading() as session:
            return [entry.alarm.state for entry in alarms.outbox(session, 0, 500) if entry.alarm is not None]


@pytest.fixture
def ward(store: Store) -> Iterator[Ward]:
    made = Ward(store)
    made.conditions.start()
    yield made
    made.refusing = False
    made.settle()


def test_changes_are_committed_in_their_order(ward: Ward) -> None:
    """Begun, over, begun again: three events, and it stands."""
    for active in (True, True, False, True):
        ward.report(LOST, active=active)
    ward.settle()
    assert ward.states() == [AlarmState.ACTIVE, AlarmState.RETURNED, AlarmState.ACTIVE]
    assert ward.standing() == {(LOST, "")}


def test_what_the_database_refuses_waits_and_is_committed(ward: Ward) -> None:
    """Refused for a while, nothing is lost, and nothing overtakes; until it is stored, it is shown."""
    ward.refusing = True
    ward.report(LOST)
    ward.report(UNSEEN, "dark")
    ward.report(LOST, active=False)
    assert ward.standing() == set()
    while ward.shown.get(timeout=60) != ["", "dark"]:
        pass
    ward.refusing = False
    ward.settle()
    assert ward.states() == [AlarmState.ACTIVE, AlarmState.ACTIVE, AlarmState.RETURNED]
    assert ward.standing() == {(UNSEEN, "dark")}
    assert [ward.shown.get_nowait() for _ in range(2)] == [["dark"], []]


def test_a_thousand_changes_of_one_alarm_need_no_memory(ward: Ward) -> None:
    """Chatter while the database refuses: its first and its last changes are kept, other alarms untouched."""
    ward.settle()
    ward.report(UNSEEN, "dark")
    for n in range(1001):
        ward.report(LOST, active=n % 2 == 0)
    assert len(ward.conditions._changes) <= MAX_CHANGES + 1
    ward.settle()
    assert ward.standing() == {(UNSEEN, "dark"), (LOST, "")}


def test_health_that_can_never_be_stored_keeps_back_no_other(ward: Ward) -> None:
    """An error of its own is logged; the next change is committed."""
    ward.conditions.take(Health("no kind", "l", True, "?"))  # type: ignore[arg-type]
    ward.report(UNSEEN, "dark")
    ward.settle()
    assert ward.standing() == {(UNSEEN, "dark")}


@pytest.mark.fault(51)
def test_what_a_former_owner_says_of_a_camera_changes_nothing(ward: Ward) -> None:
    """Neither does it raise an alarm, nor end the present owner's; both are counted."""
    for owner in ("before", "now"):
        ward.store.write(
            partial(leases.hand_out, lift_id="l", owner=owner, since=None, now=datetime.now(UTC))
        ).result()
    ward.conditions.take(Health(LOST, "l", True, "no frames", fence=2))
    ward.conditions.take(Health(LOST, "l", False, "frames come", fence=1))
    ward.conditions.take(Health(UNSEEN, "l", True, "dark", "dark", fence=1))
    ward.settle()
    assert (ward.standing(), ward.conditions.fenced) == ({(LOST, "")}, 2)
    ward.restarted()


def test_a_stop_while_a_commit_hangs_drops_no_change(store: Store) -> None:
    """The thread is given up and the last try commits what waits; both finish the first change, once."""
    ward = Ward(store)
    reached, go = threading.Event(), threading.Event()
    write = store.write

    def slow(job: Callable[..., Any]) -> Future[Any]:
        if threading.current_thread().name == "conditions":
            reached.set()
            assert go.wait(120)
        return write(job)

    store.write = slow  # type: ignore[method-assign]
    ward.conditions.start()
    ward.report(LOST)
    assert reached.wait(120)
    ward.report(UNSEEN, "dark")
    stop = ward.conditions.runner.stop
    ward.conditions.runner.stop = lambda timeout_s=0.0: stop(timeout_s)  # type: ignore[method-assign]
    ward.conditions.stop()
    assert ward.standing() == {(LOST, ""), (UNSEEN, "dark")}
    go.set()
    assert stop(20.0)
    assert ward.standing() == {(LOST, ""), (UNSEEN, "dark")}
    assert not ward.conditions._changes
    assert ward.conditions.runner.failures == 0


def test_a_restart_is_no_all_clear(ward: Ward) -> None:
    """What stood before stands after: nothing is cleared, and what is reported again is the same alarm."""
    ward.report(UNSEEN, "covered")
    ward.report(VIEW, "moved")
    ward.restart()
    ward.report(UNSEEN, "covered")
    ward.settle()
    assert ward.standing() == {(UNSEEN, "covered"), (VIEW, "moved")}
    assert ward.states() == [AlarmState.ACTIVE] * 2


def test_a_second_cause_after_a_restart_is_a_new_event(ward: Ward) -> None:
    """The causes are in the database, not in the process: the second one is raised beside the first."""
    ward.report(UNSEEN, "snow")
    ward.restart()
    ward.report(UNSEEN, "covered")
    ward.settle()
    assert ward.standing() == {(UNSEEN, "snow"), (UNSEEN, "covered")}
    assert ward.states() == [AlarmState.ACTIVE] * 2


def test_a_camera_that_is_long_live_and_clear_ends_what_stood_before(ward: Ward) -> None:
    """Thirty seconds without trouble show that it sees; the first live status shows nothing."""
    for kind, cause in ((LOST, "no frames"), (UNSEEN, "dark"), (AlarmKind.OVERLOADED, "")):
        ward.report(kind, cause)
    ward.restart()
    ward.status()
    ward.now_s += QUIET_S - 1
    ward.status()
    ward.now_s += 2
    ward.status(message="the camera shows another view")
    ward.now_s += 2
    ward.status()
    ward.now_s += QUIET_S - 1
    ward.status()
    ward.settle()
    assert len(ward.standing()) == 3
    ward.now_s += 2
    ward.status()
    ward.settle()
    assert ward.standing() == set()


@pytest.mark.parametrize("restarts", [True, False])
def test_a_cameras_process_that_runs_again_under_another_supervisor_is_not_down(
    ward: Ward, *, restarts: bool
) -> None:
    """The service, or the lift's configuration, changed meanwhile: whoever said that it was down is gone.

    Left standing, it suppressed for ever that the lift's carriers cannot be judged.
    """
    ward.report(DOWN)
    if restarts:
        ward.restart()
    ward.status(CameraState.STARTING, "starting")
    ward.status()
    ward.settle()
    assert ward.standing() == {(DOWN, "")}, "a first live status shows nothing"
    ward.now_s += QUIET_S
    ward.status()
    ward.report(UNKNOWN_RATE)
    ward.settle()
    assert ward.standing() == {(UNKNOWN_RATE, "")}
    assert ward.states()[-1] is AlarmState.ACTIVE


def test_a_camera_that_starts_again_and_again_keeps_no_other_lifts_alarm(ward: Ward) -> None:
    """Its neighbour is live and clear, and says so."""
    ward.report(LOST)
    ward.restart()
    for _ in range(round(QUIET_S)):
        ward.conditions.status(
            CameraStatus("neighbour", CameraState.STARTING, "starting", 0.0, None, 0, 0, 0, "")
        )
        ward.status()
        ward.now_s += 2
    ward.settle()
    assert ward.standing() == set()


def test_a_turned_camera_is_over_only_when_carriers_are_this_lifts_again(ward: Ward) -> None:
    """After a restart the turned view becomes the reference view: live and clear proves nothing."""
    ward.report(VIEW, "moved")
    ward.restart()
    for _ in range(10):
        ward.now_s += QUIET_S
        ward.status()
        ward.conditions.judged("l", DARK)
    ward.settle()
    assert (VIEW, "moved") in ward.standing()
    for _ in range(30):
        ward.conditions.judged("l", RIGHT)
    ward.settle()
    assert ward.standing() == set()


def test_the_carriers_of_an_outage_are_no_second_alarm(ward: Ward) -> None:
    """They are reported when the camera is back, unknown all of them: the outage was said."""
    ward.report(LOST, "no_frames")
    ward.report(LOST, "no_frames", active=False)
    for _ in range(8):
        ward.conditions.judged("l", unknown(Reason.NO_FRAMES))
    ward.conditions.judged("l", RIGHT)
    ward.settle()
    assert (UNKNOWN_RATE, "unknown passages") not in ward.standing()
    for _ in range(8):  # gaps that are too short for an alarm of their own
        ward.conditions.judged("l", unknown(Reason.NO_FRAMES))
    ward.settle()
    assert (UNKNOWN_RATE, "unknown passages") in ward.standing()


def test_too_many_unknown_stands_until_passages_are_judged(ward: Ward) -> None:
    """While nothing passes nothing is over; a few judged passages end it, whichever run raised it."""
    for _ in range(5):
        ward.conditions.judged("l", DARK)
    ward.report(UNKNOWN_RATE, "no carriers")
    ward.restart()
    ward.now_s += 10 * QUIET_S
    ward.status()
    ward.settle()
    assert ward.standing() == {(UNKNOWN_RATE, "unknown passages"), (UNKNOWN_RATE, "no carriers")}
    for _ in range(5):
        ward.conditions.judged("l", RIGHT)
    ward.settle()
    assert ward.standing() == set()


def test_another_process_for_a_camera_is_no_all_clear(ward: Ward) -> None:
    """Covered, then its process dies and another one starts: the lens is as covered as before."""
    ward.report(UNSEEN, "covered")
    ward.report(DOWN)
    for _ in range(3):
        ward.now_s += QUIET_S
        ward.status(CameraState.STARTING)
    ward.report(DOWN, active=False)
    ward.status()
    ward.settle()
    assert ward.standing() == {(UNSEEN, "covered")}
    ward.now_s += QUIET_S + 1
    ward.status()
    ward.settle()
    assert ward.standing() == set()


def test_what_the_new_process_reports_ends_as_it_says(ward: Ward) -> None:
    """It has found the trouble itself: quiet alone ends nothing any more, its own word does."""
    ward.report(UNSEEN, "covered")
    ward.restart()
    ward.report(UNSEEN, "covered")
    ward.status()
    ward.now_s += 2 * QUIET_S
    ward.status()
    ward.settle()
    assert ward.standing() == {(UNSEEN, "covered")}
    ward.report(UNSEEN, "covered", active=False)
    ward.settle()
    assert ward.standing() == set()


def test_a_lift_that_is_gone_leaves_nothing_standing(ward: Ward) -> None:
    """All its causes end; other lifts' and the service's own stay."""
    ward.report(UNSEEN, "snow")
    ward.report(UNSEEN, "covered")
    ward.report(DOWN, lift=None)
    ward.report(LOST, lift="other")
    ward.conditions.forget("l")
    ward.settle()
    assert ward.standing() == {(DOWN, ""), (LOST, "")}


@pytest.mark.fault(30)
def test_what_was_over_unseen_is_still_listed_after_a_restart(ward: Ward) -> None:
    """Row 30: lost and back unseen, then restarted: `returned`, on the list, and can be acknowledged."""
    ward.report(LOST, "no_frames")
    ward.report(LOST, "no_frames", active=False)
    ward.restart()
    for _ in range(3):  # a camera that is long live and clear ends conditions, not the list
        ward.now_s += QUIET_S
        ward.status()
    ward.settle()
    assert ward.standing() == set()
    with ward.store.reading() as session:
        (alarm,) = alarms.listing(session, standing=True).items
    assert alarm.state is AlarmState.RETURNED
    ward.store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna")).result()
    with ward.store.reading() as session:
        assert alarms.listing(session, standing=True).items == ()


def test_what_grows_calls_again_once_somebody_has_seen_it(ward: Ward) -> None:
    """With what it is by now; one that nobody has seen calls already, and growing is no chatter."""

    def grow(count: int) -> None:
        told = Health(DOWN, "l", True, f"{count} of them", "", {"count": count}, grows=True)
        ward.conditions.take(told)
        ward.settle()

    ward.report(DOWN)
    for count in range(2, 7):
        grow(count)
    with ward.store.reading() as session:
        (alarm,) = alarms.standing(session)
    assert ward.states() == [AlarmState.ACTIVE]
    for count in (7, 8):
        ward.store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna")).result()
        grow(count)
        with ward.store.reading() as session:
            now = alarms.get(session, alarm.id)
        said = now.message, now.parameters["count"], now.acknowledged_by
        assert said == (f"{count} of them", count, None)
    assert ward.states() == [AlarmState.ACTIVE, *(AlarmState.ACKNOWLEDGED, AlarmState.ACTIVE) * 2]


@pytest.mark.fault(45)
def test_a_hundred_changes_in_a_minute_are_one_alarm(ward: Ward) -> None:
    """Row 45: one alarm, said to chatter, in a handful of events; over after a minute of quiet."""
    ward.store.on_alarms(ward.hear)
    for n in range(100):
        ward.report(LOST, "no_frames", active=n % 2 == 0)
        ward.now_s += 0.6
        ward.conditions._commit_all(20.0)
    with ward.store.reading() as session:
        (alarm,) = alarms.listing(session).items
    assert (alarm.state, alarm.parameters) == (AlarmState.ACTIVE, {CHATTERING: 3})
    assert [ward.heard.get(timeout=120).seq for _ in range(5)] == [1, 2, 3, 4, 5]
    ward.now_s += chatter.QUIET_S
    ward.report(UNSEEN, "dark")  # wakes the thread, which looks at what is held back
    found = {ward.heard.get(timeout=120) for _ in range(2)}
    assert {(each.cause, each.state) for each in found} == {
        ("dark", AlarmState.ACTIVE),
        ("no_frames", AlarmState.RETURNED),
    }
    assert ward.heard.empty()


def test_a_stop_ends_what_chatters_and_is_over(ward: Ward) -> None:
    """No end is lost because it was held back while the service stopped."""
    for n in range(100):
        ward.report(LOST, "no_frames", active=n % 2 == 0)
    ward.settle()
    assert ward.standing() == set()


def test_chatter_of_an_acknowledged_alarm_is_said_too(ward: Ward) -> None:
    """Somebody has seen it: it stays acknowledged, and says that it comes and goes, once."""
    ward.report(DOWN)
    ward.settle()
    with ward.store.reading() as session:
        (alarm,) = alarms.standing(session)
    ward.store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna")).result()
    for _ in range(5):
        ward.report(DOWN)
    ward.settle()
    assert ward.states() == [AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED, AlarmState.ACKNOWLEDGED]
    with ward.store.reading() as session:
        assert alarms.get(session, alarm.id).parameters == {CHATTERING: 3}


@pytest.mark.fault(45)
def test_a_hundred_changes_of_every_kind_of_condition_make_one_alarm_each(ward: Ward) -> None:
    """Row 45, its siblings: whichever condition comes and goes, one alarm says so in a handful of events."""
    kinds = sorted(set(AlarmKind) - MOMENTS)
    for kind in kinds:
        for n in range(200):
            ward.now_s += 0.25
            ward.report(kind, "c", active=n % 2 == 0, lift=f"lift-{kinds.index(kind)}")
    ward.settle()
    with ward.store.reading() as session:
        found = alarms.listing(session, limit=500).items
        events = alarms.last_seq(session)
    assert sorted(alarm.kind for alarm in found) == kinds
    assert all(alarm.parameters == {CHATTERING: 3} for alarm in found)
    assert events <= 7 * len(kinds)

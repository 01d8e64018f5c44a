"""What a node keeps until it is heard: bounded, in order, and every carrier stays in it."""

import threading
from dataclasses import replace

import numpy as np

from service.cluster.cameras.clock import ClockOffset, Exchange
from service.cluster.cameras.spool import MOST, MOST_WITH_PICTURES, EventSpool
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus, Snapshot
from service.domain.health import Health
from service.domain.passage import Passage, Picture

PICTURE = Picture(np.zeros((2, 2, 3), np.uint8), None, 0.0, 1.0)
PASSAGE = Passage("p", "lift", 1, 0.0, 1.0, 2.0, (PICTURE,) * 3, 10.0)
STATUS = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.0, 1, 0, 0, "")


def test_reports_come_in_order_until_they_are_confirmed() -> None:
    """What was not confirmed comes again; of statuses and pictures for people the newest is enough."""
    spool = EventSpool()
    lost = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames")
    for report in (STATUS, PASSAGE, Snapshot("lift", b"1", 1.0), lost, STATUS, Snapshot("lift", b"2", 2.0)):
        spool.put(report)
    found = spool.waiting(0, 0.0)
    assert [each.report for each in found] == [PASSAGE, lost, STATUS, Snapshot("lift", b"2", 2.0)]
    assert spool.waiting(0, 0.0) == found
    spool.confirm(found[1].number)
    assert [each.report for each in spool.waiting(0, 0.0)] == [STATUS, Snapshot("lift", b"2", 2.0)]
    assert spool.waiting(found[-1].number, 0.0) == []


def test_who_waits_hears_at_once() -> None:
    """A question that waits is answered by the first report."""
    spool = EventSpool()
    timer = threading.Timer(0.02, spool.put, [PASSAGE])
    timer.start()
    (found,) = spool.waiting(0, 60.0)
    timer.join()
    assert found.report is PASSAGE


def test_while_nobody_hears_every_carrier_is_kept_and_memory_is_bounded() -> None:
    """The first lose their pictures, then several become one report; the newest stay whole."""
    spool, many = EventSpool(), MOST + 40
    for number in range(many):
        spool.put(replace(PASSAGE, id=f"p-{number}"))
        spool.put(Health(AlarmKind.LOW_VISIBILITY, "lift", bool(number % 2), "dark"))
    reports = [each.report for each in spool.waiting(0, 0.0)]
    passages = [each for each in reports if isinstance(each, Passage)]
    assert len(reports) <= MOST
    assert sum(each.carriers for each in passages) == many
    assert sum(bool(each.pictures) for each in passages) == MOST_WITH_PICTURES
    assert [each.id for each in passages[-2:]] == [f"p-{many - 2}", f"p-{many - 1}"]
    assert spool.stripped == many - MOST_WITH_PICTURES
    assert spool.dropped > 0
    numbers = [each.number for each in spool.waiting(0, 0.0)]
    assert numbers == sorted(set(numbers))


def test_another_machines_clock_is_known_within_what_its_answers_allow() -> None:
    """It is 1,000 s ahead; calls and answers take their time, and the truth lies within the bound."""
    clock, rng = ClockOffset(), np.random.default_rng(1)
    assert clock.uncertain_s == float("inf")
    bounds = []
    for n in range(50):
        there, back = rng.uniform(0.001, 0.5, 2)
        clock.add(Exchange(n, 1000.0 + n + there, 1000.4 + n + there, n + there + 0.4 + back))
        assert abs(clock.offset_s - 1000.0) <= clock.uncertain_s
        bounds.append(clock.uncertain_s)
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] < 0.1
    clock.add(Exchange(100.0, 2100.01, 2100.4, 100.42))
    assert abs(clock.offset_s - 2000.0) <= clock.uncertain_s, "another machine in its place"

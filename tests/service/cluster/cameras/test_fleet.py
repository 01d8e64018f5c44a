"""Cameras over nodes, without Ray: who is asked to watch, by which clock, and who takes over."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lifts.schema import Camera, Lift
from service.cluster.cameras.clock import Exchange
from service.cluster.cameras.fleet import CameraFleet
from service.cluster.cameras.messages import (
    CameraAnswer,
    CameraBatch,
    CameraGone,
    CameraTask,
    EndCamera,
    HostCamera,
    NodeSeen,
    NodesSeen,
    TellCamera,
    Terms,
)
from service.cluster.cameras.metrics import FleetMetrics
from service.cluster.cameras.remote import RemoteTools
from service.cluster.cameras.spool import Numbered
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraState, CameraStatus, DialTerms, WatchedLift
from service.domain.errors import ConfigurationError
from service.domain.health import Health
from service.domain.passage import Passage, Picture
from service.leases.book import LeaseBook
from service.leases.camera import HERE, LeasedCamera
from service.leases.successor import Watcher
from service.station.carried import Carried, LineMemory
from service.station.dialling import TermsWanted
from service.station.worker import WorkerOptions
from service.store.database import Store

pytestmark = pytest.mark.sqlite

AHEAD_S = 5000.0
"""By how much the node's clock is ahead."""

INTERVAL_S = 6.0
LIVE = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.04, 1, 0, 0, "2.0 s per passage")
PICTURE = Picture(np.zeros((2, 2, 3), np.uint8), None, 0.0, 1.0)
WATCHED = WatchedLift(
    Lift(id="lift", name="Lift", seats=4, camera=Camera(url="rtsp://camera/1", width=1280, height=720)),
    None,
    {},
)


def passage(name: str, left_s: float) -> Passage:
    return Passage(name, "lift", 1, 0.0, 1.0, 2.0, (PICTURE,) * 3, left_s, left_s, interval_s=INTERVAL_S)


class LocalWatcher:
    """Watches here, and reports what a test says."""

    def __init__(self, on_event: Callable[[CameraEvent], None], carried: Carried) -> None:
        self.report, self.carried = on_event, carried
        self.status, self.process = LIVE, (1, 0)
        self.over = False

    def start(self) -> None: ...

    def ask_to_stop(self) -> None:
        self.over = True

    def stop(self) -> None: ...


class Yard:
    """One camera, a fleet, and a cluster that does nothing by itself."""

    def __init__(self, store: Store) -> None:
        self.sent: list[Any] = []
        self.events: list[CameraEvent] = []
        self.late: list[CameraEvent] = []
        self.here: list[LocalWatcher] = []
        self.here_fails = False
        self.fleet = CameraFleet(self._tools)
        self.camera = LeasedCamera(
            WATCHED, self.events.append, LeaseBook(store, "test"), self._make, self.late.append
        )
        self.fleet.add(self.camera)
        self._number = 0

    def _tools(self, watched: WatchedLift) -> RemoteTools:
        memory = LineMemory(None, watched)
        return RemoteTools(self.sent.append, lambda _: DialTerms(), WorkerOptions(), None, memory)

    def _make(
        self, owner: str, watched: WatchedLift, on_event: Callable[[CameraEvent], None], carried: Carried
    ) -> Watcher:
        if owner != HERE:
            return self.fleet.make(owner, watched, on_event, carried)
        if self.here_fails:
            raise ConfigurationError("refused")
        self.here.append(LocalWatcher(on_event, carried))
        return self.here[-1]

    def nodes(self, *names: str) -> None:
        self.fleet.take(NodesSeen(tuple(NodeSeen(name, name, 4.0) for name in names)))
        self.fleet._placed_s = 0.0
        self.fleet.step()

    def take(self, kind: type[Any]) -> Any:
        """Return the next message of a kind that was sent to the driver."""
        found = next(each for each in self.sent if isinstance(each, kind))
        self.sent.remove(found)
        return found

    def answer(self, key: str, *reports: Any) -> None:
        """Have a node answer, by its own clock."""
        now_s = time.monotonic()
        numbered = [Numbered(self._number + n, report) for n, report in enumerate(reports, 1)]
        self._number += len(reports)
        there_s = now_s + AHEAD_S
        answer = CameraAnswer(there_s, there_s, numbered, None, 0.1, 0, 0)
        self.fleet.take(CameraBatch(key, Exchange(now_s - 0.001, there_s, there_s, now_s + 0.001), answer))

    def passages(self) -> list[str]:
        return [event.id for event in self.events if isinstance(event, Passage)]


@pytest.fixture
def yard(store: Store) -> Yard:
    return Yard(store)


def on_a_node(yard: Yard) -> str:
    """Have the camera handed to node a, which recognises a carrier; return its key."""
    yard.nodes("a")
    hosted = yard.take(HostCamera)
    assert hosted.node == "a"
    key = str(hosted.key)
    yard.answer(key)
    yard.answer(key, LIVE, passage("first there", time.monotonic() + AHEAD_S))
    assert yard.camera.owner == HERE
    yard.fleet.step()
    assert yard.camera.owner == "a"
    return key


@pytest.mark.fault(51)
def test_a_camera_is_handed_to_a_node_without_a_gap_and_without_a_carrier_twice(yard: Yard) -> None:
    """Both see the same carriers for a while: each is reported once, and by the service's clock."""
    now_s = time.monotonic()
    here = yard.here[0]
    here.report(passage("1 here", now_s - 12.0))
    here.report(LIVE)
    yard.nodes("a")
    key = yard.take(HostCamera).key
    yard.answer(key)
    task = yard.take(TellCamera).what
    assert isinstance(task, CameraTask)
    assert task.carried.until_mono_s == pytest.approx(now_s - 12.0 + AHEAD_S, abs=0.1)
    here.report(passage("2 here", now_s - 6.0))
    seen = [passage(name, at_s + AHEAD_S) for name, at_s in (("2", now_s - 5.9), ("3", now_s + 0.1))]
    yard.answer(key, LIVE, *seen)
    assert yard.passages() == ["1 here", "2 here"]
    yard.fleet.step()
    assert here.over
    here.report(passage("3 here", now_s))
    assert yard.passages() == ["1 here", "2 here", "3"]
    assert [event.id for event in yard.late if isinstance(event, Passage)] == ["3 here"]
    last = yard.events[-1]
    assert isinstance(last, Passage)
    assert last.left_mono_s == pytest.approx(now_s + 0.1, abs=0.1)
    assert last.sighting is not None
    assert last.sighting.fence == 2


@pytest.mark.fault(51)
def test_who_passed_unseen_is_taken_over_though_it_is_reported_after_others(yard: Yard) -> None:
    """Its process reports the first carrier that it recognised, then those before, which nobody saw."""
    now_s = time.monotonic()
    yard.here[0].report(passage("1 here", now_s - 24.0))
    yard.here[0].report(LIVE)
    yard.nodes("a")
    key = yard.take(HostCamera).key
    yard.answer(key)
    seen = (("4", now_s - 6.0), ("1", now_s - 24.1), ("2, unseen", now_s - 18.0), ("3, unseen", now_s - 12.0))
    yard.answer(key, LIVE, *(passage(name, at_s + AHEAD_S) for name, at_s in seen))
    yard.fleet.step()
    assert yard.passages() == ["1 here", "4", "2, unseen", "3, unseen"]


def test_a_node_is_told_with_what_a_camera_is_dialled_when_it_asks(yard: Yard) -> None:
    """Not before, and no other node is."""
    key = on_a_node(yard)
    assert not any(isinstance(each, TellCamera) and isinstance(each.what, Terms) for each in yard.sent)
    yard.answer(key, TermsWanted("lift", "rtsp://camera/1", "password"))
    yard.fleet.step()
    told = [each for each in yard.sent if isinstance(each, TellCamera) and isinstance(each.what, Terms)]
    assert [each.key for each in told] == [key]


@pytest.mark.fault(51)
@pytest.mark.parametrize("how", ["its actor ends", "it is silent", "the cluster is lost"])
def test_a_lost_nodes_camera_is_watched_here_at_once(
    yard: Yard, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an alarm until it is live; what the node still sends is late, and the next node is another."""
    key = on_a_node(yard)
    left_s = time.monotonic()
    yard.answer(key, passage("there", left_s + AHEAD_S))
    if how == "it is silent":
        monkeypatch.setattr("service.cluster.cameras.remote.SILENT_S", 0.0)
    elif how == "its actor ends":
        yard.fleet.take(CameraGone(key, "killed"))
    else:
        yard.fleet.down("no head")
    yard.fleet.step()
    monkeypatch.undo()
    assert (yard.camera.owner, yard.fleet.losses) == (HERE, 1)
    counted = {each.name: each.value for one in FleetMetrics(yard.fleet).collect() for each in one.samples}
    assert (counted["barwatch_node_moves_total"], counted["barwatch_node_losses_total"]) == (1, 1)
    assert counted.get("barwatch_node_cameras", 0) == 0
    assert yard.take(EndCamera).key == key
    assert yard.here[-1].carried.until_mono_s == pytest.approx(left_s, abs=0.1)
    yard.answer(key, passage("late", left_s + INTERVAL_S + AHEAD_S))
    assert "late" not in yard.passages()
    down = [event for event in yard.events if isinstance(event, Health)]
    assert [(each.kind, each.active, each.fence) for each in down] == [(AlarmKind.WORKER_DOWN, True, None)]
    yard.here[-1].report(LIVE)
    assert isinstance(yard.events[-1], Health)
    assert not yard.events[-1].active
    yard.nodes("a", "b")
    assert yard.take(HostCamera).node == "b"


@pytest.mark.fault(51)
def test_a_camera_that_nobody_can_take_yet_is_not_called_live_and_is_tried_again(yard: Yard) -> None:
    """Its address is refused for a moment, say: it has no picture until somebody watches it."""
    key = on_a_node(yard)
    yard.answer(key, LIVE)
    yard.here_fails = True
    yard.fleet.take(CameraGone(key, "killed"))
    yard.fleet.step()
    assert (yard.camera.status.state, yard.camera.status.frame_age_s) == (CameraState.DEGRADED, None)
    assert isinstance(yard.events[-1], CameraStatus | Health)
    yard.here_fails = False
    yard.fleet.step()
    assert (yard.camera.owner, len(yard.here)) == (HERE, 2)


def test_a_node_that_does_not_see_the_camera_gets_it_not(yard: Yard, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that lets itself be dialled once: the present owner goes on, and nobody tries at every moment."""
    yard.here[0].report(LIVE)
    yard.nodes("a")
    key = yard.take(HostCamera).key
    yard.answer(key, replace(LIVE, state=CameraState.LOST))
    monkeypatch.setattr("service.cluster.cameras.fleet.PREPARED_S", 0.0)
    yard.fleet.step()
    assert (yard.camera.owner, yard.take(EndCamera).key) == (HERE, key)
    yard.nodes("a")
    assert not any(isinstance(each, HostCamera) for each in yard.sent)
    yard.here[0].report(passage("here", time.monotonic()))
    assert yard.passages() == ["here"]

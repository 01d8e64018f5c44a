"""Cameras on a real cluster: a recording over RTSP is watched on a node, and elsewhere once that is lost."""

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from service.bench.cameras import sample, watched
from service.cluster.cameras.fleet import CameraFleet
from service.cluster.cameras.remote import RemoteTools
from service.cluster.link import DriverLink
from service.cluster.nodes import NodeOptions
from service.domain.camera import CameraEvent, CameraState, CameraStatus, DialTerms, WatchedLift
from service.domain.passage import Passage
from service.host.runner import Runners
from service.leases.book import LeaseBook
from service.leases.camera import HERE, LeasedCamera
from service.leases.successor import Watcher
from service.station.carried import Carried, LineMemory
from service.station.supervisor import CameraSupervisor
from service.station.worker import WorkerOptions
from service.store.database import Store
from tests.cluster_nodes import NEEDS_RAY, ClusterNodes
from tests.end_to_end.conftest import Serve
from tests.service.store.empty import open_empty

pytestmark = [pytest.mark.slow, NEEDS_RAY, pytest.mark.sqlite]

LIMIT_S = 240.0
"""How long a step may take on a busy machine."""


class Station:
    """One camera of a service and its cluster, without what judges its carriers."""

    def __init__(self, folder: Path, url: str, store: Store, cluster: ClusterNodes) -> None:
        self.events: queue.Queue[CameraEvent] = queue.Queue()
        self.late: list[CameraEvent] = []
        self.asked: list[str] = []
        lifts, video = sample()
        seen = watched(lifts, video)
        assert seen.lift.camera is not None
        camera = seen.lift.camera.model_copy(update={"url": url})
        self.watched = replace(seen, lift=seen.lift.model_copy(update={"camera": camera}), loop_file=False)
        self.runners = Runners()
        self.link = DriverLink(NodeOptions(cluster.token, cluster.address), self.runners)
        self.fleet = CameraFleet(self._tools, self.runners)
        self.link.add(self.fleet, "service.cluster.cameras.driver:make")
        self.memory = folder / "line.npz"
        self.camera = LeasedCamera(
            self.watched, self.events.put, LeaseBook(store, "test"), self._make, self.late.append
        )
        self.fleet.add(self.camera)

    def _tools(self, watched: WatchedLift) -> RemoteTools:
        def find_terms(wanted: object) -> DialTerms:
            self.asked.append(str(wanted))
            return DialTerms()

        return RemoteTools(
            lambda message: self.link.send("cameras", message, large=True),
            find_terms,
            WorkerOptions(),
            None,
            LineMemory(self.memory, watched),
        )

    def _make(
        self, owner: str, watched: WatchedLift, on_event: Callable[[CameraEvent], None], carried: Carried
    ) -> Watcher:
        if owner != HERE:
            return self.fleet.make(owner, watched, on_event, carried)
        return CameraSupervisor(watched, on_event, memory=self.memory, runners=self.runners, carried=carried)

    @contextmanager
    def running(self) -> Iterator[None]:
        with ExitStack() as stack:
            self.link.start()
            stack.callback(self.link.stop)
            self.camera.start()
            stack.callback(self.camera.stop)
            self.fleet.start()
            stack.callback(self.fleet.stop)
            yield

    def until(self, holds: Callable[[CameraEvent], bool]) -> CameraEvent:
        """Return the first report from now on of which something holds."""
        give_up_s = time.monotonic() + LIMIT_S
        while (left_s := give_up_s - time.monotonic()) > 0:
            event = self.events.get(timeout=left_s)
            if holds(event):
                return event
        raise AssertionError("it did not come")

    def watched_on(self, node: bool) -> Callable[[CameraEvent], bool]:
        def holds(event: CameraEvent) -> bool:
            live = isinstance(event, CameraStatus) and event.state is CameraState.LIVE
            return live and (self.camera.owner != HERE) is node

        return holds


@pytest.mark.fault(51)
def test_a_camera_goes_to_a_node_and_comes_back_when_that_or_the_head_is_killed(
    tmp_path: Path, rtsp: Serve
) -> None:
    """A node dials it with what the service says. Killed, it is watched here, then on the next node."""
    _, video = sample()
    with ExitStack() as stack:
        cluster = stack.enter_context(ClusterNodes(tmp_path))
        head, first = cluster.head(cpus=0), cluster.node(cpus=1)
        store = open_empty(tmp_path / "data")
        stack.callback(store.close)
        urls = stack.enter_context(rtsp({"camera": video}))
        station = Station(tmp_path, urls["camera"], store, cluster)
        stack.enter_context(station.running())
        station.until(station.watched_on(node=True))
        assert station.asked
        node = station.camera.owner
        seen = station.until(lambda event: isinstance(event, Passage))
        assert isinstance(seen, Passage)
        assert seen.sighting is not None
        assert seen.sighting.fence == 2
        second = cluster.node(cpus=1)
        cluster.kill(first)
        station.until(station.watched_on(node=False))
        assert station.fleet.losses == 1
        station.until(station.watched_on(node=True))
        assert station.camera.owner != node
        cluster.kill(head)
        station.until(station.watched_on(node=False))
        assert station.fleet.losses == 2
        assert station.memory.is_file(), "what was learnt on a node is kept here"
        assert second.returncode is None

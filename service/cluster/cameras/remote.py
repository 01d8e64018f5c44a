"""A camera that is watched on a node: what its actor reports, by this machine's clock."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

import structlog

from service.cluster.cameras.clock import ClockOffset
from service.cluster.cameras.messages import (
    CameraBatch,
    CameraTask,
    EndCamera,
    HostCamera,
    NodeSeen,
    TellCamera,
    Terms,
)
from service.cluster.link import ClusterLostError
from service.domain.camera import CameraEvent, CameraState, CameraStatus, Pause, Snapshot, WatchedLift
from service.domain.evidence.clip import ClipMade
from service.domain.passage import Passage
from service.station.carried import Carried, LineMemory
from service.station.dialling import TermsAnswer, TermsWanted
from service.station.supervisor import ClipExchange
from service.station.worker import WorkerOptions

log = structlog.get_logger(__name__)

SILENT_S = 4.0
"""A node that answers nothing for this long is given up; it answers every 0.4 s."""

BEGIN_S = 30.0
"""How long a node may take to make a camera's process: Python has to be started there."""

STATUS_S = 30.0
"""A node that answers and says nothing of its camera for this long is given up: it says something twice a
second, but while a process starts."""

CLOCK_S = 0.1
"""How well its clock has to be known before it is told until when carriers are accounted for."""

_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class RemoteTools:
    """What a camera on a node is given here.

    send: to the driver; raises ClusterLostError. find_terms: with what its camera may be dialled.
    clips: which are wanted of it; None: none. memory: keeps what is learnt of the line.
    """

    send: Callable[[HostCamera | TellCamera | EndCamera], None]
    find_terms: Callable[[TermsWanted], TermsAnswer]
    options: WorkerOptions
    clips: ClipExchange | None
    memory: LineMemory


class RemoteWatcher:
    """Watches a camera by an actor on a node. `take` is for the link's thread, `look` for one that may wait.

    Args:
        watched: the lift.
        node: where.
        on_event: gets what is reported, with times of this machine's clock.
        carried: from whoever watched before.
        tools: see RemoteTools.
    """

    def __init__(
        self,
        watched: WatchedLift,
        node: NodeSeen,
        on_event: Callable[[CameraEvent], None],
        carried: Carried,
        tools: RemoteTools,
    ) -> None:
        self.watched, self.node = watched, node
        self._on_event, self._tools = on_event, tools
        self.gone = ""
        """Why it cannot watch (any more); empty while it can."""
        self.key = f"{watched.lift.id}#{next(_NUMBERS)}"
        self.carried = carried
        self.clock = ClockOffset()
        self.share: float | None = None
        self.unseen = 0
        self._lock = threading.Lock()
        self._asked: deque[TermsWanted] = deque()
        self._begun = self._over = False
        self._heard_s = time.monotonic() + BEGIN_S - SILENT_S
        self._number = 0
        self._status_s = time.monotonic() + BEGIN_S
        self.process: tuple[int | None, int] = (None, 0)
        self.status = CameraStatus(
            watched.lift.id,
            CameraState.STARTING,
            "starting",
            0.0,
            None,
            0,
            0,
            0,
            "unknown",
            cause=Pause.STARTING,
        )

    @property
    def over(self) -> bool:
        """Whether it was stopped or lost."""
        return self._over

    def start(self) -> None:
        """Have an actor made."""
        self._send(HostCamera(self.key, self.node.id))

    def ask_to_stop(self) -> None:
        """Have it ended; returns at once."""
        if not self._over:
            self._over = True
            self._send(EndCamera(self.key))

    def stop(self) -> None:
        """The same: what it reports from now on is not taken."""
        self.ask_to_stop()
        with self._lock:  # what was just being taken has been
            self._tools.memory.keep(self.carried.learnt, at_once=True)

    def lost(self, reason: str) -> None:
        """Give it up."""
        if self._over:
            return
        self.gone = reason
        self.ask_to_stop()
        self.status = self.status.interrupted(f"node {self.node.name}: {reason}")
        self._on_event(self.status)  # nobody is to believe what it said last

    def look(self) -> None:
        """Do what may take a moment; give it up if it is silent."""
        while self._asked and not self._over:
            # A password goes to the node that dials, when it dials, and nowhere else.
            self._send(TellCamera(self.key, Terms(self._tools.find_terms(self._asked.popleft()))))
        if self._begun and not self._over:
            self._tools.memory.keep(self.carried.learnt)
        now_s = time.monotonic()
        if now_s - self._heard_s > SILENT_S:
            self.lost("it does not answer" if self._begun else "it does not begin")
        elif now_s - self._status_s > STATUS_S:
            self.lost("it says nothing of the camera")

    def take(self, batch: CameraBatch) -> None:
        """Take what its actor answered."""
        with self._lock:
            if self._over:
                return
            self._heard_s = time.monotonic()
            self.clock.add(batch.exchange)
            if not self._begun and self.clock.uncertain_s <= CLOCK_S:
                self._begin()
            answer = batch.answer
            self.share, self.unseen = answer.share, answer.unseen
            if answer.carried is not None:
                self.carried = replace(answer.carried, until_mono_s=None)
            for wanted in () if self._tools.clips is None else self._tools.clips.wanted(self.watched.lift.id):
                moment_s = wanted.at_mono_s + self.clock.offset_s
                self._send(TellCamera(self.key, replace(wanted, at_mono_s=moment_s)))
            for each in answer.reports:
                if each.number > self._number:
                    self._number = each.number
                    self._report(each.report)

    def _begin(self) -> None:
        self._begun = True
        until_s = self.carried.until_mono_s
        there_s = None if until_s is None else until_s + self.clock.offset_s
        task = CameraTask(self.watched, self._tools.options, replace(self.carried, until_mono_s=there_s))
        self._send(TellCamera(self.key, task))

    def _report(self, report: CameraEvent | ClipMade | TermsWanted) -> None:
        if isinstance(report, TermsWanted):
            self._asked.append(report)
        elif isinstance(report, ClipMade):
            if self._tools.clips is not None:
                self._tools.clips.made(report)
        else:
            if isinstance(report, CameraStatus):
                self.status, self._status_s = report, time.monotonic()
            self._on_event(self._by_our_clock(report))

    def _by_our_clock(self, event: CameraEvent) -> CameraEvent:
        offset_s = self.clock.offset_s
        if isinstance(event, Snapshot):
            return replace(event, t_mono_s=event.t_mono_s - offset_s)
        if isinstance(event, Passage):
            left_s = None if event.left_mono_s is None else event.left_mono_s - offset_s
            return replace(event, decided_mono_s=event.decided_mono_s - offset_s, left_mono_s=left_s)
        return event

    def _send(self, message: HostCamera | TellCamera | EndCamera) -> None:
        try:
            self._tools.send(message)
        except ClusterLostError as error:  # whoever watches the link says so to all cameras
            log.debug("a node is not reached", lift_id=self.watched.lift.id, reason=str(error))

"""The main process's end of Ray's driver: starts it, judges it by what it says, ends it, starts the next.

    link = DriverLink(options, runners)
    link.add(part, "service.cluster.embedding.pool:make", arguments)
    link.start()
    link.send(part.name, message)

The driver tells four times a second when the cluster's head last answered. A head that is silent for a second
is doubted: parts then count on nothing from the cluster. One that is silent for five is lost: the driver is
ended, and a new one joins as soon as a head answers. Nothing here waits for Ray.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace
from functools import partial
from multiprocessing import get_context
from typing import Any, Protocol

import structlog

from service.cluster.driver import BEAT, LINK, PART, REFUSED, UP, driver_main
from service.cluster.nodes import NodeOptions
from service.domain.errors import BarwatchError
from service.host.child import NOTHING, Child, ChildLostError
from service.host.folders.scratch import scratch
from service.host.runner import BackOff, Runner, Runners, attempt

log = structlog.get_logger(__name__)

POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class LinkLimits:
    """How patient the link is, in seconds.

    join_s: until the driver has joined. stop_s: until it has ended. longest_pause_s: between two attempts.
    doubt_s, lost_s: a head that has not answered for this long is doubted, is lost.
    """

    join_s: float = 60.0
    doubt_s: float = 1.0
    lost_s: float = 5.0
    stop_s: float = 5.0
    longest_pause_s: float = 5.0


class ClusterLostError(BarwatchError):
    """There is no cluster now; the message says why."""


class LinkPart(Protocol):
    """What a part hears of its counterpart in the driver, on the link's thread: it must not block."""

    name: str

    def up(self) -> None:
        """The cluster was joined, and the counterpart is new: nothing was sent to it yet."""

    def doubtful(self, *, since: bool) -> None:
        """The head is silent (True), or answers again."""

    def down(self, reason: str) -> None:
        """The driver is gone: what was sent is void."""

    def take(self, message: Any) -> None:
        """The counterpart sent this."""


@dataclass(frozen=True)
class _Added:
    part: LinkPart
    factory: str
    arguments: tuple[Any, ...]


@dataclass
class _Session:
    """One driver, from its start to its end."""

    child: Child
    parts: dict[str, LinkPart] = field(default_factory=dict)
    joined: bool = False
    doubted: bool = False
    heard_mono_s: float = 0.0
    """When the head last answered."""


class DriverLink:
    """Runs the driver and passes messages on. Safe from any thread.

    Args:
        options: the node by which the driver joins: what it lends is not looked at.
        runners: owns the thread.
        limits: see LinkLimits.
        main: what runs in the driver's process; tests hand in their own.
    """

    def __init__(
        self,
        options: NodeOptions,
        runners: Runners | None = None,
        *,
        limits: LinkLimits | None = None,
        main: Any = driver_main,
    ) -> None:
        self._options, self._main = options, main
        self._limits = limits or LinkLimits()
        self._lock = threading.RLock()
        """Guards what follows, and the pipe against two senders."""
        self._added: dict[str, _Added] = {}
        self._session: _Session | None = None
        self._reason = "the cluster is being joined"
        self._back_off = BackOff(first_s=0.5, longest_s=self._limits.longest_pause_s)
        self._runner = (runners or Runners()).add(Runner("cluster", self._live_once))
        self.restarts = 0
        """How many drivers were lost."""

    def add(self, part: LinkPart, factory: str, *arguments: Any) -> None:
        """Have a counterpart of `part` in every driver from now on.

        Args:
            part: hears of it. Its name is the address of both.
            factory: "module:function": called in the driver with its DriverSide and `arguments`.
        """
        with self._lock:
            added = self._added[part.name] = _Added(part, factory, arguments)
            session = self._session
            if session is None or not session.joined:
                return
            attempt(partial(self._make, session, added))
        part.up()

    def remove(self, name: str) -> None:
        """End the counterpart of a part; the part hears nothing more."""
        with self._lock:
            session = self._session
            if self._added.pop(name, None) is not None and session is not None and session.joined:
                session.parts.pop(name, None)
                attempt(partial(session.child.send, (LINK, (PART, name, None, ()))))

    def start(self) -> None:
        """Join the cluster, now and whenever it is lost; returns at once."""
        self._runner.start()

    def stop(self) -> None:
        """End the driver; parts hear that it is down."""
        self._runner.stop(self._limits.stop_s + 3.0)

    def send(self, name: str, message: Any, *, large: bool = False) -> None:
        """Send to a part's counterpart. large: the message holds arrays.

        Raises:
            ClusterLostError: there is none.
        """
        with self._lock:
            session = self._session
            if session is None or name not in session.parts:
                raise ClusterLostError(self._reason)
            try:
                if large:
                    session.child.send_parcel((name, message))
                else:
                    session.child.send((name, message))
            except ChildLostError as error:
                raise ClusterLostError(f"the cluster's driver {error}") from error

    @property
    def up(self) -> bool:
        """Whether the cluster is joined and its head answers."""
        session = self._session
        return session is not None and session.joined and not session.doubted

    @property
    def pid(self) -> int | None:
        """The driver's process, if one runs."""
        session = self._session
        return None if session is None else session.child.pid

    @property
    def reason(self) -> str:
        """Why there is no cluster, for people; of the last time where there is one."""
        return self._reason

    def _live_once(self) -> None:
        """Run one driver from its start to its end, then pause."""
        with scratch("bw-ray-") as folder:
            options = replace(self._options, folder=folder, cpus=0, gpus=0, lends=False)
            with self._runner.heartbeat.waiting():
                child = Child.spawn(get_context("spawn"), "barwatch-cluster", self._main, options)
            session = self._session = _Session(child)
            reason = "the service stops"
            try:
                self._listen(session)
            except (ChildLostError, ClusterLostError) as error:
                reason = f"the cluster's driver {error}" if isinstance(error, ChildLostError) else str(error)
                self.restarts += session.joined
            finally:
                self._end(session, reason)
        self._runner.heartbeat.idle()
        self._back_off.wait(self._runner.stopping)

    def _listen(self, session: _Session) -> None:
        """Take what the driver sends until the link is stopped.

        Raises:
            ChildLostError: it died, or did not join in time.
            ClusterLostError: it says that there is no cluster, or the head is silent.
        """
        session.child.expect(self._limits.join_s)
        while not self._runner.stopping.is_set():
            self._runner.heartbeat.begin()
            sent = session.child.receive(POLL_S)
            if sent is not NOTHING:
                name, message = session.child.open_parcel(sent) if isinstance(sent, list) else sent
                if name == LINK:
                    self._told(session, message)
                elif name in session.parts:
                    session.parts[name].take(message)
            if session.joined:
                self._judge(session)

    def _told(self, session: _Session, message: tuple[str, Any]) -> None:
        kind, what = message
        if kind == REFUSED:
            raise ClusterLostError(what)
        if kind == BEAT:
            session.heard_mono_s = time.monotonic() - what
        elif kind == UP:
            self._back_off.reset()
            session.heard_mono_s = time.monotonic()
            with self._lock:
                session.joined = True
                added = list(self._added.values())
                for each in added:
                    self._make(session, each)
            log.info("the cluster was joined", head=self._options.address)
            for each in added:
                each.part.up()

    def _make(self, session: _Session, added: _Added) -> None:
        session.child.send_parcel((LINK, (PART, added.part.name, added.factory, added.arguments)))
        session.parts[added.part.name] = added.part

    def _judge(self, session: _Session) -> None:
        silent_s = time.monotonic() - session.heard_mono_s
        if silent_s > self._limits.lost_s:
            raise ClusterLostError("the cluster's head does not answer")
        doubted = silent_s > self._limits.doubt_s
        if doubted != session.doubted:
            session.doubted = doubted
            log.warning("the cluster's head is silent" if doubted else "the cluster's head answers again")
            for part in list(session.parts.values()):
                part.doubtful(since=doubted)

    def _end(self, session: _Session, reason: str) -> None:
        stopping = self._runner.stopping.is_set()
        if not stopping:
            session.child.kill()  # whoever is sending to it right now is let go
            log.warning("the cluster is gone", reason=reason)
        with self._lock:
            parts = list(session.parts.values())
            self._session, self._reason = None, reason
            session.child.end(self._limits.stop_s if stopping else 0.0)
        for part in parts or [each.part for each in list(self._added.values())]:
            part.down(reason)

"""The service's end of a server's process: starts it, feeds it, answers it.

The process is fed from the committed outbox, from a few thousand changes back, so that one that was restarted
shows what its predecessor showed. Nothing is sent before the last was taken: a process that hangs holds up
this thread alone, and not for long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any

import structlog

from service.domain.alarm import AlarmChange
from service.domain.errors import StoreError
from service.host.child import Child, ChildLostError
from service.host.runner import Runner
from service.industry.peers.messages import Changes, Listening, NotListening, Taken
from service.industry.report.nouns import Acknowledged, AcknowledgeWanted
from service.industry.report.source import PeerChoice, PeerSource

log = structlog.get_logger(__name__)

REPORT_EVERY_S = 0.5
LOOK_EVERY_S = 0.1
"""How soon a change is passed on at the latest."""

SURE_S = 2.0
"""How often the outbox is looked at although nothing was said to be new."""

BACK = 4096
"""How many changes a new process is given."""

PAGE = 50
"""Changes in one message: less than a pipe holds."""

START_S, ANSWER_S = 60.0, 10.0

Main = Callable[..., None]


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """How a server does. port: None until it listens. reason: why it has ended, empty if it has not.

    seq: the newest change that it shows. busy: the address that it was to listen on cannot be had.
    """

    port: int | None = None
    reason: str = ""
    seq: int = 0
    busy: bool = False


class PeerLink:
    """One life of a server's process; `start` and `stop` it.

    Args:
        name: of the thread and the process.
        main: runs in the process: `main(pipe, terms, epoch)`.
        terms: where the server listens, and who may do what; never logged.
        epoch: identity of the alarms' sequence.
        source: what it shows. choice: how much of that.
    """

    def __init__(
        self,
        name: str,
        main: Main,
        terms: Any,
        epoch: str,
        source: PeerSource,
        choice: PeerChoice,
    ) -> None:
        self._name, self._main, self._terms, self._epoch = name, main, terms, epoch
        self._source, self._choice = source, choice
        self._changed = threading.Condition()
        self._newest = 0
        self.status = LinkStatus()
        """How the server does; replaced whole."""
        self.pid: int | None = None
        self.runner = Runner(name, self._live)

    def note(self, seq: int) -> None:
        """Learn that there is a change up to this seq; returns at once, from any thread."""
        self._newest = max(self._newest, seq)

    def start(self) -> None:
        """Start the server's process."""
        self.runner.start()

    def stop(self) -> None:
        """End it."""
        self.runner.stop()

    def wait(self, until: Callable[[LinkStatus], bool], timeout_s: float) -> LinkStatus:
        """Wait until something holds of the status, or the server has ended; return the status."""
        with self._changed:
            self._changed.wait_for(lambda: until(self.status) or bool(self.status.reason), timeout_s)
            return self.status

    def _live(self) -> bool:
        child = None
        try:
            child = Child.spawn(get_context("spawn"), self._name, self._main, self._terms, self._epoch)
            self.pid = child.pid
            if self._first_word(child):
                self._feed(child)
            self._set(reason="stopped")
        except (ChildLostError, StoreError) as error:
            self._set(reason=str(error))
        finally:
            if child is not None:
                child.end(1.0)
        return False

    def _set(self, **changed: Any) -> None:
        with self._changed:
            self.status = replace(self.status, **changed)
            self._changed.notify_all()

    def _first_word(self, child: Child) -> bool:
        child.expect(START_S)
        while not self.runner.stopping.is_set():
            self.runner.heartbeat.begin()
            match child.receive(LOOK_EVERY_S):
                case Listening(port):
                    self._set(port=port)
                    return True
                case NotListening(reason):
                    self._set(reason=reason, busy=True)
                    return False
        return False

    def _feed(self, child: Child) -> None:
        after = sent = max(self._source.newest() - BACK, 0)
        waiting = list(self._source.standing(after))
        report_s = look_s = 0.0
        taken = True
        while not self.runner.stopping.is_set():
            self.runner.heartbeat.begin()
            now_s = time.monotonic()
            if not waiting and (after < self._newest or now_s >= look_s):
                waiting, look_s = self._next(after), now_s + SURE_S
                after = waiting[-1].seq if waiting else after
            if taken and now_s >= report_s:
                report_s = now_s + REPORT_EVERY_S
                taken = not self._send_report(child)
            elif taken and waiting:
                child.send(self._shown(waiting[:PAGE]))
                child.expect(ANSWER_S)
                sent, taken = max(sent, waiting[min(PAGE, len(waiting)) - 1].seq), False
                del waiting[:PAGE]
            message = child.receive(0.0 if taken and waiting else LOOK_EVERY_S)
            if isinstance(message, AcknowledgeWanted):
                refusal = self._source.acknowledge(message, self._choice)
                child.send(Acknowledged(message.number, refusal))
            elif isinstance(message, Taken):
                taken = True
                if sent > self.status.seq:
                    self._set(seq=sent)

    def _shown(self, page: list[AlarmChange]) -> Changes:
        """Return what the server gets of a page: what was chosen, and damaged entries, which may be any."""
        wants = self._choice.wants
        shown = tuple(each for each in page if each.alarm is None or wants(each.alarm))
        return Changes(shown, page[0].seq, page[-1].seq)

    def _next(self, after: int) -> list[AlarmChange]:
        try:
            return list(self._source.page(after, PAGE))
        except StoreError as error:
            log.warning("the alarms' history cannot be read; it is tried again", reason=str(error))
            return []

    def _send_report(self, child: Child) -> bool:
        """Return whether it was sent: without one, the server shows soon that nothing is healthy."""
        try:
            report = self._source.report(self._choice)
        except StoreError:
            return False
        child.send(report)
        child.expect(ANSWER_S)
        return True

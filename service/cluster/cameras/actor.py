"""A camera on a node: its process and its supervisor, and what they report until that is heard.

Runs in a worker of Ray's. It ends its camera by itself when nobody asks for its reports any more: then the
service has given it up, and the camera has another owner or will have one.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from service.domain.errors import ConfigurationError
from service.host.child import processor_time_s
from service.host.imports import importing
from service.host.runner import Runner

if TYPE_CHECKING:
    from service.cluster.cameras.messages import CameraAnswer, CameraTask, Told
    from service.domain.evidence.clip import ClipMade, ClipWanted
    from service.station.dialling import TermsAnswer, TermsWanted

ALONE_S = 10.0
"""After this long without a question the camera is no longer dialled. The service gives a node up sooner."""

TERMS_S = 8.0
"""How long the service may take to say with what the camera is dialled."""

MEASURED_S = 10.0
"""Over how long the processor's time is measured."""


class CameraActor:
    """One camera. Called by the driver, several calls at once.

    Args:
        own_process: whether nothing else runs in its process.
    """

    def __init__(self, *, own_process: bool = False) -> None:
        if own_process:
            # Each camera's process would load Ray, as the program that this process began with.
            vars(sys.modules["__main__"]).pop("__file__", None)
        with importing(stays=own_process):
            from service.cluster.cameras.spool import EventSpool  # noqa: PLC0415 - not in the driver

        self._spool = EventSpool()
        self._supervisor: Any = None
        self._carried: Any = None
        self._asked_s, self._left = time.monotonic(), False
        self._lock = threading.Lock()
        self._terms: queue.Queue[TermsAnswer] = queue.Queue()
        self._wishes: list[ClipWanted] = []
        self._share: float | None = None
        self._measured = (0, 0.0, 0.0)
        self._alone = Runner("alone", self._look_whether_alone, every_s=0.5)
        self._alone.start()

    def reports(self, after: int, wait_s: float) -> CameraAnswer:
        """Return what was reported after this number; what came before it was heard. Waits up to `wait_s`.

        Raises ConfigurationError: the camera is not watched here any more.
        """
        from service.cluster.cameras.messages import CameraAnswer  # noqa: PLC0415 - not in the driver

        received_s = self._asked_s = time.monotonic()
        if self._left:
            raise ConfigurationError("nobody asked for so long that the camera was given up")
        self._spool.confirm(after)
        reports = self._spool.waiting(after, wait_s)
        carried = None if self._supervisor is None else self._supervisor.carried
        known, self._carried = self._carried, carried
        same = carried is None or (
            known is not None and carried.learnt is known.learnt and carried.reference is known.reference
        )
        self._asked_s = time.monotonic()
        return CameraAnswer(
            received_s,
            time.monotonic(),
            reports,
            None if same else carried,
            self._share,
            self._spool.stripped,
            self._spool.dropped,
        )

    def tell(self, what: Told) -> None:
        """Take a task, a wish for a clip, or the terms that were asked for."""
        from service.cluster.cameras.messages import CameraTask, Terms  # noqa: PLC0415 - not in the driver

        if isinstance(what, CameraTask):
            self._begin(what)
        elif isinstance(what, Terms):
            self._terms.put(what.answer)
        else:
            with self._lock:
                self._wishes.append(what)

    def end(self) -> None:
        """No longer watch; returns once the camera's process has ended."""
        self._alone.stopping.set()
        if self._supervisor is not None:
            self._supervisor.stop()

    def wanted(self, lift_id: str) -> Sequence[ClipWanted]:  # noqa: ARG002 - see ClipExchange
        """Return the wishes that were not given out yet."""
        if not self._wishes:
            return ()
        with self._lock:
            wishes, self._wishes = self._wishes, []
        return wishes

    def made(self, made: ClipMade) -> None:
        """Take a clip."""
        self._spool.put(made)

    def _begin(self, task: CameraTask) -> None:
        from service.station.supervisor import CameraSupervisor  # noqa: PLC0415 - not in the driver

        self._supervisor = CameraSupervisor(
            task.watched,
            self._spool.put,
            options=task.options,
            carried=task.carried,
            clips=self if task.options.clips else None,
            find_terms=self._ask_terms,
        )
        self._supervisor.start()

    def _ask_terms(self, wanted: TermsWanted) -> TermsAnswer:
        """Ask the service: a node has neither passwords nor the cameras' variables."""
        while not self._terms.empty():  # what came too late for the dialling before
            self._terms.get_nowait()
        self._spool.put(wanted)
        try:
            return self._terms.get(timeout=TERMS_S)
        except queue.Empty:
            return ConfigurationError("the service did not say with what the camera is dialled")

    def _look_whether_alone(self) -> bool:
        self._measure()
        if time.monotonic() - self._asked_s < ALONE_S:
            return True
        self._left = True
        if self._supervisor is not None:
            self._supervisor.stop()
        return False

    def _measure(self) -> None:
        pid = None if self._supervisor is None else self._supervisor.pid
        began_pid, began_s, began_work_s = self._measured
        now_s = time.monotonic()
        if pid is None or pid != began_pid:
            self._measured = (pid or 0, now_s, processor_time_s(pid) if pid else 0.0)
        elif now_s - began_s >= MEASURED_S:
            work_s = processor_time_s(pid)
            self._share = (work_s - began_work_s) / (now_s - began_s)
            self._measured = (pid, now_s, work_s)

"""Runs one process per camera: starts it, restarts it when it dies or hangs, and passes on its reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Protocol

import structlog

from service.domain.alarm import AlarmKind
from service.domain.camera import (
    ANY_NETWORK,
    CameraEvent,
    CameraNetworks,
    CameraState,
    CameraStatus,
    Pause,
    WatchedLift,
)
from service.domain.evidence.clip import ClipMade, ClipWanted
from service.domain.health import Health
from service.health.limits import HealthLimits
from service.health.reference import ReferenceView
from service.host.child import NOTHING, Child, ChildLostError
from service.host.fork_server import fork_context
from service.host.runner import BackOff, Runner, Runners
from service.passages.learnt import Learnt
from service.station.carried import NOTHING_CARRIED, Accounted, Carried, LineMemory
from service.station.dialling import FindCredentials, TermsAnswer, TermsWanted, answer, no_credentials
from service.station.process import run_camera
from service.station.worker import WorkerOptions

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SupervisorLimits:
    """How patient a supervisor is with its process, in seconds.

    start_s: until it sends its first message, without progress.
    silent_s: between two messages; five times the pulse's period, whatever it is at (service.station.pulse).
    stop_s: until it has ended.
    """

    start_s: float = 20.0
    silent_s: float = 2.5
    stop_s: float = 1.0


class ClipExchange(Protocol):
    """Where wishes for clips come from and clips go to (service.clips.desk.ClipDesk)."""

    def wanted(self, lift_id: str) -> Sequence[ClipWanted]:
        """Return what is wanted of a lift's camera and was not given out yet; never blocks."""

    def made(self, made: ClipMade) -> None:
        """Take a clip, or the reason why there is none; never blocks."""


class CameraSupervisor:
    """Runs one camera's process and reports what it says.

    Args:
        watched: the lift, its masks and references.
        on_event: called with each CameraEvent from this supervisor's own thread; while it blocks, the camera
            drops its oldest frames and counts them.
        memory: the file that keeps what is learnt of the line from one start of the service to the next;
            None: no file.
        runners: owns its thread.
        find_credentials: looks up a camera's stored user and password when its process dials.
        networks: where its address may lead.
        find_terms: in place of both, says with what it may be dialled.
        clips: which clips are wanted of its camera, and who gets them; None: none are.
        carried: from whoever watched before; what it lacks is looked for in `memory`.
    """

    def __init__(
        self,
        watched: WatchedLift,
        on_event: Callable[[CameraEvent], None],
        *,
        options: WorkerOptions | None = None,
        health: HealthLimits | None = None,
        limits: SupervisorLimits | None = None,
        memory: Path | None = None,
        runners: Runners | None = None,
        find_credentials: FindCredentials = no_credentials,
        networks: CameraNetworks = ANY_NETWORK,
        find_terms: Callable[[TermsWanted], TermsAnswer] | None = None,
        clips: ClipExchange | None = None,
        carried: Carried = NOTHING_CARRIED,
    ) -> None:
        self._clips = clips
        self._find_terms = find_terms or partial(answer, find_credentials=find_credentials, networks=networks)
        self._watched, self._on_event = watched, on_event
        self._memory = LineMemory(memory, watched)
        self._learnt, self._reference = carried.learnt or self._memory.load(), carried.reference
        self._options = options or WorkerOptions()
        self._health, self._limits = health, limits or SupervisorLimits()
        self._runner = (runners or Runners()).add(Runner(f"camera {watched.lift.id}", self._run_once))
        self._back_off = BackOff(first_s=0.2, longest_s=10.0)
        self._is_down = False
        self._accounted = Accounted(carried.until_mono_s)
        self._child: Child | None = None
        self.restarts = 0
        self._status = CameraStatus(
            lift_id=watched.lift.id,
            state=CameraState.STARTING,
            message="starting",
            cause=Pause.STARTING,
            fps=0.0,
            frame_age_s=None,
            frames_read=0,
            frames_dropped=0,
            passages=0,
            line_speed="unknown",
        )

    @property
    def status(self) -> CameraStatus:
        """The camera's newest report; safe from any thread."""
        return self._status

    @property
    def pid(self) -> int | None:
        """The camera's process, if one runs."""
        child = self._child
        return None if child is None else child.pid

    @property
    def process(self) -> tuple[int | None, int]:
        """The same, and how often one was lost and started again."""
        return self.pid, self.restarts

    @property
    def carried(self) -> Carried:
        """What goes to whoever watches next."""
        return Carried(self._reference, self._learnt, self._accounted.from_mono_s)

    def start(self) -> None:
        """Start the camera's process and the thread that watches it."""
        self._runner.start()

    def ask_to_stop(self) -> None:
        """Begin to stop; returns at once."""
        self._runner.stopping.set()

    def stop(self) -> None:
        """Stop both; no event is reported after this returns."""
        self._runner.stop(self._limits.stop_s + 3.0)
        self._memory.keep(self._learnt, at_once=True)

    def _run_once(self) -> None:
        """Run one process to its end, and report why it ended."""
        reason = "has lost its supervisor"
        try:
            self._listen()
            reason = ""  # the supervisor was stopped
        except ChildLostError as error:
            reason = str(error)
        finally:
            child, self._child = self._child, None
            if child is not None:
                child.end(self._limits.stop_s if self._runner.stopping.is_set() else 0.0)
            if reason:
                self._lost(reason)
        self._runner.heartbeat.idle()
        self._back_off.wait(self._runner.stopping)

    def _lost(self, reason: str) -> None:
        self.restarts += 1
        log.warning("camera process restarted", lift_id=self._watched.lift.id, reason=reason)
        self._status = self._status.interrupted(f"camera process: {reason}")
        self._report(self._status)
        self._report(self._down(True, f"the camera's process {reason}; it is being restarted"))

    def _listen(self) -> None:
        """Start the process and take what it sends until the supervisor is stopped."""
        arguments = (
            self._watched,
            self._options,
            self._health,
            self._reference,
            self._learnt,
            self._accounted.from_mono_s,
        )
        name = f"barwatch-camera-{self._watched.lift.id}"
        # The server that forks cameras may take long to start on a busy machine.
        with self._runner.heartbeat.waiting():
            child = self._child = Child.spawn(camera_context(), name, run_camera, *arguments)
        # Its start may take longer on a busy machine; after that its own pulse says whether it gets on.
        child.expect(self._limits.start_s, 10 * self._limits.start_s)
        while not self._runner.stopping.is_set():
            self._runner.heartbeat.begin()
            for wanted in () if self._clips is None else self._clips.wanted(self._watched.lift.id):
                child.send(wanted)
            sent = child.receive(0.2)
            if sent is not NOTHING:
                if isinstance(sent, list):  # a parcel's announcement
                    self._take_clip(child.open_parcel(sent))
                elif isinstance(sent, TermsWanted):
                    child.send(self._find_terms(sent))
                else:
                    self._take(sent)
                child.expect(self._limits.silent_s)

    def _take_clip(self, made: ClipMade) -> None:
        if self._clips is not None:
            self._clips.made(made)

    def _take(self, sent: CameraEvent | ReferenceView | Learnt | None) -> None:
        if sent is None:
            return
        if isinstance(sent, ReferenceView):
            self._reference = sent
            return
        if isinstance(sent, Learnt):
            self._learnt = sent
            self._memory.keep(sent)
            return
        self._accounted.take(sent, time.monotonic())  # the next process accounts for what follows
        if isinstance(sent, CameraStatus):
            if sent.decoder and sent.decoder != self._status.decoder:
                log.info("camera decoded", lift_id=sent.lift_id, decoder=sent.decoder)
            self._status = sent
            if sent.state is CameraState.LIVE and self._is_down:
                # What the process before it reported stands until it is shown to be over (alarms.doubts).
                self._back_off.reset()
                self._report(self._down(False, "the camera's process runs again"))
        self._report(sent)

    def _down(self, active: bool, message: str) -> Health:
        self._is_down = active
        return Health(AlarmKind.WORKER_DOWN, self._watched.lift.id, active, message)

    def _report(self, event: CameraEvent) -> None:
        if not self._runner.stopping.is_set():
            self._on_event(event)


def camera_context() -> ForkServerContext:
    """Return the context that camera processes start from: what they all need is loaded once and shared."""
    return fork_context("service.station.process")

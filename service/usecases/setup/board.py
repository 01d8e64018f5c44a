"""The set-ups of all lifts: one job each, in a process of its own, found again by whoever asks.

What a job has found is stored, how far it is now is not. One that ended with the service is `interrupted`.
"""

from __future__ import annotations

import shutil
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import structlog

from lifts.addresses import variable_prefixes
from service.capture.hardware import Hardware
from service.capture.urls import is_stream, variables_of
from service.domain.camera import ANY_NETWORK, CameraNetworks, DialTerms
from service.domain.errors import BarwatchError, ConflictError, NotFoundError
from service.host.child import NOTHING, Child, ChildLostError
from service.host.runner import Runner, Runners
from service.setup.jobs.messages import (
    RECORDING,
    SetupDone,
    SetupFailed,
    SetupOrder,
)
from service.setup.jobs.process import run_setup
from service.setup.jobs.state import (
    Pick,
    SetupJob,
    SetupProblem,
    SetupRequest,
    SetupState,
    SetupStep,
    TrackProposal,
)
from service.station.dialling import FindCredentials, TermsWanted, find_terms
from service.station.supervisor import camera_context
from service.usecases.setup.kept import KeptSetups, failed
from service.usecases.setup.running import RunningSetup

log = structlog.get_logger(__name__)

MOST_RUNNING = 2
"""Jobs at work at once; each takes one core for a minute, behind the cameras."""

POLL_S = 0.1
PATIENCE_S, LONGEST_S = 60.0, 3600.0
"""A process that neither reports nor computes for so long is lost."""


class SetupBoard:
    """Starts, follows and ends jobs. Safe from any thread.

    Args:
        kept: the jobs.
        find_credentials: looks up a camera's stored password for the process that dials.
        networks: where its address may lead.
        hardware: what decodes.
        runners: owns the thread that listens to the processes.
        main: what a process runs; handed in by tests.
        on_done: called with each job that has come to its end, on that thread, before that is stored; returns
            the job, which may have been added to.
    """

    def __init__(
        self,
        kept: KeptSetups,
        find_credentials: FindCredentials,
        *,
        networks: CameraNetworks = ANY_NETWORK,
        hardware: Hardware = "none",
        runners: Runners | None = None,
        main: Callable[[Connection, SetupOrder], None] = run_setup,
        on_done: Callable[[SetupJob, Path], SetupJob] = lambda job, _: job,
    ) -> None:
        self.kept, self._find_credentials, self._networks = kept, find_credentials, networks
        self._hardware, self._on_done, self._main = hardware, on_done, main
        self._lock = threading.RLock()
        self._changed = threading.Event()
        self._running: dict[str, RunningSetup] = {}
        self.runner = (runners or Runners()).add(Runner("set-up", self._listen, wake=self._changed.set))

    def start(self) -> None:
        """Note what an earlier run left unfinished, and listen from now on. Raises StoreError."""
        self.kept.purge()
        for job in self.kept.listing():
            if job.state is SetupState.RUNNING and job.lift_id not in self._running:
                problem = SetupProblem(code="interrupted")
                self.kept.put(job.model_copy(update={"state": SetupState.INTERRUPTED, "problem": problem}))
        self.runner.start()

    def stop(self) -> None:
        """End all processes; their jobs are found interrupted at the next start."""
        self.runner.stop()
        with self._lock:
            for running in self._running.values():
                running.child.end()
            self._running.clear()

    def begin(self, lift_id: str, request: SetupRequest, by: str, *, again: bool = False) -> SetupJob:
        """Start a lift's job.

        again: a finished one may be replaced. Raises ConflictError while one runs, is finished, or too many
        run; ConfigurationError if its credentials cannot be used; StoreError.
        """
        with self._lock:
            self._check_free(lift_id)
            known = self.kept.find(lift_id)
            if known is not None and known.state is SetupState.READY and not again:
                raise ConflictError(f"the set-up of lift {lift_id!r} is finished already", "setup_exists")
            job = SetupJob(
                lift_id=lift_id,
                job_id=uuid.uuid4().hex,
                # Never one that was there before: a forgotten set-up's pictures may still be shown somewhere.
                revision=int(time.time()) if known is None else known.revision,
                request=request,
                started_by=by,
                started_at=datetime.now(UTC),
            )
            wanted = TermsWanted(lift_id, request.url, request.credentials)
            terms = find_terms(wanted, self._find_credentials, self._networks)
            self.kept.purge()
            self.kept.check_room()
            order = self._order(job, terms=terms)
            self.kept.clear(lift_id)  # last: what is refused takes nothing away
            return self._run(job, order)

    def cut_again(self, lift_id: str, proposal: TrackProposal) -> SetupJob:
        """Cut a finished job's carriers out anew by a corrected track, which takes a part of a minute.

        Raises ConflictError while it runs, has found no track, or too many run; NotFoundError; StoreError.
        """
        with self._lock:
            self._check_free(lift_id)
            job = self.kept.get(lift_id)
            if job.proposed is None:
                raise ConflictError(f"the set-up of lift {lift_id!r} has found no track", "no_track")
            if is_stream(job.request.url) and not (self.kept.folder(lift_id) / RECORDING).exists():
                raise ConflictError(f"the recording of lift {lift_id!r} is no longer there", "recording_gone")
            anew = {
                "state": SetupState.RUNNING,
                "step": SetupStep.LEARNING,
                "problem": None,
                "watched": False,
            }
            job = job.model_copy(update={**anew, "proposal": proposal, "carriers": (), "picks": {}})
            terms = DialTerms(variables_of(job.request.url, variable_prefixes(lift_id)))
            order = self._order(job, proposal=proposal, found=job.proposed, terms=terms)
            return self._run(job, order)

    def share(self, lift_id: str) -> float:
        """Return how much of its step a running job has done, 0..1."""
        running = self._running.get(lift_id)
        return 0.0 if running is None else running.share

    def live_picture(self, lift_id: str) -> bytes | None:
        """Return what the camera of a running job shows, as JPEG; None if that is not known."""
        running = self._running.get(lift_id)
        return None if running is None else running.jpeg

    def forget(self, lift_id: str) -> None:
        """End a lift's job, if it runs, and delete it with all that it left. Raises StoreError."""
        with self._lock:
            running = self._running.pop(lift_id, None)
            if running is not None:
                running.child.end()
            self.kept.delete(lift_id)

    def pick(self, lift_id: str, number: int, pick: Pick | None, revision: int | None = None) -> SetupJob:
        """Note what a person says a carrier is, or take that back.

        revision: of the pictures that the person saw. Raises NotFoundError, StoreError; ConflictError while
        the carriers are being cut out, or if those of that revision are gone.
        """
        with self._lock:
            job = self.kept.get(lift_id)
            if job.state is SetupState.RUNNING:
                raise ConflictError(f"the carriers of lift {lift_id!r} are being cut out", "setup_running")
            if revision not in {None, job.revision}:
                raise ConflictError(f"lift {lift_id!r} has other carriers by now", "other_carriers")
            if number not in {carrier.number for carrier in job.carriers}:
                raise NotFoundError(
                    f"lift {lift_id!r} has no carrier {number}", "no_such_carrier", number=number
                )
            picks = {key: kept for key, kept in job.picks.items() if key != number}
            return self.kept.put(
                job.model_copy(update={"picks": picks if pick is None else {**picks, number: pick}})
            )

    def note_watched(self, lift_id: str) -> SetupJob:
        """Note that camera and track were stored as the lift's."""
        with self._lock:
            return self.kept.put(self.kept.get(lift_id).model_copy(update={"watched": True}))

    def _check_free(self, lift_id: str) -> None:
        if lift_id in self._running:
            raise ConflictError(f"lift {lift_id!r} is being set up: wait, or cancel it", "setup_running")
        if len(self._running) >= MOST_RUNNING:
            raise ConflictError("other lifts are being set up: wait", "setups_running", most=MOST_RUNNING)

    def _order(self, job: SetupJob, **more: Any) -> SetupOrder:
        return SetupOrder(
            self.kept.folder(job.lift_id),
            job.revision + 1,
            self.kept.configured(job),
            job.request.seconds,
            self._hardware,
            **more,
        )

    def _run(self, job: SetupJob, order: SetupOrder) -> SetupJob:
        self.kept.put(job)
        try:
            child = Child.spawn(camera_context(), f"barwatch-set-up-{job.lift_id}", self._main, order)
        except ChildLostError:
            return self.kept.put(failed(job, SetupProblem(code="process_lost")))
        child.expect(PATIENCE_S, LONGEST_S)
        self._running[job.lift_id] = RunningSetup(job, child)
        self._changed.set()
        return job

    def _listen(self) -> None:
        """Take what the processes send; one turn."""
        with self.runner.heartbeat.waiting():
            self._changed.wait()
            self.runner.stopping.wait(POLL_S)
        with self._lock:
            if not self._running and not self.runner.stopping.is_set():
                self._changed.clear()
            for lift_id, running in list(self._running.items()):
                self.runner.heartbeat.begin()
                self._hear(lift_id, running)

    def _hear(self, lift_id: str, running: RunningSetup) -> None:
        if running.job.state is not SetupState.RUNNING:  # its end could not be stored
            return self._end(running)
        try:
            while (message := running.child.receive(0.0)) is not NOTHING:
                running.child.expect(PATIENCE_S, LONGEST_S)
                before, last = running.job, running.take(message)
                if last is not None:
                    running.job = self._finished(running.job, last)
                    return self._end(running)
                if running.job != before:
                    self.kept.put(running.job)
        except ChildLostError as error:
            log.warning("a set-up's process was lost", lift_id=lift_id, reason=str(error))
            running.job = failed(running.job, SetupProblem(code="process_lost"))
            self._end(running)

    def _finished(self, job: SetupJob, done: SetupDone | SetupFailed) -> SetupJob:
        if isinstance(done, SetupFailed):
            return failed(job, done.problem)
        if not done.carriers:
            return failed(job, SetupProblem(code="no_carrier"))
        before = self.kept.pictures(job)
        found = {"carriers": done.carriers, "proposal": done.proposal}
        ready = job.model_copy(update={"state": SetupState.READY, "revision": job.revision + 1, **found})
        shutil.rmtree(before, ignore_errors=True)
        try:
            with self.runner.heartbeat.waiting():  # for the embedder, which has a deadline of its own
                return self._on_done(ready, self.kept.pictures(ready))
        except BarwatchError as error:  # the embedder is down: the carriers are there, not grouped
            log.warning("carriers are not grouped", lift_id=job.lift_id, reason=str(error))
            return ready

    def _end(self, running: RunningSetup) -> None:
        running.child.end(1.0)
        self.kept.put(running.job)  # if that fails, the next turn tries it again
        self._running.pop(running.job.lift_id, None)

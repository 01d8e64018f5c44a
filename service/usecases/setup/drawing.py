"""Masks proposed for a lift that is set up: searched for on a thread of their own, kept with the job."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

import numpy as np
import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from lifts.drawing.lines import Drawing
from service.domain.errors import BarwatchError, ConflictError, EngineUnavailableError, NotFoundError
from service.host.runner import Runner, Runners
from service.inference.protocol import Engine
from service.setup.jobs.messages import PLACES
from service.setup.jobs.state import SetupJob, SetupState
from service.usecases.mask_proposals import SeenPassage, propose_from_passages
from service.usecases.setup.former import FormerMasks
from service.usecases.setup.kept import KeptSetups
from service.usecases.setup.likeness import read_picture

log = structlog.get_logger(__name__)

MOST_CARRIERS = 16
"""Those that are looked at: all that were picked, and others spread over the recording."""

EXPECTED = 30
"""Candidates that are judged, about."""

RESULT = "masks.json"

MaskSource = Literal["carriers", "former_masks"]


class SearchState(StrEnum):
    """How far a search is."""

    RUNNING = "running"
    READY = "ready"
    FAILED = "failed"


class ProposedMasks(BaseModel):
    """What was found. reasons: codes, why to doubt it. picks: of the carriers when it was searched for."""

    model_config = ConfigDict(frozen=True)

    source: MaskSource
    open: Drawing
    close: Drawing
    reasons: tuple[str, ...]
    open_carriers: tuple[int, ...] = ()
    closed_carriers: tuple[int, ...] = ()
    picks: dict[int, str] = {}


@dataclass(eq=False)
class MaskSearch:
    """A search of this run of the service; job_id, revision: of the carriers that it looks at."""

    source: MaskSource
    job_id: str
    revision: int
    state: SearchState = SearchState.RUNNING
    share: float = 0.0
    problem: str = ""
    cancelled: bool = False

    def of(self, job: SetupJob) -> bool:
        """Say whether it looks at a job's carriers, as they are now."""
        return (self.job_id, self.revision) == (job.job_id, job.revision)


class _CancelledError(BarwatchError):
    """Another search took its place, or the set-up is gone."""


class MaskSearches:
    """Searches for masks, one lift after the other. Safe from any thread.

    Args:
        kept: the set-ups.
        engine: runs the network; it is asked for one carrier at a time, so that what is watched goes on.
        former: carries over masks of an earlier track.
        runners: owns the thread.
    """

    def __init__(
        self, kept: KeptSetups, engine: Engine, former: FormerMasks, runners: Runners | None = None
    ) -> None:
        self._kept, self._engine, self._former = kept, engine, former
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._due: dict[str, MaskSearch] = {}
        self._known: dict[str, MaskSearch] = {}
        self.runner = (runners or Runners()).add(Runner("mask proposals", self._work, wake=self._changed.set))

    def begin(self, lift_id: str, source: MaskSource) -> None:
        """Search for a lift's masks; a search that runs is given up.

        Raises:
            ConflictError: the set-up is not ready, or carriers of one state were not picked.
            NotFoundError: there is no set-up.
        """
        job = self._kept.get(lift_id)
        if job.state is not SetupState.READY:
            raise ConflictError(f"the set-up of lift {lift_id!r} is not finished", "setup_not_ready")
        states = [pick.state for pick in job.picks.values()]
        if source == "carriers" and not {"open", "closed"} <= set(states):
            raise ConflictError(
                "pick at least one open and one closed carrier",
                "picks_missing",
                open=states.count("open"),
                closed=states.count("closed"),
            )
        with self._lock:
            if (before := self._known.get(lift_id)) is not None:
                before.cancelled = True
            self._due[lift_id] = self._known[lift_id] = MaskSearch(source, job.job_id, job.revision)
            self._changed.set()

    def forget(self, lift_id: str) -> None:
        """Give up a lift's search."""
        with self._lock:
            self._due.pop(lift_id, None)
            if (known := self._known.pop(lift_id, None)) is not None:
                known.cancelled = True

    def state(self, job: SetupJob) -> MaskSearch | None:
        """Return the search of this run for a job's carriers, as it is now; None if there was none.

        Ask for it before `found`: where it is ready, what it found is there.
        """
        known = self._known.get(job.lift_id)
        return replace(known) if known is not None and known.of(job) else None

    def found(self, job: SetupJob) -> ProposedMasks | None:
        """Return what was found for a job's carriers, also by an earlier run; None if nothing was."""
        path = self._kept.pictures(job) / RESULT
        try:
            return ProposedMasks.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            return None

    def _work(self) -> None:
        with self.runner.heartbeat.waiting():
            self._changed.wait()
        with self._lock:
            lift_id, search = next(iter(self._due.items()), ("", None))
            self._due.pop(lift_id, None)
            if not self._due and not self.runner.stopping.is_set():
                self._changed.clear()
        if search is None:
            return
        try:
            job = self._kept.get(lift_id)
            if not search.of(job):
                return
            found = self._search(job, search)
            folder = self._kept.pictures(job)
            # stat: a folder that was removed meanwhile does not come back.
            self._kept.replace(folder / RESULT, found.model_dump_json().encode(), folder.stat)
            search.state = SearchState.READY
        except _CancelledError:
            return
        except (BarwatchError, OSError) as error:
            log.warning("no masks are proposed", lift_id=lift_id, reason=str(error))
            search.problem = _code(error)
            search.state = SearchState.FAILED

    def _search(self, job: SetupJob, search: MaskSearch) -> ProposedMasks:
        if search.source == "former_masks":
            return ProposedMasks(source=search.source, **self._former.carried_over(job)._asdict())
        numbers = chosen(job)
        passages = [self._seen(job, number) for number in numbers]

        def judged(count: int) -> None:
            self.runner.heartbeat.begin()
            if search.cancelled or self.runner.stopping.is_set():
                raise _CancelledError("another search took its place")
            search.share = min(count / EXPECTED, 0.99)

        self.runner.heartbeat.begin()
        found = propose_from_passages(self._engine, passages, judged)
        states = found.groups > 0.5
        return ProposedMasks(
            source=search.source,
            open=found.open,
            close=found.close,
            reasons=tuple(reason.value for reason in found.reasons),
            open_carriers=tuple(np.array(numbers)[states[:, 0]].tolist()),
            closed_carriers=tuple(np.array(numbers)[states[:, 1]].tolist()),
            picks=picks_of(job),
        )

    def _seen(self, job: SetupJob, number: int) -> SeenPassage:
        pictures = [read_picture(self._kept.pictures(job), number, place) for place in PLACES]
        pick = job.picks.get(number)
        return SeenPassage(np.stack(pictures), None if pick is None else pick.state == "open")


def picks_of(job: SetupJob) -> dict[int, str]:
    """Return what was picked, in short."""
    return {number: pick.state for number, pick in sorted(job.picks.items())}


def chosen(job: SetupJob) -> Sequence[int]:
    """Return the numbers of the carriers to look at, ascending."""
    others = [one.number for one in job.carriers if one.number not in job.picks]
    room = min(max(MOST_CARRIERS - len(job.picks), 0), len(others))
    spread = [others[k] for k in np.linspace(0, len(others) - 1, room).astype(int)] if room else []
    return sorted({*job.picks, *spread})


def _code(error: Exception) -> str:
    if isinstance(error, EngineUnavailableError):
        return "worker_down"
    if isinstance(error, NotFoundError):
        return "pictures_gone"
    return getattr(error, "code", "") or "no_proposal"

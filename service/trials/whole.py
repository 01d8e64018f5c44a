"""Trials of candidates as one part of the service: propose, compare, promote, roll back, drop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from sqlalchemy.orm import Session

from service.domain.errors import ConflictError
from service.domain.masks import MaskVersion
from service.domain.trials.candidate import (
    Candidate,
    CandidateKind,
    CandidateSpec,
    CandidateState,
    Replay,
    ReplayState,
)
from service.host.runner import Runners
from service.inference.protocol import Engine
from service.store import lifts
from service.store.database import Store
from service.store.trials import candidates, comparisons, replays
from service.store.trials.comparisons import LIVE
from service.trials.judging import judge_of
from service.trials.live import CandidateShadow
from service.trials.models import CandidateEngines, ModelShelf
from service.trials.promoting import Promoter
from service.trials.replaying import Replays
from service.trials.summary import TrialSummary, summarise


class Trials:
    """Everything that is done with candidates. Safe from any thread.

    Args:
        store: the database. engine: what judges now. masks_of: what a lift is judged by now.
        shelf, engines: other models. shadow, replaying, promoter: see there.
        follow: has the shadow told of each live passage.
        runners: the list to which the threads are added.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        masks_of: Callable[[str], MaskVersion | None],
        shelf: ModelShelf,
        engines: CandidateEngines,
        shadow: CandidateShadow,
        replaying: Replays,
        promoter: Promoter,
        runners: Runners,
    ) -> None:
        self._store, self._engine, self._masks_of = store, engine, masks_of
        self.shelf, self._engines = shelf, engines
        self.shadow, self.replaying, self._promoter = shadow, replaying, promoter
        self._runners = runners
        replaying.idle = self.tidy

    def start(self) -> None:
        """Read what is in shadow, and go on with replays."""
        self.shadow.reload()
        self._runners.add(self.shadow.runner).start()
        self._runners.add(self.replaying.runner).start()

    def stop(self) -> None:
        """End."""
        self.replaying.runner.stop()
        self.shadow.runner.stop()
        self._engines.stop()

    def propose(
        self, lift_id: str, kind: CandidateKind, spec: CandidateSpec, by: str, *, shadow: bool
    ) -> Candidate:
        """Store a candidate, which judges live passages from now on if `shadow`; blocks while a model starts.

        Raises:
            NotFoundError: no such lift, masks or model.
            ConflictError: it is what judges already, or cannot be tried; the message says why.
            DamagedError, EngineUnavailableError, StoreError.
        """
        with self._store.reading() as session:
            lifts.get(session, lift_id)
        active = self._active(lift_id)
        if spec.budget:
            band = self._promoter.budget_of(lift_id, spec).band
            spec = replace(spec, low=band.low, high=band.high)
        made = Candidate(lift_id, 0, kind, spec, shadow, CandidateState.PROPOSED, by, datetime.now(UTC))
        site = 0 if active.site is None else active.site.version
        judges = {CandidateKind.MASKS: active.version, CandidateKind.CALIBRATION: site}.get(kind)
        if judges is not None and judges == spec.version:
            raise ConflictError(f"the lift is judged by {made.name} already", "candidate_judges")
        with self._store.reading() as session:
            judge = judge_of(session, made, active, self._engine, self._engines.find)
        if kind is CandidateKind.MODEL and judge.engine.manifest.identity == self._engine.manifest.identity:
            raise ConflictError("this model judges already", "candidate_judges")
        stored = self._store.write(partial(candidates.add, found=made)).result()
        self._follow()
        return stored

    def put_in_shadow(self, lift_id: str, number: int, shadow: bool) -> Candidate:
        """Let a candidate judge live passages, or no longer. Raises NotFoundError, ConflictError."""
        job = partial(candidates.put_in_shadow, lift_id=lift_id, number=number, shadow=shadow)
        found = self._store.write(job).result()
        self._follow()
        return found

    def drop(self, lift_id: str, number: int) -> Candidate:
        """Forget a candidate: it judges nothing, and what it said is deleted. Raises as `put_in_shadow`."""
        with self._store.reading() as session:
            if candidates.get(session, lift_id, number).state is CandidateState.PROMOTED:
                raise ConflictError(f"candidate {number} judges: roll it back first", "candidate_judges")

        def job(session: Session) -> Candidate:
            for one in replays.listing(session, lift_id).items:
                if one.candidate == number:
                    replays.cancel(session, lift_id, one.number, datetime.now(UTC))
            comparisons.forget(session, lift_id, number)
            return candidates.change(session, lift_id, number, CandidateState.DROPPED)

        found = self._store.write(job).result()
        self._follow()
        return found

    def promote(self, lift_id: str, number: int, *, override: str = "") -> Candidate:
        """Let a candidate judge from now on.

        override: why, where it was never compared, or looks swapped; without a reason it is refused then.

        Raises:
            ConflictError: refused; the message says why.
            NotFoundError, DamagedError, EngineUnavailableError, StoreError.
        """
        with self._store.reading() as session:
            found = candidates.get(session, lift_id, number)
        if found.state not in (CandidateState.PROPOSED, CandidateState.ROLLED_BACK):
            raise ConflictError(
                f"candidate {number} is {found.state.value}", "candidate_over", state=found.state
            )
        known = self.summary(lift_id, number)
        if not override:
            _check(known, number)
        replaced = self._promoter.apply(lift_id, found.kind, found.spec)
        about: dict[str, str | float] = {
            "compared": known.compared,
            "disagreed": known.compared - known.agreed,
        }
        if override:
            about |= {"override": override, "looks_swapped": float(known.looks_swapped)}
        change = partial(candidates.change, lift_id=lift_id, number=number, state=CandidateState.PROMOTED)
        done = self._store.write(partial(change, replaced=replaced, details=about)).result()
        self._follow()
        return done

    def roll_back(self, lift_id: str, number: int) -> Candidate:
        """Let what a promoted candidate replaced judge again. Raises as `promote`."""
        with self._store.reading() as session:
            found = candidates.get(session, lift_id, number)
        if found.state is not CandidateState.PROMOTED or found.replaced is None:
            raise ConflictError(f"candidate {number} does not judge", "candidate_not_promoted", number=number)
        self._promoter.apply(lift_id, found.kind, found.replaced)
        change = partial(candidates.change, lift_id=lift_id, number=number, state=CandidateState.ROLLED_BACK)
        done = self._store.write(change).result()
        self._follow()
        return done

    def replay(
        self, lift_id: str, number: int, from_: datetime | None, to: datetime | None, by: str
    ) -> Replay:
        """Judge stored passages by a candidate, as time allows. Raises NotFoundError, ConflictError."""
        with self._store.reading() as session:
            found = candidates.get(session, lift_id, number)
        if found.state is CandidateState.DROPPED:
            raise ConflictError(f"candidate {number} was dropped", "candidate_over", state=found.state)
        now = datetime.now(UTC)
        wanted = Replay(
            lift_id, number, 0, ReplayState.RUNNING, from_, to or now, 0, 0, 0, 0, 0, 0, by, now, None
        )
        return self._store.write(partial(replays.add, wanted=wanted)).result()

    def cancel(self, lift_id: str, number: int) -> Replay:
        """End a replay early. Raises NotFoundError."""
        job = partial(replays.cancel, lift_id=lift_id, number=number, at=datetime.now(UTC))
        return self._store.write(job).result()

    def summary(self, lift_id: str, candidate: int, replay: int | None = None) -> TrialSummary:
        """Return what was compared: by one replay, 0: live, None: all of it. Raises StoreError."""
        with self._store.reading() as session:
            numbers = [LIVE if replay is None else replay]
            if replay is None:
                found = replays.listing(session, lift_id).items
                numbers += [one.number for one in found if one.candidate == candidate]
            return summarise(*(comparisons.counts(session, lift_id, candidate, one) for one in numbers))

    def tidy(self) -> None:
        """End what is needed no more: engines of models that nobody tries. Raises StoreError."""
        self._promoter.step()
        with self._store.reading() as session:
            replayed = [
                candidates.get(session, one.lift_id, one.candidate) for one in replays.running(session)
            ]
        self._engines.keep(self.shadow.models() | {one.spec.model for one in replayed})

    def _active(self, lift_id: str) -> MaskVersion:
        active = self._masks_of(lift_id)
        if active is None:
            message = f"lift {lift_id!r} has no masks yet: enrol it with POST /lifts/{lift_id}/masks"
            raise ConflictError(message, "no_masks", lift_id=lift_id)
        return active

    def _follow(self) -> None:
        self.shadow.reload()
        self.tidy()


def _check(known: TrialSummary, number: int) -> None:
    """Raise ConflictError where nothing speaks for a candidate, or much against it."""
    if not known.compared:
        message = f"candidate {number} was never compared: put it in shadow, or replay stored passages"
        raise ConflictError(message, "candidate_untested", number=number)
    if known.looks_swapped:
        message = f"candidate {number} {known.words()}"
        raise ConflictError(
            message, "candidate_looks_swapped", inverted=known.inverted, decided=known.decided
        )

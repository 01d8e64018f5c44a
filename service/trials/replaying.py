"""Replays: stored passages, judged again by a candidate and by what judges now, at leisure.

Both see the same: what the network had made of the pictures before people were hidden in them, where that is
kept and the model is the same; else the three stored pictures. So a difference is the candidate's, and not
that of a dozen pictures to three. How far a replay came is stored: it goes on after a restart.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog
from sqlalchemy.orm import Session

from lifts.decision.judge import problem_of
from service.domain.errors import ConflictError, DamagedError, NotFoundError
from service.domain.masks import MaskVersion
from service.domain.passage import KeptPicture, Picture
from service.domain.trials.candidate import CandidateKind, Comparison, Replay, ReplayState
from service.host.runner import Runner
from service.inference.protocol import Engine
from service.site.stored import reader
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.store.trials import candidates, comparisons, replays
from service.trials.blurred import is_blurred
from service.trials.judging import FindEngine, TrialJudge, judge_of, judge_of_lift

log = structlog.get_logger(__name__)

BATCH = 20
"""Passages between two notes of how far it came."""

REST = 1.0
"""After each passage the network is left alone for REST times as long as it took."""

LOOK_S = 0.1
"""Between looks whether the network has something else to do, in seconds."""


class Replays:
    """Goes through the replays that are not over, one after the other, on a thread of its own.

    Args:
        store, kept: passages and their pictures.
        engine: what judges now; passages that come by go first.
        masks_of: what a lift is judged by now.
        find: the engine of another model.
    """

    def __init__(
        self,
        store: Store,
        kept: Pictures,
        engine: Engine,
        masks_of: Callable[[str], MaskVersion | None],
        find: FindEngine,
    ) -> None:
        self._store, self._kept, self._engine = store, kept, engine
        self._masks_of, self._find = masks_of, find
        self.idle: Callable[[], object] = lambda: None
        """Called about once a second while there is nothing to replay."""
        self.runner = Runner("replays", self._turn, every_s=1.0)

    def step(self) -> bool:
        """Judge the next passages of the oldest replay; return whether there was any.

        Raises EngineUnavailableError, StoreError: it is tried again.
        """
        with self._store.reading() as session:
            found = replays.running(session)
        if not found:
            return False
        try:
            now = self._advance(found[0])
        except (ConflictError, NotFoundError, DamagedError) as error:
            now = replace(found[0], state=ReplayState.FAILED, ended_at=datetime.now(UTC), reason=str(error))
            self._store.write(partial(replays.save, now=now)).result()
        if now.state is not ReplayState.RUNNING:
            log.info("replay", lift_id=now.lift_id, number=now.number, state=now.state, passages=now.done)
        return True

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():  # another model may be starting
            while not self.runner.stopping.is_set() and self.step():
                pass
            self.idle()

    def _advance(self, now: Replay) -> Replay:
        active = self._masks_of(now.lift_id)
        if active is None:
            raise ConflictError("the lift has no masks", "no_masks", lift_id=now.lift_id)
        with self._store.reading() as session:
            candidate = candidates.get(session, now.lift_id, now.candidate)
            batch = replays.next_passages(session, now, BATCH)
            judge = judge_of(session, candidate, active, self._engine, self._find)
        other = candidate.kind is CandidateKind.MODEL
        read = self._kept.of_passage if other else reader(self._kept, self._engine.manifest)
        own, found = judge_of_lift(active, self._engine), list[Comparison]()
        for row, record in batch:
            now = replace(now, reached=row, done=now.done + 1)
            shown = [] if record is None else list(read(record))
            usable = [one for one in shown if problem_of(one, own.calibration) is None]
            if record is None or not usable:
                now = replace(now, skipped=now.skipped + 1)
                continue
            began_mono_s = time.monotonic()
            found.append(_compared(record, shown, own, judge))
            if isinstance(shown[0], KeptPicture):
                now = replace(now, as_seen=now.as_seen + 1)
            elif any(isinstance(one, Picture) and is_blurred(one.image, active.masks) for one in shown):
                now = replace(now, blurred=now.blurred + 1)
            if self._rest(time.monotonic() - began_mono_s):
                break
        if not batch:
            now = replace(now, state=ReplayState.DONE, ended_at=datetime.now(UTC))
        return self._store.write(partial(_save, now=now, found=found)).result()

    def _rest(self, took_s: float) -> bool:
        """Let passages that come by go first; return whether to stop."""
        stopping = self.runner.stopping.wait(REST * min(took_s, 1.0))
        while not stopping and self._engine.status.queue_length > 0:
            stopping = self.runner.stopping.wait(LOOK_S)
        return stopping


def _compared(
    record: PassageRecord, shown: list[Picture | KeptPicture], own: TrialJudge, judge: TrialJudge
) -> Comparison:
    first, second = own.judge_stored(shown), judge.judge_stored(shown)
    return Comparison(
        passage_id=record.id,
        seen_at=record.seen_at,
        verdict=first.verdict,
        confidence=first.confidence,
        candidate_verdict=second.verdict,
        candidate_confidence=second.confidence,
        stored=record.judgement.verdict,
    )


def _save(session: Session, now: Replay, found: list[Comparison]) -> Replay:
    comparisons.add(session, now.lift_id, now.candidate, now.number, found)
    return replays.save(session, now)

"""Candidates in shadow: they judge live passages after everything that counts is done.

A passage arrives here after it was handed to the recorder, from a bounded queue on a thread of its own. What
is too much, late or refused is not compared, and nothing else.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import NamedTuple

import structlog
from sqlalchemy.orm import Session

from lifts.decision.verdict import Inference, Judgement
from service.domain.errors import ConflictError, DamagedError, EngineUnavailableError, NotFoundError
from service.domain.masks import MaskVersion
from service.domain.passage import Passage
from service.domain.trials.candidate import Candidate, Comparison
from service.host.work.backlog import Backlog
from service.inference.protocol import Engine
from service.store.database import Store
from service.store.trials import candidates, comparisons
from service.store.trials.comparisons import LIVE
from service.trials.judging import FindEngine, TrialJudge, judge_of

log = structlog.get_logger(__name__)

MAX_WAITING = 16
"""Passages that wait to be compared, up to 1.5 MB each; more are not compared."""

MOST_COMPARED = 20_000
"""Passages that a candidate is compared on while they pass; by then its figures do not change any more."""


class _Passed(NamedTuple):
    passage: Passage
    masks: MaskVersion
    inference: Inference
    judgement: Judgement
    engine: Engine


class CandidateShadow:
    """Judges live passages by every candidate in shadow of their lift; `judged` never blocks.

    Args:
        store: has the candidates; takes what they say.
        find: the engine of another model.
    """

    def __init__(self, store: Store, find: FindEngine) -> None:
        self._store, self._find = store, find
        self._shadows: dict[str, tuple[Candidate, ...]] = {}
        self._judges: dict[tuple[str, int], tuple[MaskVersion, TrialJudge]] = {}
        self._backlog = Backlog("candidates", self._compare_all, MAX_WAITING)
        self.runner = self._backlog.runner

    def __len__(self) -> int:
        """How many passages wait to be compared."""
        return len(self._backlog)

    def reload(self) -> None:
        """Read which candidates are in shadow. Raises StoreError."""
        with self._store.reading() as session:
            found = candidates.in_shadow(session)
        by_lift: dict[str, tuple[Candidate, ...]] = {}
        for one in found:
            by_lift[one.lift_id] = (*by_lift.get(one.lift_id, ()), one)
        self._judges = {}
        self._shadows = by_lift  # a new one: `judged` reads it without a lock

    def models(self) -> set[str]:
        """Return the names of the models that are needed."""
        return {one.spec.model for found in self._shadows.values() for one in found if one.spec.model}

    def judged(
        self, passage: Passage, masks: MaskVersion, inference: Inference, judgement: Judgement, engine: Engine
    ) -> None:
        """Compare a passage that was handed to the recorder, if its lift has a candidate in shadow."""
        if passage.lift_id not in self._shadows:
            return
        if not self._backlog.add(_Passed(passage, masks, inference, judgement, engine)):
            log.debug("not compared", passage=passage.id, reason="too many wait")

    def _compare_all(self, item: _Passed) -> None:
        for candidate in self._shadows.get(item.passage.lift_id, ()):
            with self.runner.heartbeat.waiting():  # another model may be starting
                self._compare(candidate, item)

    def _compare(self, candidate: Candidate, item: _Passed) -> None:
        """Judge one passage and keep both verdicts. Raises StoreError."""
        passage = item.passage
        try:
            judge = self._judge(candidate, item)
            found = judge.judge_live(passage, item.masks, item.inference, item.engine)
        except (ConflictError, NotFoundError, DamagedError, EngineUnavailableError) as error:
            log.debug("not compared", passage=passage.id, candidate=candidate.name, reason=str(error))
            return
        compared = Comparison(
            passage_id=passage.id,
            seen_at=datetime.now(UTC),
            verdict=item.judgement.verdict,
            confidence=item.judgement.confidence,
            candidate_verdict=found.verdict,
            candidate_confidence=found.confidence,
        )
        add = partial(_add, candidate=candidate, compared=compared)
        if not self._store.write(add).result():
            self.reload()

    def _judge(self, candidate: Candidate, item: _Passed) -> TrialJudge:
        key = candidate.lift_id, candidate.number
        known = self._judges.get(key)
        if known is not None and known[0] is item.masks:
            return known[1]
        with self._store.reading() as session:
            made = judge_of(session, candidate, item.masks, item.engine, self._find)
        self._judges[key] = item.masks, made
        return made


def _add(session: Session, candidate: Candidate, compared: Comparison) -> bool:
    """Store a comparison; a candidate that has had enough of them leaves the shadow: then False."""
    comparisons.add(session, candidate.lift_id, candidate.number, LIVE, [compared])
    if comparisons.count(session, candidate.lift_id, candidate.number, LIVE) < MOST_COMPARED:
        return True
    candidates.put_in_shadow(session, candidate.lift_id, candidate.number, False)
    return False

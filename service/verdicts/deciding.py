"""Decides passages: pictures go to the engine at once; one thread turns its answers into records."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import structlog

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Judgement
from service.alarms.conditions import HealthConditions
from service.domain.errors import EngineUnavailableError
from service.domain.masks import MaskVersion
from service.domain.passage import Passage, judge_passage
from service.host.runner import Runner, attempt, settle
from service.inference.protocol import Engine
from service.inference.running.switching import engine_of
from service.store.pictures import Pictures
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.counters import Event, PassageCounters
from service.verdicts.recorder import Recorder
from service.verdicts.recording import PassageDraft, draft_of, maps_of

log = structlog.get_logger(__name__)

MAX_WAITING = 64
"""Passages being judged at once, by default; more are recorded as unknown, without pictures."""

FLOOD = 16
"""Beyond `max_waiting` passages are recorded without being judged, beyond this many times it together."""

BUSY = 4
"""Of a passage that comes while so many are being judged, only begin, middle and end are judged."""


JudgedFollower = Callable[[Passage, MaskVersion, Inference, Judgement, Engine], object]


@dataclass(frozen=True, eq=False)
class _Answered:
    passage: Passage
    masks: MaskVersion | None
    engine: Engine
    answer: Future[Inference] | None
    reason: Reason | None = None


class Decider:
    """Judges passages: `submit` from any thread never blocks, and every passage becomes a record.

    Args:
        engine: runs the network; may be down at times.
        masks: what each lift is judged by.
        pictures: where evidence will be written.
        recorder: commits what was decided.
        conditions: receives each verdict.
        tally: counts what could not be judged for want of time.
        max_waiting: passages being judged at once; more are recorded as unknown, without pictures.
    """

    def __init__(
        self,
        engine: Engine,
        masks: ActiveMasks,
        pictures: Pictures,
        recorder: Recorder,
        conditions: HealthConditions,
        tally: PassageCounters,
        *,
        max_waiting: int,
    ) -> None:
        self._engine, self._masks, self._pictures = engine, masks, pictures
        self._recorder, self._conditions, self._tally = recorder, conditions, tally
        self._max_waiting = max_waiting
        self._lock = threading.Lock()
        self._waiting = 0
        # Bounded by hand, by what `_waiting` admits. A passage is taken out once it is decided: the thread
        # may be struck at any moment, and a passage that is decided twice is recorded once.
        self._inbox: deque[_Answered] = deque()
        self._arrived = threading.Event()
        self.followers: tuple[JudgedFollower, ...] = ()
        """Called with each judged passage once it was handed on; must neither block nor raise."""
        self.runner = Runner("deciding", self._turn, wake=self._arrived.set)

    def submit(self, passage: Passage) -> None:
        """Take a passage from any thread; never blocks."""
        with self._lock:
            crowded = self._waiting >= FLOOD * self._max_waiting
            self._waiting += not crowded
            judged = self._waiting <= self._max_waiting and not crowded
            busy = self._waiting > BUSY
        if crowded:
            judgement = unknown(Reason.OVERLOADED)
            if passage.test is not None:
                self._recorder.add_test(draft_of(passage, judgement), passage.test)
                return
            self._tally.add(Event.PASSAGES_NOT_JUDGED)
            self._recorder.coalesce(draft_of(passage, judgement))
            self._conditions.judged(passage.lift_id, judgement)
            return
        if busy and passage.between:
            self._tally.add(Event.PASSAGES_SHORTENED)
            passage = replace(passage, between=())
        version = self._masks.get(passage.lift_id)
        reason: Reason | None = None
        if not judged:
            self._tally.add(Event.PASSAGES_NOT_JUDGED)
            reason = Reason.OVERLOADED
        elif version is None:
            reason = self._masks.why_none(passage.lift_id)
        elif not passage.pictures:
            reason = Reason.NO_PICTURES
        if reason or version is None:
            self._receive(_Answered(passage, version, self._engine, None, reason))
            return
        # The one that embedded these masks, also while another model takes its place.
        engine = engine_of(self._engine, version.model)
        try:
            pictures = np.stack([picture.image for picture in passage.judged])
            answer = engine.submit_pictures(pictures, version.reference_embeddings())
        except ValueError as error:
            log.warning("pictures cannot be judged", passage=passage.id, reason=str(error))
            self._receive(_Answered(passage, version, engine, None, Reason.PICTURES_UNUSABLE))
            return
        answer.add_done_callback(lambda done: self._receive(_Answered(passage, version, engine, done)))

    def stop(self) -> None:
        """Decide what has been answered, then end. Stop cameras and engine before."""
        self.runner.stop()
        self._decide_all()

    def _receive(self, item: _Answered) -> None:
        self._inbox.append(item)
        self._arrived.set()

    def _turn(self) -> None:
        if not self._inbox:
            with self.runner.heartbeat.waiting():
                self._arrived.wait()
        self._arrived.clear()
        self._decide_all()

    def _decide_all(self) -> None:
        while self._inbox:
            self.runner.heartbeat.begin()
            self._handle(self._inbox[0])
            self._inbox.popleft()
            with self._lock:
                self._waiting -= 1

    def _handle(self, item: _Answered) -> None:
        # One passage that cannot be decided must neither blind every lift nor vanish.
        if (error := attempt(partial(self._decide, item))) is not None:
            judgement = unknown(Reason.FAILED)
            draft = draft_of(item.passage, judgement)
            if item.passage.test is not None:
                self._recorder.add_test(draft, item.passage.test)
                log.error("a test's passage could not be decided", passage=item.passage.id, exc_info=error)
                return
            self._tally.add(Event.PASSAGES_FAILED)
            self._recorder.add(draft)
            log.error("a passage could not be decided", passage=item.passage.id, exc_info=error)
            # A lift of which every passage fails is one that nobody sees. Perhaps it was this that failed.
            attempt(partial(self._conditions.judged, item.passage.lift_id, judgement))

    def _decide(self, item: _Answered) -> None:
        passage, answer = item.passage, item.answer
        judgement = self._judge(item)
        if passage.test is not None:  # neither a carrier's passage, nor a sign of how well the lift is seen
            self._recorder.add_test(draft_of(passage, judgement), passage.test)
            return
        evident: Future[PassageDraft] = Future()
        settle(evident, partial(self._with_evidence, item, judgement))
        if (error := evident.exception()) is None:
            self._recorder.add(evident.result())
        else:  # an open bar is an alarm also where what shows it cannot be kept
            log.error("a passage has no evidence", passage=passage.id, exc_info=error)
            self._recorder.add(draft_of(passage, judgement))
        self._conditions.judged(passage.lift_id, judgement)
        if answer is not None and item.masks is not None and answer.exception(0) is None:
            inference = answer.result(0)
            for follower in self.followers:
                follower(passage, item.masks, inference, judgement, item.engine)

    def _with_evidence(self, item: _Answered, judgement: Judgement) -> PassageDraft:
        if item.answer is None:
            return draft_of(item.passage, judgement)
        maps = maps_of(item.answer, item.engine.manifest.calibration.bar_map_cells, item.passage.shown)
        masks = None if item.masks is None else item.masks.masks
        return draft_of(item.passage, judgement, maps, self._pictures, masks)

    def _judge(self, item: _Answered) -> Judgement:
        references = None if item.masks is None else item.masks.lift_references()
        if item.answer is None or references is None:
            return unknown(item.reason or Reason.NO_MASKS, references=references)
        try:
            inference = item.answer.result(0)
        except EngineUnavailableError as error:
            log.warning("not judged", passage=item.passage.id, reason=str(error))
            return unknown(error.reason, references=references)
        return judge_passage(item.passage, inference, references, item.engine.manifest.calibration)

"""Sends recorded passages down the live path, and says beside it what the network had made of them before.

What is sent is always the pictures: only they go through the network. Where people are hidden in them, the
network may see them otherwise than it saw the carrier. So what was kept of it then (`lifts.pictures.numbers`)
is judged beside it, by what judges now. That alone would be no test: it would pass with a blind network.
"""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import structlog

from lifts.decision.judge import judge
from lifts.decision.verdict import Inference, Verdict
from service.domain.errors import BarwatchError
from service.domain.masks import MaskVersion
from service.domain.passage import CommittedTest, Passage, PassageTest
from service.domain.trials.selftest import ProbedPassage
from service.host.awaited import Awaited
from service.inference.protocol import ANSWER_S, Engine
from service.selftest.parts import LivePath
from service.selftest.recorded import RecordedPassage
from service.verdicts.recording import draft_of

log = structlog.get_logger(__name__)


class PassageSender:
    """Sends passages one by one, so that a carrier waits for one at most.

    Args:
        live: the live path. engine: judges what was kept.
        waits: its end ends the waiting. commit_s: how long a commit may take.
    """

    def __init__(self, live: LivePath, engine: Engine, waits: Awaited, commit_s: float) -> None:
        self._live, self._engine, self._waits, self._commit_s = live, engine, waits, commit_s

    def send(
        self, test_id: str, active: MaskVersion, recorded: list[RecordedPassage]
    ) -> tuple[list[ProbedPassage], int | None]:
        """Return what came of them, and the seq of the entry that the first alarm left, if there was one."""
        tested: list[ProbedPassage] = []
        seq: int | None = None
        for number, one in enumerate(recorded, 1):
            if self._waits.ended:
                break
            test = PassageTest(test_id, publishes=seq is None, committed=Future())
            passage = _passage(f"self-test.{test_id}.{number}", number, active.lift_id, one, test)
            probed = ProbedPassage(one.id, one.source, one.expected, None, 0.0, None, hidden=one.hidden)
            if one.seen:
                seen, alarm = self._seen(passage, active, one)
                probed = replace(probed, seen=seen, seen_alarm=alarm)
            found = self._committed(passage, test)
            if found is not None:
                seq = found.seq if seq is None else seq
                probed = replace(
                    probed,
                    verdict=found.verdict,
                    confidence=round(found.confidence, 4),
                    alarm=found.alarm,
                    reasons=found.reasons,
                )
            tested.append(probed)
        return tested, seq

    def _committed(self, passage: Passage, test: PassageTest) -> CommittedTest | None:
        test.committed.add_done_callback(self._waits.changed)
        self._live.on_event(passage)
        self._waits.wait_for(test.committed.done, self._commit_s)
        try:
            return test.committed.result(0)
        except (TimeoutError, BarwatchError) as error:
            log.warning("a self-test's passage was not committed", passage=passage.id, reason=repr(error))
            return None

    def _seen(
        self, passage: Passage, active: MaskVersion, one: RecordedPassage
    ) -> tuple[Verdict | None, bool | None]:
        """Return what is made now of what the network saw then, and whether it is an alarm."""
        numbers = np.stack([picture.numbers for picture in one.seen])
        answer: Future[Inference] = self._engine.submit_kept(numbers, active.reference_embeddings())
        answer.add_done_callback(self._waits.changed)
        self._waits.wait_for(answer.done, ANSWER_S)
        try:
            inference = answer.result(0)
            references, calibration = active.lift_references(), self._engine.manifest.calibration
            judgement = judge(one.seen, inference, references, calibration)
        except (TimeoutError, BarwatchError, ValueError) as error:
            log.warning("what was kept of a passage is not judged", passage=one.id, reason=repr(error))
            return None, None
        return judgement.verdict, draft_of(passage, judgement).has_alarm


def _passage(name: str, number: int, lift_id: str, one: RecordedPassage, test: PassageTest) -> Passage:
    times = [picture.t_s for picture in one.pictures]
    return Passage(
        id=name,
        lift_id=lift_id,
        number=number,
        t_begin_s=min(times),
        t_middle_s=times[len(times) // 2],
        t_end_s=max(times),
        pictures=one.pictures,
        decided_mono_s=time.monotonic(),
        test=test,
    )

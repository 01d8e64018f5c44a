"""Self-tests of a lift in whose stored pictures people are hidden: they look, and never pass without."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from lifts.decision.verdict import Inference, Verdict
from service.domain.trials.selftest import SelfTestCode, SelfTestResult
from service.inference.inline import InlineEngine
from service.selftest.recorded import OF_EACH
from service.store import lifts
from service.store.database import Store
from tests.service.selftest.house import LIFT, SelfTestHouse, WorkerThatMayLie, codes

RESULT = SelfTestResult


@pytest.fixture
def blurred(
    store: Store, engine: WorkerThatMayLie, inline_engine: InlineEngine, tmp_path: Path
) -> Iterator[SelfTestHouse]:
    """The same of a lift in whose stored pictures people are hidden."""
    made = SelfTestHouse(store, engine, tmp_path / "data", inline_engine, hides=True)
    made.watch("open", Verdict.OPEN, reviewed=True, hidden=True)
    made.watch("closed", Verdict.CLOSED, reviewed=True, hidden=True)
    yield made
    made.pipeline.stop()


def test_numbers_that_were_kept_never_stand_for_the_network(
    blurred: SelfTestHouse, engine: WorkerThatMayLie
) -> None:
    """They come out right whatever the network sees now: here it is blind, and the test never passes."""
    done = blurred.tester.run("lift", "me")
    assert done.result is RESULT.PASSED
    assert [(one.hidden, one.seen, one.seen_alarm) for one in done.passages] == [
        (True, "open", True),
        (True, "closed", False),
    ]
    dim = engine.manifest.embedding_dim
    nothing = np.full((1, 2), np.nan, np.float32)
    engine.lies = Inference(np.full((1, dim), 0.5, np.float32), np.zeros(1, np.float32), nothing)
    alone = blurred.tester.run("lift", "me")
    assert [one.seen for one in alone.passages] == ["open", "closed"]
    assert alone.result is RESULT.INCOMPLETE
    assert codes(alone, RESULT.INCOMPLETE).items() >= {("open", SelfTestCode.PEOPLE_HIDDEN)}
    engine.lies = None
    blurred.watch("open-2", Verdict.OPEN, reviewed=True, hidden=True)
    engine.lies = Inference(np.full((1, dim), 0.5, np.float32), np.zeros(1, np.float32), nothing)
    done = blurred.tester.run("lift", "me")
    assert codes(done, RESULT.FAILED).items() >= {("open", SelfTestCode.MISJUDGED)}


def test_what_was_seen_then_is_judged_by_what_judges_now(
    blurred: SelfTestHouse, inline_engine: InlineEngine
) -> None:
    """Masks that were swapped since: by the numbers, too, each carrier is the opposite."""
    blurred.enrol(inline_engine, swapped=True)
    blurred.pipeline.reload_masks("lift")
    done = blurred.tester.run("lift", "me")
    assert [one.seen for one in done.passages] == ["closed", "open"]
    assert codes(done, RESULT.FAILED).items() >= {
        ("open", SelfTestCode.MISJUDGED),
        ("closed", SelfTestCode.MISJUDGED),
        ("alarm", SelfTestCode.FALSE_ALARM),
    }


def test_whole_pictures_come_first(blurred: SelfTestHouse) -> None:
    """A lift that hides nobody any more: what shows all of a carrier tells more than a person's label."""
    lift = LIFT.model_copy(update={"privacy": "none"})
    blurred.store.write(lambda session: lifts.put(session, lift)).result()
    for number in range(OF_EACH):
        blurred.watch(f"whole-{number}", Verdict.OPEN)
    done = blurred.tester.run("lift", "me")
    opened = [one for one in done.passages if one.expected is Verdict.OPEN]
    assert {one.id for one in opened} == {f"whole-{number}" for number in range(OF_EACH)}
    assert not any(one.hidden or one.seen for one in opened)

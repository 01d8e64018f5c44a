"""The masks in use: always the newest, whoever is faster."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from lifts.decision.reasons import Reason
from lifts.schema import Lift
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.store import lifts, masks
from service.store.database import Store
from service.verdicts.active_masks import ActiveMasks
from tests.service.tiny_model import CLOSE, OPEN


class _Slow(InlineEngine):
    """An engine whose first embedding of masks waits until it is let go; one that is down answers nothing."""

    def __init__(self, inner: InlineEngine) -> None:
        super().__init__(inner._model, inner.manifest)
        self.reached, self.go, self.first, self.down = threading.Event(), threading.Event(), True, False

    def submit_masks(self, masks: Image) -> Future[Float32]:
        if self.down:
            raise EngineUnavailableError("the embedder is down")
        if self.first:
            self.first = False
            self.reached.set()
            assert self.go.wait(20)
        return super().submit_masks(masks)


@pytest.fixture
def slow(store: Store, inline_engine: InlineEngine) -> _Slow:
    """A lift with two versions of its masks, both embedded by another model; version 1 is active."""
    store.write(lambda s: lifts.put(s, Lift(id="lift", name="Lift"))).result()
    version = replace(enrol("lift", OPEN, CLOSE, {}, inline_engine), model="another-model")
    for _ in range(2):
        store.write(lambda s: masks.add(s, version)).result()
    store.write(lambda s: masks.activate(s, "lift", 1)).result()
    return _Slow(inline_engine)


def test_an_older_version_does_not_replace_a_newer_one(store: Store, slow: _Slow) -> None:
    """Version 1 is still being embedded when version 2 is activated and taken: 2 stays."""
    active = ActiveMasks(store, slow)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(active.reload, "lift")
        assert slow.reached.wait(20)
        store.write(lambda s: masks.activate(s, "lift", 2)).result()
        newer = active.reload("lift")
        assert newer is not None
        assert newer.version == 2
        slow.go.set()
        answer = late.result(20)
    assert answer is not None
    assert answer.version == 2
    kept = active.get("lift")
    assert kept is not None
    assert kept.version == 2


def test_a_lift_that_is_gone_does_not_come_back(store: Store, slow: _Slow) -> None:
    """Forgotten while its masks were being embedded, it has none afterwards."""
    active = ActiveMasks(store, slow)
    with ThreadPoolExecutor(1) as pool:
        late = pool.submit(active.reload, "lift")
        assert slow.reached.wait(20)
        active.forget("lift")
        slow.go.set()
        assert late.result(20) is None
    assert active.get("lift") is None
    assert active.why_none("lift") is Reason.NO_MASKS


def test_masks_wait_for_an_engine_that_is_down(store: Store, slow: _Slow) -> None:
    """Meanwhile the reason why nothing is judged is reported; `retry` takes them once it answers."""
    slow.first, slow.down = False, True
    active = ActiveMasks(store, slow)
    active.load()
    assert (active.get("lift"), active.why_none("lift")) == (None, Reason.MASKS_NOT_EMBEDDED)
    slow.down = False
    active.retry()
    found = active.get("lift")
    assert found is not None
    assert found.model == slow.manifest.identity

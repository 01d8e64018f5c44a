"""The masks in use: always the newest, whoever is faster."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select, update

from lifts.decision.clusters import BimodalFit, ClusterPrior
from lifts.decision.reasons import Reason
from lifts.decision.site import SiteCalibration
from lifts.schema import Lift
from service.domain.arrays import Float32, Image
from service.domain.errors import DamagedError, EngineUnavailableError
from service.domain.masks import SiteCalibrationVersion
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.store import lifts, masks, site_calibrations
from service.store.database import Store
from service.store.tables import AuditRow, MaskVersionRow, SiteCalibrationRow
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
            assert self.go.wait(120)
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
        assert slow.reached.wait(120)
        store.write(lambda s: masks.activate(s, "lift", 2)).result()
        newer = active.reload("lift")
        assert newer is not None
        assert newer.version == 2
        slow.go.set()
        answer = late.result(120)
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
        assert slow.reached.wait(120)
        active.forget("lift")
        slow.go.set()
        assert late.result(120) is None
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


FORMER = "tiny-1.0+before"
PRIOR = ClusterPrior(-0.5, 0.5, 0.1, 0.1, 0.0, 0.05)


def _enrolled(store: Store, engine: InlineEngine, model: str, threshold: float = 0.1) -> ActiveMasks:
    """A lift whose masks and site calibration belong to a model, and an engine that can embed no masks."""
    store.write(lambda s: lifts.put(s, Lift(id="lift", name="Lift"))).result()
    version = replace(enrol("lift", OPEN, CLOSE, {}, engine), model=model)
    store.write(lambda s: masks.add(s, version)).result()
    fit = BimodalFit(threshold - 0.4, threshold + 0.4, 0.1, 0.5)
    site = SiteCalibrationVersion("lift", 0, 1, model, SiteCalibration(fit), (), 0, False, datetime.now(UTC))
    store.write(partial(site_calibrations.add, found=site)).result()
    store.write(partial(site_calibrations.activate, lift_id="lift", version=1)).result()
    slow = _Slow(engine)
    calibration = engine.manifest.calibration.model_copy(update={"clusters": PRIOR, "scale_on_site": 4.0})
    slow.manifest = engine.manifest.model_copy(update={"calibration": calibration, "formerly": (FORMER,)})
    return ActiveMasks(store, slow)


@pytest.mark.parametrize("whole", [True, False])
def test_a_new_name_for_the_same_model_loses_nothing(
    store: Store, inline_engine: InlineEngine, whole: bool
) -> None:
    """Masks and site calibration of a former name are this model's, without the engine."""
    active = _enrolled(store, inline_engine, FORMER)
    active._engine.down = True  # type: ignore[attr-defined]
    if whole:
        active.load()
    version = active.get("lift") if whole else active.reload("lift")
    assert version is not None
    assert version.model == inline_engine.manifest.identity
    assert version.site is not None
    assert version.site.model == version.model
    with store.reading() as session:
        entry = session.scalars(select(AuditRow).where(AuditRow.action == "model.change")).one()
        assert (entry.subject, entry.actor) == (version.model, "system")
        assert masks.model_in_use(session) == version.model
    active.load()  # nothing is noted twice
    with store.reading() as session:
        assert len(session.scalars(select(AuditRow).where(AuditRow.action == "model.change")).all()) == 1


def test_another_model_is_no_former_name(store: Store, inline_engine: InlineEngine) -> None:
    """What any other model made is embedded again; its site calibration counts no more."""
    active = _enrolled(store, inline_engine, "tiny-1.0+another")
    active._engine.go.set()  # type: ignore[attr-defined]
    active.load()
    version = active.get("lift")
    assert version is not None
    assert version.site is None


@pytest.mark.fault(27)
@pytest.mark.parametrize("bit", [30, 23, 22])
def test_damaged_embeddings_are_made_again(store: Store, inline_engine: InlineEngine, bit: int) -> None:
    """A bit of a stored embedding flips: the masks themselves are intact, and the site calibration stays."""
    active = _enrolled(store, inline_engine, inline_engine.manifest.identity)
    with store.reading() as session:
        right = masks.get(session, "lift", 1).embeddings
    damaged = right.reshape(-1).copy()
    strongest = int(np.argmax(np.abs(damaged)))
    damaged.view(np.uint32)[strongest] ^= np.uint32(1 << bit)
    store.write(lambda s: s.execute(update(MaskVersionRow).values(embeddings=damaged))).result()
    active._engine.go.set()  # type: ignore[attr-defined]
    version = active.reload("lift")
    assert version is not None
    np.testing.assert_array_equal(version.embeddings, right)
    assert version.site is not None
    again = active.reload("lift")
    assert again is not None
    np.testing.assert_array_equal(again.embeddings, right)


@pytest.mark.fault(27)
@pytest.mark.parametrize("change", [{"trust": 7.0}, {"trust": -1.0}, {"open_mean": 1.0}, {"spread": 50.0}])
def test_a_site_calibration_out_of_range_is_refused(
    store: Store, inline_engine: InlineEngine, change: dict[str, float]
) -> None:
    """Numbers that no passages can have taught judge nobody; the reason is said."""
    active = _enrolled(store, inline_engine, inline_engine.manifest.identity)
    fit = {"open_mean": -0.3, "closed_mean": 0.5, "spread": 0.1, "open_share": 0.5, "trust": 1.0} | change
    store.write(lambda s: s.execute(update(SiteCalibrationRow).values(heaps=fit))).result()
    with pytest.raises(DamagedError, match="site calibration"):
        active.reload("lift")


@pytest.mark.fault(27)
def test_a_threshold_beyond_both_states_is_refused(store: Store, inline_engine: InlineEngine) -> None:
    """Each number for itself is possible, but every open bar would be called closed."""
    active = _enrolled(store, inline_engine, inline_engine.manifest.identity, threshold=-0.6)
    with pytest.raises(DamagedError, match=r"its threshold -0\.6 lies beyond"):
        active.reload("lift")


@pytest.mark.fault(27)
def test_a_site_calibration_of_another_size_is_refused(store: Store, inline_engine: InlineEngine) -> None:
    """A background of too few numbers would end the thread that judges by it."""
    active = _enrolled(store, inline_engine, inline_engine.manifest.identity)
    few = np.zeros(3, np.float32)
    store.write(lambda s: s.execute(update(SiteCalibrationRow).values(always=few))).result()
    with pytest.raises(DamagedError, match="its embeddings are not of 100 numbers"):
        active.reload("lift")

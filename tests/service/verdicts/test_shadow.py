"""A site calibration in shadow: a second verdict beside each passage that decides nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lifts.decision.clusters import BimodalFit
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Inference, Verdict
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.domain.masks import SiteCalibrationVersion
from service.inference.inline import InlineEngine
from service.store import site_calibrations
from service.store.database import Store
from service.store.records import ShadowCounts, ShadowDisagreement
from service.verdicts.shadow import MAX_WAITING, ShadowJudge
from tests.service.tiny_model import CLOSE, OPEN, passage, picture
from tests.service.verdicts.test_pipeline import House

ALL_OPEN = BimodalFit(open_mean=3.5, closed_mean=3.9, spread=0.1, open_share=0.5)
"""Whatever is judged by this threshold is open."""


class CountingEngine:
    """The inline engine; counts requests, and fails those with a background while `down`."""

    def __init__(self, inline: InlineEngine) -> None:
        self.inline, self.status = inline, inline.status
        own = inline.manifest.calibration.model_copy(update={"scale_on_site": 4.0})
        self.manifest = inline.manifest.model_copy(update={"calibration": own})
        self.asked, self.down = 0, False

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        self.asked += 1
        if self.down and references is not None and references[2].any():
            failed: Future[Inference] = Future()
            failed.set_exception(EngineUnavailableError("down"))
            return failed
        return self.inline.submit_pictures(images, references)

    def submit_look(self, images: Image) -> Future[Image]:
        return self.inline.submit_look(images)

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        return self.inline.submit_kept(packed, references)

    def submit_masks(self, masks: Image) -> Future[Float32]:
        return self.inline.submit_masks(masks)


@pytest.fixture
def engine(inline_engine: InlineEngine) -> CountingEngine:
    return CountingEngine(inline_engine)


@pytest.fixture
def house(
    store: Store, engine: CountingEngine, inline_engine: InlineEngine, tmp_path: Path
) -> Iterator[House]:
    made = House(store, engine, tmp_path / "data", inline_engine)
    yield made
    made.pipeline.stop()


def put_in_shadow(house: House, engine: CountingEngine, background: Float32 | None = None) -> None:
    """Compare a calibration that calls everything open."""
    found = SiteCalibrationVersion(
        "lift",
        0,
        1,
        engine.manifest.identity,
        SiteCalibration(ALL_OPEN, None, background),
        (),
        0,
        False,
        datetime.now(UTC),
    )
    added = house.store.write(partial(site_calibrations.add, found=found)).result()
    house.store.write(
        partial(site_calibrations.put_in_shadow, lift_id="lift", version=added.version)
    ).result()
    house.pipeline.reload_masks("lift")


def compared(house: House, count: int) -> ShadowCounts:
    """Wait until so many passages were compared by version 1."""

    def counts() -> ShadowCounts:
        with house.store.reading() as session:
            return site_calibrations.shadow_counts(session, "lift").get(1, ShadowCounts())

    return wait_for(counts, lambda found: found.compared >= count)


def wait_for(look: Callable[[], ShadowCounts], enough: Callable[[ShadowCounts], bool]) -> ShadowCounts:
    until_mono_s = time.monotonic() + 20
    while not enough(found := look()):
        assert time.monotonic() < until_mono_s, found
        time.sleep(0.01)
    return found


def disagreements(house: House) -> tuple[ShadowDisagreement, ...]:
    with house.store.reading() as session:
        return site_calibrations.disagreements(session, "lift", 1).items


def test_the_active_one_decides_and_the_shadow_is_listed(house: House, engine: CountingEngine) -> None:
    """A closed bar that the shadow calls open is no alarm; both verdicts are kept, nothing is seen twice."""
    put_in_shadow(house, engine)
    engine.asked = 0
    house.send("closed", [CLOSE] * 3)
    assert compared(house, 1) == ShadowCounts(1, 1, 0, 0)
    house.send("open", [OPEN] * 3)
    assert compared(house, 2) == ShadowCounts(2, 1, 0, 0)
    assert house.record("closed").judgement.verdict is Verdict.CLOSED
    assert house.heard.get(timeout=10).passage_id == "open"
    assert house.heard.empty()
    assert engine.asked == 2
    (one,) = disagreements(house)
    assert (one.passage_id, one.verdict, one.shadow_verdict, one.review) == (
        "closed",
        Verdict.CLOSED,
        Verdict.OPEN,
        None,
    )
    assert one.shadow_confidence > 0.9


def test_another_background_is_compared_by_the_network(house: House, engine: CountingEngine) -> None:
    """The embeddings are not enough then: the network sees the pictures again, after the verdict."""
    put_in_shadow(house, engine, np.ones(engine.manifest.embedding_dim, np.float32))
    engine.asked = 0
    house.send("closed", [CLOSE] * 3)
    assert compared(house, 1).compared == 1
    assert engine.asked == 2


@pytest.mark.parametrize("background", [False, True])
def test_all_pictures_of_a_passage_are_compared(
    house: House, engine: CountingEngine, background: bool
) -> None:
    """Pictures between begin, middle and end are judged in shadow too, as where it counts."""
    dim = engine.manifest.embedding_dim
    put_in_shadow(house, engine, np.ones(dim, np.float32) if background else None)
    given = passage("longer", [picture(CLOSE)] * 5, time.monotonic())
    first, *more, middle, last = given.pictures
    house.pipeline.on_event(replace(given, pictures=(first, middle, last), between=tuple(more)))
    assert compared(house, 1) == ShadowCounts(1, 1, 0, 0)


def test_a_shadow_that_fails_costs_no_verdict(house: House, engine: CountingEngine) -> None:
    """Its passages are judged, alarmed and recorded as ever, only not compared; the next one is."""
    put_in_shadow(house, engine, np.ones(engine.manifest.embedding_dim, np.float32))
    engine.down = True
    house.send("first", [OPEN] * 3)
    assert house.heard.get(timeout=10).passage_id == "first"
    assert house.record("first").judgement.verdict is Verdict.OPEN
    engine.down = False
    house.send("second", [CLOSE] * 3)
    assert compared(house, 1).compared == 1
    assert [one.passage_id for one in disagreements(house)] == ["second"]


def test_what_is_too_much_is_not_compared(store: Store, engine: CountingEngine, house: House) -> None:
    """The queue is bounded, and lifts without a shadow never enter it."""
    shadow = ShadowJudge(store, engine)  # not started
    masks = house.pipeline.active_masks("lift")
    assert masks is not None
    three = np.stack([picture(CLOSE)] * 3)
    inference = engine.submit_pictures(three, masks.reference_embeddings()).result()
    one = passage("p", list(three), time.monotonic())
    shadow.add(one, masks, inference)
    assert len(shadow) == 0
    put_in_shadow(house, engine)
    masks = house.pipeline.active_masks("lift")
    assert masks is not None
    for _ in range(MAX_WAITING + 5):
        shadow.add(one, masks, inference)
    assert len(shadow) == MAX_WAITING

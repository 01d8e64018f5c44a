"""A site calibration as a candidate in shadow: a second verdict beside each passage that decides nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import update

from lifts.decision.clusters import BimodalFit
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Inference, Verdict
from service.domain.arrays import Float32, Image
from service.domain.errors import ConflictError, DamagedError, EngineUnavailableError
from service.domain.masks import SiteCalibrationVersion
from service.domain.trials.candidate import Candidate, CandidateKind, CandidateSpec
from service.inference.inline import InlineEngine
from service.store import lifts, site_calibrations
from service.store.database import Store
from service.store.tables import SiteCalibrationRow
from service.store.trials import comparisons
from service.store.trials.comparisons import LIVE
from tests.service.tiny_model import CLOSE, OPEN, passage, picture
from tests.service.trials.house import TrialHouse

ALL_OPEN = BimodalFit(open_mean=3.5, closed_mean=3.9, spread=0.1, open_share=0.5)
"""Whatever is judged by this threshold is open."""


class CountingEngine:
    """The inline engine; counts requests, and fails those with a background while `down`."""

    def __init__(self, inline: InlineEngine) -> None:
        self.inline, self.status = inline, inline.status
        own = inline.manifest.calibration.model_copy(update={"scale_on_site": 4.0, "clusters": None})
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
) -> Iterator[TrialHouse]:
    made = TrialHouse(store, engine, tmp_path / "data", inline_engine)
    yield made
    made.stop()


def learn(house: TrialHouse, engine: CountingEngine, background: Float32 | None = None) -> int:
    """Store a calibration that calls everything open; return its version."""
    site = SiteCalibration(ALL_OPEN, None, background)
    found = SiteCalibrationVersion(
        "lift", 0, 1, engine.manifest.identity, site, (), 0, False, datetime.now(UTC)
    )
    return house.store.write(partial(site_calibrations.add, found=found)).result().version


def tried(house: TrialHouse, version: int) -> Candidate:
    spec = CandidateSpec(version=version)
    return house.trials.propose("lift", CandidateKind.CALIBRATION, spec, "me", shadow=True)


def test_what_is_active_decides_and_the_candidate_is_listed(
    house: TrialHouse, engine: CountingEngine
) -> None:
    """A closed bar that it calls open is no alarm; both verdicts are kept, nothing is seen twice."""
    one = tried(house, learn(house, engine))
    engine.asked = 0
    house.send("closed", [CLOSE] * 3)
    house.send("open", [OPEN] * 3)
    found = house.compared(one, 2)
    assert (found.compared, found.agreed, found.open_instead) == (2, 1, 1)
    assert house.record("closed").judgement.verdict is Verdict.CLOSED
    assert house.heard.get(timeout=120).passage_id == "open"
    assert house.heard.empty()
    assert engine.asked == 2
    with house.store.reading() as session:
        (listed,) = comparisons.differences(session, "lift", one.number, LIVE).items
    assert (listed.passage_id, listed.verdict, listed.candidate_verdict) == (
        "closed",
        Verdict.CLOSED,
        Verdict.OPEN,
    )
    assert listed.candidate_confidence > 0.9


@pytest.mark.parametrize("background", [False, True])
def test_all_pictures_are_compared_and_another_background_by_the_network(
    house: TrialHouse, engine: CountingEngine, background: bool
) -> None:
    """Pictures between begin, middle and end too; with another background the embeddings are not enough."""
    other = np.ones(engine.manifest.embedding_dim, np.float32) if background else None
    one = tried(house, learn(house, engine, other))
    engine.asked = 0
    given = passage("longer", [picture(CLOSE)] * 5, time.monotonic())
    first, *more, middle, last = given.pictures
    house.pipeline.on_event(replace(given, pictures=(first, middle, last), between=tuple(more)))
    found = house.compared(one, 1)
    assert (found.compared, found.open_instead) == (1, 1)
    assert engine.asked == (2 if background else 1)


def test_one_that_fails_costs_no_verdict(house: TrialHouse, engine: CountingEngine) -> None:
    """Its passages are judged, alarmed and recorded as ever, only not compared; the next one is."""
    one = tried(house, learn(house, engine, np.ones(engine.manifest.embedding_dim, np.float32)))
    engine.down = True
    house.send("first", [OPEN] * 3)
    assert house.heard.get(timeout=120).passage_id == "first"
    assert house.record("first").judgement.verdict is Verdict.OPEN
    engine.down = False
    house.send("second", [CLOSE] * 3)
    assert house.compared(one, 1).compared == 1


@pytest.mark.fault(27)
def test_a_damaged_one_is_not_tried(house: TrialHouse, engine: CountingEngine) -> None:
    """A background of too few numbers: it is refused with words, and one in shadow compares nothing."""
    version = learn(house, engine)
    one = tried(house, version)
    few = np.zeros(3, np.float32)
    house.store.write(lambda s: s.execute(update(SiteCalibrationRow).values(always=few))).result()
    with pytest.raises(DamagedError, match="its embeddings are not of 100 numbers"):
        tried(house, version)
    house.trials.shadow.reload()
    house.send("closed", [CLOSE] * 3)
    assert house.record("closed").judgement.verdict is Verdict.CLOSED
    house.store.write(lambda s: s.execute(update(SiteCalibrationRow).values(always=None))).result()
    house.send("next", [CLOSE] * 3)
    assert house.compared(one, 1).compared == 1


def test_one_of_an_earlier_track_is_refused(house: TrialHouse, engine: CountingEngine) -> None:
    """Its pictures were cut out elsewhere: what it says of today's would be of no use."""
    version = learn(house, engine)
    now = datetime.now(UTC)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lifts, "track_since", lambda *_: now)
        with pytest.raises(ConflictError) as refused:
            tried(house, version)
    assert refused.value.code == "calibration_of_another_track"

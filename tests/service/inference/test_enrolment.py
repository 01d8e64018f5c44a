"""Enrolment: good masks become a bank of embeddings; bad ones are refused, and the reason says why."""

import dataclasses
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.schema import Lift
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError, EnrolmentError
from service.domain.masks import MaskVersion
from service.inference.enrolment import embed, enrol
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.store import lifts, masks
from service.store.database import Store
from service.verdicts.active_masks import ActiveMasks
from tests.service.tiny_model import CLOSE, DIM, OPEN, Comparing, picture, write_artefact


def _store(store: Store, version: MaskVersion) -> MaskVersion:
    store.write(lambda s: lifts.put(s, Lift(id=version.lift_id, name="Lift"))).result()
    return store.write(lambda s: masks.add(s, version)).result()


def test_good_masks(inline_engine: InlineEngine) -> None:
    """Two bars far apart: no warning, five embeddings each, separation as drawn.

    A bar of 12 rows from 44 lies in cell row 2 with 12 of 20 rows: six cells of 0.6. The other lies alike in
    row 7. Twelve cells differ by 0.6: sqrt(12 * 0.36) = 2.0785.
    """
    version = enrol("lift", OPEN, CLOSE, {}, inline_engine)
    assert (version.warnings, version.active, version.version) == ((), False, 0)
    assert version.embeddings.shape == (2, 5, DIM)
    assert version.separation == pytest.approx(2.0785, abs=1e-3)
    assert version.model == inline_engine.manifest.identity


@pytest.mark.parametrize(
    ("open_mask", "close_mask", "reason"),
    [
        (np.zeros_like(OPEN), CLOSE, "open mask is empty"),
        (OPEN, np.full_like(CLOSE, 255), "close mask is nearly full"),
        (OPEN, OPEN, "nearly alike"),
    ],
)
def test_bad_drawings_are_refused(
    inline_engine: InlineEngine, open_mask: Image, close_mask: Image, reason: str
) -> None:
    """What the drawings alone give away is refused before the network is asked."""
    with pytest.raises(EnrolmentError, match=reason):
        enrol("lift", open_mask, close_mask, {}, inline_engine)


def test_masks_that_the_network_cannot_tell_apart(inline_engine: InlineEngine) -> None:
    """Nearer than min_separation is refused; how far apart the drawings lie says nothing else of them."""
    calibration = inline_engine.manifest.calibration
    strict = calibration.model_copy(update={"min_separation": 3.0, "min_separation_good": 4.0})
    with pytest.raises(
        EnrolmentError, match=r"nearly alike for the network: .* 2\.078, expected at least 3\.000"
    ):
        enrol("lift", OPEN, CLOSE, {}, _with(inline_engine, strict))
    weak = calibration.model_copy(update={"min_separation_good": 4.0})
    version = enrol("lift", OPEN, CLOSE, {}, _with(inline_engine, weak))
    assert version.warnings == ()


@pytest.mark.parametrize(
    "given", [("reference_open",), ("reference_close",), ("reference_open", "reference_close")]
)
def test_swapped_masks_are_told_by_a_reference_picture(
    inline_engine: InlineEngine, given: tuple[str, ...]
) -> None:
    """Any reference picture that says the opposite refuses the pair; the right way round it is taken."""
    references = {name: picture(OPEN if name == "reference_open" else CLOSE) for name in given}
    with pytest.raises(EnrolmentError, match=f"swapped, or the references are: with them, {given[0]} looks"):
        enrol("lift", CLOSE, OPEN, references, inline_engine)
    version = enrol("lift", OPEN, CLOSE, references, inline_engine)
    assert version.warnings == ()
    assert set(version.references) == set(given)


def test_reference_pictures_that_disagree_are_warned_of(inline_engine: InlineEngine) -> None:
    """Both pictures show the open bar: the masks may be right, but somebody has to look."""
    references = {"reference_open": picture(OPEN), "reference_close": picture(OPEN)}
    version = enrol("lift", OPEN, CLOSE, references, inline_engine)
    assert version.warnings == ("With these masks reference_close looks open, not closed.",)


def test_another_model_embeds_the_stored_masks_anew(inline_engine: InlineEngine, store: Store) -> None:
    """Embeddings belong to one model: with another the stored masks are embedded again at the start."""
    old = dataclasses.replace(
        enrol("lift", OPEN, CLOSE, {}, inline_engine), model="old", embeddings=np.zeros((2, 1, 3), np.float32)
    )
    _store(store, old)
    active = ActiveMasks(store, inline_engine)
    active.load()
    with store.reading() as session:
        kept = masks.active(session, "lift")
    now = active.get("lift")
    assert kept is not None
    assert now is not None
    assert kept.model == now.model == inline_engine.manifest.identity
    assert kept.embeddings.shape == (2, 5, DIM)
    np.testing.assert_array_equal(kept.embeddings, now.embeddings)


class _Down(InlineEngine):
    """An engine that is down until `up`."""

    up = False

    def submit_masks(self, masks: Image) -> Future[Float32]:
        if self.up:
            return super().submit_masks(masks)
        future: Future[Any] = Future()
        future.set_exception(EngineUnavailableError("down"))
        return future


def test_while_the_engine_is_down_old_masks_wait(inline_engine: InlineEngine, store: Store) -> None:
    """Masks of another model are not used meanwhile, and taken as soon as the engine is back."""
    _store(
        store,
        dataclasses.replace(embed(enrol("lift", OPEN, CLOSE, {}, inline_engine), inline_engine), model="x"),
    )
    engine = _Down(inline_engine._model, inline_engine.manifest)
    active = ActiveMasks(store, engine)
    active.load()
    assert active.get("lift") is None
    assert active.why_none("lift") is Reason.MASKS_NOT_EMBEDDED
    active.retry()
    assert active.get("lift") is None
    engine.up = True
    active.retry()
    assert active.get("lift") is not None
    assert active.why_none("nowhere") is Reason.NO_MASKS


def _with(engine: InlineEngine, calibration: Any) -> InlineEngine:
    return InlineEngine(engine._model, engine.manifest.model_copy(update={"calibration": calibration}))


def test_a_reference_of_another_lift_is_warned_of(tmp_path: Path) -> None:
    """A picture that cannot be a carrier of the masks' lift is reported: wrong masks or camera."""
    path = write_artefact(tmp_path, Comparing)
    model = EmbeddingModel.load(path, "cpu", threads=1)
    # The picture's brightest cell, its chance, has 0.6.
    strict = model.manifest.calibration.model_copy(update={"fit_threshold": 0.7})
    engine = InlineEngine(model, model.manifest.model_copy(update={"calibration": strict}))
    references = {"reference_open": picture(OPEN, occupied=False)}
    version = enrol("lift", OPEN, CLOSE, references, engine)
    assert version.warnings[0].startswith("reference_open does not look like a carrier of the lift")

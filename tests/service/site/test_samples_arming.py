"""The sample lifts with the shipped network: neither swapped nor another lift's masks ever arm them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import permutations

import numpy as np
import pytest

from lifts.arrays import Float32, UInt8
from lifts.decision.arming import Arming, ArmingReason, ConfirmedReading, assess
from lifts.decision.judge import judge
from lifts.decision.references import LiftReferences
from lifts.decision.site import is_informative
from lifts.decision.verdict import Inference, Verdict
from lifts.decision.view import PassageReading
from lifts.folder import LiftFolder, read_lift_folder
from lifts.pictures.bar_maps import bar_maps
from service.domain.passage import Picture
from service.inference.model import EmbeddingModel
from service.settings import Settings
from service.usecases.samples import sample_folders
from tests.tools.recorded import passages_of

SAMPLES = [folder.name for folder in sample_folders()]
IS_OPEN = {"reference_open": True, "reference_close": False}


@cache
def model() -> EmbeddingModel:
    return EmbeddingModel.load(Settings().manifest_path(), "cpu", threads=1)


@cache
def sample(name: str) -> LiftFolder:
    return read_lift_folder(next(folder for folder in sample_folders() if folder.name == name))


@cache
def masks_of(name: str) -> Float32:
    pair = sample(name).masks
    return model().masks(np.stack([pair.open, pair.close]))


def read_by(masks: Float32, pictures: Sequence[UInt8]) -> PassageReading:
    """The reading of a passage of these pictures by the masks."""
    references = LiftReferences(masks[:, None])
    inference: Inference = model().pictures(np.stack(pictures), references.embeddings())
    shown = [Picture(image, None, 0.0, 1.0) for image in pictures]
    calibration = model().manifest.calibration
    judgement = judge(shown, inference, references, calibration)
    middle = bar_maps(inference.embeddings, calibration.bar_map_cells)[len(pictures) // 2]
    bar_map = middle.reshape(-1).astype(np.float32)
    return PassageReading(judgement.verdict, judgement.margin, is_informative(judgement), bar_map)


def armed(
    masks: Float32, confirmed: LiftFolder | None, confirmed_by: Float32, carriers: Sequence[PassageReading]
) -> Arming:
    calibration = model().manifest.calibration
    found = []
    for name, image in () if confirmed is None else confirmed.references.items():
        verdict = read_by(confirmed_by, [image]).verdict
        found.append(ConfirmedReading(IS_OPEN[name], verdict, verdict))
    maps = bar_maps(masks, calibration.bar_map_cells).reshape(2, -1).astype(np.float32)
    return assess(found, carriers, maps, calibration.clusters)


def stand_ins(name: str, masks: Float32) -> list[PassageReading]:
    """Twenty carriers of the lift, to be quick: its two reference pictures, ten times each."""
    return [read_by(masks, [image]) for image in sample(name).references.values()] * 10


@pytest.mark.parametrize("name", SAMPLES)
def test_a_samples_own_masks_fit_it_and_swapped_ones_never_arm_it(name: str) -> None:
    """The same pictures and carriers, the masks as they are and the other way round."""
    right = masks_of(name)
    swapped = right[::-1].copy()
    state = armed(right, sample(name), right, stand_ins(name, right))
    # The bars of two pictures agree with the masks less well than those of many carriers: see below.
    assert state.armed or state.parameters["agreement"] > 0.7
    state = armed(swapped, sample(name), swapped, stand_ins(name, swapped))
    assert state.reason is ArmingReason.MASKS_SWAPPED
    state = armed(swapped, None, swapped, stand_ins(name, swapped))
    assert not state.armed  # without a word from a person they look right


@pytest.mark.parametrize(("name", "other"), list(permutations(SAMPLES, 2)))
def test_another_samples_masks_never_arm_it(name: str, other: str) -> None:
    """Neither with the lift's own reference pictures, nor with those of the other lift."""
    foreign = masks_of(other)
    carriers = stand_ins(name, foreign)
    for confirmed in (sample(name), sample(other)):
        state = armed(foreign, confirmed, foreign, carriers)
        assert state.reason in {
            ArmingReason.MASKS_OF_ANOTHER_LIFT,
            ArmingReason.CONFIRMED_MISJUDGED,
            ArmingReason.ONE_STATE_ONLY,
        }


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_recordings_arm_a_sample_by_its_own_masks_alone(name: str) -> None:
    """Its carriers as they are seen and registered, three rounds of the demonstration's recording."""
    folder = next(folder for folder in sample_folders() if folder.name == name)
    seen = [[picture.image for picture in passage.pictures] for passage in passages_of(folder, 0, 1, 1e9)]

    def states() -> Iterator[tuple[str, Arming]]:
        for other in SAMPLES:
            for turn, masks in (("", masks_of(other)), ("swapped ", masks_of(other)[::-1].copy())):
                carriers = [read_by(masks, pictures) for pictures in seen] * 3
                yield turn + other, armed(masks, sample(name), masks, carriers)

    found = dict(states())
    assert [masks for masks, state in found.items() if state.armed] == [name], found
    assert found[f"swapped {name}"].reason is ArmingReason.MASKS_SWAPPED
    assert all(reading.verdict is not Verdict.UNKNOWN for reading in stand_ins(name, masks_of(name)))

"""What a network made of a picture: small, the same when it is read back, refused where it is not whole."""

import numpy as np
import pytest

from lifts.arrays import UInt8
from lifts.pictures.numbers import FEATURE_LEVELS, PictureNumbers, pack, row_bytes, unpack

BAR_CELLS = 50


def numbers(count: int = 3) -> PictureNumbers:
    """As the network that ships makes them: a bar map never negative, features that are mostly zero."""
    random = np.random.default_rng(5)
    bars = random.random((count, BAR_CELLS**2)) ** 8
    embeddings = np.concatenate([bars, random.normal(size=(count, 2500))], 1)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    features = np.maximum(random.normal(-0.5, 2.0, (count, 48, 25, 25)), 0)
    riders = random.normal(-3.0, 4.0, (count, 25, 25))
    return PictureNumbers(
        *(part.astype(np.float32) for part in (embeddings, random.random(count), riders, features))
    )


def test_what_is_read_back_is_what_was_kept() -> None:
    """Each part within half a step of its coding: an 8-bit one, a feature of 31 levels of its root."""
    given = numbers()
    packed = pack(given, BAR_CELLS)
    assert packed.shape == (3, row_bytes(packed[0]))
    assert packed.shape[1] < 36_000
    found = unpack(packed)
    free, bars = slice(BAR_CELLS**2, None), slice(BAR_CELLS**2)
    for name, ours, theirs, step in (
        ("bars", given.embeddings[:, bars], found.embeddings[:, bars], 1 / 255),
        ("free", given.embeddings[:, free], found.embeddings[:, free], 1 / 250),
        ("features", given.features, found.features, 1 / FEATURE_LEVELS),
        ("riders", given.riders, found.riders, 1 / 250),
    ):
        assert ours.shape == theirs.shape, name
        assert np.abs(ours - theirs).max() <= step * (ours.max() - ours.min()), name
        assert (ours == 0).sum() <= (theirs == 0).sum(), name
    assert (given.occupancy == found.occupancy).all()
    again = unpack(packed[1:2])
    assert all((one[0] == both[1]).all() for one, both in zip(again, found, strict=True))


def test_a_model_without_maps_and_features_is_kept_too() -> None:
    """One that only gives distances: nothing but embedding and occupancy."""
    random = np.random.default_rng(1)
    shape = ((2, 0, 0), (2, 0, 0, 0))
    given = PictureNumbers(
        random.normal(size=(2, 100)).astype(np.float32),
        np.zeros(2, np.float32),
        *(np.zeros(each, np.float32) for each in shape),
    )
    found = unpack(pack(given, 0))
    assert np.abs(found.embeddings - given.embeddings).max() < 0.02
    assert (found.riders.shape, found.features.shape) == shape
    nothing = PictureNumbers(*(np.zeros_like(part) for part in given))
    assert not unpack(pack(nothing, 0)).embeddings.any()


def test_what_is_not_finite_is_not_kept() -> None:
    """Nothing is better than a number that means nothing."""
    given = numbers(2)
    given.features[1, 3, 2, 1] = np.nan
    assert pack(given, BAR_CELLS).shape == (2, 0)


@pytest.mark.parametrize("damage", ["cut", "longer", "magic", "mixed", "nothing"])
def test_what_was_not_packed_so_is_refused(damage: str) -> None:
    """Rather than read as other numbers."""
    packed = pack(numbers(2), BAR_CELLS)
    mixed = packed.copy()
    mixed[1, 4] += 1
    spoilt: dict[str, UInt8] = {
        "cut": packed[:, :-1],
        "longer": np.concatenate([packed, packed], 1),
        "magic": np.ascontiguousarray(packed[:, ::-1]),
        "mixed": mixed,
        "nothing": np.zeros((2, 0), np.uint8),
    }
    with pytest.raises(ValueError, match="numbers"):
        unpack(spoilt[damage])

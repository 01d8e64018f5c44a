"""Carriers to be found again are rendered as they are described."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.data.benchmark import lift_of
from ml.data.pictures import select
from ml.data.rendered import write
from ml.retrieval.identities import CAMERAS, SEEDS, SHOTS, IdentityLifts, circumstances, read_identities
from ml.scene.recording import OF_THE_PASSAGE, sample_recordings


@pytest.mark.slow
def test_a_carrier_is_seen_three_times_by_three_cameras(tmp_path: Path) -> None:
    """Nine different pictures each, somebody on every one; other halves have other carriers."""
    made = [IdentityLifts(half, 2) for half in ("train", "train", "test")]
    rendered = [recipe.render(SEEDS[0]) for recipe in made]
    assert len(rendered[0].images) == 2 * len(CAMERAS) * SHOTS
    np.testing.assert_array_equal(rendered[0].images, rendered[1].images)
    assert (rendered[0].images != rendered[2].images).any()
    assert rendered[0].occupied.all()
    assert len({image.tobytes() for image in rendered[0].images}) == 18
    path = made[0].path(tmp_path, SEEDS[0])
    write(path, rendered[0])
    data = read_identities([path])
    assert data.identity.tolist() == [0] * 9 + [1] * 9
    assert data.camera[:9].tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    few = select(data, torch.tensor([17, 0]))
    assert few.identity.tolist() == [1, 0]  # type: ignore[attr-defined]
    assert few.camera.tolist() == [2, 0]  # type: ignore[attr-defined]


def test_only_the_riders_stay_with_a_carrier() -> None:
    """Bar, people on the ground, other carriers, swing and motion blur are another camera's own."""
    lift = lift_of(1)
    recording = sample_recordings(lift, np.random.default_rng(0), 1)[0]
    seen: dict[str, set[str]] = {name: set() for name in OF_THE_PASSAGE}
    for _, c in zip(range(12), circumstances(lift, recording, np.random.default_rng(1)), strict=False):
        for name, values in seen.items():
            values.add(repr(getattr(c, name)))
    assert len(seen.pop("riders")) == 1
    assert all(len(values) > 1 for name, values in seen.items() if name != "bubble"), seen
    others = circumstances(lift, recording, np.random.default_rng(2))
    mine = circumstances(lift, recording, np.random.default_rng(1))
    assert next(others).riders != next(mine).riders

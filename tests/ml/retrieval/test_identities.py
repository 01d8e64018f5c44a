"""Carriers to be found again are rendered as they are described."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ml.data.pictures import select
from ml.data.rendered import write
from ml.retrieval.identities import CAMERAS, SEEDS, SHOTS, IdentityLifts, read_identities


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

"""What stands behind a carrier has detail of every scale, and comes from its seed alone."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from ml.scene.texture.patterns import PATTERNS


@pytest.mark.parametrize("name", PATTERNS)
def test_a_pattern_has_coarse_and_fine_detail_and_depends_on_its_seed(name: str) -> None:
    first, again, other = (PATTERNS[name](np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert first.shape == (512, 512, 3)
    assert first.dtype == np.uint8
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    grey = cv2.cvtColor(first, cv2.COLOR_RGB2GRAY).astype(np.float32)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), 2)
    middle = cv2.GaussianBlur(grey, (0, 0), 2) - cv2.GaussianBlur(grey, (0, 0), 12)
    assert fine.std() > 2
    assert middle.std() > 4

"""Faces are blurred where riders are, and nothing else is touched."""

import numpy as np

from ml.data.faces import HEAD_PX, blur_faces


def test_heads_are_blurred_and_the_rest_stays() -> None:
    """Two riders of other heights: the heads lose their detail; laps, ground and other pictures stay."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2, 200, 200, 3), dtype=np.uint8)
    riders = np.zeros((2, 200, 200), np.uint8)
    riders[0, 60:160, 40:80] = 1
    riders[0, 90:160, 100:130] = 1
    before = images.copy()
    blurred = blur_faces(images, riders)
    assert np.array_equal(images, before), "the pictures handed in stay as they are"
    for top, left, right in ((60, 40, 80), (90, 100, 130)):
        face = (0, slice(top + 4, top + HEAD_PX - 4), slice(left + 4, right - 4))
        assert blurred[face].std() < 0.3 * images[face].std()
        lap = (0, slice(top + HEAD_PX + 8, 160), slice(left, right))
        assert np.array_equal(blurred[lap], images[lap])
    assert np.array_equal(blurred[0, :, 140:], images[0, :, 140:])
    assert np.array_equal(blurred[1], images[1])

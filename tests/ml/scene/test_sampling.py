"""A lift is a pure function of its seed."""

from __future__ import annotations

import numpy as np

from ml.scene.masks import draw_masks, draw_reference
from ml.scene.sampling import sample_lift


def test_the_same_seed_gives_the_same_lift() -> None:
    first = sample_lift(7)
    sample_lift.cache_clear()
    second = sample_lift(7)
    assert first is not second
    assert first.spec == second.spec
    assert first.lift == second.lift
    assert np.array_equal(draw_masks(first).open, draw_masks(second).open)
    assert np.array_equal(draw_reference(first, "open"), draw_reference(second, "open"))

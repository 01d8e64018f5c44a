"""What light, frost and the coder do, on scenes small enough to know the answer."""

import numpy as np
import pytest

from ml.scene.codec import h264
from ml.scene.world.shade import in_sun
from ml.scene.world.shapes import BAR_ID, RIDER_ID, Builder


def test_a_roof_shadows_what_is_under_it_and_not_what_is_beside() -> None:
    """The sun straight above: a tube under the plate lies in shadow, one beside it and the plate do not."""
    b = Builder()
    b.quad([(-0.5, 2, -0.5), (0.5, 2, -0.5), (0.5, 2, 0.5), (-0.5, 2, 0.5)], (1, 1, 1), cells=(4, 4))
    b.tube((0, 0, -0.05), (0, 0, 0.05), 0.02, (1, 1, 1))
    b.tube((1.5, 0, -0.05), (1.5, 0, 0.05), 0.02, (1, 1, 1))
    tubes, quads = in_sun(b.build(), (0.0, 1.0, 0.0))
    assert tubes.tolist() == [pytest.approx(0.15), 1.0]
    assert (quads == 1.0).all()


def test_a_low_sun_throws_the_shadow_sideways() -> None:
    """The sun from +x at 45 degrees: what is one metre lower and one metre towards -x lies in the shadow."""
    b = Builder()
    b.quad([(-0.3, 1, -0.3), (0.3, 1, -0.3), (0.3, 1, 0.3), (-0.3, 1, 0.3)], (1, 1, 1), cells=(4, 4))
    b.ball((-1.0, 0, 0), 0.05, (1, 1, 1))
    b.ball((0.0, 0, 0), 0.05, (1, 1, 1))
    tubes, _ = in_sun(b.build(), (np.sqrt(0.5), np.sqrt(0.5), 0.0))
    assert tubes.tolist() == [pytest.approx(0.15), 1.0]


def test_rime_whitens_and_marks_keep() -> None:
    """None changes nothing, much brings black near white; ids stay, `marked` replaces them."""
    b = Builder()
    b.line(np.array([[0.0, 0, 0], [1, 0, 0]]), 0.02, (0.0, 0.0, 0.0), part=BAR_ID)
    shapes = b.build()
    assert (shapes.rimed(0.0).tube_rgb == 0).all()
    white = shapes.rimed(1.0)
    assert 0.1 < white.tube_rgb.mean() < 0.9
    assert (white.tube_id == BAR_ID).all()
    assert (shapes.marked(RIDER_ID).tube_id == RIDER_ID).all()


def test_h264_keeps_the_picture_and_costs_more_the_coarser_it_is() -> None:
    """Nearly the same picture at 18, farther from it at 40; the same bytes each time."""
    rng = np.random.default_rng(0)
    smooth = np.kron(rng.integers(40, 220, (10, 10, 3)), np.ones((20, 20, 1))).astype(np.uint8)
    image = np.clip(smooth + rng.normal(0, 6, smooth.shape), 0, 255).astype(np.uint8)
    before = np.roll(image, 2, axis=1)
    errors = [np.abs(h264(before, image, crf).astype(int) - image).mean() for crf in (18, 30, 40)]
    assert errors[0] < 6
    assert errors == sorted(errors)
    np.testing.assert_array_equal(h264(before, image, 30), h264(before, image, 30))

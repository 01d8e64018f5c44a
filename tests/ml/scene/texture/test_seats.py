"""Benches of slats, wire and planks are seen through; the bar and the frame stay those of the carrier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.scene.lift import LiftScene
from ml.scene.passage import plain
from ml.scene.render import render_registered
from ml.scene.sampling import make_lift, sample_lift
from ml.scene.texture.seats import Material, SeatStyle, sample_seat, seat_paint
from ml.scene.world.shapes import Shapes


def _front(material: Material | None, cover: float = 0.3) -> LiftScene:
    spec = replace(sample_lift(1).spec, seats=4, back="panel", bubble=False, snow=0.0)
    lift = make_lift(1, np.random.default_rng(1), spec=spec, azimuth_deg=20.0)
    return replace(lift, seat=SeatStyle(material, 6, cover, 0.3, True, 5) if material else None)


def _area(shapes: Shapes) -> float:
    quads = shapes.quads
    cross = np.cross(quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0])
    return float(np.linalg.norm(cross, axis=1).sum())


@pytest.mark.parametrize("material", ["slats", "upright", "wire", "planks"])
def test_more_is_seen_through_it_than_through_a_panel(material: Material) -> None:
    assert _area(_front(material).body) < 0.6 * _area(_front(None).body)


def test_a_shiny_sheet_mirrors_bright_and_dark() -> None:
    """Its pieces differ by far more than a painted panel's, which has one colour."""
    tones = _front("shiny", 1.0).body.quad_rgb.mean(1)
    assert tones.max() > 2 * np.median(tones) or tones.min() < np.median(tones) / 2


def test_the_bar_stays_where_it_is() -> None:
    """Only what hides it changes."""
    whole = [render_registered(_front(m), plain(_front(m), 1.0), 1).bar > 0 for m in ("slats", None)]
    assert (whole[0] == whole[1]).mean() > 0.99


def test_styles_come_from_the_seed_and_cover_their_ranges() -> None:
    styles = [sample_seat(np.random.default_rng(seed)) for seed in range(60)]
    assert sample_seat(np.random.default_rng(7)) == styles[7]
    assert {style.material for style in styles} == {"slats", "upright", "wire", "planks", "shiny"}
    for style in styles:
        assert 0 < style.cover <= 1
        assert all(0 < channel < 1 for channel in seat_paint(style, np.random.default_rng(1)))

"""A drawing's pixels are defined by distance, and its JSON by the contract with the page."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from lifts.drawing.lines import Drawing, Polyline


def _drawn(*points: tuple[float, float], width: float) -> Drawing:
    return Drawing(lines=(Polyline(points=points, width=width),))


def test_pixels_within_half_of_the_width_are_bar() -> None:
    """By the definition, worked out for every pixel: a slanting line of odd width, and a lone point."""
    ys, xs = np.mgrid[0:200, 0:200]
    start, end = np.array([30.0, 40.0]), np.array([150.5, 90.25])
    along = end - start
    share = np.clip(((xs - start[0]) * along[0] + (ys - start[1]) * along[1]) / (along @ along), 0, 1)
    distance = np.hypot(xs - start[0] - share * along[0], ys - start[1] - share * along[1])
    mask = _drawn((30.0, 40.0), (150.5, 90.25), width=5).raster()
    assert ((mask == 255) == (distance <= 2.5)).all()
    assert set(np.unique(mask)) == {0, 255}
    dot = _drawn((100, 100), width=10).raster()
    assert ((dot == 255) == (np.hypot(xs - 100, ys - 100) <= 5)).all()


def test_what_leaves_the_frame_is_cut_off() -> None:
    """A line from outside is drawn inside, one that never comes in leaves nothing."""
    assert _drawn((-50, 100), (20, 100), width=3).raster()[99:102, :22].all()
    assert not _drawn((-50, -50), (-10, -10), width=8).raster().any()


def test_pixels_are_where_the_page_shows_them() -> None:
    """A line at whole numbers lies as far above as below them: as in SVG's view box from -0.5."""
    mask = _drawn((40, 50), (160, 50), width=3).raster()
    assert np.flatnonzero(mask[:, 100]).tolist() == [49, 50, 51]
    assert _drawn((40, 50.5), (160, 50.5), width=4).raster()[:, 100].nonzero()[0].tolist() == [49, 50, 51, 52]


def test_json_is_the_contract_with_the_page() -> None:
    """Read, drawn and written again without loss; what is not a drawing is refused."""
    text = '{"lines":[{"points":[[10.5,20.0],[30.0,40.0]],"width":4.0}]}'
    assert Drawing.model_validate_json(text).model_dump_json() == text
    for wrong in (
        '{"lines":[{"points":[],"width":4}]}',
        '{"lines":[{"points":[[1,2]],"width":0}]}',
        '{"lines":[{"points":[[1,2,3]],"width":4}]}',
        '{"lines":[{"points":[[1e9,2]],"width":4}]}',
        '{"lines":[],"colour":"red"}',
    ):
        with pytest.raises(ValidationError):
            Drawing.model_validate_json(wrong)

"""A mask becomes lines that draw the same mask again."""

from __future__ import annotations

import numpy as np
import pytest

from lifts.drawing.lines import Drawing, Polyline
from lifts.drawing.strokes import extent_px, parts_of, strokes_of
from lifts.masks import overlap

BAR = Drawing(
    lines=(
        Polyline(points=((40, 120), (50, 60), (150, 60), (160, 120)), width=6),
        Polyline(points=((80, 60), (80, 30)), width=3),
        Polyline(points=((20, 180), (60, 180)), width=12),
    )
)


def test_an_imported_mask_is_drawn_again_by_its_lines() -> None:
    """Hand-drawn lines of three widths: the same pixels but for ends and corners, the same widths."""
    mask = BAR.raster()
    found = strokes_of(mask > 0)
    again = found.raster()
    assert overlap(mask, again, tolerance_px=1) > 0.97
    assert 0.85 < (again > 0).sum() / (mask > 0).sum() < 1.1
    widths = sorted(line.width for line in found.lines)
    assert abs(widths[0] - 3) <= 1
    assert abs(widths[-1] - 12) <= 1


@pytest.mark.parametrize("width", [2.0, 5.0, 9.0])
def test_all_lines_can_have_one_width(width: float) -> None:
    """As a proposal's do."""
    assert {line.width for line in strokes_of(BAR.raster() > 0, width).lines} == {width}


def test_parts_are_lines_that_touch() -> None:
    """The strut belongs to the bar, the thick line apart from it does not."""
    parts = parts_of(BAR)
    assert sorted(len(part.lines) for part in parts) == [1, 2]
    assert sorted(round(extent_px(part)) for part in parts) == [40, 150]
    assert parts_of(Drawing()) == []
    assert extent_px(Drawing()) == 0


def test_an_empty_area_has_no_lines() -> None:
    """Nothing drawn, nothing to edit."""
    assert strokes_of(np.zeros((200, 200), np.bool_)) == Drawing()

"""Areas become the lines in their middle, as connected as they were."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.arrays import Bool
from lifts.drawing.lines import Drawing, Polyline
from lifts.drawing.thinning import simplify, thin, trace


def _area(*lines: tuple[tuple[float, float], ...], width: float = 7) -> Bool:
    return Drawing(lines=tuple(Polyline(points=line, width=width) for line in lines)).raster() > 0


def _parts(mask: Bool) -> int:
    return cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)[0] - 1


def test_thinning_keeps_what_is_connected_and_is_one_pixel_wide() -> None:
    """Two lines that cross, one apart from them: still two parts, no block of four pixels, all within."""
    area = _area(((20, 20), (180, 160)), ((20, 150), (150, 30)), ((20, 190), (180, 190)))
    line = thin(area)
    assert _parts(line) == _parts(area) == 2
    assert not (line & ~area).any()
    blocks = line[:-1, :-1] & line[1:, :-1] & line[:-1, 1:] & line[1:, 1:]
    assert not blocks.any()
    assert (thin(line) == line).all()


def test_a_bent_line_is_one_stroke_with_its_corners() -> None:
    """From end to end, within two pixels of what was drawn."""
    (stroke,) = trace(thin(_area(((40, 150), (40, 50), (160, 50), (160, 150)))), 10)
    corners = simplify(stroke, 1.5)
    assert np.hypot(*(corners[1:3] - [[40, 50], [160, 50]]).T).max() < 4
    assert len(corners) <= 8


def test_a_crossing_parts_strokes_and_a_fringe_does_not() -> None:
    """A strut of 60 pixels is a stroke of its own; a knob on a line is no branch of it."""
    strokes = trace(thin(_area(((20, 100), (180, 100)), ((100, 100), (100, 160)))), 10)
    assert len(strokes) == 3
    knobbed = _area(((20, 100), (180, 100)), ((100, 100), (100, 107)))
    assert len(trace(thin(knobbed), 10)) == 1


def test_a_ring_is_a_closed_stroke() -> None:
    """It comes back to where it starts, also when it was simplified."""
    ring = np.zeros((200, 200), np.uint8)
    cv2.circle(ring, (100, 100), 50, 255, 5)
    (stroke,) = trace(thin(ring > 0), 10)
    corners = simplify(stroke, 1.5)
    assert (corners[0] == corners[-1]).all()
    assert np.abs(np.hypot(*(corners - 100).T) - 50).max() < 3


def test_lone_pixels_and_nothing() -> None:
    """A dot is a stroke of one point; an empty area has none."""
    dot = np.zeros((200, 200), np.bool_)
    assert trace(thin(dot), 10) == []
    dot[50, 70] = True
    (stroke,) = trace(thin(dot), 10)
    assert stroke.tolist() == [[70.0, 50.0]]

"""Parts of a frame: none is drawn twice, and none is forgotten."""

from __future__ import annotations

import numpy as np

from ml.scene.video.boxes import apart, box_of, grown, part


def test_boxes_that_overlap_become_one_and_cover_what_they_covered() -> None:
    """Three boxes in a chain become one, also if only a later one joins them; one beside them stays."""
    boxes = [(0, 0, 10, 10), (18, 0, 30, 10), (50, 50, 60, 60), (9, 5, 20, 8)]
    found = apart(boxes)
    assert sorted(found) == [(0, 0, 30, 10), (50, 50, 60, 60)]
    count = np.zeros((70, 70), int)
    for box in found:
        count[part(box)] += 1
    assert count.max() == 1
    assert all(count[part(box)].all() for box in boxes)


def test_what_is_out_of_view_has_no_box() -> None:
    """Beside the frame, or nothing at all; at its edge the box ends there."""
    size = (100, 50)
    assert box_of(np.array([120.0, 10.0, 130.0, 20.0]), 3, size) is None
    assert box_of(np.array([np.inf, np.inf, -np.inf, -np.inf]), 3, size) is None
    assert box_of(np.array([-5.0, 10.2, 4.5, 60.0]), 3, size) == (0, 7, 8, 50)
    assert grown((2, 2, 98, 40), 4, size) == (0, 0, 100, 44)

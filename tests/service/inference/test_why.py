"""The overlay's arithmetic, on maps drawn by hand."""

from __future__ import annotations

import cv2
import numpy as np

from lifts.schema import MaskPair
from service.inference.why import BOTH_RGB, CLOSE_RGB, NEITHER_RGB, OPEN_RGB, overlay, png_of


def _masks() -> MaskPair:
    """Open: a level bar at 40; close: one at 120; both reach into the right column at x = 190."""
    opened, closed = np.zeros((200, 200), np.uint8), np.zeros((200, 200), np.uint8)
    opened[38:42, 20:150], closed[118:122, 20:150] = 255, 255
    opened[38:180, 188:192], closed[38:180, 188:192] = 255, 255
    return MaskPair(open=opened, close=closed)


def test_colours_say_which_mask_the_bar_lies_on() -> None:
    """Amber at the open mask, blue at the close mask, violet at both, white far from either."""
    drawn = overlay(np.full((50, 50), 255, np.uint8), _masks())
    assert drawn.shape == (200, 200, 4)
    at = {(40, 80): OPEN_RGB, (120, 80): CLOSE_RGB, (80, 190): BOTH_RGB, (80, 80): NEITHER_RGB}
    assert {place: tuple(drawn[place][:3].tolist()) for place in at} == at
    # Nine pixels beside a mask are still that mask's; registration is never better than that.
    assert tuple(drawn[32, 80][:3].tolist()) == OPEN_RGB
    assert tuple(drawn[27, 80][:3].tolist()) == NEITHER_RGB


def test_what_was_not_seen_is_transparent() -> None:
    """A map that is lit in its upper half lets the lower half of the picture through."""
    lit = np.zeros((50, 50), np.uint8)
    lit[:25] = 200
    drawn = overlay(lit, _masks())
    assert (drawn[:96, :, 3] == 200).all()
    assert (drawn[104:, :, 3] == 0).all()


def test_a_browser_gets_the_colours_as_drawn() -> None:
    """PNG keeps red, green, blue and alpha in their places."""
    drawn = overlay(np.full((50, 50), 255, np.uint8), _masks())
    decoded = cv2.imdecode(np.frombuffer(png_of(drawn), np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    assert (cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGBA) == drawn).all()

"""What calibrate draws can be read, and drawn by."""

import itertools

import cv2
import numpy as np
import pytest

from lifts.schema import Pose, Track
from service.setup.picture import draw_track, registered, sharpest, sheet, with_grid
from service.setup.proposal import Proposal

RNG = np.random.default_rng(3)


def proposal(xs: tuple[float, float, float], scale: float) -> Proposal:
    begin, middle, end = (Pose(x=x, y=300.0, scale=scale) for x in xs)
    return Proposal(
        Track(begin=begin, middle=middle, end=end), 5.0, 2.0, (1.0,), 0.5, 0.5, 1.0, 1.0, 0.9, True
    )


@pytest.mark.thorough
@pytest.mark.parametrize("xs", [(300, 640, 900), (600, 640, 680), (640, 650, 660), (20, 640, 1270)])
@pytest.mark.parametrize("scale", [0.15, 0.35, 1.0])
@pytest.mark.parametrize("width", [640, 1280, 3840])
def test_labels_stand_apart_and_in_the_picture(
    xs: tuple[float, float, float], scale: float, width: int
) -> None:
    """Where frames lie over one another or reach beyond the picture: three dark plates, each whole."""
    factor = width / 1280
    picture = np.full((round(720 * factor), width, 3), 200, np.uint8)
    near = proposal((xs[0] * factor, xs[1] * factor, xs[2] * factor), scale / factor)
    drawn = draw_track(picture, near.track)
    dark = cv2.inRange(drawn, (0, 0, 0), (2, 2, 2))
    filled = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(filled)
    plates = sorted(tuple(int(v) for v in stats[n][:4]) for n in range(1, count) if stats[n][4] > 100)
    # Plates that touch count as one: then their area is that of several.
    assert len(plates) <= 3
    single = [
        cv2.getTextSize(name, cv2.FONT_HERSHEY_SIMPLEX, width / 1600, max(1, round(width / 600)))[0]
        for name in ("begin", "middle", "end")
    ]
    wanted = sum((w + h) * 2 * h for w, h in single)
    covered = sum(w * h for _, _, w, h in plates)
    assert covered > 0.9 * wanted


def test_the_sharpest_carrier_is_taken_however_crowded() -> None:
    """A sharp picture with few edges is sharper than a blurred one with many."""
    plain = np.full((200, 200, 3), 120, np.uint8)
    cv2.rectangle(plain, (60, 60), (140, 140), (20, 20, 20), 2)
    crowd = np.full((200, 200, 3), 120, np.uint8)
    for x, y in itertools.product(range(10, 190, 20), repeat=2):
        cv2.rectangle(crowd, (x, y), (x + 12, y + 12), (20, 20, 20), 2)
    blurred = np.asarray(cv2.GaussianBlur(crowd, (0, 0), 2.0), np.uint8)
    assert sharpest([blurred, plain]) is plain
    assert sharpest([crowd, np.asarray(cv2.blur(crowd, (3, 3)), np.uint8)]) is crowd


def test_the_grid_is_seen_on_dark_and_light_and_hides_nothing() -> None:
    """A line every 20 pixels; between them the picture is as it was."""
    for level in (0, 128, 255):
        picture = np.full((200, 200, 3), level, np.uint8)
        off = np.abs(with_grid(picture).astype(int) - level).max(axis=-1)
        assert off[20::20].min() > 20
        assert off[:, 20::20].min() > 20
        assert off[100, 50] > off[80, 50]
        between = np.ones((200, 200), bool)
        between[20::20], between[:, 20::20] = False, False
        assert off[between].max() == 0


def test_carriers_are_numbered_and_registered_one_by_one() -> None:
    """A picture of each; the sheet holds them five in a row, each with its number."""
    shots = [RNG.integers(0, 255, (360, 640, 3), dtype=np.uint8) for _ in range(7)]
    single = registered(shots, Pose(x=320, y=180, scale=0.5))
    assert [one.shape for one in single] == [(200, 200, 3)] * 7
    whole = sheet(single)
    assert whole.shape == (400, 1000, 3)
    np.testing.assert_array_equal(whole[240:400, 200:400], single[6][40:])
    assert (whole[:30, :40] != single[0][:30, :40]).any()

"""A picture that shows nothing must never be judged."""

import cv2
import numpy as np
import pytest

from lifts.arrays import UInt8
from lifts.visibility import picture_problem
from tests.service.passages.scripted import Scene, frames

RNG = np.random.default_rng(5)


def specks(picture: UInt8, count: int) -> UInt8:
    out = picture.copy()
    for x, y in RNG.integers(0, 200, (count, 2)):
        cv2.circle(out, (int(x), int(y)), 2, (235, 235, 235), -1)
    return out


def flat(level: float, noise: float = 0.0) -> UInt8:
    grain = RNG.normal(level, noise, (200, 200, 1)) if noise else np.full((200, 200, 1), level)
    out: UInt8 = np.clip(np.repeat(grain, 3, axis=2), 0, 255).astype(np.uint8)
    return out


def shaded() -> UInt8:
    """Fog that is brighter towards the top: contrast without anything in it."""
    ramp = np.linspace(190, 120, 200)[:, None, None]
    return np.asarray(ramp.repeat(200, 1).repeat(3, 2), dtype=np.uint8)


@pytest.mark.parametrize(
    "picture",
    [
        flat(0),
        flat(6, 4),
        specks(flat(2), 90),
        flat(70, 8),
        specks(flat(75), 90),
        flat(140),
        flat(255),
        shaded(),
    ],
    ids=["black", "noise", "snow on black", "grey noise", "snow on grey", "fog", "white", "shaded fog"],
)
def test_what_shows_nothing_is_a_problem(picture: UInt8) -> None:
    """Dark, flat, over-exposed, or only snow and noise: a reason is given."""
    assert picture_problem(picture)


@pytest.mark.parametrize("light", [1.0, 0.3])
def test_what_shows_something_is_none(light: float) -> None:
    """A usual view, by day and dim, with snow before it, may be judged."""
    image = next(iter(frames(Scene(people=2, snow=200, brightness=light, noise=3.0)))).image
    picture = np.ascontiguousarray(image[200:400, 200:400, ::-1])
    assert picture_problem(picture) is None

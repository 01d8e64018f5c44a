"""Which lift is this, and is it the one it claims to be?"""

import math

import numpy as np
import pytest
from torch import Tensor

from ml.papers.comparison.identification import claims, equal_error, identification_figures
from ml.systems.recipe import Recipe
from tests.ml.tiny import Tiny, halves, lifts


class Placed(Tiny):
    """Embeds a picture as its halves' brightness."""

    def all_outputs(self, images: Tensor, batch: int = 64) -> Tensor:
        """As a lift's pictures have it."""
        del batch
        return halves(images)


def test_equal_error_by_hand() -> None:
    """Told apart: none. All mixed: half. One in four on either side: a quarter."""
    assert equal_error(np.array([1.0, 2.0]), np.array([3.0, 4.0])) == 0.0
    assert equal_error(np.array([1.0, 2.0, 3.0, 5.0]), np.array([4.0, 6.0, 7.0, 8.0])) == 0.25
    assert equal_error(np.array([3.0, 4.0]), np.array([1.0, 2.0])) == 1.0


def test_a_claim_is_judged_by_the_nearest_known_picture() -> None:
    """Two lifts far apart: no right claim is refused; swapped, all are."""
    gallery = np.array([[0.0, 0], [0, 1], [9, 9], [9, 8]], np.float32)
    labels = np.array([0, 0, 1, 1])
    queries = np.array([[0.0, 0.4], [9, 8.4]], np.float32)
    assert claims(queries, np.array([0, 1]), gallery, labels) == {
        "equal_error": 0.0,
        "refused_at_1_percent": 0.0,
    }
    wrong = claims(queries, np.array([1, 0]), gallery, labels)
    assert wrong["equal_error"] == wrong["refused_at_1_percent"] == 1.0
    alone = claims(queries, np.array([0, 0]), gallery[:2], labels[:2])
    assert math.isnan(alone["equal_error"])


def test_ranks_are_of_lifts_not_states() -> None:
    """A lift's own pictures, open or closed, are matches; the exact search says the same here."""
    known, asked = lifts(2, 4), lifts(2, 4)
    known.images[known.lift == 1] //= 2
    asked.images[asked.lift == 1] //= 2
    found = identification_figures(Placed(Recipe()), known, asked)
    assert (found["queries"], found["gallery"], found["queries_by_lift"]) == (24, 24, [12, 12])
    assert found["rank_1"] == found["exact"]["rank_1"] == 1.0
    assert found["claims"]["equal_error"] == 0.0
    swapped = identification_figures(Placed(Recipe()), known, lifts(2, 4))
    assert swapped["rank_1"] == pytest.approx(0.5)  # all look like the first lift

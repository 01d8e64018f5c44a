"""What a lift gains from its own passages: split, draws and figures on a network made by hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pytest

from lifts.decision.clusters import ClusterPrior
from ml.data.rendered import RenderedLift
from ml.evaluate.onsite import (
    ABLATED_AT,
    COUNTS,
    PARTS,
    SHARES,
    Lift,
    Row,
    drawn,
    right,
    row_scores,
    rows,
    settled,
    watched,
)
from ml.evaluate.scoring import Bytes, Floats, Scores
from ml.report.accuracy import onsite_section

PRIOR = ClusterPrior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1)
D = 12


@dataclass(frozen=True, eq=False)
class Shown:
    """What the network below makes of pictures."""

    embedding: Floats
    occupancy: Floats
    margin: Floats

    def take(self, rows: npt.NDArray[np.int64] | slice) -> Shown:
        return Shown(self.embedding[rows], self.occupancy[rows], self.margin[rows])


class Network:
    """A picture's first pixel says whether it is open, its second how far off its margin is, in hundredths.

    Its embedding shows the state in one coordinate, and the offset in the one that always shows: who knows
    that takes half of it off.
    """

    def look(self, images: Bytes) -> Shown:
        side = np.where(images[:, 0, 0, 0] > 0, -1.0, 1.0)
        offset = (images[:, 0, 1, 0].astype(np.float64) - 100) / 100
        noise = np.random.default_rng(0).normal(0, 0.05, (len(images), D))
        embedding = 0.3 * noise
        embedding[:, 0] += 0.5 * side
        embedding[:, 1] += offset
        margin = 0.35 * side + offset + noise[:, 0]
        none = np.zeros(len(images), np.float32)
        return Shown(embedding.astype(np.float32), none, margin.astype(np.float32))

    def match(self, seen: Shown, references: Floats) -> tuple[Floats, Floats]:
        margin = seen.margin - np.float32(0.5 * references[2, 1])
        return margin, np.ones(len(margin), np.float32)

    def masks(self, masks: Bytes) -> Floats:
        return np.zeros((len(masks), D), np.float32)


def lift(seed: int, offset: float, passages: int = 500, judged: int = 40) -> Lift:
    """A lift whose margins all lie off by as much, open and closed passages in turn."""
    is_open = np.repeat(np.arange(passages) % 2 == 0, 3)
    images = np.zeros((3 * passages, 1, 2, 3), np.uint8)
    images[is_open, 0, 0] = 255
    images[:, 0, 1] = round(100 + 100 * offset)
    mask = np.zeros((200, 200), np.uint8)
    occupied = np.ones(3 * passages, bool)
    rendered = RenderedLift(seed, images, images, images, is_open, occupied, mask, mask)
    return Lift.of(Network(), rendered, judged)


def test_what_was_watched_is_never_judged() -> None:
    parts = lift(1, 0.0, 20, judged=8)
    assert (len(parts.judged_open), len(parts.watched_open)) == (24, 36)
    assert len(parts.judged.embedding) == 24
    assert parts.name == "seed-1"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_drawn_passages_are_of_the_state_asked_for(share: float) -> None:
    parts = lift(1, 0.0)
    chosen = drawn(parts, 100, share, np.random.default_rng(1))
    assert (parts.watched_open[3 * chosen] == bool(share)).all()
    assert len(set(chosen.tolist())) == 100  # none twice


def test_too_few_passages_is_said() -> None:
    with pytest.raises(ValueError, match="seed-3: 30 passages wanted of a state that has 6"):
        drawn(lift(3, 0.0, 20, judged=8), 30, 1.0, np.random.default_rng(1))


def test_watched_passages_are_judged_by_what_always_shows() -> None:
    """An offset of 0.3 shows in every picture: half of it is taken off by who knows that."""
    parts = lift(1, 0.3)
    knows, knows_not = watched(parts, PRIOR), watched(parts)
    assert knows.always is not None
    assert knows_not.always is None
    assert knows.always[1] == pytest.approx(0.3, abs=0.01)
    assert knows.always[0] == pytest.approx(0.0, abs=0.01)
    np.testing.assert_allclose(knows_not.margins - knows.margins, 0.15, atol=0.01)
    assert len(knows.margins) == 460


def test_an_offset_is_found_and_taken_off() -> None:
    parts = lift(1, 0.4)
    assert right([parts.scores(parts.margins(parts.judged))])["accuracy"] < 0.9
    (moved,) = settled(parts, PRIOR, 50, 0.5, np.random.default_rng(2))
    assert right([moved])["accuracy"] == 1.0


@pytest.mark.parametrize("without", PARTS)
def test_each_part_can_be_left_out(without: str) -> None:
    """The margins of the judged pictures are others without it."""
    parts = lift(1, 0.4)
    whole, less = (
        settled(parts, PRIOR, 50, 0.5, np.random.default_rng(2), without=what)[0].margin
        for what in ("", without)
    )
    assert np.abs(whole - less).mean() > 0.01


def test_reviews_say_which_heap_a_single_one_is() -> None:
    """All closed, and as far off as an open heap lies: only labels can tell, the more the surer."""
    parts, prior = lift(1, -1.0), replace(PRIOR, correlation=0.9)
    lost, *told = settled(parts, prior, 200, 0.0, np.random.default_rng(2), reviews=(0, 20, 100))
    assert right([lost])["accuracy"] == pytest.approx(0.5, abs=0.02)
    assert right([told[1]])["accuracy"] > 0.9
    assert right([told[0]])["accuracy"] <= right([told[1]])["accuracy"]


def test_figures_by_hand() -> None:
    """Lift a: 3 of 6 pictures and 1 of 2 passages right; lift b: all. Two rounds count once."""
    flags = np.array([True] * 3 + [False] * 3)
    none = np.zeros(6, np.float32)
    a = Scores("a", np.array([-1, -1, -1, -1, -1, -1], np.float32), none, flags, flags, none)
    b = Scores("b", np.array([-1, -1, -1, 1, 1, 1], np.float32), none, flags, flags, none)
    once, twice = right([a, b]), right([a, b, a, b], rounds=2)
    assert once == twice
    assert once["accuracy"] == 0.75
    assert once["accuracy_per_passage"] == 0.75
    assert once["accuracy_of_lifts"] == {"a": 0.5, "b": 1.0}


def test_the_table_names_the_lift_that_lost_most() -> None:
    scores = [
        found
        for seed, offset in ((1, 0.4), (2, 0.0))
        for found in row_scores(lift(seed, offset), PRIOR, COUNTS, 1, [0, seed])
    ]
    result = {"rows": rows(scores, 1)}
    names = [(row["passages"], row["reviewed"], row["without"]) for row in result["rows"]]
    shares = len(SHARES)
    expected = [(0, 0, "")] + [(20, 0, "")] * shares + [(50, 0, "")] * shares
    expected += [(200, reviewed, "") for reviewed in (0, 5, 20, 100) for _ in range(shares)]
    expected += [(ABLATED_AT, 0, part) for part in PARTS for _ in range(shares)]
    assert names == expected
    half = next(row for row in result["rows"] if row["passages"] == 50 and row["open_share"] == 0.5)
    assert half["accuracy"] > result["rows"][0]["accuracy"]
    table = onsite_section("x", result)
    assert "| 50 | 0 | 50 % | 100.00" in table
    assert "| 50, without always | 0 |" in table
    assert "(seed-2) |" in table


def test_rows_come_in_the_order_of_the_table() -> None:
    """By passages, then reviews, whatever order lifts and rounds yield them in; ablations last."""
    one = lift(1, 0.0)
    scores = one.scores(one.margins(one.judged))
    given = [Row(50, 0, 0.5, "always"), Row(200, 5, 0.5), Row(50, 0, 0.5), Row(0, 0, None)]
    found = rows([(row, scores) for row in given], 1)
    assert [(row["passages"], row["reviewed"], row["without"]) for row in found] == [
        (0, 0, ""),
        (50, 0, ""),
        (200, 5, ""),
        (50, 0, "always"),
    ]

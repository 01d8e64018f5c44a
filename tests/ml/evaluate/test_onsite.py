"""What a lift gains from its own passages: split, draws and figures on a network made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest

from lifts.arrays import Float32, Int64, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import NO_RIDERS, Inference
from ml.data.rendered import RenderedLift
from ml.evaluate.onsite import SiteLift, sample
from ml.evaluate.scoring import CheckedPicture, Scores
from ml.evaluate.site import draws
from ml.evaluate.site.draws import (
    ABLATED_AT,
    COUNTS,
    PARTS,
    SHARES,
    Row,
    SiteDraw,
    draw_passages,
    row_scores,
    rows,
    verdict_figures,
)
from ml.report.accuracy import onsite_section

CALIBRATION = Calibration(
    scale=30.0,
    offset=0.0,
    unknown_low=0.25,
    unknown_high=0.67,
    occupancy_threshold=0.5,
    min_separation=0.1,
    min_separation_good=0.5,
    clusters=ClusterPrior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1),
    scale_on_site=30.0,
)
D = 12


@dataclass(frozen=True, eq=False)
class Shown:
    """What the network below makes of pictures."""

    embedding: Float32
    occupancy: Float32
    margin: Float32
    riders: Float32 = field(default_factory=lambda: NO_RIDERS)

    def take(self, rows: Int64 | slice) -> Shown:
        return Shown(self.embedding[rows], self.occupancy[rows], self.margin[rows])


class Network:
    """A picture's first pixel says whether it is open, its second how far off its margin is, in hundredths.

    Its embedding shows the state in one coordinate, and the offset in the one that always shows: who knows
    that takes half of it off.
    """

    def look(self, images: UInt8) -> Shown:
        side = np.where(images[:, 0, 0, 0] > 0, -1.0, 1.0)
        offset = (images[:, 0, 1, 0].astype(np.float64) - 100) / 100
        noise = np.random.default_rng(0).normal(0, 0.05, (len(images), D))
        embedding = 0.3 * noise
        embedding[:, 0] += 0.5 * side
        embedding[:, 1] += offset
        margin = 0.35 * side + offset + noise[:, 0]
        none = np.zeros(len(images), np.float32)
        return Shown(embedding.astype(np.float32), none, margin.astype(np.float32))

    def match(self, seen: Shown, references: Float32) -> tuple[Float32, Float32]:
        margin = seen.margin - np.float32(0.5 * references[2, 1])
        return margin, np.ones(len(margin), np.float32)

    def masks(self, masks: UInt8) -> Float32:
        return np.zeros((len(masks), D), np.float32)


@cache
def lift(seed: int, offset: float, passages: int = 500, judged: int = 40) -> SiteLift:
    """A lift whose margins all lie off by as much, open and closed passages in turn."""
    is_open = np.repeat(np.arange(passages) % 2 == 0, 3)
    images = np.zeros((3 * passages, 1, 2, 3), np.uint8)
    images[is_open, 0, 0] = 255
    images[:, 0, 1] = round(100 + 100 * offset)
    mask = np.zeros((200, 200), np.uint8)
    occupied = np.ones(3 * passages, bool)
    rendered = RenderedLift(seed, images, images, images, is_open, occupied, mask, mask)
    return replace(
        SiteLift.of(Network(), rendered, judged),
        judged_pictures=(CheckedPicture(None),) * 3 * judged,
        watched_pictures=(CheckedPicture(None),) * 3 * (passages - judged),
    )


def test_what_was_watched_is_never_judged() -> None:
    parts = lift(1, 0.0, 20, judged=8)
    assert (len(parts.judged_open), len(parts.watched_open)) == (24, 36)
    assert len(parts.judged.embedding) == 24
    assert parts.name == "seed-1"


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_drawn_passages_are_of_the_state_asked_for(share: float) -> None:
    parts = lift(1, 0.0)
    chosen = draw_passages(parts, 100, share, np.random.default_rng(1))
    assert (parts.watched_open[3 * chosen] == bool(share)).all()
    assert len(set(chosen.tolist())) == 100  # none twice


def test_too_few_passages_is_said() -> None:
    with pytest.raises(ValueError, match="seed-3: 30 passages wanted of a state that has 6"):
        draw_passages(lift(3, 0.0, 20, judged=8), 30, 1.0, np.random.default_rng(1))


def learnt(parts: SiteLift, count: int, share: float, without: str = "") -> Scores:
    """The judged pictures by what a lift learnt from so many passages."""
    chosen = draw_passages(parts, count, share, np.random.default_rng(2))
    return SiteDraw(parts, CALIBRATION, chosen).scores(without=without)


def accuracy(scores: Scores) -> float:
    """By the sign of the margin."""
    return float(verdict_figures([scores], CALIBRATION)["accuracy"])


def test_watched_passages_are_judged_with_the_background() -> None:
    """An offset of 0.3 shows in every picture: half of it is taken off by who knows the background."""
    parts = lift(1, 0.3)
    background = np.zeros(D, np.float32)
    background[1] = 0.3
    alone, informed = sample(parts, CALIBRATION), sample(parts, CALIBRATION, background=background)
    np.testing.assert_allclose(alone.margins - informed.margins, 0.15, atol=0.01)
    assert len(alone.margins) == 460


def test_passages_that_were_not_seen_are_not_learnt_from() -> None:
    """As in the service: a passage that the judge refuses is left out, with its label."""
    parts = lift(1, 0.0)
    dark = [CheckedPicture(Reason.DARK)] * 3
    shown = replace(parts, watched_pictures=(*parts.watched_pictures[:6], *dark, *parts.watched_pictures[9:]))
    found = sample(shown, CALIBRATION, np.array([1, 2, 3]))
    assert found.places.tolist() == [0, 2]
    assert found.is_open.tolist() == parts.watched_open[[3, 9]].tolist()
    assert found.to_learn_from([1, 2]).is_open == [None, bool(parts.watched_open[9])]


def test_an_offset_is_found_and_taken_off() -> None:
    parts = lift(1, 0.4)
    assert accuracy(parts.scores()) < 0.9
    assert accuracy(learnt(parts, 50, 0.5)) == 1.0


@pytest.mark.parametrize("without", PARTS)
def test_each_part_can_be_left_out(without: str) -> None:
    """The margins of the judged pictures are others without it."""
    parts = lift(1, 0.4)
    whole, less = (learnt(parts, 50, 0.5, what).margin for what in ("", without))
    assert np.abs(whole - less).mean() > 0.01


def test_reviews_say_what_a_single_cluster_is() -> None:
    """All closed, and as far off as an open cluster lies: only labels can tell, the more the better."""
    prior = replace(ClusterPrior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1), correlation=0.9)
    calibration = CALIBRATION.model_copy(update={"clusters": prior})
    parts = lift(1, -1.0)
    rng = np.random.default_rng(2)
    chosen = draw_passages(parts, 200, 0.0, rng)
    order = rng.permutation(200).tolist()
    draw = SiteDraw(parts, calibration, chosen)
    lost, few, many = (accuracy(draw.scores(order[:count])) for count in (0, 20, 100))
    assert lost == pytest.approx(0.5, abs=0.02)
    assert many > 0.9
    assert few <= many


def test_a_draw_of_all_passages_is_what_was_judged_once() -> None:
    """What was judged for all of them says the same of a draw, places and truth included."""
    parts = lift(1, 0.3)
    dark = [CheckedPicture(Reason.DARK)] * 3
    shown = replace(parts, watched_pictures=(*parts.watched_pictures[:6], *dark, *parts.watched_pictures[9:]))
    chosen = np.array([7, 2, 4])
    once, again = sample(shown, CALIBRATION).take(chosen), sample(shown, CALIBRATION, chosen)
    for found, expected in zip(once, again, strict=True):
        np.testing.assert_allclose(np.asarray(found), np.asarray(expected), atol=1e-6)


def test_the_network_is_asked_once_for_each_background() -> None:
    """Reviews and parts left out change no picture: 1 for the masks alone, 2 with the background."""
    asked: list[int] = []

    class Counting(Network):
        def match(self, seen: Shown, references: Float32) -> tuple[Float32, Float32]:
            asked.append(len(seen.margin))
            return super().match(seen, references)

    parts = replace(lift(1, 0.4), model=Counting())
    alone = sample(parts, CALIBRATION)
    asked.clear()
    draw = SiteDraw(parts, CALIBRATION, np.arange(50), alone)
    for reviewed, without in (((), ""), (range(20), ""), (range(20), "adapter"), ((), "prototypes")):
        draw.scores(reviewed, without)
    assert asked == [150, 120]


def test_without_the_adapter_reviews_still_move_the_threshold() -> None:
    """Where reviews taught one, the row without it is judged by the same threshold and prototypes."""
    parts = lift(1, 0.4)
    draw = SiteDraw(parts, CALIBRATION, np.arange(200))
    whole, less = (draw.scores(range(100), without).references.site for without in ("", "adapter"))
    assert whole is not None
    assert less is not None
    assert not less.adapted
    assert whole.fit == less.fit


def test_figures_by_hand() -> None:
    """Lift a: 3 of 6 pictures and 1 of 2 passages right; lift b: all. Two rounds count once."""
    flags = np.array([True] * 3 + [False] * 3)

    def scores(name: str, margins: list[float]) -> Scores:
        matches = np.stack([np.array(margins, np.float32), np.ones(6, np.float32)], 1)
        inference = Inference(np.zeros((6, 2), np.float32), np.zeros(6, np.float32), matches)
        references = LiftReferences(np.zeros((2, 1, 2), np.float32))
        return Scores(name, inference, references, (CheckedPicture(None),) * 6, flags, flags)

    a, b = scores("a", [-1.0] * 6), scores("b", [-1.0] * 3 + [1.0] * 3)
    once, twice = verdict_figures([a, b], CALIBRATION), verdict_figures([a, b, a, b], CALIBRATION, rounds=2)
    assert once["accuracy"] == twice["accuracy"] == 0.75
    assert once["accuracy_per_passage"] == 0.75
    assert once["accuracy_of_lifts"] == {"a": 0.5, "b": 1.0}
    assert once["accuracy_interval_95"] == twice["accuracy_interval_95"]
    one, two = (found["verdicts"]["per_passage"] for found in (once, twice))
    assert (one["closed_called_open"], two["closed_called_open"]) == (1, 2)
    assert one["closed_called_open_share"] == two["closed_called_open_share"] == 0.5
    assert once["verdicts_of_lifts"]["a"]["right_share"] == 0.5
    assert twice["verdicts_of_lifts"]["b"]["right_share"] == 1.0
    assert one["closed_called_open_interval_95"] == two["closed_called_open_interval_95"]


@pytest.mark.thorough
def test_the_table_names_the_lift_that_lost_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each number of passages, of reviews and part left out, and for each share of open ones."""
    shares = SHARES[2:3]
    monkeypatch.setattr(draws, "SHARES", shares)
    scores = [
        found
        for seed, offset in ((1, 0.4), (2, 0.0))
        for found in row_scores(lift(seed, offset), CALIBRATION, COUNTS, 1, [0, seed])
    ]
    result = {"rows": rows(scores, CALIBRATION, 1)}
    names = [(row["passages"], row["reviewed"], row["without"]) for row in result["rows"]]
    expected = [(0, 0, "")] + [(20, 0, "") for _ in shares] + [(50, 0, "") for _ in shares]
    expected += [(200, reviewed, "") for reviewed in (0, 5, 20, 100) for _ in shares]
    expected += [(460, 100, ""), (460, 460, "")]
    expected += [(200, reviewed, "adapter") for reviewed in (5, 20, 100) for _ in shares]
    expected += [(460, 100, "adapter"), (460, 460, "adapter")]
    expected += [(ABLATED_AT, 0, part) for part in PARTS for _ in shares]
    assert names == expected
    half = next(row for row in result["rows"] if row["passages"] == 50 and row["open_share"] == 0.5)
    assert half["accuracy"] > result["rows"][0]["accuracy"]
    table = str(onsite_section("x", result))
    assert "| 50 | 0 | 50 % | 0.00 | 0.00 | 0.00 | 100.00" in table
    assert "| 50, without background | 0 |" in table
    assert "(seed-2) |" in table


def test_rows_come_in_the_order_of_the_table() -> None:
    """By passages, then reviews, whatever order lifts and rounds yield them in; ablations last."""
    one = lift(1, 0.0)
    scores = one.scores()
    given = [Row(50, 0, 0.5, "background"), Row(200, 5, 0.5), Row(50, 0, 0.5), Row(0, 0, None)]
    found = rows([(row, scores) for row in given], CALIBRATION, 1)
    assert [(row["passages"], row["reviewed"], row["without"]) for row in found] == [
        (0, 0, ""),
        (50, 0, ""),
        (200, 5, ""),
        (50, 0, "background"),
    ]

"""Passages as sequences: what the bar does, when it leaves its state, and what heads see of it."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ml.data.moving import PLACES
from ml.papers.listed.departure import (
    CHANCE,
    WITHIN,
    ambiguous_pictures,
    chances,
    found_in_time,
    trained,
)
from ml.papers.listed.heads import PassageHead, departure_loss, fit_head, hide_pictures
from ml.papers.listed.passages import EVENTS, FEATURES, Sequences, commonest, departure
from ml.papers.listed.temporal import predicted_open
from ml.papers.listed.temporal import trained as trained_head


def sequences(count: int, seed: int) -> Sequences:
    """Passages whose first number is the bar's opening with a little noise; two in four move."""
    rng = np.random.default_rng(seed)
    ways = np.empty((count, PLACES))
    time = np.linspace(0, 1, PLACES)
    for row in range(count):
        at = rng.uniform(0.1, 0.7)
        ramp = np.clip((time - at) / 0.25, 0, 1)
        ways[row] = (np.zeros(PLACES), np.ones(PLACES), ramp, 1 - ramp)[row % 4]
    features = rng.normal(0, 0.1, (count, PLACES, FEATURES)).astype(np.float32)
    features[..., 0] += (2 * ways - 1).astype(np.float32)
    found = [departure(way) for way in ways]
    return Sequences(
        features,
        ways,
        ways[:, -1] > 0.5,
        np.array([event for event, _ in found]),
        np.array([at for _, at in found]),
        np.arange(count) % 5,
        -ways,
    )


@pytest.mark.parametrize(
    ("openings", "event", "at"),
    [
        ([0.0, 0.0, 0.0], "none", math.nan),
        ([0.5, 0.5, 0.5], "none", math.nan),  # half lowered, and still
        ([1.0, 0.8, 0.0], "lowered", 0.25),  # 0.1 of its way when half way to the second picture
        ([0.0, 0.0, 0.4], "raised", 0.625),
        ([0.6, 0.2, 0.0], "lowered", 0.0),  # on its way already
    ],
)
def test_a_bar_departs_when_a_tenth_of_its_way_is_done(openings: list[float], event: str, at: float) -> None:
    found, when = departure(np.array(openings))
    assert EVENTS[found] == event
    assert when == pytest.approx(at, nan_ok=True)


@pytest.mark.thorough
def test_a_head_learns_the_state_at_the_end() -> None:
    """With attention it tells raised from lowered bars on passages that it has not seen."""
    head = trained_head(sequences(64, 0), sequences(32, 1), "attention", 0, patience=5)
    asked = sequences(64, 2)
    assert (predicted_open(head, asked) == asked.ends_open).mean() > 0.9


def test_weights_of_pictures_sum_to_one() -> None:
    """Whichever way they are pooled; the last picture alone has all of it."""
    h = torch.randn(2, 5, 32)
    for pooling in ("attention", "mean", "last"):
        weights = PassageHead(7, pooling).attention(h)
        torch.testing.assert_close(weights.sum(1), torch.ones(2))
        assert (weights >= 0).all()
    assert weights[:, -1].tolist() == [1.0, 1.0]


def test_ambiguous_pictures_are_hidden_while_it_learns() -> None:
    """Those of a bar on its way, half of the time; the control hides as many of all; their time stays."""
    found = sequences(40, 0)
    ambiguous = ambiguous_pictures(found)
    assert not ambiguous[0::4].any()
    assert ambiguous[2].sum() in (1, 2, 3)
    assert float(chances(found, "ambiguous").sum()) == pytest.approx(CHANCE * ambiguous.sum())
    assert float(chances(found, "at random").sum()) == pytest.approx(CHANCE * ambiguous.sum(), rel=1e-4)
    x = found.inputs()
    hidden = hide_pictures(x, torch.from_numpy(ambiguous).float(), torch.Generator())
    assert torch.equal(hidden[..., -1], x[..., -1])
    assert torch.equal(hidden[..., 0] == 0, torch.from_numpy(ambiguous > 0))


def test_a_bar_that_stands_still_is_not_on_its_way() -> None:
    """Half lowered as much as closed or open; of a bar that moves a little, its own way counts."""
    found = sequences(4, 0)
    openings = found.openings.copy()
    openings[0] = 0.6  # half-lowered, an event "none"
    openings[1] = np.linspace(0.0, 0.5, PLACES)  # still rising at the end
    ambiguous = ambiguous_pictures(replace(found, openings=openings))
    assert not ambiguous[0].any()
    assert ambiguous[1].tolist() == [0, 0, *[1] * (PLACES - 4), 0, 0]


def test_a_departure_head_finds_event_and_moment() -> None:
    """Of bars that move, most moments within half the distance of two pictures."""
    head = trained(sequences(96, 0), sequences(48, 1), "ambiguous", 0, patience=8)
    asked = sequences(80, 2)
    with torch.no_grad():
        logits, offset = head(asked.inputs())
    assert (logits.argmax(1).numpy() == asked.event).mean() > 0.95
    moves = asked.event > 0
    assert np.median(np.abs(offset.numpy() - asked.departs)[moves]) < 0.5 / (PLACES - 1)


def test_what_is_right_most_often_needs_no_look() -> None:
    """Half of the bars are still, half end open; the moments' median is off by less than half their range."""
    asked = sequences(80, 2)
    opened, event, moment = commonest(asked)
    assert (asked.ends_open == opened).mean() == 0.5
    right, off = found_in_time(np.full(80, event), np.full(80, moment), asked)
    assert (EVENTS[event], right.tolist()) == ("none", (asked.event == 0).tolist())
    moves = asked.event > 0
    assert 0 < off < 0.5 * np.ptp(asked.departs[moves])
    exact, none_off = found_in_time(asked.event, np.nan_to_num(asked.departs), asked)
    assert exact.all()
    assert none_off == 0
    late, _ = found_in_time(asked.event, asked.departs + 1.1 * WITHIN, asked)
    assert late.tolist() == (~moves).tolist()


def test_the_loss_of_nothing_but_still_bars_has_no_moment() -> None:
    logits, offset = torch.zeros(2, 3), torch.zeros(2, requires_grad=True)
    value = departure_loss((logits, offset), torch.zeros(2, dtype=torch.long), torch.full((2,), math.nan))
    assert value.item() == pytest.approx(math.log(3))


def test_training_ends_when_it_no_longer_improves() -> None:
    """The measure gets worse after the third epoch: the third's weights are kept."""
    head, measured = torch.nn.Linear(1, 1), iter([3.0, 2.0, 1.0, 4.0, 5.0])
    seen: list[torch.Tensor] = []

    def stop() -> float:
        seen.append(head.weight.detach().clone())
        return next(measured)

    best = fit_head(head, lambda rows: head(rows.float()[:, None]).square().mean(), stop, 4, 0, patience=2)
    assert best == 3
    assert torch.equal(head.weight, seen[2])
    assert not torch.equal(seen[2], seen[4])

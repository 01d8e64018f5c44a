"""The adapter: labels teach it what the margins miss, and it is refused where they teach nothing."""

from __future__ import annotations

import numpy as np
import pytest

from lifts.arrays import Float32, Float64
from lifts.decision.learning.adapter import Adapter, fit_adapter


def lift(count: int, open_share: float, seed: int, blind: float) -> tuple[Float32, Float64, list[bool]]:
    """Embeddings float32[N, 3, 60], margins float64[N, 3] and states of one lift's passages.

    blind: share of passages whose margin lies on the wrong side. What shows their state is a coordinate in
    which pictures differ less than in others.
    """
    rng = np.random.default_rng(seed)
    is_open = rng.permutation(count) < round(open_share * count)
    side = np.where(is_open, -1.0, 1.0)[:, None]
    wrong = np.where(rng.random(count) < blind, -0.15, 0.3)[:, None]
    margins = side * wrong + rng.normal(0, 0.05, (count, 3))
    embeddings = rng.normal(0, 0.05, (count, 3, 60))
    embeddings[..., 0] += rng.normal(0, 1, (count, 1))  # the weather
    embeddings[..., 1] += 0.4 * side
    return embeddings.astype(np.float32), margins, is_open.tolist()


def labels(is_open: list[bool], reviewed: int) -> list[bool | None]:
    """Those of the first passages only."""
    return [state if place < reviewed else None for place, state in enumerate(is_open)]


def right(adapter: Adapter | None, seed: int = 9, blind: float = 0.2) -> float:
    """Share of 2,000 new passages of the same lift that are judged rightly, half of them open."""
    embeddings, margins, is_open = lift(2000, 0.5, seed, blind)
    if adapter is not None:
        margins = margins + adapter.added(embeddings)
    return float(np.mean((margins.mean(1) < 0) == is_open))


@pytest.mark.parametrize("open_share", [0.1, 0.5, 0.9])
def test_new_passages_are_judged_better(open_share: float) -> None:
    """A fifth of the margins lie on the wrong side: 150 labels of 200 passages tell how to see that."""
    embeddings, margins, is_open = lift(200, open_share, 1, blind=0.2)
    adapter = fit_adapter(embeddings, margins, labels(is_open, 150))
    assert adapter is not None
    assert adapter.direction.dtype == np.float32
    assert right(None) < 0.83
    assert right(adapter) > 0.95


def test_where_margins_are_right_already_nothing_gets_worse() -> None:
    """Over many lifts without anything to learn: mostly no adapter, and none that costs a passage in 200."""
    for seed in range(12):
        embeddings, margins, is_open = lift(100, 0.5, seed, blind=0.0)
        embeddings[..., 1] = 0
        adapter = fit_adapter(embeddings, margins, labels(is_open, 50))
        shown, new, states = lift(1000, 0.5, 100 + seed, blind=0.0)
        shown[..., 1] = 0
        added = 0.0 if adapter is None else adapter.added(shown)
        assert np.mean(((new + added).mean(1) < 0) == states) > 0.995


def test_labels_that_say_nothing_teach_nothing() -> None:
    """Labels drawn by chance cannot be predicted, so no adapter passes its cross-validation."""
    taken = 0
    for seed in range(12):
        embeddings, margins, is_open = lift(100, 0.5, seed, blind=0.0)
        drawn = np.random.default_rng(seed).permutation(is_open).tolist()
        taken += fit_adapter(embeddings, 0 * margins, labels(drawn, 100)) is not None
    assert taken <= 3


def test_fewer_false_alarms_do_not_pay_for_a_miss() -> None:
    """Labels mend a third of the closed bars, and open ones in odd light would be called closed: refused."""
    embeddings, margins, is_open = lift(160, 0.5, 1, blind=0.0)
    opened, closed = np.flatnonzero(is_open), np.flatnonzero(~np.array(is_open))
    margins[closed[::3]] -= 0.6
    assert fit_adapter(embeddings, margins, list(is_open)) is not None
    odd = opened[::8]
    embeddings[odd, :, 1] = embeddings[closed[: len(odd)], :, 1]
    margins[odd] = -0.02
    assert fit_adapter(embeddings, margins, list(is_open)) is None


@pytest.mark.parametrize(("opened", "closed", "taught"), [(7, 93, False), (93, 7, False), (8, 92, True)])
def test_too_few_of_a_state_are_refused(opened: int, closed: int, taught: bool) -> None:
    """Seven labelled passages say too little; eight are enough where all of them are misjudged."""
    embeddings, margins, is_open = lift(200, 0.5, 1, blind=1.0)
    order = [*np.flatnonzero(is_open)[:opened], *np.flatnonzero(~np.array(is_open))[:closed]]
    known: list[bool | None] = [None] * 200
    for place in order:
        known[place] = is_open[place]
    assert (fit_adapter(embeddings, margins, known) is not None) is taught


def test_no_labels_no_adapter() -> None:
    """Nobody reviewed anything: nothing is learnt, not even from memberships."""
    embeddings, margins, _ = lift(60, 0.5, 1, blind=0.2)
    assert fit_adapter(embeddings, margins, [None] * 60) is None


def test_the_same_passages_teach_the_same() -> None:
    """Bit for bit, and equal pictures (no components at all) are no error."""
    embeddings, margins, is_open = lift(60, 0.5, 1, blind=0.2)
    first, second = (fit_adapter(embeddings, margins, labels(is_open, 60)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert (first.direction == second.direction).all()
    assert first.offset == second.offset
    same = fit_adapter(np.ones_like(embeddings), margins, labels(is_open, 60))
    assert same is None or np.isfinite(same.direction).all()

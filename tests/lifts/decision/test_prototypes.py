"""What a lift's passages look like: prototypes by hand, and what they add to the masks' margins."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.clusters import ClusterPrior
from lifts.decision.learning.adapter import Adapter
from lifts.decision.prototypes import Prototypes, background_embedding, learn

PRIOR = ClusterPrior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1)


def passages(
    count: int, open_share: float, seed: int, blind: float = 0.1
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Margins, embeddings and states of a lift whose embeddings say more than its margins do.

    blind: share of passages whose margin says nothing, however well their embeddings show the state.
    """
    rng = np.random.default_rng(seed)
    is_open = np.arange(count) < round(open_share * count)
    side = np.where(is_open, -1.0, 1.0)
    margins = 0.4 * side * (rng.random(count) >= blind) + rng.normal(0, 0.08, count)
    embeddings = rng.normal(0, 0.3, (count, 40))
    embeddings[:, 3] += 0.5 * side
    embeddings[:, 7] += 3 * rng.normal(0, 1, count)  # what varies anyway
    return margins, by_moment(embeddings), is_open


def by_moment(embeddings: np.ndarray) -> np.ndarray:
    """The same at begin, middle and end, only that each moment has its coordinates in another order."""
    return np.stack([np.roll(embeddings, moment, 1) for moment in range(3)], 1).astype(np.float32)


def three(values: np.ndarray) -> np.ndarray:
    """A passage's margin for each of its three pictures."""
    return np.repeat(values[:, None], 3, 1)


@pytest.mark.parametrize("open_share", [0.1, 0.5, 0.9])
def test_new_passages_are_told_apart_better(open_share: float) -> None:
    """No label is given: passages with an unclear margin are classified by the appearance of the others."""
    margins, embeddings, _ = passages(200, open_share, 1)
    learnt = learn(margins, embeddings, PRIOR)
    assert learnt.prototypes is not None
    masks, shown, is_open = passages(1000, 0.5, 2, blind=0.2)
    joined = learnt.prototypes.combine(three(masks), shown)
    assert joined.dtype == np.float32
    assert joined.shape == (1000, 3)
    joined = joined.mean(1)
    before = float(np.mean((masks < 0) == is_open))
    after = float(np.mean((joined - learnt.fit.threshold < 0) == is_open))
    assert before < 0.96
    assert after > before + 0.015


def test_the_passages_learnt_from_look_no_better_than_new_ones() -> None:
    """Their margins are by the prototypes of all the others: as far apart as those of new passages."""
    margins, embeddings, is_open = passages(60, 0.5, 3, blind=0.0)
    learnt = learn(margins, embeddings, PRIOR)
    masks, shown, new_open = passages(4000, 0.5, 4, blind=0.0)
    assert learnt.prototypes is not None
    joined = learnt.prototypes.combine(three(masks), shown).mean(1)

    def apart(values: np.ndarray, opened: np.ndarray) -> float:
        return float(values[~opened].mean() - values[opened].mean())

    assert apart(learnt.margins, is_open) == pytest.approx(apart(joined, new_open), rel=0.15)
    # Counted among themselves, they would look further apart than they are.
    flattered = learnt.prototypes.combine(three(margins), embeddings).mean(1)
    assert apart(flattered, is_open) > apart(learnt.margins, is_open) + 0.02


@pytest.mark.parametrize("pictures", [3, 2, 12])
def test_an_adapter_is_added_to_every_picture(pictures: int) -> None:
    """Whatever the prototypes weigh, and however many pictures there are."""
    rng = np.random.default_rng(0)
    given = Prototypes(rng.normal(size=(3, 5)).astype(np.float32), (0.1, 0.2, 0.3), (0.0, 0.2, 0.5))
    adapter = Adapter(rng.normal(size=5).astype(np.float32), 0.25)
    margins = rng.normal(size=(4, pictures))
    embeddings = rng.normal(size=(4, pictures, 5)).astype(np.float32)
    expected = given.combine(margins, embeddings) + embeddings @ adapter.direction + 0.25
    found = replace(given, adapter=adapter).combine(margins, embeddings)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert found.dtype == np.float32


def test_margins_by_moment_are_those_of_the_passages() -> None:
    """Their means are what the clusters were fitted to, with prototypes and without."""
    margins, embeddings, _ = passages(60, 0.5, 3)
    for count in (60, 3):
        learnt = learn(margins[:count], embeddings[:count], PRIOR)
        assert learnt.by_moment.shape == (count, 3)
        np.testing.assert_allclose(learnt.by_moment.mean(1), learnt.margins)


def test_one_coordinate_by_hand() -> None:
    """Open at -1, closed at 1, nothing else: prototypes there, and the middle between them is margin 0."""
    embeddings = np.repeat([[[-1.0]] * 3, [[1.0]] * 3], 50, 0).astype(np.float32)
    learnt = learn(np.repeat([-0.4, 0.4], 50), embeddings, PRIOR)
    prototypes = learnt.prototypes
    assert prototypes is not None
    # Nothing varies, so passages tell nothing of their own and all is kept: 48 / 54 beside 1.
    assert prototypes.weights == pytest.approx((48 / 54 / (1 + 48 / 54),) * 3, abs=2e-3)
    assert prototypes.directions[:, 0].tolist() == pytest.approx([0.4] * 3, abs=1e-3)
    assert prototypes.offsets == pytest.approx((0.0,) * 3, abs=1e-6)
    joined = prototypes.combine([0.1] * 3, np.full((3, 1), 0.5, np.float32))
    weight = prototypes.weights[0]
    assert joined.tolist() == pytest.approx([0.1 * (1 - weight) + 0.2 * weight] * 3, abs=1e-3)


def test_each_moment_has_its_own() -> None:
    """What tells open from closed lies elsewhere at the end; of two pictures nobody knows which they are."""
    margins, embeddings, _ = passages(60, 0.5, 8, blind=0.0)
    prototypes = learn(margins, embeddings, PRIOR).prototypes
    assert prototypes is not None
    assert np.abs(prototypes.directions).argmax(1).tolist() == [3, 4, 5]
    last = np.zeros((3, 40), np.float32)
    last[2, 5] = 0.5
    gained = prototypes.combine(np.zeros(3), last) - prototypes.combine(np.zeros(3), 0 * last)
    assert gained[:2].tolist() == [0.0, 0.0]
    assert gained[2] == pytest.approx(0.5 * prototypes.directions[2, 5] * prototypes.weights[2], rel=1e-4)
    two = prototypes.combine(np.zeros(2), last[1:]) - prototypes.combine(np.zeros(2), 0 * last[1:])
    assert two[1] == pytest.approx(gained[2] / 3, rel=0.1)


@pytest.mark.parametrize(("count", "open_share"), [(0, 0.5), (30, 0.0), (30, 1.0), (40, 0.05)])
def test_few_passages_of_a_state_make_no_prototypes(count: int, open_share: float) -> None:
    """Two open carriers are no cluster, and the lift is judged by its masks as before."""
    margins, embeddings, _ = passages(count, open_share, 5, blind=0.0)
    learnt = learn(margins, embeddings, PRIOR)
    assert learnt.prototypes is None
    np.testing.assert_allclose(learnt.margins, margins)


def test_what_always_shows_is_in_either_state_however_rare_one_is() -> None:
    """Of 100 carriers 90 are open: their bar shows nearly always, and does not count as what always shows."""
    margins, embeddings, _ = passages(100, 0.9, 9, blind=0.0)
    embeddings[:, :, 20] += 0.7
    always = background_embedding(margins, embeddings, PRIOR)
    assert always is not None
    assert always[20] == pytest.approx(0.7, abs=0.05)
    assert abs(always[3]) < 0.1
    assert abs(embeddings.mean((0, 1))[3]) > 0.12
    margins, embeddings, _ = passages(100, 1.0, 9, blind=0.0)
    assert background_embedding(margins, embeddings, PRIOR) is None


def test_embeddings_that_say_nothing_weigh_little() -> None:
    """Prototypes of noise tell their own passages apart and no others: that is seen."""
    rng = np.random.default_rng(6)
    margins, _, _ = passages(60, 0.5, 6, blind=0.0)
    noise = rng.normal(0, 1, (60, 40)).astype(np.float32)
    learnt = learn(margins, by_moment(noise), PRIOR)
    assert learnt.prototypes is None or max(learnt.prototypes.weights) < 0.1


def test_a_review_outweighs_the_margin() -> None:
    """A lift whose margins lie on the wrong side: labelled passages turn the prototypes round."""
    margins, embeddings, is_open = passages(40, 0.5, 7, blind=0.0)
    labels = [bool(state) for state in is_open]
    learnt = learn(-margins, embeddings, PRIOR, labels)
    assert learnt.prototypes is not None
    assert learnt.prototypes.directions[0, 3] > 0


def test_refusals() -> None:
    with pytest.raises(ValueError, match="2 margins, but embeddings"):
        learn([0.1, 0.2], np.zeros((1, 3, 4), np.float32), PRIOR)
    with pytest.raises(ValueError, match="not finite"):
        learn([0.1], np.full((1, 3, 4), np.nan, np.float32), PRIOR)


def test_no_weight_leaves_the_masks_margins() -> None:
    prototypes = Prototypes(np.ones((3, 4), np.float32), (5.0, 5.0, 5.0), (0.0, 0.0, 0.0))
    assert prototypes.combine([0.25], np.ones((1, 4), np.float32)).tolist() == [0.25]


def test_further_pictures_are_judged_between_the_moments() -> None:
    """Moments worth 1, 2 and 4 with no offset and full weight: five pictures are worth 1, 1.5, 2, 3 and 4."""
    prototypes = Prototypes(np.array([[1], [2], [4]], np.float32), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    joined = prototypes.combine(np.zeros(5), np.ones((5, 1), np.float32))
    assert joined.tolist() == pytest.approx([1.0, 1.5, 2.0, 3.0, 4.0])

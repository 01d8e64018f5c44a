"""Miners of a batch against brute force."""

import pytest
import torch

from ml.miners.triplets import batch_all, batch_hard, count_kinds, every_triplet
from tests.ml.miners.labelled import LABELS, almost_one_point, as_set, embeddings, valid


@pytest.mark.parametrize("margin", [0.0, 0.2, 5.0])
def test_batch_all_is_every_triplet_that_is_not_easy(margin: float) -> None:
    x = embeddings().double()
    d = (x[:, None] - x).square().sum(-1)
    expected = {(a, p, n) for a, p, n in valid(LABELS) if d[a, n] <= d[a, p] + margin}
    assert as_set(batch_all(x, LABELS, margin)) == expected


def test_batch_all_counts_pk_times_k_less_1_times_pk_less_k() -> None:
    """Embeddings on one point leave no triplet easy: P = 3 classes of K = 4 make 12 * 3 * 8."""
    labels = torch.arange(3).repeat_interleave(4)
    assert len(batch_all(torch.zeros(12, 2), labels)[0]) == 12 * 3 * 8


def test_batch_hard_is_the_farthest_positive_and_the_nearest_negative() -> None:
    """Row 5 is alone in its class and no anchor."""
    x = embeddings(seed=4)
    d = (x[:, None] - x).norm(dim=-1)
    expected = set()
    for a in range(5):
        mine = [p for p in range(6) if p != a and LABELS[p] == LABELS[a]]
        other = [n for n in range(6) if LABELS[n] != LABELS[a]]
        expected.add((a, max(mine, key=lambda p: float(d[a, p])), min(other, key=lambda n: float(d[a, n]))))
    assert as_set(batch_hard(x, LABELS)) == expected


def test_batch_hard_tells_embeddings_that_lie_almost_on_one_point() -> None:
    """64 unit vectors, a thousandth apart: the hardest by differences, in double precision."""
    labels, x = torch.arange(8).repeat_interleave(8), almost_one_point()
    d = (x[:, None].double() - x.double()).norm(dim=-1)
    same = labels[:, None] == labels
    anchors, positives, negatives = batch_hard(x, labels)
    assert anchors.tolist() == list(range(64))
    assert positives.tolist() == d.masked_fill(~same, 0).argmax(1).tolist()
    assert negatives.tolist() == d.masked_fill(same, 9).argmin(1).tolist()


@pytest.mark.parametrize("labels", [[1, 1, 1], [1, 2, 3]])
def test_a_batch_without_triplets_has_none(labels: list[int]) -> None:
    for mined in (batch_all, batch_hard):
        assert [len(t) for t in mined(embeddings(3), torch.tensor(labels))] == [0, 0, 0]


def test_every_valid_triplet_is_there() -> None:
    assert as_set(every_triplet(LABELS)) == set(valid(LABELS))


def test_kinds_of_triplets_by_hand() -> None:
    """Squared distances 1 to the positive; to the negatives 0.25, 1.1 and 4: hard, semi-hard, easy."""
    x = torch.tensor([[0.0], [1.0], [-0.5], [-(1.1**0.5)], [2.0]])
    rows = torch.tensor([0, 0, 0]), torch.tensor([1, 1, 1]), torch.tensor([2, 3, 4])
    assert count_kinds(x, rows, 0.2).tolist() == [3, 1, 1]

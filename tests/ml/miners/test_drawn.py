"""Drawn triplets are what they say."""

import pytest
import torch

from ml.miners.drawn import draw_triplets, wrong_neighbours
from tests.ml.miners.labelled import LABELS, almost_one_point, embeddings


def test_wrong_neighbours_by_brute_force() -> None:
    x, labels = embeddings(12), torch.arange(3).repeat(4)
    d = (x[:, None] - x).norm(dim=-1)
    expected: dict[int, set[int]] = {}
    for i in range(12):
        near = sorted((j for j in range(12) if j != i), key=lambda j, i=i: float(d[i, j]))[:3]  # type: ignore[misc]
        expected.setdefault(int(labels[i]), set()).update(j for j in near if labels[j] != labels[i])
    found = wrong_neighbours(x, labels, neighbours=3)
    assert {k: v.tolist() for k, v in found.items()} == {k: sorted(v) for k, v in expected.items() if v}


def test_wrong_neighbours_of_embeddings_that_lie_almost_on_one_point() -> None:
    labels, x = torch.arange(8).repeat_interleave(8), almost_one_point()
    d = (x[:, None].double() - x.double()).norm(dim=-1).fill_diagonal_(torch.inf)
    near = d.argsort(1)[:, :3]
    found = wrong_neighbours(x, labels, neighbours=3)
    for label in range(8):
        expected = {j for j in near[labels == label].flatten().tolist() if labels[j] != label}
        assert set(found[label].tolist()) == expected


def test_classes_apart_are_never_confused() -> None:
    """Three pictures each, two neighbours looked at: both one's own."""
    x = torch.tensor([[0.0], [0.1], [0.2], [9.0], [9.1], [9.2]])
    assert wrong_neighbours(x, torch.tensor([0, 0, 0, 1, 1, 1]), neighbours=2) == {}


def test_the_second_round_has_its_share_of_hard_negatives() -> None:
    """30 of 100, whose negative is the one picture that class 0 is confused with; every triplet is valid."""
    labels = torch.arange(4).repeat(250)
    triplets = draw_triplets(labels, 100, torch.Generator().manual_seed(0), {0: torch.tensor([1])})
    hard = 0
    for a, p, n in zip(*(t.tolist() for t in triplets), strict=True):
        assert a != p
        assert labels[a] == labels[p] != labels[n]
        hard += int(labels[a] == 0 and n == 1)
    assert hard == 30


def test_the_first_round_and_a_round_without_confusions_are_all_random() -> None:
    anchors, _, negatives = draw_triplets(LABELS, 60, torch.Generator().manual_seed(0), {})
    assert set(anchors.tolist()) == {0, 1, 2, 3, 4}
    assert set(negatives.tolist()) == set(range(len(LABELS)))


def test_the_generator_says_which() -> None:
    def rows(seed: int) -> list[list[int]]:
        return [t.tolist() for t in draw_triplets(LABELS, 30, torch.Generator().manual_seed(seed), {})]

    assert rows(5) == rows(5)
    assert rows(5) != rows(6)


def test_a_positive_is_of_another_camera() -> None:
    """Section 3.1.4; a class that one camera saw alone has no anchor."""
    labels, cameras = torch.tensor([0, 0, 0, 1, 1, 2]), torch.tensor([0, 0, 1, 2, 2, 0])
    a, p, _ = draw_triplets(labels, 60, torch.Generator().manual_seed(0), {}, cameras)
    assert set(zip(a.tolist(), p.tolist(), strict=True)) == {(0, 2), (1, 2), (2, 0), (2, 1)}


def test_nothing_to_draw_from_is_said() -> None:
    with pytest.raises(ValueError, match="got none among 3"):
        draw_triplets(torch.tensor([0, 1, 2]), 1, torch.Generator(), {})

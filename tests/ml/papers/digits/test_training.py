"""Training on distorted digits: turns, thresholds, the same seed the same weights, no seed trained twice."""

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.models.getnet import GetNet
from ml.papers.digits import training
from ml.papers.digits.pairs import batch_pairs, best_threshold, pair_distances, pixels
from ml.papers.digits.pictures import Digits, Split, distorted_digits
from ml.papers.digits.training import SMOKE, DigitsRecipe, train, train_all

TINY = replace(SMOKE, digits=24, batch=12, epochs=2)


@pytest.fixture(scope="module", autouse=True)
def _few_digits() -> Iterator[None]:
    """Every fourth digit, drawn once for all tests: what is tested here does not depend on how many."""

    @cache
    def few(seed: int, split: Split, copies: int = 1) -> Digits:
        found = distorted_digits(seed, split, copies)
        return Digits(found.pictures[::4], found.labels[::4], found.boxes[::4], found.sources[::4])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training, "distorted_digits", few)
        yield


def test_the_best_threshold_by_hand() -> None:
    """Below 2.6 lie all three pairs that are the same and one that is not: four of five are right."""
    distance = np.array([3.0, 0.0, 2.0, 1.0, 2.2])
    same = np.array([False, True, True, False, True])
    threshold, share = best_threshold(distance, same)
    assert (threshold, share) == (pytest.approx(2.6), 0.8)  # type: ignore[comparison-overlap]
    assert best_threshold(distance, ~same)[1] == 0.6  # none called the same
    threshold, share = best_threshold(np.array([1.0, 2.0]), np.array([True, True]))
    assert (threshold > 2, share) == (True, 1.0)


def test_no_threshold_parts_equal_distances() -> None:
    """Two pairs at one distance, one of each kind: one of them is wrong whatever is called."""
    threshold, share = best_threshold(np.array([1.0, 1.0]), np.array([True, False]))
    assert share == 0.5
    assert threshold != 1.0


def test_distances_are_those_of_the_rows() -> None:
    embeddings = torch.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]])
    assert pair_distances(embeddings, np.array([[0, 1], [2, 0]])).tolist() == [5.0, 1.0]


def test_a_batch_is_paired_evenly() -> None:
    """All four pairs of one class, four of the eleven of two classes, each once."""
    labels = torch.tensor([7, 7, 7, 3, 3, 1])
    rows, same = batch_pairs(labels, torch.Generator().manual_seed(0))
    assert same.tolist() == [True] * 4 + [False] * 4
    assert torch.equal(labels[rows[:, 0]] == labels[rows[:, 1]], same)
    assert len({tuple(sorted(row)) for row in rows.tolist()}) == 8


def test_pixels_have_their_mean_near_what_is_beyond_the_edges() -> None:
    """0 is there; the brightest of a digit stands out."""
    x = pixels(distorted_digits(0, "test").pictures)
    assert x.shape == (296, 1, 60, 60)
    assert abs(float(x.mean())) < 0.3
    assert float(x.max()) > 2


@pytest.mark.parametrize("kind", [0, 3, 6])
def test_the_same_seed_gives_the_same_weights(kind: int, tmp_path: Path) -> None:
    """Twice the same, bit by bit; another seed others."""
    recipe = replace(TINY, transformer=kind, seed=1)  # type: ignore[arg-type]
    one, two, other = (
        train(each, tmp_path / str(k)).network.state_dict()
        for k, each in enumerate((recipe, recipe, replace(recipe, seed=2)))
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["siamese.0.weight"], other["siamese.0.weight"])


def test_gradients_reach_the_transformer_when_its_time_has_come(tmp_path: Path) -> None:
    """Left alone by all of the training it is the identity; else it has left where it began."""
    x = pixels(distorted_digits(0, "test").pictures[:4])
    for ready, start, moves in ((1.1, 1.0, False), (-1.0, TINY.start, True)):
        network = train(replace(TINY, ready=ready), tmp_path / str(ready)).network
        assert isinstance(network, GetNet)
        with torch.inference_mode():
            found = network.transformer.transform(x)
        began = start * torch.eye(2, 3).expand(4, -1, -1)
        assert bool((found != began).any()) == moves


def test_finished_seeds_are_not_trained_again(tmp_path: Path) -> None:
    """Of a run that was cut short only the rest is trained: what is there is neither touched nor changed."""
    trained: list[tuple[int, int]] = []

    def report(one: DigitsRecipe, measured: dict[str, float]) -> None:
        del measured
        trained.append((one.transformer, one.seed))

    first = next(train_all(TINY, (0, 3), (0, 1), tmp_path, report))
    assert set(trained) == {(0, 0)}
    file = tmp_path / "transformer-0" / "seed-0" / "last.pt"
    os.utime(file, (1, 1))
    trained.clear()
    every = list(train_all(TINY, (0, 3), (0, 1), tmp_path, report))
    assert set(trained) == {(3, 0), (0, 1), (3, 1)}
    assert file.stat().st_mtime == 1
    assert every[0].state == first.state
    weights = first.network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in every[0].network.state_dict().items())


def test_another_recipe_is_not_taken_for_this_one(tmp_path: Path) -> None:
    """A folder of a run with another batch is refused."""
    train(replace(TINY, epochs=1), tmp_path)
    with pytest.raises(ValueError, match="of another run"):
        train(replace(TINY, epochs=1, batch=16), tmp_path)


def test_what_was_cut_short_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """An epoch and then another, or both at once: the same weights, bit by bit, and the same log."""
    train(replace(TINY, epochs=1), tmp_path / "cut")
    train(TINY, tmp_path / "cut")
    train(TINY, tmp_path / "whole")
    one, two = (torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("cut", "whole"))
    assert one["network"].keys() == two["network"].keys()
    assert all(torch.equal(one["network"][name], two["network"][name]) for name in one["network"])
    other = {"seconds": 0, "processor_s": 0, "machine": {}}
    assert one["state"] | other == two["state"] | other
    logs = [(tmp_path / name / "log.csv").read_text().splitlines() for name in ("cut", "whole")]
    assert logs[0][0] == "epoch,step,precision,loss,validation,threshold,seconds,processor_s"
    assert [line.split(",")[:6] for line in logs[0]] == [line.split(",")[:6] for line in logs[1]]
    assert [line.split(",")[0] for line in logs[0][1:]] == ["1", "2"]


def test_training_ends_once_validation_gains_nothing(tmp_path: Path) -> None:
    """Weights that do not move: the first epoch stays the best, and patience ends it."""
    state = train(replace(TINY, transformer=0, learning_rate=0.0, epochs=9, patience=2), tmp_path).state
    assert (state["best_epoch"], state["epoch"]) == (1, 3)

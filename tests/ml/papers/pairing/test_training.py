"""Training on pairs: turns, thresholds, the same seed the same weights, no interruption that is seen."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from lifts.arrays import Int64
from ml.models.getnet import GetNet
from ml.papers.pairing.digits import DigitSet, DigitSources, bundled_digits
from ml.papers.pairing.judging import follows, judge
from ml.papers.pairing.pairs import best_threshold, pair_distances
from ml.papers.pairing.sets import Split
from ml.papers.pairing.training import PairingLearner, PairingRecipe, embed, train
from ml.papers.pairing.untaught import untaught

TINY = PairingRecipe(name="digits", turn=2, steps=4, batch=6, intervals=2, patience=9)


def _few() -> DigitSet:
    """Every sixth digit: what is tested here does not depend on how many there are."""
    found = bundled_digits()
    few: dict[Split, DigitSources] = {
        split: DigitSources(source.images[::6], source.labels[::6]) for split, source in found.sources.items()
    }
    return DigitSet(few, found.smallest_px, found.largest_px)


DATA = _few()


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


@pytest.mark.thorough
@pytest.mark.parametrize("kind", [0, 2, 3, 6])
def test_the_same_seed_gives_the_same_weights(kind: int, tmp_path: Path) -> None:
    """Twice the same, bit by bit; another seed others."""
    recipe = replace(TINY, transformer=kind, seed=1, intervals=1)  # type: ignore[arg-type]
    one, two, other = (
        train(each, DATA, tmp_path / str(k)).network.state_dict()
        for k, each in enumerate((recipe, recipe, replace(recipe, seed=2)))
    )
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert not torch.equal(one["siamese.0.weight"], other["siamese.0.weight"])


def test_turns_are_whole_and_the_siamese_part_learns_as_often_without_a_transformer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Section III.D: two steps of all, then two of the transformer alone, in which nothing else moves."""
    learner = PairingLearner(TINY, DATA)
    turns: list[bool] = []
    learn = PairingLearner._learn

    def watched(self: PairingLearner, alone: bool, rows: Int64, rng: np.random.Generator) -> float:
        before = [parameter.clone() for parameter in self.network.parameters()]
        loss = learn(self, alone, rows, rng)
        assert isinstance(self.network, GetNet)
        moved = {
            id(now)
            for was, now in zip(before, self.network.parameters(), strict=True)
            if not torch.equal(was, now)
        }
        siamese = {id(parameter) for parameter in self.network.siamese.parameters()}
        assert bool(moved & siamese) == (not alone)
        assert moved - siamese
        turns.append(alone)
        return loss

    monkeypatch.setattr(PairingLearner, "_learn", watched)
    learner.learn({"epoch": 0})
    assert turns == [False, False, True, True] * 2
    monkeypatch.undo()
    whole = PairingLearner(replace(TINY, transformer=0), DATA)
    whole.learn({"epoch": 0})
    assert (whole.step, learner.step) == (4, 8)


def test_what_is_untaught_is_judged_by_its_first_weights() -> None:
    """Those of its seed, a threshold of validation pairs; thumbnails are the whole picture in 16 pixels."""
    recipe = replace(TINY, seed=3)
    first = untaught("untrained", recipe, DATA)
    weights = PairingLearner(recipe, DATA).network.state_dict()
    assert all(torch.equal(value, weights[name]) for name, value in first.network.state_dict().items())
    judged = judge(first, DATA, "untrained")
    assert (judged["ended"], judged["intervals"], judged["naive"]) == ("nothing is learnt", 0, "untrained")
    assert 0.5 <= judged["validation"] < 0.8
    small = untaught("thumbnails", recipe, DATA)
    embeddings, _, _ = embed(small.network, DATA, "test", 0)
    assert embeddings.shape[1] == 16 * 16
    assert judge(small, DATA, "thumbnails")["follows"] == 0.0


def test_whole_turns_fill_an_interval() -> None:
    with pytest.raises(ValueError, match="whole turns of 3"):
        replace(TINY, turn=3)


def test_a_finished_training_is_not_trained_again(tmp_path: Path) -> None:
    """What is there is read back, untouched; another recipe is refused."""
    recipe = replace(TINY, intervals=1)
    first = train(recipe, DATA, tmp_path)
    file = tmp_path / "last.pt"
    os.utime(file, (1, 1))
    again = train(recipe, DATA, tmp_path)
    assert file.stat().st_mtime == 1
    assert again.state == first.state
    weights = first.network.state_dict()
    assert all(torch.equal(weights[name], value) for name, value in again.network.state_dict().items())
    with pytest.raises(ValueError, match="of another run"):
        train(replace(recipe, batch=7), DATA, tmp_path)


def test_what_was_cut_short_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """An interval and then another, or both at once: the same weights, bit by bit, and the same log."""
    train(replace(TINY, intervals=1), DATA, tmp_path / "cut")
    train(TINY, DATA, tmp_path / "cut")
    train(TINY, DATA, tmp_path / "whole")
    one, two = (torch.load(tmp_path / name / "last.pt", weights_only=True) for name in ("cut", "whole"))
    assert all(torch.equal(one["network"][name], two["network"][name]) for name in one["network"])
    assert one["curve"] == two["curve"]
    logs = [(tmp_path / name / "log.csv").read_text().splitlines() for name in ("cut", "whole")]
    assert [line.split(",")[:6] for line in logs[0]] == [line.split(",")[:6] for line in logs[1]]
    assert [line.split(",")[0] for line in logs[0][1:]] == ["1", "2"]


def test_training_ends_once_validation_gains_nothing(tmp_path: Path) -> None:
    """Weights that do not move: the first interval stays the best, and patience ends it."""
    still = replace(TINY, transformer=0, learning_rate=0.0, intervals=9, patience=2)
    state = train(still, DATA, tmp_path).state
    assert (state["best_epoch"], state["epoch"]) == (1, 3)
    assert len(state["curve"]) == 3


@pytest.mark.slow
def test_the_crop_comes_to_follow_the_digit() -> None:
    """From pairs alone: after 400 steps of the siamese part crops move as digits do, with either seed."""
    data = bundled_digits()
    for seed in (0, 1):
        learner = PairingLearner(PairingRecipe(name="digits", seed=seed, steps=400), data)
        learner.learn({"epoch": 0})
        _, transforms, boxes = embed(learner.network, data, "test", 0)
        assert follows(np.asarray(transforms, np.float32), boxes, 60) > 0.6

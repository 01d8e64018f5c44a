"""The paper's recipe learns, stops, resumes, and judges by the nearest mask."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ml.data.pictures import PictureSet
from ml.systems.named import RECIPES, system_of
from ml.train.loop import BEST, train
from ml.train.run import Run
from ml.train.systems import Lesson, SystemLearner, load

CPU = torch.device("cpu")
SIDE = 48
"""Of the pictures in pixels; how training goes does not depend on it, and the paper's 200 take long."""


def bars(count: int, seed: int) -> PictureSet:
    """Two lifts whose bar is a bright band above (open) or below (closed)."""
    rng = torch.Generator().manual_seed(seed)
    is_open = torch.arange(count) % 2 == 0
    lift = torch.arange(count) // 2 % 2
    images = torch.randint(0, 60, (count, 200, 200, 3), generator=rng, dtype=torch.uint8)
    masks = torch.zeros(2, 2, 200, 200, dtype=torch.uint8)
    for index in range(2):
        masks[index, 1, 40 + 20 * index : 50 + 20 * index] = 255
        masks[index, 0, 140 + 20 * index : 150 + 20 * index] = 255
    for k in range(count):
        images[k][masks[lift[k], int(is_open[k])] > 0] = 250
    return PictureSet(images, is_open, torch.ones(count, dtype=torch.bool), lift, masks, ("A", "B"), [])


@pytest.mark.parametrize("name", ["classifier", "siamese"])
def test_it_learns_stops_early_and_is_read_back(name: str, tmp_path: Path) -> None:
    """All right on other pictures of the same bars; training ends `patience` epochs after the best."""
    recipe = replace(RECIPES[name], side=SIDE, batch=8, patience=2, epochs=8)
    measured: list[dict[str, float]] = []
    learner = SystemLearner(Lesson(name, recipe, bars(16, 1), bars(8, 2)), CPU)
    train(learner, Run(out=tmp_path, progress=measured.append))
    read_as, system, state = load(tmp_path / BEST, CPU)
    assert (read_as, system.recipe) == (name, recipe)
    assert system.accuracy(bars(8, 3), bars(16, 1)) == 1.0
    assert measured[-1]["epoch"] == min(recipe.epochs, state["best_epoch"] + recipe.patience)
    assert state["seconds"] > 0
    assert state["processor_s"] > 0
    log = (tmp_path / "log.csv").read_text().splitlines()
    assert log[0] == "epoch,step,precision,loss,validation,seconds,processor_s"


def test_a_run_cut_short_goes_on_as_if_it_had_not_been(tmp_path: Path) -> None:
    """Two epochs at once, cut after one, or asked for later: the same weights; another seed is refused."""

    def run(folder: Path, epochs: int, stop_after: int | None = None, seed: int = 0) -> None:
        def show(measured: dict[str, float]) -> None:
            if measured["epoch"] == stop_after:
                raise KeyboardInterrupt

        recipe = replace(RECIPES["siamese"], side=SIDE, seed=seed, batch=8, epochs=epochs)
        learner = SystemLearner(Lesson("siamese", recipe, bars(8, 1), bars(4, 2)), CPU)
        train(learner, Run(out=folder, progress=show))

    run(tmp_path / "whole", 2)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path / "cut", 2, stop_after=1)
    run(tmp_path / "cut", 2)
    run(tmp_path / "longer", 1)
    run(tmp_path / "longer", 2)
    whole, *others = (
        torch.load(tmp_path / name / "last.pt", weights_only=True)["network"]
        for name in ("whole", "cut", "longer")
    )
    assert all(torch.equal(whole[name], other[name]) for other in others for name in whole)
    with pytest.raises(ValueError, match="another run"):
        run(tmp_path / "cut", 2, seed=1)


def test_the_nearest_mask_decides() -> None:
    """Equation 3: the score is how much nearer the open mask's point is than the closed one's."""
    system, data = system_of(RECIPES["siamese"]), bars(4, 1)
    points, masks = system.all_outputs(data.images), system.all_outputs(data.masks.flatten(0, 1))
    first = (points[0] - masks[0]).norm() - (points[0] - masks[1]).norm()
    torch.testing.assert_close(system.scores(data, data)[0], first, atol=2e-3, rtol=0)

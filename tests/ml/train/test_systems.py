"""The paper's recipe learns, stops, resumes, and judges by the nearest mask."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ml.data.pictures import PictureSet
from ml.systems.base import System
from ml.systems.named import PAPER, RECIPES, system_of, with_changes
from ml.systems.recipe import Recipe
from ml.train.descent import Descent
from ml.train.loop import BEST, LAST, save, train
from ml.train.run import Run
from ml.train.systems import Lesson, SystemLearner, load
from tests.ml.tiny import Tiny

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
    assert isinstance(system, System)
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


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["siamese", "getnet"])
def test_an_epoch_cut_short_goes_on_as_if_it_had_not_been(name: str, tmp_path: Path) -> None:
    """Ended after one batch of four, another process's network goes on: weights, loss and time as in one go.

    Also of a system that draws numbers within a step.
    """
    recipe = replace(RECIPES[name], side=SIDE if name == "siamese" else 200, batch=2, epochs=1)
    lesson = Lesson(name, recipe, bars(8, 1), bars(4, 2))
    whole: list[dict[str, float]] = []
    train(SystemLearner(lesson, CPU), Run(out=tmp_path / "whole", progress=whole.append))

    cut: list[dict[str, float]] = []
    first = SystemLearner(lesson, CPU, save_every_s=0.0)
    assert first.learn({"epoch": 0}) is None
    train(first, Run(out=tmp_path / "cut", progress=cut.append))  # of one process: parts of an epoch
    started = SystemLearner(lesson, CPU, save_every_s=0.0)
    assert started.learn({"epoch": 0}) is None
    spent = {"seconds": 5.0, "processor_s": 4.0}
    half = {"epoch": 0, "best": -1.0, "best_epoch": 0, **spent, "interval": spent}
    (tmp_path / "resumed").mkdir()
    save({**started.content(), "state": half, **started.state_dict()}, tmp_path / "resumed" / LAST)
    train(SystemLearner(lesson, CPU), Run(out=tmp_path / "resumed", progress=cut.append))

    saved = [
        torch.load(tmp_path / folder / LAST, weights_only=True) for folder in ("whole", "cut", "resumed")
    ]
    assert all(
        torch.equal(saved[0]["network"][key], other["network"][key])
        for other in saved[1:]
        for key in saved[0]["network"]
    )
    assert [row["loss"] for row in cut] == [whole[0]["loss"]] * 2
    assert saved[2]["state"]["seconds"] > 5.0
    assert cut[1]["seconds"] > 5.0
    assert [len(one["left"]) for one in saved] == [0, 0, 0]


def test_what_a_gpu_draws_goes_on_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropout's numbers are the device's own there, and a resumed run begins with the seed again."""
    descent, came = Descent(Tiny(Recipe()), CPU), list[torch.Tensor]()
    descent.device = torch.device("cuda")
    state = torch.tensor([1, 2, 3], dtype=torch.uint8)
    monkeypatch.setattr(torch.cuda, "get_rng_state", lambda device: state if device.type == "cuda" else None)
    monkeypatch.setattr(torch.cuda, "set_rng_state", lambda found, device: came.append(found))
    saved = descent.state_dict()
    descent.load_state_dict(saved)
    descent.load_state_dict({**saved, "dropout_on_gpu": None})  # what a CPU saved
    del saved["dropout_on_gpu"]
    descent.load_state_dict(saved)  # an older checkpoint
    assert [found.tolist() for found in came] == [[1, 2, 3]]


def test_the_papers_recipe_is_not_clipped_and_may_compute_in_float32(tmp_path: Path) -> None:
    """A step as long as the gradient says, and what the log says of it, whatever the machine prefers."""
    words = [*PAPER["siamese"], "precision=float32", f"side={SIDE}", "batch=8", "epochs=1", "learning_rate=1"]
    recipe = with_changes(RECIPES["siamese"], words)
    learner = SystemLearner(Lesson("siamese", recipe, bars(8, 1), bars(4, 2)), CPU)
    before = {name: weight.clone() for name, weight in learner.network.state_dict().items()}
    train(learner, Run(out=tmp_path))
    moved = sum(float((w - before[n]).square().sum()) for n, w in learner.network.state_dict().items())
    assert moved**0.5 > 1.9  # clipped to 1, momentum after Nesterov would have moved it by 1.9 at most
    assert ",float32," in (tmp_path / "log.csv").read_text()
    assert learner.precision(CPU) == "float32"


def test_the_nearest_mask_decides() -> None:
    """Equation 3: the score is how much nearer the open mask's point is than the closed one's."""
    system, data = system_of(RECIPES["siamese"]), bars(4, 1)
    assert isinstance(system, System)
    points, masks = system.all_outputs(data.images), system.all_outputs(data.masks.flatten(0, 1))
    first = (points[0] - masks[0]).norm() - (points[0] - masks[1]).norm()
    torch.testing.assert_close(system.scores(data, data)[0], first, atol=2e-3, rtol=0)

"""A lift is judged by a system that never saw it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ml.data.pictures import PictureSet
from ml.papers.leaving_out import Fold, judge_without
from ml.systems.base import System
from ml.systems.named import PAPER, RECIPES, system_of, with_changes
from ml.train.loop import LAST
from ml.train.run import Run
from tests.ml.train.test_systems import bars


def of(data: PictureSet, lift: int) -> PictureSet:
    """One lift's pictures, as the only lift."""
    rows = data.lift == lift
    return replace(
        data,
        images=data.images[rows],
        is_open=data.is_open[rows],
        occupied=data.occupied[rows],
        lift=torch.zeros(int(rows.sum()), dtype=torch.int64),
        masks=data.masks[lift : lift + 1],
        names=(data.names[lift],),
    )


def test_it_is_trained_on_the_others_and_judges_by_the_masks(tmp_path: Path) -> None:
    """Scores of the lift's own pictures by its masks, how it was trained; asked again, nothing is trained."""
    words = [*PAPER["siamese"], "side=48", "batch=8", "epochs=2", "learning_rate=1e-3"]
    recipe = with_changes(RECIPES["siamese"], words)
    fold = Fold(of(bars(16, 1), 0), of(bars(8, 2), 0), of(bars(8, 3), 1))
    scores, about = judge_without("siamese", recipe, fold, Run(out=tmp_path))
    assert len(scores) == len(fold.test) == 4
    assert about["training_pictures"] == 8
    assert about["trained_by"].startswith("barwatch train siamese --preset paper ")
    system = system_of(recipe)
    assert isinstance(system, System)
    best = torch.load(tmp_path / "best.pt", weights_only=True)
    system.network.load_state_dict(best["network"])
    assert torch.equal(system.scores(fold.test, fold.test), scores)
    last = next(tmp_path.rglob(f"rate-*/{LAST}"))
    before = last.stat().st_mtime_ns
    again, _ = judge_without("siamese", recipe, fold, Run(out=tmp_path))
    assert torch.equal(again, scores)
    assert last.stat().st_mtime_ns == before


def test_a_lift_that_was_trained_on_is_refused(tmp_path: Path) -> None:
    """Also one that only early stopping sees; and a system that does not judge by masks."""
    recipe = replace(RECIPES["siamese"], side=48, epochs=1)
    one, other = of(bars(8, 1), 0), of(bars(8, 1), 1)
    for fold in (Fold(one, other, one), Fold(other, one, one)):
        with pytest.raises(ValueError, match="A must be in neither"):
            judge_without("siamese", recipe, fold, Run(out=tmp_path / "a"))
    with pytest.raises(ValueError, match="masks alone"):
        judge_without("classifier", RECIPES["classifier"], Fold(one, one, other), Run(out=tmp_path / "b"))

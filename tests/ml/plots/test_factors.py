"""The factors' picture: a line for each tensor, from a checkpoint of a run that learnt them."""

from dataclasses import replace
from pathlib import Path

import cv2
import pytest
import torch
from typer.testing import CliRunner

from ml.systems.named import RECIPES
from ml.systems.recipe import Regularisation
from ml.train.loop import train
from ml.train.run import Run
from ml.train.systems import Lesson, SystemLearner
from service import cli
from tests.ml.plots.test_cutouts import carriers


@pytest.mark.parametrize("l2", ["adaptive", "none"])
def test_a_run_s_factors_are_drawn(l2: Regularisation, tmp_path: Path) -> None:
    """One epoch, continued for another, leaves two; of a run without any a line says so."""
    data = carriers(4)
    for epochs in (1, 2):
        recipe = replace(RECIPES["classifier"], side=48, l2=l2, epochs=epochs)
        train(SystemLearner(Lesson("classifier", recipe, data, data), torch.device("cpu")), Run(out=tmp_path))
    out = tmp_path / "factors.png"
    last = str(tmp_path / "last.pt")
    done = CliRunner().invoke(cli.app, ["plot", "factors", "--checkpoint", last, "--out", str(out)])
    if l2 == "none":
        assert done.exit_code == 2
        assert "no learnt factors" in " ".join(done.output.split())
        return
    assert done.exit_code == 0, done.output
    history = torch.load(last, weights_only=True)["factors"]
    assert len(history) == 2
    assert (history[1] <= history[0]).all()
    assert (history[1] < history[0]).any()
    picture = cv2.imread(str(out))
    assert picture is not None
    assert len({tuple(pixel) for row in picture[::3] for pixel in row[::3].tolist()}) > 20, "lines in colours"

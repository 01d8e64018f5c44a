"""Where ABIR looks becomes heat over the picture, strongest where the weights are."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from ml.commands import plot
from ml.data.benchmark import parts
from ml.plots.attention import attention_sheet, overlay_heat
from ml.systems.named import RECIPES, as_values, system_of
from ml.train.loop import save
from tests.ml.plots.test_cutouts import carriers
from tests.ml.plots.untrained_abir import untrained


def test_heat_lies_where_the_weights_are() -> None:
    """A lit corner is bright and coloured, the rest of the picture grey and as it was."""
    weights = np.full((50, 50), 0.2, np.float32)
    weights[:10, :10] = 0.9
    picture = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    shown = overlay_heat(picture, weights)
    grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    assert (shown[60:, 60:] == grey[60:, 60:, None]).all()
    red, green, blue = (float(shown[5:30, 5:30, channel].mean()) for channel in range(3))
    # Light yellow: the grey around it has as much of every colour.
    assert min(red, green) > blue + 50
    assert red > float(shown[60:, 60:, 0].mean()) + 50


def test_weights_that_are_all_alike_are_drawn_faintly() -> None:
    """Differences of a thousandth are noise: no pattern is made of them."""
    rng = np.random.default_rng(0)
    weights = np.asarray(0.5 + 0.001 * rng.random((50, 50)), np.float32)
    picture = np.full((200, 200, 3), 100, np.uint8)
    assert float(np.abs(overlay_heat(picture, weights).astype(int) - 100).mean()) < 15


def test_a_sheet_has_a_column_for_each_picture() -> None:
    """Picture, surroundings, parts; the two maps differ, and training goes on as before."""
    system, data = untrained(), carriers(2)
    system.network.train()
    made = attention_sheet(system, data)
    assert system.network.training
    assert made.shape == (600, 400, 3)
    np.testing.assert_array_equal(made[:200, 200:], data.images[1].numpy())
    assert (made[200:400] != made[400:]).any()


def test_other_networks_do_not_say_where_they_look() -> None:
    """A classifier has no such maps."""
    with pytest.raises(ValueError, match="expected ABIR"):
        attention_sheet(system_of(RECIPES["classifier"]), carriers(1))


def test_the_command_draws_pictures_of_the_benchmark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a checkpoint as training leaves one to a PNG; another system's is a usage error."""
    monkeypatch.setattr(plot, "read", lambda *_: carriers(5))
    wanted = [part.counts.lift for part in parts(["validation"])][:1]

    def plotted(system: str) -> tuple[int, str]:
        one = untrained() if system == "abir" else system_of(RECIPES[system])
        content = {
            "recipe": as_values(system, one.recipe),
            "network": one.network.state_dict(),
            "state": {"epoch": 7},
        }
        save(content, tmp_path / f"{system}.pt")
        words = ["attention", "--checkpoint", str(tmp_path / f"{system}.pt"), "--pictures", "2"]
        words += ["--only", wanted[0], "--out", str(tmp_path / "made" / "attention.png")]
        done = CliRunner().invoke(plot.app, words, env={"COLUMNS": "300"})
        return done.exit_code, done.output

    assert plotted("classifier")[0] == 2
    assert "expected ABIR" in plotted("classifier")[1]
    assert plotted("abir")[0] == 0
    image = cv2.imread(str(tmp_path / "made" / "attention.png"))
    assert image is not None
    assert image.shape == (600, 400, 3)

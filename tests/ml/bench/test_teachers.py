"""What teachers cost is measured side by side, of processor time."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ml.bench import teachers
from ml.models.barwatch import ModelConfig
from ml.train.config import PRESETS
from service import cli

NARROW = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)


@pytest.mark.thorough
def test_a_wider_network_costs_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row for each; costs are the first one's rate by its own. Five times as wide, it costs more."""
    config = replace(PRESETS["smoke"], model=NARROW)
    wide = replace(config, model=NARROW.wider(5))
    monkeypatch.setattr(teachers, "TEACHERS", {"narrow": config, "wide": wide})
    words = [
        "bench",
        "train",
        "--teachers",
        "--lifts",
        "2",
        "--seconds",
        "0",
        "--out",
        str(tmp_path / "t.json"),
    ]
    done = CliRunner().invoke(cli.app, words)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result == json.loads((tmp_path / "t.json").read_text())
    narrow, wider = result["rows"]
    assert (narrow["system"], wider["system"]) == ("narrow", "wide")
    assert wider["parameters"] > 10 * narrow["parameters"]
    for what in ("learning", "looking"):
        assert narrow[f"{what}_cost"] == 1.0
        assert wider[f"{what}_cost"] > 1.0
        rates = [row[f"{what}_pictures_per_s"] for row in (narrow, wider)]
        assert wider[f"{what}_cost"] == pytest.approx(rates[0] / rates[1])

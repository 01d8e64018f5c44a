"""All runs of the papers' tables in one command that goes on."""

from pathlib import Path

from typer.testing import CliRunner

from ml.commands.papers.reproduce import SEEDS, steps
from service.cli import app


def test_every_ordering_has_its_seeds_and_every_command_exists(tmp_path: Path) -> None:
    """Three of each network of both tables; each step's last command writes its file; no folder is shared."""
    found = {step.file: step.commands for step in steps(tmp_path, Path("runs"), 1)}
    for name in ("siamese-paper", "classifier-paper", "siamese-paper-large", "classifier-paper-large"):
        assert all(f"systems/{name}{f'-seed{seed}' if seed else ''}.json" in found for seed in SEEDS)
    assert {"naive.json", "left-out/siamese.json", "systems/vgg16-large.json"} <= found.keys()
    assert all(commands[-1].endswith(f"--out {tmp_path / file}") for file, commands in found.items())
    trained = [command.split(" --out ")[1] for commands in found.values() for command in commands[:-1]]
    assert len(set(trained)) == len(trained) == 14 + 12 * len(SEEDS)
    assert all(folder.endswith("--resume") for folder in trained)


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """Of a name with its result there, nothing is left; of another, the commands are printed."""
    (tmp_path / "systems").mkdir()
    for name in ("vgg16-large", "classifier-paper"):
        (tmp_path / "systems" / f"{name}.json").write_text("{}")
    asked = ["reproduce", "systems/vgg16", "systems/resnet50", "--results", str(tmp_path), "--dry-run"]
    said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0, said.output
    assert "barwatch train resnet50 --preset large --set side=112" in said.output
    assert "vgg16" not in said.output
    (tmp_path / "naive.json").write_text('{"complete": false, "rows": {}}')
    said = CliRunner().invoke(app, ["reproduce", "naive", "--results", str(tmp_path), "--dry-run"])
    assert "barwatch evaluate-naive" in said.output
    (tmp_path / "naive.json").write_text('{"complete": true, "rows": {}}')
    said = CliRunner().invoke(app, ["reproduce", "naive", "--results", str(tmp_path), "--dry-run"])
    assert said.output == ""

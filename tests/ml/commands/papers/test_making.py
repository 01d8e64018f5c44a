"""A plan that several processes make: each result once, also what fails."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import typer

from ml.commands.common import keep
from ml.commands.papers import making
from ml.commands.papers.making import MadeResult, SharedPlan, alone, chosen
from ml.commands.papers.sets import Rendering
from ml.machine.together import side_by_side

PLAN = (
    MadeResult("fails.json", ("barwatch fails fails.json",)),
    MadeResult("needs.json", ("barwatch makes needs.json",), after=("fails.json",)),
    MadeResult("needs-that.json", ("barwatch makes needs-that.json",), after=("needs.json",)),
    MadeResult("first.json", ("barwatch makes first.json",)),
    MadeResult("second.json", ("barwatch says", "barwatch makes second.json"), after=("first.json",)),
)


def _main(folder: Path) -> Callable[[list[str]], None]:
    return partial(_runs, folder)


def _runs(folder: Path, words: list[str]) -> None:
    """As the command line: makes a result, fails, or says something; what was run is noted."""
    with (folder / "ran.txt").open("a") as ran:
        ran.write(f"{' '.join(words)}\n")
    if words[0] == "makes":
        keep({"complete": True}, folder / words[1])
    sys.exit(words[0] == "fails")


def _ran(folder: Path) -> list[str]:
    return sorted((folder / "ran.txt").read_text().splitlines())


def _plan(folder: Path, patient: bool = False, steps: tuple[MadeResult, ...] = PLAN) -> SharedPlan:
    return SharedPlan(steps, folder, folder / "locks", _main(folder), patient=patient)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "_LOOK_AGAIN_S", 0.02)


def test_what_fails_is_tried_once_by_all_and_what_needs_it_is_left_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Four processes end by themselves; each command was run once, and what is left out was said, once."""
    plan = _plan(tmp_path, patient=True)
    assert side_by_side([plan.work] * 4, tmp_path / "logs") == 1
    assert _ran(tmp_path) == ["fails fails.json", "makes first.json", "makes second.json", "says"]
    said = capfd.readouterr().err.splitlines()
    assert [line for line in said if "needs.json: " in line or "that.json: " in line] == [
        "needs.json: left out, as it needs fails.json",
        "needs-that.json: left out, as it needs needs.json",
    ]
    assert "fails.json: failed" in said


def test_a_later_sitting_tries_again(tmp_path: Path) -> None:
    """One process: what failed before, what stands; what is needed and not in the plan is said."""
    assert _plan(tmp_path).work() == 1
    assert _plan(tmp_path).work() == 1
    assert _ran(tmp_path).count("fails fails.json") == 2
    assert _ran(tmp_path).count("makes first.json") == 1
    assert _plan(tmp_path, steps=PLAN[1:3]).work() == 0
    assert "makes needs.json" not in _ran(tmp_path)


def test_a_part_is_not_made_again_where_the_whole_is_there(tmp_path: Path) -> None:
    """Where the whole is lost, its parts are wanted again; where a part alone is asked for, it is made."""
    part = MadeResult("part.json", ("barwatch makes part.json",), passing=True)
    plan = (part, PLAN[3], MadeResult("whole.json", ("barwatch makes whole.json",), after=("part.json",)))
    (tmp_path / "whole.json").write_text("{}")
    assert _plan(tmp_path, steps=plan).work() == 0
    assert _ran(tmp_path) == ["makes first.json"]
    (tmp_path / "whole.json").unlink()
    assert _plan(tmp_path, steps=plan).work() == 0
    assert _ran(tmp_path) == ["makes first.json", "makes part.json", "makes whole.json"]
    (tmp_path / "part.json").unlink()
    assert _plan(tmp_path, steps=plan).work() == 0
    assert not (tmp_path / "part.json").exists()
    assert _plan(tmp_path, steps=plan[:1]).work() == 0
    assert (tmp_path / "part.json").exists()


def test_what_needs_a_checkpoint_that_is_elsewhere_is_left_out(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its network was trained on another machine: nothing fails, and it is drawn where the checkpoint is."""
    best = tmp_path / "best.pt"
    figure = MadeResult("figure.json", ("barwatch makes figure.json",), after=("first.json",), needs=best)
    caption = MadeResult("caption.json", ("barwatch makes caption.json",), after=("figure.json",))
    plan = _plan(tmp_path, steps=(PLAN[3], figure, caption))
    assert plan.parted() == ([PLAN[3], figure, caption], [])  # that training leaves its checkpoint here
    (tmp_path / "first.json").write_text("{}")
    plan.say_what_is_left()
    assert capfd.readouterr().err.splitlines() == [
        f"figure.json: left out, as it needs first.json, {best}",
        "caption.json: left out, as it needs figure.json",
    ]
    assert plan.work() == 0
    assert _plan(tmp_path, steps=(figure,)).parted() == ([], [figure])
    assert not (tmp_path / "ran.txt").exists()
    best.touch()
    assert plan.work() == 0
    assert _ran(tmp_path) == ["makes caption.json", "makes figure.json"]


def test_what_ends_well_and_makes_nothing_has_failed(tmp_path: Path) -> None:
    """It is not run again and again."""
    assert _plan(tmp_path, steps=(MadeResult("none.json", ("barwatch says",)),)).work() == 1
    assert _ran(tmp_path) == ["says"]


def test_what_another_process_makes_is_left_to_it(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Its lock is held: the rest is made."""
    with alone(tmp_path / "locks" / "first.json.lock"):
        assert _plan(tmp_path, steps=PLAN[3:]).work() == 0
    assert "first.json: another process makes it" in capfd.readouterr().err
    assert not (tmp_path / "ran.txt").exists()


def test_a_name_that_no_result_begins_with_is_refused() -> None:
    """With or without the folder; the plan's order stays, and nothing is chosen twice."""
    steps = [
        MadeResult(f"{name}.json", ()) for name in ("systems/vgg16", "getnet/digits-0", "getnet/objects-0")
    ]
    assert chosen(steps, None) == chosen(steps, []) == steps
    assert chosen(steps, ["objects", "digits", "getnet/d"]) == steps[1:]
    with pytest.raises(typer.BadParameter, match=r"begins with vgg17, digits-1$"):
        chosen(steps, ["vgg17", "systems/v", "digits-1"])


def _no_disk(workers: int) -> list[int]:
    raise OSError(workers)


def test_pictures_that_cannot_be_rendered_keep_nobody_waiting(tmp_path: Path) -> None:
    """Rendering fails for all; runs go on, and render what they need themselves."""
    sets = {"small": Rendering((tmp_path / "no.npz",), _no_disk)}  # type: ignore[arg-type]
    steps = [MadeResult("first.json", ("barwatch makes first.json",), ("small",), ("small",))]
    plan = SharedPlan(steps, tmp_path, tmp_path / "locks", _main(tmp_path), sets, patient=True)  # type: ignore[arg-type]
    assert side_by_side([plan.render, plan.work], tmp_path / "logs") == 1
    assert _ran(tmp_path) == ["makes first.json"]

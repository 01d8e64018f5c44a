"""Which results are measured again."""

import json
import subprocess
from pathlib import Path

import pytest

from ml.commands import report
from ml.commands.report import refresh, stale


@pytest.fixture
def measured(tmp_path: Path) -> tuple[Path, Path]:
    """A repository whose network changed between two measurements: (results, artefact)."""

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@localhost"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    results, artefact = tmp_path / "results", tmp_path / "barwatch.ts"
    results.mkdir()
    git("init", "--quiet")
    commits = []
    for content in ("first", "second"):
        artefact.write_text(content)
        git("add", artefact.name)
        git("commit", "--quiet", "-m", content)
        commits.append(git("rev-parse", "HEAD"))

    def write(name: str, commit: str) -> None:
        out = tmp_path / f"{name}.txt"
        made = {"command": f"barwatch token list --out {out}", "git_commit": commit}
        (results / f"{name}.json").write_text(json.dumps(made))

    write("loco", commits[0])
    write("crosscheck", commits[1])
    write("seats", f"{commits[1]}-dirty")
    write("benchmark-siamese", commits[0])
    write("naive", commits[0])
    (results / "photographs.json").write_text("[]")
    return results, artefact


def test_what_was_measured_before_the_network_changed_is_stale(measured: tuple[Path, Path]) -> None:
    """Of the shipped network's results those of an older commit; no paper's system, no naive answer."""
    assert [name for name, _ in stale(*measured)] == ["loco"]


def test_outside_of_a_repository_everything_is_stale(measured: tuple[Path, Path], tmp_path: Path) -> None:
    """Nothing says then what a result was measured with."""
    results, _ = measured
    assert [name for name, _ in stale(results, tmp_path / "none.ts")] == ["crosscheck", "loco", "seats"]


@pytest.mark.thorough
def test_each_result_is_measured_by_its_own_command(
    measured: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The recorded command is run as it stands, of the names that were asked for; its failure is an error."""
    results, artefact = measured
    monkeypatch.setattr(report, "RELEASED", artefact.parent)
    refresh(["crosscheck"], results)
    refresh(None, results, dry_run=True)
    with pytest.raises(subprocess.CalledProcessError):
        refresh(["loco"], results)  # `token list` has no --out

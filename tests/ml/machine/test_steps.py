"""Commands one after another: one's failure or length costs only itself."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from ml.machine.steps import Step, keep_within, run_steps


def _python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def test_a_failure_and_a_hang_cost_only_themselves(tmp_path: Path) -> None:
    """One fails and says why, one with a child hangs and is ended with it, the last is done."""
    child = "import subprocess; subprocess.run(['sleep', '600'])"
    steps = [
        Step("fails", lambda _: _python("raise SystemExit('no such thing')"), 0.4),
        Step("hangs", lambda _: _python(child), 0.1),
        Step("works", lambda left: _python(f"print({left} > 0)"), 0.5),
    ]
    seen: list[int] = []
    rows = run_steps(steps, tmp_path, 20.0, lambda rows: seen.append(len(rows)))
    assert [row["outcome"].partition(" after ")[0] for row in rows] == ["exit status 1", "ended", "done"]
    assert rows[0]["said"] == ["no such thing"]
    assert (tmp_path / "works.log").read_text().strip() == "True"
    assert seen == [1, 2, 3]


def test_each_has_its_share_of_what_is_left(tmp_path: Path) -> None:
    """Of 100 s: a tenth is the first's, which takes 2 s; of 98 s seven parts of nine; the last has 96 s."""
    now = [0.0]
    given: list[float] = []

    def how(words: Sequence[str], log: Path, seconds: float) -> int:
        given.append(seconds)
        now[0] += 2.0
        return 0

    shares = [("a", 0.1), ("b", 0.7), ("c", 0.2)]
    steps = [Step(name, lambda _: ["x"], share) for name, share in shares]
    rows = run_steps(steps, tmp_path, 100.0, lambda _: None, how, lambda: now[0])
    assert given == pytest.approx([10.0, 98 * 7 / 9, 96.0])
    assert [row["seconds"] for row in rows] == [2.0, 2.0, 2.0]


def test_the_largest_files_go_until_the_rest_fits(tmp_path: Path) -> None:
    """Of 1, 2 and 4 bytes in 3: the largest."""
    (tmp_path / "deep").mkdir()
    for name, size in (("a", 1), ("b", 2), ("deep/c", 4)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert keep_within(tmp_path, 3) == ["deep/c"]
    assert keep_within(tmp_path, 3) == []

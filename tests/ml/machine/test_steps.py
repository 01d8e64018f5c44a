"""Commands one after another: one's failure or length costs only itself."""

import sys
from collections.abc import Sequence
from pathlib import Path

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
    assert [row["outcome"] for row in rows] == ["exit status 1", "ended after 2 s", "done"]
    assert rows[0]["said"] == ["no such thing"]
    assert (tmp_path / "works.log").read_text().strip() == "True"
    assert seen == [1, 2, 3]


def test_what_one_leaves_another_may_take(tmp_path: Path) -> None:
    """Of 100 s: the first has its tenth and takes 2 s, the one that stretches all but the last's share."""
    now = [0.0]
    given: list[float] = []

    def how(words: Sequence[str], log: Path, seconds: float) -> int:
        given.append(seconds)
        now[0] += 2.0
        return 0

    shares = [("a", 0.1, False), ("b", 0.7, True), ("c", 0.2, False)]
    steps = [Step(name, lambda _: ["x"], share, stretches) for name, share, stretches in shares]
    rows = run_steps(steps, tmp_path, 100.0, lambda _: None, how, lambda: now[0])
    assert given == [10.0, 78.0, 20.0]
    assert [row["seconds"] for row in rows] == [2.0, 2.0, 2.0]


def test_the_largest_files_go_until_the_rest_fits(tmp_path: Path) -> None:
    """Of 1, 2 and 4 bytes in 3: the largest."""
    (tmp_path / "deep").mkdir()
    for name, size in (("a", 1), ("b", 2), ("deep/c", 4)):
        (tmp_path / name).write_bytes(b"x" * size)
    assert keep_within(tmp_path, 3) == ["deep/c"]
    assert keep_within(tmp_path, 3) == []

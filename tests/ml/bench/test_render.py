"""Rendering speed is a ratio between two checkouts, taken in turns."""

from __future__ import annotations

from pathlib import Path

import pytest

from ml.bench import render
from ml.bench.render import rate_beside, recordings_beside


def test_two_checkouts_take_turns_and_the_middle_of_their_ratios_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A round that another program slowed down for one of them does not decide."""
    rates = iter([40.0, 10.0, 40.0, 40.0, 44.0, 11.0])
    asked: list[Path] = []

    def rate(root: Path, *_: int) -> float:
        asked.append(root)
        return next(rates)

    monkeypatch.setattr(render, "_rate_of", rate)
    found = rate_beside(tmp_path, 2, 3, 0, rounds=3)
    assert found["ratio"] == 4.0
    assert found["ratios"] == [4.0, 1.0, 4.0]
    assert asked[1::2] == [tmp_path.resolve()] * 3
    assert asked[0] != asked[1]


def test_another_checkouts_own_code_is_measured(tmp_path: Path) -> None:
    """The other process imports the renderer of its folder, not of this one."""
    package = tmp_path / "ml" / "data"
    package.mkdir(parents=True)
    (tmp_path / "ml" / "__init__.py").touch()
    (package / "__init__.py").touch()
    source = (
        "import types\ndef render_lift(seed, passages):\n    return types.SimpleNamespace(images=[0] * 7)\n"
    )
    (package / "rendered.py").write_text(source + "sum(range(10**6))\n", encoding="utf-8")
    assert render._rate_of(tmp_path, 0, 2, 1, 0) > 0


def test_recordings_of_two_checkouts_are_compared_picture_by_picture(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The ratios are of recorded seconds; one different picture in any round shows."""
    here = Path(render.__file__).resolve().parents[2]
    shown = iter(["a", "a", "b", "a"])

    def asked(root: Path, script: str, *wanted: int) -> tuple[float, str]:
        assert script == render._RECORDED
        if wanted[-1] == 360:
            assert root == here
            return 8.0, "small"
        return (3.0 if root == here else 2.0), next(shown)

    monkeypatch.setattr(render, "_asked", asked)
    found = recordings_beside(tmp_path, 2, 10, 0, rounds=2)
    assert (found["ratio"], found["events_ratio"], found["same_pictures"]) == (1.5, 4.0, False)


@pytest.mark.thorough
def test_a_recordings_rate_is_measured_and_its_pictures_are_the_seeds() -> None:
    """The script runs, and gives the same digest each time."""
    first, again = (
        render._asked(Path(render.__file__).parents[2], render._RECORDED, 3, 1, 2, 20, 90) for _ in "12"
    )
    assert first[0] > 0
    assert first[1] == again[1]

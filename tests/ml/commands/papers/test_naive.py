"""Naive answers on what systems are judged on."""

import json
from pathlib import Path

from ml.commands.papers.naive import _rows_before, judges
from ml.data.pictures import select
from ml.papers.comparison.judging import Sets
from ml.systems.named import RECIPES
from ml.systems.recipe import MetricRecipe
from tests.ml.train.test_systems import bars


def test_every_network_is_judged_untrained_and_quick_ones_with_three_seeds() -> None:
    """All that judge bars (what finds carriers again has rows of its own); majority, thumbnails and edges."""
    names = [name for name, _ in judges(smoke=False)]
    assert len(set(names)) == len(names)
    for name in (name for name, recipe in RECIPES.items() if not isinstance(recipe, MetricRecipe)):
        assert f"untrained {name}, seed 0" in names
    assert {"untrained siamese, seed 2", "untrained classifier, seed 2", "majority", "edge-energy"} <= set(
        names
    )


def test_those_without_a_network_judge_every_set() -> None:
    """Bright bars, which all but the majority find; none on unseen lifts where known pictures decide."""
    known, asked = bars(9, 1), bars(8, 2)
    unseen = bars(24, 3)
    unseen = select(unseen, unseen.lift.argsort(stable=True))  # a lift's passages in a row
    sets = Sets(test=asked, known=known, unseen=unseen, alike=bars(12, 4))
    found = {name: judge(sets) for name, judge in judges(smoke=False) if "untrained" not in name}
    assert found["majority"]["seen"]["accuracy"] == found["majority"]["alike"]["accuracy"] == 0.5
    for name in ("thumbnails, nearest mask", "edge-energy", "edge-correlation"):
        assert [found[name][on]["accuracy"] for on in ("seen", "alike", "unseen")] == [1.0] * 3
    nearest = found["thumbnails, nearest known picture"]
    assert (nearest["seen"]["accuracy"], nearest["alike"], nearest["unseen"]) == (1.0, None, None)


def test_rows_of_another_commit_are_measured_again(tmp_path: Path) -> None:
    """Those of the same command and commit are kept; nothing is taken from a file that is not there."""
    asked = {"git_commit": "a", "complete": False}
    file = tmp_path / "naive.json"
    assert _rows_before(asked, None) == _rows_before(asked, file) == {}
    file.write_text(json.dumps({**asked, "rows": {"majority": {}}}))
    assert _rows_before({**asked, "rows": {}}, file) == {"majority": {}}
    assert _rows_before({**asked, "git_commit": "b"}, file) == {}

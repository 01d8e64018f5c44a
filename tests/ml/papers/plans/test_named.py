"""The plans: every row can be trained, by every preset, and rows differ in what is asked alone."""

from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ml.commands.papers.steps import steps
from ml.papers.comparison.orderings import FOUND, ORDERINGS
from ml.papers.plans.named import PLANS, TrainedRow
from ml.report.retrieval import FULL_SIDE
from ml.systems.named import RECIPES, on_large_set, with_changes

ROWS = {row.name: row for plan in PLANS.values() for row in plan.rows}


@pytest.mark.parametrize("preset", ["smoke", "small", "paper"])
def test_every_row_has_a_recipe_and_no_budget(preset: str) -> None:
    """Its words are the system's fields; early stopping comes long before the last epoch."""
    for row in ROWS.values():
        recipe = row.recipe(preset, 2, 1)
        assert (recipe.seed, recipe.threads) == (2, 1)
        assert recipe.epochs >= 20 * recipe.patience
        assert (recipe.side >= 200) or (preset != "paper")


def test_rows_of_one_name_or_training_are_one() -> None:
    """A name means one row in all plans, and rows that share a training share its recipe."""
    trainings: dict[str, TrainedRow] = {}
    for plan in PLANS.values():
        for row in plan.rows:
            assert ROWS[row.name] == row
            first = trainings.setdefault(row.training, row)
            assert first.system == row.system
            assert first.recipe("small", 0, 1) == row.recipe("small", 0, 1)


def test_no_row_has_the_name_of_a_result_that_is_reproduced() -> None:
    """Both stand in one folder: one would be taken for the other, trained otherwise."""
    made = {Path(step.file).stem for step in steps(Path("results"), Path("runs"), 1)}
    assert {"vgg16-pretrained", "abir"} < made
    assert not made & set(ROWS)


def test_orderings_compare_rows_of_their_plan() -> None:
    for plan in PLANS.values():
        names = {row.name for row in plan.rows}
        assert {name for o in plan.orderings for name in (o.better, o.worse)} <= names


@pytest.mark.parametrize("preset", ["small", "paper"])
def test_compared_rows_differ_in_one_thing(preset: str) -> None:
    """In one field of the recipe, or in the pictures judged; a constant factor belongs to its kind of L2.

    A batch belongs to its mining: of triplets, or of pictures, which a loss without triplets takes too.
    """
    for plan in PLANS.values():
        for ordering in plan.orderings:
            one, other = (ROWS[name] for name in (ordering.better, ordering.worse))
            values = [asdict(row.recipe(preset, 0, 1)) for row in (one, other)]
            differ = {name for name in values[0] if values[0][name] != values[1][name]} - {"l2_factor"}
            alone = "mining" in differ or "am-softmax" in {each.get("loss") for each in values}
            differ -= {"batch"} if alone else set()
            assert len(differ) + (one.blurred != other.blurred) == 1, ordering.claim


def test_what_finds_carriers_again_has_its_orderings_at_full_size() -> None:
    """Each that `barwatch reproduce` has on reduced pictures; at 224 pixels and at 256 x 128.

    Top DropBlock and adaptive L2 have plans of their own, with one baseline.
    """
    own = ("Top DropBlock", "adaptive L2")
    claims = {o.claim for o in ORDERINGS if o.what == FOUND and not o.claim.startswith(own)}
    assert {o.claim.removesuffix(", full size") for o in PLANS["again"].orderings} == claims
    recipes = [row.recipe("paper", 0, 1) for row in PLANS["again"].rows]
    assert [recipe.side for recipe in recipes] == [224] * 3 + [256] * 8
    assert [row.recipe("small", 0, 1).side for row in PLANS["again"].rows] == [64] * 11


def test_what_is_called_full_size_is_trained_at_full_size() -> None:
    """By the preset that stands beside a plan that is not run."""
    called = [plan for plan in PLANS.values() if "full size" in plan.title]
    assert len(called) == 2
    for plan in called:
        assert all(row.recipe(plan.preset, 0, 1).side >= FULL_SIDE for row in plan.rows)


def test_every_reduced_row_has_one_at_full_size() -> None:
    """What two cores train on smaller pictures, the plans train on the paper's: for a GPU, in one go."""
    reduced = [
        command.split()[2]
        for step in steps(Path("results"), Path("runs"), 1)
        for command in step.commands
        if command.startswith("barwatch train") and "side=" in command
    ]
    assert {"resnet50", "vgg16", "abir", "triplet-resnet50"} <= set(reduced)
    trained = {row.system: row.recipe("paper", 0, 1) for row in ROWS.values()}
    assert all(trained[system].side >= FULL_SIDE for system in reduced)


def test_table_4_is_trained_by_rates_that_random_weights_learn_from() -> None:
    """As `barwatch reproduce` does, but for the side: on Table 3's pictures."""
    named = {step.file: step.commands[0] for step in steps(Path("results"), Path("runs"), 1)}
    for row in PLANS["table-4"].rows:
        recipe, words = row.recipe("paper", 0, 1), named[f"systems/{row.system}-large.json"].split()
        changed = with_changes(
            RECIPES[row.system], [words[at + 1] for at, word in enumerate(words) if word == "--set"]
        )
        rate = float(words[words.index("--learning-rate") + 1]) if "--learning-rate" in words else None
        assert recipe == replace(
            changed, side=200, learning_rate=rate or changed.learning_rate, patience=3, threads=1
        )
        assert on_large_set(row.system, "paper")


@pytest.mark.parametrize("preset", ["small", "paper"])
def test_no_order_is_of_a_deep_network_that_does_not_begin_to_learn(preset: str) -> None:
    """Of paper 000's two, which plain descent does not move from random weights, either row has Adam."""
    compared = {name for plan in PLANS.values() for o in plan.orderings for name in (o.better, o.worse)}
    deep = [
        ROWS[name].recipe(preset, 0, 1) for name in compared if ROWS[name].system in {"vgg16", "resnet50"}
    ]
    assert len(deep) == 2
    assert {(recipe.optimiser, recipe.learning_rate, recipe.clip_norm) for recipe in deep} == {
        ("adam", 1e-4, 1.0)
    }


def test_whatever_system_there_is_has_a_row() -> None:
    """A new one is picked up by itself."""
    assert {row.system for row in PLANS["systems"].rows} == set(RECIPES)

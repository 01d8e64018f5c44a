"""Runs side by side: what is kept of one, and which of two is better."""

from dataclasses import replace
from typing import Any

import pytest
import torch

from ml.data.pictures import select
from ml.evaluate.metrics import unpack_flags
from ml.papers.adapting import Adaptation
from ml.papers.comparison import orderings
from ml.papers.comparison.judging import Sets, accuracy_figures, judge_system, later_half
from ml.report.systems import orderings_table, remarks, runs_section, systems_page
from ml.systems.named import RECIPES, as_values
from ml.systems.recipe import Recipe
from tests.ml.tiny import Tiny, lifts


def run(right: list[bool], name: str = "siamese", **more: Any) -> dict[str, Any]:
    """A result as `barwatch evaluate SYSTEM` writes it, of two unseen lifts of two passages."""
    data = lifts(2, 2)
    scores = torch.where(torch.tensor(right) == data.is_open, 1.0, -1.0)
    recipe = as_values(name, RECIPES[name])
    return {
        "system": name,
        "command": "barwatch evaluate siamese",
        "git_commit": "0" * 40,
        "trained_by": "barwatch train siamese",
        "training_machine": {"cpu": "a processor", "device": "cpu"},
        "training_seconds": 120.0,
        "parameters": 1000,
        "recipe": {**recipe, "epochs": 9},
        "epochs": 9,
        "epoch": 7,
        "every": 1,
        "smoke": False,
        "seen": accuracy_figures(scores, data),
        "unseen": accuracy_figures(scores, data),
        "adapted": None,
        **more,
    }


RIGHT, HALF = [True] * 12, [True, True, True, False, False, False] * 2


def test_what_is_kept_of_scores() -> None:
    """The share that is right, by lift too, and which pictures they were."""
    found = run(HALF)["seen"]
    assert (found["pictures"], found["accuracy"]) == (12, 0.5)
    assert found["by_lift"] == {name: {"pictures": 6, "accuracy": 0.5} for name in ("L0", "L1")}
    assert unpack_flags(found["right"], 12).tolist() == HALF


def test_a_difference_is_of_the_same_pictures() -> None:
    """Half of the pictures: 50 points, whichever lifts are drawn; a run that is not there is left out."""
    runs = {
        "siamese-paper": run(RIGHT, epochs=12),
        "classifier-paper": run(HALF, epochs=12),
        "getnet": run(RIGHT),
    }
    rows = orderings.compare_runs(runs)
    assert [(row["runs"], row["what"]) for row in rows] == [
        (["siamese-paper", "classifier-paper"], "seen"),
        (["siamese-paper", "classifier-paper"], "unseen"),
    ]
    assert rows[0]["difference"] == 0.5
    assert rows[0]["interval_95_by_lift"] == [0.5, 0.5]
    low, high = rows[0]["interval_95"]
    assert low < 0.5 < high
    text = str(orderings_table(rows))
    assert "+50.00" in text
    assert text.count("| not decided: 1 of 3 seeds |") == 2  # one seed says nothing of the next
    three = {f"{name}{seed}": result for name, result in runs.items() for seed in ("", "-seed1", "-seed2")}
    assert str(orderings_table(orderings.compare_runs(three))).count("| yes |") == 2
    turned = {name: run(HALF if "siamese" in name else RIGHT, epochs=12) for name in three}
    assert "no, the other way" in str(orderings_table(orderings.compare_runs(turned)))
    turned["classifier-paper-seed2"]["epochs"] = 9  # two after its best one
    table = str(orderings_table(orderings.compare_runs(turned)))
    assert table.count("| not decided: a budget ended a training |") == 2


def test_seeds_are_averaged() -> None:
    """Two seeds of which one is half right: a quarter better."""
    runs = {"siamese-paper": run(RIGHT), "siamese-paper-seed1": run(HALF), "classifier-paper": run(HALF)}
    row = orderings.compare_runs(runs)[0]
    assert (row["difference"], row["seeds"]) == (0.25, [2, 1])
    one_asked = {**runs, "siamese-paper-seed1": run(HALF, unseen=None)}
    found = {row["what"]: row["seeds"] for row in orderings.compare_runs(one_asked)}
    assert found == {"seen": [2, 1], "unseen": [1, 1]}


def test_a_lift_s_rarer_state_is_compared_by_itself() -> None:
    """Of three passages two are open: what calls everything open is right on none of the closed ones."""
    data = lifts(2, 3)
    right, opened = torch.where(data.is_open, 1.0, -1.0), torch.ones(len(data))
    figures = [accuracy_figures(scores, data) for scores in (right, opened)]
    assert [found["rare_accuracy"] for found in figures] == [1.0, 0.0]
    assert figures[1]["accuracy"] == pytest.approx(2 / 3)
    runs = {name: run(RIGHT, seen=found) for name, found in zip(("one", "other"), figures, strict=True)}
    claims = [orderings.Ordering("one over the other", "one", "other", ("seen", "rare"))]
    found = {row["what"]: row["difference"] for row in orderings.compare_runs(runs, claims)}
    assert found == {"seen": pytest.approx(1 / 3), "rare": 1.0}


def test_a_run_judged_on_some_pictures_is_compared_on_those() -> None:
    """Every third picture of the one that was judged on all: of these the other has all right."""
    data = lifts(2, 2)
    scores = torch.where(data.is_open, 1.0, -1.0)
    some = accuracy_figures(scores[::3], select(data, torch.arange(0, 12, 3)))
    runs = {"siamese-paper": run(RIGHT, every=3, seen=some), "classifier-paper": run(HALF)}
    found = {row["what"]: row for row in orderings.compare_runs(runs)}
    assert found["seen"]["difference"] == 0.5


def test_what_adapting_brought_is_compared_on_the_later_passages() -> None:
    """The run without is cut to the same pictures as `later_half` takes."""
    data = lifts(2, 2)
    rows = later_half(data)
    assert rows.tolist() == [3, 4, 5, 9, 10, 11]
    later = accuracy_figures(torch.ones(6), lifts(2, 1))  # what is open is right
    adapted = {**later, "pseudo": True, "reviews": 0, "trains": True}
    runs = {"siamese-paper": run(HALF), "siamese-pseudo": run(RIGHT, adapted=adapted, seen=None)}
    found = {row["what"]: row for row in orderings.compare_runs(runs)}
    assert found["later"]["difference"] == 1.0  # the plain run has every closed passage wrong: all later ones


def test_remarks_say_what_was_reduced() -> None:
    """Smaller pictures, the last epoch, part of the pictures."""
    lines = remarks(
        run(HALF, recipe={**as_values("vgg16", RECIPES["vgg16"]), "side": 64, "epochs": 9}, every=3)
    )
    assert lines[0] == "decided by its budget: 9 epochs, the best the 7th"
    assert lines[1] == "reduced: pictures of 64 pixels"
    assert "every 3rd test picture" in lines
    stopped = remarks(run(HALF, epochs=12, training_pictures=36_600))
    assert stopped[0] == "ended by itself after 12 epochs, the best the 7th"
    assert stopped[1] == "trained on 36,600 pictures"
    values = as_values("getnet", RECIPES["getnet"])
    inside = [remarks(run(HALF, recipe={**values, "transformer": kind})) for kind in (0, 2)]
    assert ["reduced inside to 100 pixels" in lines for lines in inside] == [True, False]
    cut_short = remarks(run(HALF, epochs=8))  # below its 9 epochs, and five without improvement
    assert cut_short[0] == "decided by its budget: 8 epochs, the best the 7th"


def test_the_page_has_every_run_and_says_what_was_not_run() -> None:
    """A row each; of the systems without a run, that they were not run."""
    names = ("siamese", "classifier", "getnet")
    timed = [{"system": name, "parameters": 1000, "pictures_per_s": 80 - at} for at, name in enumerate(names)]
    on_gpu = {"training_machine": {"cpu": "a processor", "device": "cuda"}}
    runs = {
        "siamese": run(HALF),
        "classifier": run(HALF, "classifier"),
        "siamese-small": run(HALF, "getnet", parameters=900, **on_gpu),
        "untrained": run(HALF),
    }
    runs["untrained"]["trained_by"] = ""
    text = systems_page(runs, {"speed-systems": {"rows": timed}}, [], "All.")
    assert "| siamese | 50.00 (" in text
    assert "| 1,000 | 80 | 2 min, CPU |" in text
    assert "| 900 | | 2 min, GPU |" in text  # another network than the one that was timed
    assert "| 79 |" not in text  # the classifier is the siamese network's sister: one speed
    assert "| VGG16 (000) | not run |" in text
    assert "| untrained | not trained |" in text


def test_naive_answers_stand_beside_the_systems_and_seeds_are_told() -> None:
    """In both tables; a system's figure is the mean of its seeds, and first says if a budget decided one."""
    seeds = enumerate((HALF, RIGHT))
    naive: dict[str, Any] = {"rows": {f"untrained siamese, seed {seed}": run(right) for seed, right in seeds}}
    naive["rows"]["majority"] = run(HALF)
    runs = {"siamese-paper": run(HALF, epochs=30), "siamese-paper-seed1": run(RIGHT)}
    text = systems_page(runs, {"naive": naive}, [], "All.")
    assert "| the commoner state: each lift's own; S1 to S20's on unseen ones | 50.00 (" in text
    assert "| majority | 50.00 (" in text
    assert "| siamese (000), first weights | 75.00 (" in text
    assert "| nothing is learnt; 2 seeds |" in text
    assert "| mask-guided siamese (000) | 75.00 (" in text
    assert "| decided by its budget: 9 epochs, the best the 7th; 2 seeds |" in text


def test_what_adapted_stands_beside_what_did_not() -> None:
    """On the same later passages: the commoner state's and the trained system's own, half of them right."""
    adapted = {**accuracy_figures(torch.ones(6), lifts(2, 1)), "pseudo": True, "reviews": 0, "trains": True}
    runs = {"siamese-paper": run(HALF), "siamese-pseudo": run(RIGHT, adapted=adapted, seen=None)}
    naive = {"rows": {"majority": {key: run(RIGHT)[key] for key in ("seen", "unseen")}}}
    text = runs_section(runs, {}, naive)
    assert "| majority | the commoner state of S1 to S20 | 100.00 (" in text
    assert "| siamese-paper | nothing of them: as it was trained | 0.00 (" in text
    assert "as it was trained" not in runs_section({"siamese-paper": run(HALF)}, {}, naive)


def test_a_system_with_masks_is_judged_and_adapts() -> None:
    """Seen and unseen lifts; after adapting the later passages alone, and the system is as it was."""
    system = Tiny(Recipe(learning_rate=0.1, batch=6))
    with torch.no_grad():
        system.network.weight.copy_(torch.tensor([[0.2, -0.2]]))  # type: ignore[operator]
    before = system.network.weight.clone()  # type: ignore[operator]
    sets = Sets(test=lifts(2, 4), known=lifts(2, 4), unseen=lifts(2, 4, seed=2, noise=0.3))
    plain = judge_system(system, sets, Adaptation())
    assert plain["seen"]["accuracy"] == plain["unseen"]["accuracy"] == 1.0
    assert plain["adapted"] is plain["alike"] is None
    alike = judge_system(system, replace(sets, alike=lifts(3, 2, seed=5)), Adaptation())["alike"]
    assert (alike["accuracy"], len(alike["by_lift"])) == (1.0, 3)
    found = judge_system(system, sets, Adaptation(pseudo=True, reviews=1))
    assert found["seen"] is None
    assert (found["adapted"]["pictures"], found["adapted"]["accuracy"]) == (12, 1.0)
    assert torch.equal(system.network.weight, before)  # type: ignore[arg-type]
    text = runs_section({"tiny": {**run(RIGHT), **found}}, {})
    assert "| tiny | pseudo-labels and 1 reviewed passages | 100.00" in text


def test_what_judges_by_known_pictures_cannot_adapt() -> None:
    """It is reported as impossible, not done wrongly."""
    system = Tiny(Recipe())
    system.by_gallery = True
    sets = Sets(test=lifts(2, 4), known=lifts(2, 4), unseen=lifts(2, 4))
    with pytest.raises(ValueError, match="known pictures"):
        judge_system(system, sets, Adaptation(pseudo=True))

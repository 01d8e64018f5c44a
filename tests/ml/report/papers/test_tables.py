"""The paper's tables beside ours."""

import re
from typing import Any

import numpy as np
import pytest

from ml.commands.common import RESULTS
from ml.data.counts import TABLE
from ml.evaluate.metrics import pack_flags, seeds_interval
from ml.papers.comparison.orderings import flags_of, runs_of
from ml.papers.published import TABLE_2
from ml.report.papers.naive import naive_section
from ml.report.papers.tables import left_out_table, mean_of_lifts, orders_table, seeds_of, tables_page
from ml.report.systems import read_runs


def judged(wrong: int) -> dict[str, Any]:
    """Figures in which so many pictures of each lift are called wrongly, the first ones."""
    counts = [sum(lift.test) for lift in TABLE]
    right = np.concatenate([np.arange(count) >= wrong for count in counts])
    by_lift = {
        lift.lift: {"pictures": count, "accuracy": 1 - wrong / count}
        for lift, count in zip(TABLE, counts, strict=True)
    }
    accuracy = float(right.mean())
    figures = {"pictures": len(right), "accuracy": accuracy, "accuracy_interval_95": [accuracy, accuracy]}
    return {**figures, "by_lift": by_lift, "right": pack_flags(right)}


def run(wrong: int, epochs: int = 12, side: int = 200, every: int = 1) -> dict[str, Any]:
    figures = {"seen": judged(wrong), "alike": None, "unseen": None}
    recipe = {"epochs": 1000, "patience": 10, "side": side}
    return {**figures, "epochs": epochs, "epoch": 2, "every": every, "recipe": recipe}


RUNS = {
    "siamese-paper": run(0),
    "siamese-paper-seed1": run(20),
    "classifier-paper": run(15, epochs=5),
    "vgg16-large": run(1, side=112),
    "classifier-printed-rate": run(30),
}


def test_ours_stand_beside_the_papers_lift_by_lift() -> None:
    """S1 of 900: none and 20 wrong are 98.89 in the mean; the paper's 95.39; the majority's of the naive."""
    naive: dict[str, Any] = {
        "complete": True,
        "rows": {
            "majority": {"seen": judged(450), "alike": None, "unseen": None},
            "edge-energy": {"seen": judged(9), "alike": None, "unseen": None},
            "untrained siamese, seed 0": {"seen": judged(90), "alike": None, "unseen": None},
            "untrained siamese, seed 1": {"seen": judged(180), "alike": None, "unseen": None},
        },
    }
    page = tables_page(RUNS, naive, {})
    assert (
        "| S1 | 900 | 95.39 | 98.89 | 94.11 | 98.33 | 50.00 | 99.00 | 85.00 |" in page
    )  # first weights: both seeds
    heads = "siamese, paper | siamese, ours | classifier, paper | classifier, ours | majority |"
    assert f"| lift | pictures | {heads} edge energy | siamese, untrained |" in page
    assert page.count("| classifier, the printed rate | 87.76 | 95.67 (") == 1
    assert page.count("| siamese, the printed rate | 90.94 | not run yet |") == 1
    assert "| VGG16, pictures of 112 pixels | 99.76 | 99.86 (" in page
    assert "| VGG16, paper | VGG16, ours, pictures of 112 pixels |" in page
    assert "| VGG16 | 99.76 | 100.00 (" in tables_page({**RUNS, "full-vgg16": run(0)}, naive, {})
    assert tables_page({**RUNS, "full-vgg16": run(0, side=64)}, naive, {}) == page  # no full size
    some = tables_page({**RUNS, "full-vgg16": run(0, every=4)}, naive, {})
    assert "| VGG16, every 4th test picture | 99.76 |" in some
    assert "| VGG16, paper | VGG16, ours, every 4th test picture |" in some
    assert "| ResNet-50 | 99.98 | not run yet |" in page
    assert "| decided by its budget: classifier | 87.76 |" in page
    assert "by its budget of 5" in page
    assert page.count("decided by its budget: ") == 1
    assert "| Table 1, validation | 1184 | 879 | 2063 |" in page
    assert "| Table 1, validation, its rows alone | 1184 | 816 | 2000 |" in page
    assert "| edge energy, nothing learnt | Table 2, ours (seeds: 2) | 0 | 0 | 20 |" in page
    assert "| Table 3, train | 22161 | 14439 | 36600 |" in page


def test_without_a_run_the_page_says_so() -> None:
    """The paper's own figures and what they say of themselves stand there all the same."""
    page = tables_page({}, None, {})
    assert page.count("not run yet") == 8
    assert "| Table 4, classifier | 97.71 | 97.90 | 97.94 | no |" in page
    assert "Table 4, ResNet-50: S8, S14" in page
    assert "| classifier | Table 2, paper | 17 | 0 | 3 |" in page


def test_lifts_are_counted_on_which_one_is_better() -> None:
    """The mean of 0 and 20 wrong is better than 15 everywhere."""
    assert "| classifier | Table 2, ours (seeds: 2, 1) | 20 | 0 | 0 |" in str(orders_table(RUNS))
    assert len(seeds_of("siamese-paper", RUNS)) == 2
    assert seeds_of("siamese-paper-large", RUNS) == []
    assert mean_of_lifts([RUNS["siamese-paper"]]) == (100.0,) * len(TABLE_2["siamese"])


def test_a_lift_left_out_stands_beside_itself_trained_on() -> None:
    """Only the lifts that are done; with what learns nothing."""
    some = judged(90)
    some["by_lift"] = {"S1": some["by_lift"]["S1"]}
    naive = {"complete": True, "rows": {"edge-energy": {"seen": judged(9)}}}
    sooner = {"left_out": some, "recipe": {"patience": 5}}
    text = str(left_out_table({"siamese": sooner}, RUNS, naive))
    heads = ("siamese, without this lift (patience 5)", "siamese, with it (patience 10)", "edge-energy")
    assert f"| lift | {' | '.join(heads)} |" in text
    assert "| S1 | 90.00 | 100.00 | 99.00 |" in text
    assert "S2" not in text
    assert re.search(r"\| all \| 87\.01 \([^|]*\) \| \| \|", text)  # others' totals are of all lifts
    whole = str(left_out_table({"siamese": {"left_out": judged(90)}}, RUNS, naive))
    assert re.search(r"\| all \| 87\.01 \([^|]*\) \| 100\.00 \([^|]*\) \| 98\.70 \(", whole)


@pytest.mark.parametrize("side", [200, 64])
def test_naive_answers_say_if_their_pictures_were_reduced(side: int) -> None:
    """Of pictures in full size nothing is said; where some are not judged yet, that is."""
    row = {"seen": judged(0), "alike": judged(9), "unseen": None, "side": side}
    text = naive_section({"complete": side == 64, "rows": {"untrained vgg16": row}})
    assert ("pictures of 64 pixels" in text) == (side == 64)
    assert ("not measured yet" in text) == (side != 64)


def test_how_much_wider_intervals_are_with_passages_drawn() -> None:
    """The page's words, of the results: pictures of a state stand by passages, three in a row."""
    counts = [count for lift in TABLE for count in lift.test]
    firsts = np.cumsum([0, *(-(-count // 3) for count in counts[:-1])])
    passages = np.concatenate(
        [first + np.arange(count) // 3 for first, count in zip(firsts, counts, strict=True)]
    )
    runs = read_runs(RESULTS)
    wider = []
    for name in ("classifier-paper", "siamese-paper"):
        judged = [flags for run in runs_of(runs, name) if (flags := flags_of(run, "seen"))]
        right = np.stack([flags for flags, _ in judged])
        by_picture, by_passage = (np.ptp(seeds_interval([right], groups)) for groups in (None, passages))
        wider.append(by_passage / by_picture - 1)
    assert wider == [pytest.approx(1 / 4, abs=0.03), pytest.approx(1 / 3, abs=0.03)]
    assert "are a\nquarter and a third wider" in tables_page(RUNS, None, {})

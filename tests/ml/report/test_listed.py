"""The list's page and the plans: all have their place, with or without a result."""

from ml.papers.listed.measure import Measurement
from ml.papers.plans.named import Plan, TrainedRow
from ml.report.papers.listed import listed_page, measurement_table
from ml.report.papers.plans import missing_plans


def test_rows_stand_under_all_columns_and_what_is_missing_is_said() -> None:
    """A column that only some rows have is empty in the others; a command stands beside what is not run.

    What a reader must know of a measurement comes before its figures.
    """
    result = {
        "title": "noise",
        "source": "A paper",
        "command": "barwatch ablate noise",
        "git_commit": "0123456789abcdef",
        "rows": [{"variant": "base", "right, %": 50.0}, {"variant": "new", "points over base": "+1.00"}],
    }
    table = str(measurement_table(result)).splitlines()
    assert table[0] == "| variant | right, % | points over base |"
    assert table[2:] == ["| base | 50.0 | |", "| new | | +1.00 |"]
    asked = {
        "noise": Measurement("noise", "A paper", lambda _: [], "Decided by its budget."),
        "faces": Measurement("faces blurred", "Another", lambda _: []),
    }
    page = listed_page({"noise": result}, asked)
    assert page.index("## Noise\n\nDecided by its budget.\n\nA paper.") < page.index("| base |")
    assert "commit 0123456789ab" in page
    assert "## Faces blurred\n\nNot run yet: `barwatch ablate faces`." in page


def test_plans_that_are_not_run_are_listed() -> None:
    """With none of their rows, with some; not those that are whole."""
    rows = tuple(TrainedRow(name, "classifier") for name in ("one", "other"))
    plans = {name: Plan(f"what {name} asks", rows[:count]) for name, count in (("whole", 1), ("half", 2))}
    plans["none"] = Plan("what none asks", rows[1:], preset="paper")
    table = str(missing_plans({"one-seed1": {}, "other-seed1": {"finished": False}}, plans)).splitlines()
    assert table[2:] == [
        "| what half asks | 1 of 2 rows | `barwatch ablate half` |",
        "| what none asks | not run yet | `barwatch ablate none --preset paper` |",
    ]
    assert missing_plans({"one": {}}, {"whole": plans["whole"]}) == "All have been run."

"""The list's page: every measurement has its place, with or without a result."""

from ml.report.papers.listed import listed_page, measurement_table


def test_rows_stand_under_all_columns_and_what_is_missing_is_said() -> None:
    """A column that only some rows have is empty in the others; a command stands beside what is not run."""
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
    page = listed_page({"noise": result}, {"noise": "noise", "faces": "faces blurred"})
    assert "commit 0123456789ab" in page
    assert "## Faces blurred\n\nNot run yet: `barwatch ablate faces`." in page

"""Tables and templates: one cell for each head, nothing for None, and no value forgotten."""

import pytest
from jinja2 import UndefinedError

from ml.report.table import Table, interval, percent, points, rendered, share


def test_a_table_in_markdown() -> None:
    """Heads, a rule and a line for each row; an empty cell is a blank."""
    table = Table(("lift", "accuracy"), [["S1", 97.5], ["S2", None], ["", 0]])
    assert str(table) == "| lift | accuracy |\n|---|---|\n| S1 | 97.5 |\n| S2 | |\n| | 0 |"


def test_figures_read_alike_everywhere() -> None:
    """Shares in per cent with two decimals, intervals in brackets, differences with their sign."""
    result = {"accuracy": 0.95, "accuracy_interval_95": [0.9, 1.0]}
    assert (percent(0.12345), percent(None)) == ("12.35", "")
    assert (interval([0.9, 1.0]), share(result)) == ("(90.00 to 100.00)", "95.00 (90.00 to 100.00)")
    assert points([-1.0, 2.0]) == "-1.00 to +2.00"


def test_a_value_that_a_template_lacks_is_an_error() -> None:
    """A figure that is missing must not be left out in silence."""
    with pytest.raises(UndefinedError):
        rendered("events", table="")

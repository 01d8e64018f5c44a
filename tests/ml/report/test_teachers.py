"""What teachers gain is shown beside what ships, each figure in its own column."""

from ml.report.accuracy import gains_table
from ml.report.table import Result


def judged(right: float, wrong: tuple[int, int, int], seats: tuple[int, int], **more: Result) -> Result:
    verdicts = {
        **dict(zip(("open_called_closed", "closed_called_open", "unknown"), wrong, strict=True)),
        **dict(zip(("empty_called_occupied", "occupied_called_empty"), seats, strict=True)),
        "judged": 50,
    }
    both = {"per_picture": verdicts, "per_passage": verdicts}
    return {"accuracy": right, "accuracy_interval_95": [right - 0.1, right + 0.1], "verdicts": both, **more}


def test_a_network_is_shown_once_both_sets_were_judged() -> None:
    """Steps and minutes of training, then the development lifts, then crosscheck; half of it is no row."""
    trained = {"steps_done": 200, "processor_s": 90.0}
    teachers = {
        "wider": judged(0.75, (1, 2, 3), (4, 5), network=trained),
        "wider-crosscheck": judged(0.5, (6, 7, 8), (9, 10)),
        "trunk": judged(0.25, (0, 0, 0), (0, 0), network=trained),
    }
    ships = {"loco": judged(0.5, (0, 0, 1), (0, 0)), "crosscheck": judged(0.5, (0, 0, 0), (0, 0))}
    first, second = gains_table(teachers, ships).rows
    assert first[:4] == ["what ships (0.6.0)", "", "", "50.00 (40.00 to 60.00)"]
    assert second[:3] == ["wider, twice the channels", 200, "1.5"]
    assert second[3:] == [
        *("75.00 (65.00 to 85.00)", "1, 2, 3 of 50", "4, 5"),
        *("50.00 (40.00 to 60.00)", "6, 7, 8 of 50", "9, 10"),
    ]

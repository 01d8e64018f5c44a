"""The table by which an operator sizes a machine."""

from typing import Any

from ml.report.sizing import carried, sizing


def _camera(**changes: Any) -> dict[str, Any]:
    whole = {"name": "720p25", "mbit_per_s": 2.04, "whole_ms": 52.0, "capacity": {"counted": 37}}
    return whole | {"memory": {"first_mb": 122.4, "added_mb": [52.1, 84.2]}} | changes


def test_a_row_says_what_a_camera_takes() -> None:
    """52 ms a second are 5 % of a core; memory is a range where cameras differ."""
    table = str(sizing({"machine": {"cores": 2}, "cameras": [_camera()]}))
    assert "| cameras on 2 cores |" in table
    assert "| 720p25, 2.0 Mbit/s | 5 % | 37 | 52 to 84 MB | 122 MB |" in table


def test_memory_that_was_not_measured_is_left_open() -> None:
    """No figure stands in for one that is missing; equal ones are one figure."""
    without, even = _camera(memory=None), _camera(memory={"first_mb": 100.0, "added_mb": [60.2, 60.4]})
    rows = str(sizing({"machine": {"cores": 4}, "cameras": [without, even]})).splitlines()[2:]
    assert rows[0].endswith("| 37 | | |")
    assert rows[1].endswith("| 60 MB | 100 MB |")


def test_cameras_that_ran_are_said_with_their_late_verdicts() -> None:
    """Who reads it sees whether a verdict was late, and what ran."""
    run = {"cameras": 12, "seconds": 600.2, "cores": 2, "command": "barwatch bench carry", "judged": 1290}
    run |= {"late": 0, "least_spare_ms": 46.2, "frames_dropped": 0}
    assert (
        "for 10 minutes on 2 cores (`barwatch bench carry`): 1,290 verdicts, none of them after"
        in carried(run)
    )
    assert "1,290 verdicts, 3 of them after" in carried(run | {"late": 3})

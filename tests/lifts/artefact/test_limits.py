"""Ranges: a calibration that can judge lies within, one that decides nothing or everything is refused."""

import re
from pathlib import Path
from typing import Any

import pytest

from lifts.artefact.limits import RANGES, outside
from lifts.decision.calibration import Calibration

ROOT = Path(__file__).resolve().parents[3]

PRIOR = {
    "open_mean": -0.32,
    "closed_mean": 0.31,
    "open_deviation": 0.03,
    "closed_deviation": 0.06,
    "correlation": -0.45,
    "spread": 0.036,
}
NUMBERS: dict[str, Any] = {
    "scale": 23.8,
    "offset": 0.73,
    "unknown_low": 0.25,
    "unknown_high": 0.667,
    "occupancy_threshold": 0.33,
    "min_separation_good": 1.07,
    "min_separation": 0.27,
    "fit_threshold": 0.43,
    "bar_map_cells": 50,
    "mask_shifts_px": [[2, 0], [0, -2]],
    "clusters": PRIOR,
    "scale_on_site": 18.2,
    "seat": {
        "cells": 25,
        "weights": [0.53, 0.43, 0.07],
        "offset": -0.2,
        "unclear_low": 0.05,
        "unclear_high": 0.667,
        "clusters": PRIOR | {"open_mean": -0.41, "closed_mean": 0.59},
    },
}


def _with(key: str, value: Any) -> Calibration:
    def changed(numbers: dict[str, Any], way: list[str]) -> dict[str, Any]:
        return numbers | {way[0]: changed(numbers[way[0]], way[1:]) if way[1:] else value}

    return Calibration.model_validate(changed(NUMBERS, key.split(".")))


def test_a_calibration_that_can_judge_is_inside() -> None:
    """With everything a model may have, and with as little as it may have."""
    assert outside(Calibration.model_validate(NUMBERS)) is None
    least = {key: NUMBERS[key] for key in list(NUMBERS)[:7]}
    assert outside(Calibration.model_validate(least)) is None


@pytest.mark.fault(27)
@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("offset", -5.0, "offset: -5 is outside -3 to 3"),
        ("seat.offset", -5.0, r"seat\.offset: -5 is outside"),
        ("occupancy_threshold", 0.999, r"occupancy_threshold: 0\.999 is outside"),
        ("scale", 1e-6, "scale: 1e-06 is outside"),
        ("scale", 2.0, "scale, offset: a margin of -0.32, usual for open bars, is not so"),
        ("scale_on_site", 1.5, "scale_on_site: a margin"),
        ("unknown_low", 0.0, "unknown_low"),
        ("unknown_low", 0.5, "unknown_low"),
        ("unknown_high", 1.0, "unknown_high"),
        ("fit_threshold", 0.95, "fit_threshold"),
        ("min_quality", 1.0, "min_quality"),
        ("min_quality", 0.0, "min_quality"),
        ("min_separation", 0.0, "min_separation"),
        ("min_separation_good", 0.2, "min_separation_good: below min_separation"),
        ("mask_shifts_px", [[0, 40]], "mask_shifts_px: 40"),
        ("clusters.open_mean", 0.4, r"clusters\.open_mean: not below closed_mean"),
        ("clusters.closed_mean", 3.0, r"clusters\.closed_mean"),
        ("clusters.outliers", 0.9, r"clusters\.outliers"),
        ("seat.weights", [0.5, -0.4, -0.2], r"seat\.weights: their sum"),
        ("seat.weights", [50.0, 0.0, 0.0], r"seat\.weights: 50"),
        ("seat.unclear_low", 0.6, r"seat\.unclear_low: 0\.6"),
        ("seat.unclear_low", 0.01, r"seat\.unclear_low, seat\.unclear_high: usual"),
        ("seat.unclear_high", 0.999, r"seat\.unclear_high"),
        ("seat.clusters.closed_mean", -0.5, r"seat\.clusters\.open_mean: not below"),
    ],
)
def test_numbers_that_cannot_judge_are_refused(key: str, value: Any, reason: str) -> None:
    """Each by its key, with its range: those that silence alarms, and those that swallow all as unknown."""
    found = outside(_with(key, value))
    assert found is not None
    assert re.match(reason, found), found


def test_every_number_has_a_range_that_the_document_states() -> None:
    """No number of a calibration is forgotten, and docs/artefact.md has the table of all ranges."""
    numbers = Calibration.model_validate(NUMBERS).model_dump()
    names = {
        f"{at}{key}"
        for at, part in (("", numbers), ("seat.", numbers["seat"]), ("clusters.", numbers["clusters"]))
        for key, value in part.items()
        if not isinstance(value, dict)
    }
    assert names <= RANGES.keys()
    text = (ROOT / "docs" / "artefact.md").read_text(encoding="utf-8")
    for key, limit in RANGES.items():
        row = f"| `{key}` | {limit.least:g} | {limit.largest:g} | {limit.because} |"
        assert row in text, row

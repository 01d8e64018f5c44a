"""A calibration is checked as a whole before anything is judged by it."""

import pytest
from pydantic import ValidationError

from lifts.decision.calibration import Calibration

VALUES = {
    "scale": 30.0,
    "offset": 0.4,
    "unknown_low": 0.25,
    "unknown_high": 0.67,
    "occupancy_threshold": 0.49,
    "min_separation": 0.27,
    "min_separation_good": 1.07,
    "clusters": {
        "open_mean": -0.3,
        "closed_mean": 0.3,
        "open_deviation": 0.04,
        "closed_deviation": 0.06,
        "correlation": -0.5,
        "spread": 0.03,
    },
    "scale_on_site": 29.0,
}


def test_what_was_written_is_read_back() -> None:
    """What the export writes, the service reads: the same object."""
    calibration = Calibration.model_validate(VALUES)
    assert Calibration.model_validate_json(calibration.model_dump_json()) == calibration


def test_an_older_artefacts_name_of_the_clusters_is_understood() -> None:
    """`heaps` is what `clusters` was called before 0.6."""
    older = {("heaps" if name == "clusters" else name): value for name, value in VALUES.items()}
    assert Calibration.model_validate(older) == Calibration.model_validate(VALUES)


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"scale": 0.0}, "scale"),
        ({"offset": float("nan")}, "offset"),
        ({"unknown_low": 0.7}, "unknown_low: above unknown_high"),
        ({"unknown_high": 1.1}, "unknown_high"),
        ({"occupancy_threshold": -0.1}, "occupancy_threshold"),
        ({"mask_shifts_px": [[51, 0]]}, "mask_shifts_px"),
        ({"scale_on_site": -1.0}, "scale_on_site"),
        ({"clusters": {**VALUES["clusters"], "spread": 0.0}}, "spread"),  # type: ignore[dict-item]
        ({"clusters": {**VALUES["clusters"], "correlation": 1.0}}, "correlation"),  # type: ignore[dict-item]
        ({"unknown_hihg": 0.9}, "unknown_hihg"),
    ],
)
def test_a_wrong_number_or_name_is_refused(change: dict[str, object], key: str) -> None:
    """Out of range, not a number, or a name that nothing reads: refused, and the message names it."""
    with pytest.raises(ValidationError, match=key):
        Calibration.model_validate(VALUES | change)


def test_it_cannot_be_changed() -> None:
    """A verdict depends on the artefact alone, not on who had the calibration in hands before."""
    calibration = Calibration.model_validate(VALUES)
    with pytest.raises(ValidationError, match="frozen"):
        calibration.scale = 1.0  # type: ignore[misc]


def test_on_site_moves_the_reading_to_the_lifts_own_threshold() -> None:
    """At the threshold open and closed are equally likely; without a scale of its own nothing moves."""
    calibration = Calibration.model_validate(VALUES)
    assert calibration.with_threshold(0.1).probability_open(0.1) == pytest.approx(0.5)
    older = calibration.model_copy(update={"scale_on_site": None})
    assert older.with_threshold(0.1) is older

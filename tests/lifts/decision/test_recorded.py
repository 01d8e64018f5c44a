"""The judge says what it said before it moved here from the service."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lifts.arrays import Float32
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import BimodalFit
from lifts.decision.judge import judge
from lifts.decision.prototypes import Prototypes
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Inference
from tests.lifts.decision.test_judge import Shown

CASES: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("recorded.json").read_text(encoding="utf-8")
)
"""Random passages of one to three pictures: banks, problems, numbers that are none, site calibrations."""


def _floats(values: list[float | None], *shape: int) -> Float32:
    filled = [np.nan if value is None else value for value in values]
    return np.array(filled, np.float32).reshape(shape)


@pytest.mark.parametrize("number", range(len(CASES)))
def test_the_same_as_before_it_moved(number: int) -> None:
    """Verdicts, seat and reasons are equal; numbers are, but for what processors add up in another order."""
    case = CASES[number]
    said = case["said"]
    count, (copies, bank) = len(case["pictures"]), case["bank"]
    site, known = None, case["prototypes"]
    if case["fit"] is not None:
        directions = None if known is None else _floats(known["directions"], 3, -1)
        site = SiteCalibration(
            BimodalFit(**case["fit"]),
            None
            if directions is None
            else Prototypes(directions, tuple(known["offsets"]), tuple(known["weights"])),
        )
    found = judge(
        [
            Shown(None if problem is None else Reason(problem), quality)
            for problem, quality in case["pictures"]
        ],
        Inference(
            _floats(case["embeddings"], count, -1),
            _floats(case["occupancy"], count),
            _floats(case["matches"], count, 2),
        ),
        LiftReferences(_floats(bank, 2, copies, -1), site, 7, "m"),
        Calibration(**case["calibration"]),
    )
    assert (found.verdict.value, found.occupied) == (said["verdict"], said["occupied"])
    assert [reason.value for reason in found.reasons] == said["reasons"]
    assert [image.verdict.value for image in found.images] == [image[-1] for image in said["images"]]
    numbers = [said["confidence"], said["margin"], said["occupancy"]]
    assert [found.confidence, found.margin, found.occupancy] == _near(numbers)
    measured = [[image.distance_open, image.distance_closed, image.occupancy] for image in found.images]
    assert measured == [_near(image[:-1]) for image in said["images"]]


def _near(numbers: list[float | None]) -> list[object]:
    return [None if number is None else pytest.approx(number, rel=1e-6, abs=1e-9) for number in numbers]


def test_the_cases_are_of_every_kind() -> None:
    """Each verdict and each reason that follows from pictures is among them."""
    verdicts = Counter(case["said"]["verdict"] for case in CASES)
    reasons = {reason for case in CASES for reason in case["said"]["reasons"]}
    assert min(verdicts.values()) > 10
    assert set(verdicts) == {"open", "closed", "unknown"}
    assert reasons == {"dark", "damaged", "not_registered", "not_finite", "not_this_lift", "too_close"}

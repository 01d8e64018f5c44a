"""The judge's numbers, worked by hand in a plane: open mask at (0, 0), close mask at (1, 0).

With scale 4 and offset 0: p(open) = 1 / (1 + exp(4 * margin)), which is 0.8 at margin -0.3466.
"""

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from lifts.decision.calibration import Calibration, VerdictBand
from lifts.decision.clusters import BimodalFit
from lifts.decision.judge import distances_of, distances_to, judge, unknown
from lifts.decision.prototypes import Prototypes
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.seat import SeatCalibration
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Inference, Judgement, Seat, Verdict

CALIBRATION = Calibration(
    scale=4.0,
    offset=0.0,
    unknown_low=0.2,
    unknown_high=0.8,
    occupancy_threshold=0.5,
    min_separation_good=0.5,
    min_separation=0.1,
)
OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN
AT_OPEN, AT_CLOSE, BETWEEN = (0.0, 0.0), (1.0, 0.0), (0.5, 0.0)
SURE = 1 / (1 + math.exp(-4))
"""0.98201: a picture that lies exactly on one of the masks."""


@dataclass(frozen=True)
class Shown:
    """What is known of a picture before the network sees it."""

    problem: Reason | None = None
    quality: float = 1.0


MASKS = LiftReferences(np.array([[AT_OPEN], [AT_CLOSE]], dtype=np.float32), None, 7, "tiny")


def _seen(
    points: list[tuple[float, float]],
    occupancy: list[float] | None = None,
    matches: list[tuple[float, float]] | None = None,
) -> Inference:
    """What a network says that knows distances only, unless matches are given."""
    return Inference(
        np.array(points, dtype=np.float32),
        np.array(occupancy or [1.0] * len(points), dtype=np.float32),
        np.array(matches or [(math.nan, math.nan)] * len(points), dtype=np.float32),
    )


def _judge(
    points: list[tuple[float, float]],
    *,
    occupancy: list[float] | None = None,
    pictures: list[Shown] | None = None,
    calibration: Calibration = CALIBRATION,
    matches: list[tuple[float, float]] | None = None,
) -> Judgement:
    seen = _seen(points, occupancy, matches)
    return judge(pictures or [Shown()] * len(points), seen, MASKS, calibration)


def test_a_lifts_own_threshold_is_where_its_margins_part() -> None:
    """Margins of 0 are unknown by the masks; a lift that parts at 0.5 has them at sigmoid(8 * 0.5) open."""
    calibration = CALIBRATION.model_copy(update={"scale_on_site": 8.0})
    masks = dataclasses.replace(MASKS, site=SiteCalibration(BimodalFit(0.0, 1.0, 0.1, 0.5)))
    seen = _seen([BETWEEN])
    assert judge([Shown()], seen, MASKS, calibration).verdict is UNKNOWN
    found = judge([Shown()], seen, masks, calibration)
    assert found.verdict is OPEN
    assert found.confidence == pytest.approx(SURE)
    assert found.margin == pytest.approx(0.0)  # the margin stays what the masks say
    # An artefact that knows no scale of its own for this reads the masks as before.
    assert judge([Shown()], seen, masks, CALIBRATION).verdict is UNKNOWN


def _learnt(**changes: Any) -> LiftReferences:
    """The masks of a lift that goes by a threshold at 0 and what else is given."""
    return dataclasses.replace(MASKS, site=SiteCalibration(BimodalFit(-1.0, 1.0, 0.1, 0.5), **changes))


def test_a_lifts_prototypes_have_their_share_in_every_margin() -> None:
    """At (0.5, 2) masks say 0; prototypes along the second axis say 3 * 2 - 1 = 5, of which a quarter counts.

    So the margin is 1.25 about the mean distance, sqrt(4.25): 2.0616 + 0.625 and 2.0616 - 0.625.
    """
    prototypes = Prototypes(np.full((3, 2), (0.0, 3.0), np.float32), (-1.0,) * 3, (0.25,) * 3)
    found = judge([Shown()], _seen([(0.5, 2.0)]), _learnt(prototypes=prototypes), CALIBRATION)
    assert found.verdict is CLOSED
    assert found.margin == pytest.approx(1.25)
    middle = math.sqrt(4.25)
    (image,) = found.images
    assert [image.distance_open, image.distance_closed] == pytest.approx([middle + 0.625, middle - 0.625])


def test_prototypes_are_joined_to_the_networks_own_margin() -> None:
    """-0.8 by the network and 1.6 by the prototypes, equally weighed: 0.4."""
    prototypes = Prototypes(np.zeros((3, 2), np.float32), (1.6,) * 3, (0.5,) * 3)
    seen = _seen([BETWEEN], matches=[(-0.8, 1.0)])
    assert judge([Shown()], seen, _learnt(prototypes=prototypes), CALIBRATION).margin == pytest.approx(0.4)


def test_the_background_goes_to_the_network_with_the_masks() -> None:
    """Three rows: open mask, close mask, and the mean that the lift has learnt; zeros where it has not."""
    assert MASKS.embeddings().tolist() == [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    background = np.array([0.25, 0.5], np.float32)
    known = _learnt(background_embedding=background).embeddings()
    assert known.tolist() == [[0.0, 0.0], [1.0, 0.0], [0.25, 0.5]]


def test_the_seat_is_judged_by_rider_maps_where_the_model_has_them() -> None:
    """Maps at 0 are p = 0.5: unclear, whatever the occupancies. A map that is not finite is not judged."""
    seat = SeatCalibration(cells=5, weights=(1.0, 0.0, 0.0), offset=0.0, unclear_low=0.05, unclear_high=0.7)
    calibration = CALIBRATION.model_copy(update={"seat": seat})
    seen = _seen([AT_OPEN] * 3)._replace(riders=np.zeros((3, 5, 5), np.float32))
    found = judge([Shown()] * 3, seen, MASKS, calibration)
    assert (found.verdict, found.seat, found.occupied, found.occupancy) == (OPEN, Seat.UNCLEAR, False, 0.5)
    seen.riders[:] = 9.0
    assert judge([Shown()] * 3, seen, MASKS, calibration).seat is Seat.OCCUPIED
    seen.riders[1] = np.nan
    found = judge([Shown()] * 3, seen, MASKS, calibration)
    assert [image.verdict for image in found.images] == [OPEN, UNKNOWN, OPEN]
    assert found.seat is Seat.OCCUPIED
    assert (
        judge([Shown()] * 3, _seen([AT_OPEN] * 3), MASKS, calibration).seat is Seat.OCCUPIED
    )  # by occupancy
    assert judge([Shown(Reason.DARK)] * 3, seen, MASKS, calibration).seat is Seat.UNCLEAR


def test_three_pictures_on_the_open_mask() -> None:
    """Distances 0 and 1 each: margin -1, confidence 0.98201, occupied, the masks' version and model named."""
    found = _judge([AT_OPEN] * 3)
    assert (found.verdict, found.margin, found.occupied, found.reasons) == (OPEN, -1.0, True, ())
    assert found.confidence == pytest.approx(SURE)
    assert [(i.distance_open, i.distance_closed, i.verdict) for i in found.images] == [(0.0, 1.0, OPEN)] * 3
    assert (found.mask_version, found.model) == (7, "tiny")


def test_margins_are_averaged_when_nothing_contradicts() -> None:
    """(0.3, 0.4): d_open 0.5, d_closed sqrt(0.65): margin -0.30623; with two at -1 the mean is -0.76874."""
    found = _judge([(0.3, 0.4), AT_OPEN, AT_OPEN])
    third = 0.5 - math.sqrt(0.65)
    assert found.images[0].verdict is UNKNOWN
    assert found.margin == pytest.approx((third - 2) / 3, abs=1e-6)
    assert found.confidence == pytest.approx(1 / (1 + math.exp(4 * (third - 2) / 3)), abs=1e-6)
    assert found.verdict is OPEN


@pytest.mark.parametrize(
    ("points", "verdict", "margin"),
    [
        ([AT_OPEN, AT_OPEN, AT_CLOSE], CLOSED, 1.0),  # lowered in time
        ([AT_OPEN, BETWEEN, AT_CLOSE], CLOSED, 1.0),  # seen on its way down
        ([AT_OPEN, AT_CLOSE, BETWEEN], CLOSED, 1.0),  # the last decisive one counts
        ([AT_OPEN, AT_CLOSE, (0.95, 0.0)], CLOSED, 0.95),  # two closed at the end: mean of 1.0 and 0.9
        ([AT_CLOSE, AT_CLOSE, AT_OPEN], OPEN, -1.0),  # raised again: open at TF
        ([AT_OPEN, AT_CLOSE, AT_OPEN], OPEN, -1.0),
        ([AT_OPEN, AT_OPEN, (0.8, 0.0)], OPEN, (-1 - 1 + 0.6) / 3),  # p = 0.917: confident, not decisive
        ([AT_OPEN, BETWEEN, BETWEEN], UNKNOWN, -1 / 3),  # nothing contradicts: the mean, p = 0.79
    ],
)
def test_a_bar_that_moves(points: list[tuple[float, float]], verdict: Verdict, margin: float) -> None:
    """Where pictures contradict each other decisively, where the bar was last is what counts."""
    found = _judge(points)
    assert found.verdict is verdict
    assert found.margin == pytest.approx(margin, abs=1e-6)


def test_bad_pictures_are_left_out() -> None:
    """A problem, a poor registration: such pictures say nothing, of the bar or of the seat."""
    pictures = [Shown(Reason.DARK), Shown(), Shown(quality=0.05)]
    found = _judge([AT_OPEN, AT_CLOSE, AT_OPEN], pictures=pictures, occupancy=[1.0, 0.0, 1.0])
    assert (found.verdict, found.margin, found.occupied) == (CLOSED, 1.0, False)
    assert found.occupancy == pytest.approx(0.001)
    assert [image.verdict for image in found.images] == [UNKNOWN, CLOSED, UNKNOWN]


def test_when_no_picture_is_good_nothing_is_said() -> None:
    """All left out: unknown, with every reason once. Never closed by default."""
    pictures = [Shown(Reason.DARK), Shown(Reason.DARK), Shown(quality=0.0)]
    found = _judge([AT_CLOSE] * 3, pictures=pictures)
    assert (found.verdict, found.confidence, found.reasons) == (
        UNKNOWN,
        0.5,
        (Reason.DARK, Reason.NOT_REGISTERED),
    )


def test_numbers_that_are_none_are_no_verdict() -> None:
    """A NaN from the network is left out like any bad picture, and never reaches JSON."""
    found = _judge([(math.nan, 0.0)])
    assert (found.verdict, found.reasons) == (UNKNOWN, (Reason.NOT_FINITE,))
    assert found.images[0].distance_open == 0.0
    assert _judge([AT_CLOSE], occupancy=[math.nan]).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("occupancy", "expected", "occupied"),
    [([0.9, 0.9, 0.1], 0.6753, True), ([0.1, 0.1, 0.9], 0.3247, False), ([0.99, 0.2, 0.2], 0.6474, True)],
)
def test_occupancy_is_the_mean_of_the_log_odds(
    occupancy: list[float], expected: float, occupied: bool
) -> None:
    """Odds of 9, 9 and 1/9 have the geometric mean 2.08; a confident picture outweighs two doubtful ones."""
    found = _judge([AT_OPEN] * 3, occupancy=occupancy)
    assert found.occupancy == pytest.approx(expected, abs=1e-4)
    assert found.occupied is occupied


def test_one_and_two_pictures() -> None:
    """Fewer pictures are judged alike: (0.1, 0) has margin 0.1 - 0.9 = -0.8, with (0, 0) the mean is -0.9."""
    assert _judge([(0.1, 0.0)]).margin == pytest.approx(-0.8)
    assert _judge([(0.1, 0.0), AT_OPEN]).margin == pytest.approx(-0.9)


def test_the_nearest_of_the_bank_counts() -> None:
    """Each mask stands for itself and its shifts: (0, 3) is 5 from (4, 0), 1 from (0, 2), 3 from (3, 3)."""
    bank = np.array([[(4, 0), (0, 2)], [(3, 3), (9, 9)]], dtype=np.float32)
    found = distances_to(np.array([(0, 3)], dtype=np.float32), bank)
    np.testing.assert_allclose(found, [[1.0, 3.0]])


def test_calibration_by_hand() -> None:
    """sigmoid(-(2 * 0.5 + 1)) = 0.1192; huge margins neither overflow nor leave 0..1."""
    shifted = CALIBRATION.model_copy(update={"scale": 2.0, "offset": 1.0})
    assert shifted.probability_open(0.5) == pytest.approx(0.11920292)
    assert shifted.probability_open(1e6) == 0.0
    assert shifted.probability_open(-1e6) == 1.0


def test_the_band_may_be_lopsided_and_its_edges_are_decided() -> None:
    """The verdict is unknown only strictly between low and high, wherever the two lie."""
    lopsided = CALIBRATION.model_copy(update={"unknown_low": 0.1, "unknown_high": 0.3})
    assert [lopsided.verdict_of(p) for p in (0.1, 0.11, 0.29, 0.3, 0.4)] == [
        CLOSED,
        UNKNOWN,
        UNKNOWN,
        OPEN,
        OPEN,
    ]
    assert lopsided.verdict_of(math.nan) is UNKNOWN


def test_a_network_that_compares_has_the_last_word() -> None:
    """Between the masks by distance (0.5, 0.5), but its own margin is -0.6: distances 0.2 and 0.8, open."""
    found = _judge([BETWEEN], matches=[(-0.6, 1.0)])
    assert found.verdict is OPEN
    assert found.margin == pytest.approx(-0.6)
    assert (found.images[0].distance_open, found.images[0].distance_closed) == pytest.approx((0.2, 0.8))
    assert _judge([BETWEEN]).margin == pytest.approx(0.0)


def test_a_corrected_distance_is_never_negative() -> None:
    """A margin of 1.4 about a mean distance of 0.5 would be 1.2 and -0.2: it is 1.4 and 0."""
    (row,) = distances_of(_seen([BETWEEN], matches=[(1.4, 1.0)]), MASKS.bank)
    assert row.tolist() == pytest.approx([1.4, 0.0])


def test_what_is_no_carrier_of_this_lift_is_unknown() -> None:
    """Chances of 0.5, 0.1 and 0.1 have mean odds of (1 * 1/9 * 1/9)^(1/3): 0.188, open as the bar may be."""
    calibration = CALIBRATION.model_copy(update={"fit_threshold": 0.2})
    matches = [(-1.0, 0.5), (-1.0, 0.1), (-1.0, 0.1)]
    found = _judge([AT_OPEN] * 3, calibration=calibration, matches=matches)
    assert (found.verdict, found.reasons) == (UNKNOWN, (Reason.NOT_THIS_LIFT,))
    assert len(found.images) == 3
    lower = calibration.model_copy(update={"fit_threshold": 0.18})
    assert _judge([AT_OPEN] * 3, calibration=lower, matches=matches).verdict is OPEN
    # A model that knows nothing of this refuses nothing.
    assert _judge([AT_OPEN] * 3, calibration=calibration).verdict is OPEN


def test_a_match_that_is_no_number_does_not_let_another_lift_pass() -> None:
    """Of three pictures of another lift one has no finite chance, or margin: that one is left out."""
    calibration = CALIBRATION.model_copy(update={"fit_threshold": 0.2})
    for broken in ((-1.0, math.nan), (math.nan, 0.1), (-1.0, math.inf)):
        found = _judge([AT_OPEN] * 3, calibration=calibration, matches=[(-1.0, 0.1), broken, (-1.0, 0.1)])
        assert (found.verdict, found.reasons) == (UNKNOWN, (Reason.NOT_THIS_LIFT,))
        assert found.images[1].verdict is UNKNOWN


def test_shapes_that_do_not_fit_are_refused() -> None:
    """Embeddings of another model's size must not be judged at all."""
    with pytest.raises(ValueError, match="expected 1 embeddings of 2 numbers"):
        judge([Shown()], _seen([(0.0, 0.0, 0.0)]), MASKS, CALIBRATION)  # type: ignore[list-item]


def test_unknown_names_the_reason_and_is_no_verdict() -> None:
    """What cannot be judged at all is unknown, at even odds, and not occupied by guess."""
    found = unknown(Reason.NO_MASKS)
    assert (found.verdict, found.confidence, found.mask_version) == (UNKNOWN, 0.5, 0)
    assert found.reasons == (Reason.NO_MASKS,)


def test_a_bar_that_still_moves_at_the_end_is_unknown() -> None:
    """Eleven pictures on the close mask, the last one between: unknown, at even odds, with its own reason."""
    found = _judge([AT_CLOSE] * 11 + [(0.3, 0.0)])
    assert (found.verdict, found.reasons, found.confidence) == (UNKNOWN, (Reason.MOVING,), 0.5)
    assert _judge([AT_OPEN] * 6 + [AT_CLOSE] * 6).verdict is CLOSED
    assert _judge([AT_CLOSE] * 6 + [AT_OPEN] * 6).verdict is OPEN
    # A picture that must not be judged does not count as the last.
    shown = [Shown()] * 11 + [Shown(Reason.DARK)]
    assert _judge([AT_CLOSE] * 11 + [AT_OPEN], pictures=shown).verdict is CLOSED


@pytest.mark.parametrize(
    ("band", "verdict"),
    [
        (None, UNKNOWN),
        (VerdictBand(0.1, 0.3, 4), OPEN),
        (VerdictBand(0.1, 0.311, 4), UNKNOWN),
        (VerdictBand(0.311, 0.9, 4), CLOSED),
    ],
)
def test_a_lifts_own_band_decides_in_place_of_the_models(band: VerdictBand | None, verdict: Verdict) -> None:
    """At a fifth of the way from even to closed, p(open) is 1 / (1 + e^0.8) = 0.31003: who calls it what."""
    point = [(0.6, 0.0)]
    found = judge([Shown()], _seen(point), dataclasses.replace(MASKS, band=band), CALIBRATION)
    p_open = 1 / (1 + math.exp(0.8))
    assert found.margin == pytest.approx(0.2, abs=1e-6)
    assert (found.verdict, found.images[0].verdict) == (verdict, verdict)
    assert found.budget == (0 if band is None else 4)
    # An alarm never claims more than is known: open at 31 % is said to be so.
    assert found.confidence == pytest.approx(p_open if verdict is OPEN else 1 - p_open, abs=1e-6)


def test_a_passage_that_cannot_be_judged_names_the_budget_too() -> None:
    """Its record says by what the lift was judged then."""
    assert unknown(Reason.OVERLOADED).budget == 0
    banded = dataclasses.replace(MASKS, band=VerdictBand(0.1, 0.3, 4))
    assert unknown(Reason.OVERLOADED, references=banded).budget == 4

"""Arming: nothing but confirmed pictures and the lift's own passages arm it; the gravest reason is named."""

import numpy as np
import pytest

from lifts.arrays import Float32
from lifts.decision.arming import (
    LIMITS,
    Arming,
    ArmingReason,
    ConfirmedReading,
    MaskQuality,
    assess,
)
from lifts.decision.verdict import Verdict
from lifts.decision.view import PassageReading
from tests.lifts.decision.priors import PRIOR

OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN
MASKS = np.eye(2, 16, dtype=np.float32)
"""The open bar lies in the first cell, the closed one in the second."""

BOTH_RIGHT = [ConfirmedReading(True, OPEN, OPEN), ConfirmedReading(False, CLOSED, CLOSED)]
BOTH_WRONG = [ConfirmedReading(True, CLOSED, CLOSED), ConfirmedReading(False, OPEN, OPEN)]


def carriers(opened: int, closed: int, *, at: tuple[float, float] = (-0.3, 0.3)) -> list[PassageReading]:
    """Passages whose margins separate and whose bars are where the masks are, before a railing in cell 9."""
    maps = MASKS + 2 * np.eye(16, dtype=np.float32)[9]
    rng = np.random.default_rng(3)
    return [
        PassageReading(verdict, at[state] + float(rng.normal(0, 0.03)), True, maps[state])
        for state, verdict, count in ((0, OPEN, opened), (1, CLOSED, closed))
        for _ in range(count)
    ]


def seen(
    confirmed: list[ConfirmedReading], passages: list[PassageReading], masks: Float32 | None = MASKS
) -> Arming:
    return assess(confirmed, passages, masks, PRIOR)


def test_confirmed_and_separate_is_armed() -> None:
    """One of each confirmed, twenty carriers that separate, the bars on the masks: armed, and good."""
    state = seen(BOTH_RIGHT, carriers(3, 17))
    assert state.armed
    assert state.quality is MaskQuality.GOOD
    assert state.parameters["agreement"] == pytest.approx(1.0)
    assert state.parameters["overlap"] < 1e-3


def test_before_there_are_passages_quality_is_not_measured() -> None:
    """Confirmed masks alone arm nothing, and nobody calls them good or weak yet; progress is counted."""
    for passages, count in (([], 0), (carriers(3, 16), 19)):
        state = seen(BOTH_RIGHT, passages)
        assert (state.reason, state.quality) == (ArmingReason.TOO_FEW_PASSAGES, MaskQuality.NOT_MEASURED)
        assert (state.parameters["seen"], state.parameters["needed"]) == (count, LIMITS.passages)


@pytest.mark.parametrize("confirmed", [[], BOTH_RIGHT[:1], BOTH_RIGHT[1:]])
def test_without_a_confirmed_carrier_of_each_state_nothing_is_armed(
    confirmed: list[ConfirmedReading],
) -> None:
    """However well the passages separate: only a person knows which of the two is open."""
    assert seen(confirmed, carriers(30, 30)).reason is ArmingReason.NOT_CONFIRMED


@pytest.mark.parametrize("confirmed", [BOTH_WRONG, BOTH_WRONG[:1], BOTH_WRONG[1:]])
@pytest.mark.parametrize("passages", [0, 40])
def test_swapped_masks_are_named(confirmed: list[ConfirmedReading], passages: int) -> None:
    """All that is confirmed is judged the other way round: the reason names the swap, before all others."""
    state = seen(confirmed, carriers(passages, passages))
    assert (state.reason, state.quality) == (ArmingReason.MASKS_SWAPPED, MaskQuality.WEAK)


def test_a_site_calibration_does_not_hide_swapped_masks() -> None:
    """Labels may invert the verdicts again; the masks stay swapped."""
    hidden = [ConfirmedReading(True, CLOSED, OPEN), ConfirmedReading(False, OPEN, CLOSED)]
    assert seen(hidden, carriers(20, 20)).reason is ArmingReason.MASKS_SWAPPED


@pytest.mark.parametrize(
    "confirmed",
    [
        [BOTH_RIGHT[0], BOTH_WRONG[1]],
        [BOTH_RIGHT[0], ConfirmedReading(False, UNKNOWN, UNKNOWN)],
        [*BOTH_RIGHT * 3, BOTH_WRONG[0]],
    ],
)
def test_confirmed_carriers_must_be_judged_correctly(confirmed: list[ConfirmedReading]) -> None:
    """One state wrong, unknown, or wrong once in four: not armed."""
    assert seen(confirmed, carriers(20, 20)).reason is ArmingReason.CONFIRMED_MISJUDGED


def test_one_error_among_many_confirmed_is_tolerated() -> None:
    """People review what looks wrong: one of five may be."""
    assert seen([*BOTH_RIGHT * 4, *BOTH_WRONG[:1]], carriers(20, 20)).armed


def test_refused_passages_are_another_lifts_masks() -> None:
    """More than one carrier in ten does not look like this lift's: not armed, whatever the others say."""
    strangers = [PassageReading(UNKNOWN, 0.0, False)] * 5
    state = seen(BOTH_RIGHT, carriers(20, 20) + strangers)
    assert (state.reason, state.parameters["refused"]) == (ArmingReason.MASKS_OF_ANOTHER_LIFT, 5)
    assert seen(BOTH_RIGHT, carriers(20, 20) + strangers[:4]).armed


def test_masks_beside_the_bars_are_another_lifts_whatever_their_separation() -> None:
    """The passages separate and are confirmed, but the bars are not where the masks are: not armed."""
    elsewhere = np.roll(MASKS, 4, axis=1)
    state = seen(BOTH_RIGHT, carriers(20, 20), elsewhere)
    assert state.reason is ArmingReason.MASKS_OF_ANOTHER_LIFT
    assert state.parameters["agreement"] == pytest.approx(0.0)
    assert seen([], carriers(20, 20), elsewhere).reason is ArmingReason.MASKS_OF_ANOTHER_LIFT


def test_one_state_alone_does_not_arm() -> None:
    """Two open carriers among many closed ones may be errors: some of each are required, and counted."""
    state = seen(BOTH_RIGHT, carriers(2, 60))
    assert (state.reason, state.quality) == (ArmingReason.ONE_STATE_ONLY, MaskQuality.NOT_MEASURED)
    assert (state.parameters["open"], state.parameters["closed"]) == (2, 60)


def test_clusters_must_separate_at_the_threshold_in_use() -> None:
    """Closed carriers about the masks' threshold: not armed; by a threshold between the clusters, armed."""
    passages = carriers(20, 20, at=(-0.3, 0.05))
    state = seen(BOTH_RIGHT, passages)
    assert (state.reason, state.quality) == (ArmingReason.PASSAGES_DO_NOT_PART, MaskQuality.WEAK)
    assert assess(BOTH_RIGHT, passages, MASKS, PRIOR, threshold=-0.12).armed


def test_what_cannot_be_measured_does_not_arm() -> None:
    """Maps that are gone, or a model that has no prior of the clusters: not armed, and not called weak."""
    blind = [passage._replace(bar_map=None) for passage in carriers(20, 20)]
    assert seen(BOTH_RIGHT, blind).reason is ArmingReason.NOT_MEASURED
    assert assess(BOTH_RIGHT, carriers(20, 20), MASKS, None).reason is ArmingReason.NOT_MEASURED
    assert assess(BOTH_RIGHT, blind, None, PRIOR).armed  # a model without bar maps has none to compare


def test_a_bar_that_the_view_hides_is_named_before_what_follows_from_it() -> None:
    """The open bar lies on its mask, the closed one nowhere: hidden, not another lift's masks."""
    rng = np.random.default_rng(7)
    hidden = [
        passage._replace(bar_map=passage.bar_map * (1, *[0] * 15) + rng.normal(0, 0.1, 16).astype(np.float32))
        for passage in carriers(10, 10)
        if passage.bar_map is not None
    ]
    for confirmed in (BOTH_RIGHT, [], [BOTH_RIGHT[0], BOTH_WRONG[1]]):
        state = seen(confirmed, hidden)
        assert (state.reason, state.quality) == (ArmingReason.CLOSED_BAR_HIDDEN, MaskQuality.WEAK)
        assert state.parameters["strength"] < state.parameters["needed"]
    assert seen(BOTH_WRONG, hidden).reason is ArmingReason.MASKS_SWAPPED
    strangers = [PassageReading(UNKNOWN, 0.0, False)] * 5
    assert seen(BOTH_RIGHT, hidden + strangers).reason is ArmingReason.MASKS_OF_ANOTHER_LIFT


def test_drawings_that_hardly_differ_are_named_at_enrolment() -> None:
    """Before a picture or a passage says anything; but a swap comes first, for it may be the cause."""
    drawn = 120.0, 13.0
    state = assess([], [], MASKS, PRIOR, drawn_px=drawn)
    assert (state.reason, state.quality) == (ArmingReason.CLOSED_BAR_SHORT, MaskQuality.WEAK)
    assert state.parameters["extent_px"] == 13
    assert assess(BOTH_RIGHT, carriers(20, 20), MASKS, PRIOR, drawn_px=drawn).reason == state.reason
    assert assess(BOTH_WRONG, [], MASKS, PRIOR, drawn_px=drawn).reason is ArmingReason.MASKS_SWAPPED

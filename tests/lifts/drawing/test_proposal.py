"""Masks are proposed where the bars are, and what is wrong with the picks is noticed."""

from __future__ import annotations

import numpy as np
import pytest

from lifts.drawing.lines import Drawing
from lifts.drawing.proposal import OPTIONS, MaskProposal, ProposalOptions, ProposalReason, propose_masks
from lifts.masks import check_masks, overlap
from tests.lifts.drawing.seen import CALIBRATION, CLOSED, OPEN, Network, passages

STATES = [True, False, True, True, False, False, True, False]


def _propose(
    states: list[bool], picks: list[bool | None], options: ProposalOptions = OPTIONS
) -> MaskProposal:
    seen = passages(states)
    return propose_masks(seen, picks, Network(seen), CALIBRATION, options)


@pytest.mark.parametrize("others", [0, 6])
def test_both_bars_are_drawn_where_they_are(others: int) -> None:
    """From one pick of either state, alone and with six others: lines along the bars, no reason to doubt."""
    states = STATES[: 2 + others]
    found = _propose(states, [True, False, *[None] * others])
    assert found.reasons == ()
    masks = check_masks(found.open.raster(), found.close.raster())
    for drawn, own in ((masks.open, OPEN), (masks.close, CLOSED)):
        assert overlap(own.raster(), drawn, tolerance_px=4) > 0.9
    assert ((found.groups[:, 0] > 0.5) == states).all()
    assert -0.4 < found.support < 0


def test_swapped_picks_are_noticed() -> None:
    """Closed was taken for open: the open bar would hang below the closed one."""
    found = _propose(STATES, [False, True, *[None] * 6])
    assert ProposalReason.SWAPPED in found.reasons


def test_a_wrong_pick_among_right_ones_is_noticed() -> None:
    """Two open passages picked as open, a third as closed, beside a closed one: the picks contradict."""
    found = _propose(STATES, [True, False, True, False, False, None, None, None])
    assert ProposalReason.PICKS_CONTRADICT in found.reasons


@pytest.mark.thorough
def test_picks_of_the_same_state_give_no_masks_to_trust() -> None:
    """Two open passages: nothing but noise differs."""
    found = _propose([True, True], [True, False])
    assert found.reasons


def test_nothing_is_proposed_where_nothing_shows() -> None:
    """Two passages that are equal to the last bit: no open bar, no closed one, support as bad as can be."""
    seen = np.repeat(passages([True]), 2, axis=0)
    found = propose_masks(seen, [True, False], Network(seen), CALIBRATION)
    assert (found.open, found.close) == (Drawing(), Drawing())
    assert found.reasons == (ProposalReason.NO_OPEN_BAR, ProposalReason.NO_CLOSED_BAR)
    assert found.support == -np.inf


def test_masks_that_explain_little_are_doubted() -> None:
    """The same proposal, with a limit that it does not reach."""
    found = _propose(STATES, [True, False, *[None] * 6], ProposalOptions(doubtful=-0.001))
    assert found.reasons == (ProposalReason.DOUBTFUL,)


def test_a_proposal_asks_the_network_a_bounded_number_of_times() -> None:
    """Each question costs a forward pass of every picture."""
    seen = passages(STATES)
    network = Network(seen)
    propose_masks(seen, [True, False, *[None] * 6], network, CALIBRATION)
    assert network.asked <= 50


def test_a_model_without_bar_maps_proposes_nothing() -> None:
    """Its embeddings show no bar."""
    seen = passages([True, False])
    bare = CALIBRATION.model_copy(update={"bar_map_cells": 0})
    with pytest.raises(ValueError, match="no bar maps"):
        propose_masks(seen, [True, False], Network(seen), bare)

"""Whether a lift's two masks can be what they are called: an open bar hangs higher than a closed one.

A person who takes the two for each other marks pictures, masks and reviews alike: nothing that is measured on
the lift contradicts that, and every all-clear would be wrong. Only the picture's own up and down tells.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from lifts.decision.arming import Arming, ArmingReason
from lifts.schema import MaskPair

BELOW_PX = 5.0
"""How far the open bar's centre may lie below the closed one's: of 150 lifts it lies 5 to 100 px above."""

UNDECIDED = frozenset(
    {
        None,
        ArmingReason.NOT_CONFIRMED,
        ArmingReason.TOO_FEW_PASSAGES,
        ArmingReason.ONE_STATE_ONLY,
        ArmingReason.NOT_MEASURED,
    }
)
"""What says nothing against the masks so far."""


def checked_upright(found: Arming, masks: MaskPair) -> Arming:
    """Return `found`, or that the masks were taken for each other where nothing graver was found."""
    if found.reason not in UNDECIDED:
        return found
    open_y, close_y = (float(np.nonzero(mask)[0].mean()) for mask in (masks.open, masks.close))
    if open_y - close_y <= BELOW_PX:
        return found
    return Arming(ArmingReason.OPEN_BAR_BELOW, MappingProxyType({"below_px": round(open_y - close_y, 1)}))

"""Carriers that passed before a camera's owner began, where nobody could tell it to count them."""

from __future__ import annotations

from service.domain.passage import Passage
from service.leases.book import HandedOut
from service.passages.reporter import not_seen


def passed_unseen(lift_id: str, handed: HandedOut, first_s: float) -> Passage | None:
    """Return one passage for all carriers of the gap; None if it is too short for one.

    Args:
        lift_id: whose. handed: the lease that came when its owner had begun; it says since when.
        first_s: when the owner's first picture came, time.monotonic().
    """
    if handed.until_mono_s is None:
        return None
    gap_s = first_s - handed.until_mono_s - handed.stood_s
    # Where nobody knows how far apart carriers are, one may have passed.
    carriers = round(gap_s / handed.interval_s) if handed.interval_s else 1
    if gap_s <= 0.0 or carriers < 1:
        return None
    # By no lease: another one may have been handed out meanwhile, whose owner knows nothing of it.
    return Passage(
        id=f"{lift_id}-before-lease-{handed.lease.fence}",
        lift_id=lift_id,
        number=1,
        t_begin_s=0.0,
        t_middle_s=0.0,
        t_end_s=0.0,
        pictures=tuple(not_seen(0.0) for _ in range(3)),
        decided_mono_s=first_s,
        left_mono_s=first_s,
        carriers=carriers,
    )

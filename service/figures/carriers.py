"""Carriers counted by verdict and seat, and what follows from the counts. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lifts.decision.verdict import Seat, Verdict
from service.domain.arrays import Int64

NAMES = tuple(f"{verdict.value}_{seat.value}" for verdict in Verdict for seat in Seat)
"""What carriers are counted by."""

_OPEN, _CLOSED = (NAMES.index(f"{state.value}_occupied") for state in (Verdict.OPEN, Verdict.CLOSED))
_OCCUPIED = [n for n, name in enumerate(NAMES) if name.endswith("_occupied")]
_UNCLEAR = [n for n, name in enumerate(NAMES) if name.endswith("_unclear")]
_UNKNOWN = [n for n, name in enumerate(NAMES) if name.startswith("unknown_")]


class CountedQuarter(NamedTuple):
    """Carriers of a lift in a quarter of an hour (`quarter_of`); counts: by NAMES."""

    lift_id: str
    quarter: int
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CarrierFigures:
    """Carriers by verdict and seat (NAMES).

    open_share: of those that were seen to be occupied and either open or closed, 0..1; None if there were
    none. What is unknown is in neither part of it, and stands beside it.
    """

    by: Mapping[str, int]
    carriers: int
    occupied: int
    seat_unclear: int
    unknown: int
    open_occupied: int
    closed_occupied: int
    open_share: float | None

    @classmethod
    def of(cls, counts: Int64) -> CarrierFigures:
        """Take counts int64[9] by NAMES."""
        opened, closed = int(counts[_OPEN]), int(counts[_CLOSED])
        return cls(
            dict(zip(NAMES, counts.tolist(), strict=True)),
            carriers=int(counts.sum()),
            occupied=int(counts[_OCCUPIED].sum()),
            seat_unclear=int(counts[_UNCLEAR].sum()),
            unknown=int(counts[_UNKNOWN].sum()),
            open_occupied=opened,
            closed_occupied=closed,
            open_share=opened / (opened + closed) if opened + closed else None,
        )

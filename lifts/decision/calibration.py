"""A model's calibration: how its margins become verdicts. The export writes it, and the service reads it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, model_validator

from lifts.decision.clusters import ClusterPrior, Finite, Positive
from lifts.decision.fusion import probability
from lifts.decision.seat import SeatCalibration
from lifts.decision.verdict import Verdict

NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Shift = Annotated[int, Field(ge=-50, le=50)]


@dataclass(frozen=True, slots=True)
class VerdictBand:
    """One lift's own band of `unknown`: closed up to `low`, open from `high`, 0..1. version: which; 0: none.

    Raises ValueError where 0 < low <= high < 1 does not hold.
    """

    low: float
    high: float
    version: int = 0

    def __post_init__(self) -> None:
        """Check the two."""
        if not 0 < self.low <= self.high < 1:
            raise ValueError(f"expected 0 < low <= high < 1, got {self.low} and {self.high}")


class Calibration(BaseModel):
    """Margin to confidence: p(open) = sigmoid(-(scale * margin + offset)); unknown between low and high.

    occupancy_threshold: without `seat`, a carrier is occupied from this probability of being so on.
    fit_threshold: a passage is unknown if its probability of showing a carrier of the lift is below this.
    min_quality: a picture registered with a lower quality may show the bar anywhere, and is not judged.
    min_separation, min_separation_good: distances between the embeddings of a pair of masks; the pair is
        refused below the first, and good from the second on.
    mask_shifts_px: the (dx, dy) of the shifted copies that a mask's bank holds beside the mask itself.
    bar_map_cells: side of the bar map at the start of an embedding; 0 if there is no such map.
    clusters: the distribution of passage margins over lifts in general (`heaps` in artefacts before 0.6).
    scale_on_site: the scale for a lift with its own threshold. Artefacts before 0.3 lack both.
    seat: how rider maps say who sits there; None of artefacts before 0.7.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scale: Positive
    offset: Finite
    unknown_low: Share
    unknown_high: Share
    occupancy_threshold: Share
    min_separation_good: NotNegative
    min_separation: NotNegative
    mask_shifts_px: Annotated[tuple[tuple[Shift, Shift], ...], Field(max_length=63)] = ()
    fit_threshold: Share = 0.0
    min_quality: Share = 0.35
    bar_map_cells: Annotated[int, Field(ge=0, le=200)] = 0
    clusters: ClusterPrior | None = Field(default=None, validation_alias=AliasChoices("clusters", "heaps"))
    scale_on_site: Positive | None = None
    seat: SeatCalibration | None = None

    @property
    def rider_cells(self) -> int:
        """Side of the rider maps; 0 of a model without."""
        return 0 if self.seat is None else self.seat.cells

    @model_validator(mode="after")
    def _check_band(self) -> Self:
        if self.unknown_low > self.unknown_high:
            raise ValueError("unknown_low: above unknown_high")
        return self

    def with_threshold(self, threshold: float) -> Calibration:
        """Return the calibration of a lift that is judged by its own `threshold` instead of the masks'.

        p(open) = sigmoid(-scale_on_site * (margin - threshold)).
        """
        if self.scale_on_site is None:
            return self
        moved = {"scale": self.scale_on_site, "offset": -self.scale_on_site * threshold}
        return self.model_copy(update=moved)

    def with_band(self, band: VerdictBand | None) -> Calibration:
        """Return the calibration of a lift that has its own band of `unknown`; None: it has none."""
        if band is None:
            return self
        return self.model_copy(update={"unknown_low": band.low, "unknown_high": band.high})

    def margin_of(self, p_open: float) -> float:
        """Return the margin with this probability of open, 0..1 (exclusive)."""
        return -(math.log(p_open / (1 - p_open)) + self.offset) / self.scale

    def probability_open(self, margin: float) -> float:
        """Return the calibrated probability that the bar is open, 0..1."""
        return probability(-(self.scale * margin + self.offset))

    def verdict_of(self, p_open: float) -> Verdict:
        """Return the verdict for a probability of open; it is `unknown` strictly inside the band."""
        if p_open >= self.unknown_high:
            return Verdict.OPEN
        return Verdict.CLOSED if p_open <= self.unknown_low else Verdict.UNKNOWN

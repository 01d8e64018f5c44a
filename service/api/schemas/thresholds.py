"""A lift's own thresholds as JSON: the two heaps, and whether one may go by the valley between them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.domain.masks import SiteCalibrationVersion
from service.site.learning import GO_BELOW


class ThresholdOut(BaseModel):
    """Where a lift's passages part into open and closed."""

    version: int
    mask_version: int
    model: str
    threshold: float = Field(
        description="Margins below it are open: between the masks' own, 0, and the valley between the heaps, "
        "nearer to that the more passages the smaller heap has and the more were reviewed."
    )
    valley: float = Field(description="The margin half-way between the fit.")
    prototypes: bool = Field(
        description="Margins are joined with those by the mean pictures of open and of closed passages; not "
        "where one state was too rare."
    )
    open_mean: float
    closed_mean: float
    spread: float = Field(description="Standard deviation within either heap.")
    open_share: float = Field(ge=0, le=1)
    overlap: float = Field(
        ge=0, le=1, description="Share of a heap beyond the threshold, if heaps are normal."
    )
    go: bool = Field(description=f"The heaps overlap by less than {GO_BELOW:.0%}: the lift may go by it.")
    margins: list[float] = Field(description="Of the passages it was found from: what to draw the heaps of.")
    reviewed: int = Field(description="How many of the passages somebody had labelled.")
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, found: SiteCalibrationVersion) -> ThresholdOut:
        """Take what an operator decides by."""
        fit = found.calibration.fit
        return cls(
            version=found.version,
            mask_version=found.mask_version,
            model=found.model,
            threshold=fit.threshold,
            valley=fit.midpoint,
            prototypes=found.calibration.prototypes is not None,
            open_mean=fit.open_mean,
            closed_mean=fit.closed_mean,
            spread=fit.spread,
            open_share=fit.open_share,
            overlap=fit.overlap,
            go=fit.overlap < GO_BELOW,
            margins=list(found.margins),
            reviewed=found.reviewed,
            active=found.active,
            created_at=found.created_at,
        )


class ThresholdsOut(BaseModel):
    """A lift's thresholds, newest first."""

    items: list[ThresholdOut]

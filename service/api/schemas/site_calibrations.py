"""Site calibrations as JSON: the two clusters of margins, and whether the lift may be judged by them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.domain.masks import SiteCalibrationVersion
from service.site.learning import GO_BELOW


class SiteCalibrationOut(BaseModel):
    """What a lift has learnt of itself: where its passages part into open and closed."""

    version: int
    mask_version: int
    model: str
    threshold: float = Field(
        description="Margins below it are open. It lies between the masks' own, 0, and the midpoint, nearer "
        "to the midpoint the more passages the smaller cluster has and the more were reviewed."
    )
    midpoint: float = Field(description="The margin half-way between the clusters.")
    prototypes: bool = Field(
        description="Whether margins are combined with those by the mean pictures of open and of closed "
        "passages; not where one state was too rare."
    )
    open_mean: float
    closed_mean: float
    spread: float = Field(description="Standard deviation within either cluster.")
    open_share: float = Field(ge=0, le=1)
    overlap: float = Field(
        ge=0, le=1, description="Share of a cluster beyond the threshold, if clusters are normal."
    )
    go: bool = Field(description=f"The clusters overlap by less than {GO_BELOW:.0%}: it may be used.")
    margins: list[float] = Field(
        description="Of the passages it was found from: what to draw the clusters of."
    )
    reviewed: int = Field(description="How many of the passages somebody had labelled.")
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, found: SiteCalibrationVersion) -> SiteCalibrationOut:
        """Take what an operator decides by."""
        fit = found.calibration.fit
        return cls(
            version=found.version,
            mask_version=found.mask_version,
            model=found.model,
            threshold=fit.threshold,
            midpoint=fit.midpoint,
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


class SiteCalibrationsOut(BaseModel):
    """A lift's site calibrations, newest first."""

    items: list[SiteCalibrationOut]

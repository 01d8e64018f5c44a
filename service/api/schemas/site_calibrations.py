"""Site calibrations as JSON: the two clusters of margins, and whether the lift may be judged by them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from lifts.decision.arming import DISTRUSTED, Arming
from service.domain.masks import SiteCalibrationVersion
from service.site.learning import GO_BELOW


class SiteCalibrationOut(BaseModel):
    """What a lift has learnt about itself: where its open and its closed passages separate."""

    version: int
    mask_version: int
    model: str
    threshold: float = Field(
        description="Margins below it are open. It lies between the masks' own threshold, 0, and the "
        "midpoint: the more passages the smaller cluster has and the more of them were reviewed, the "
        "nearer to the midpoint."
    )
    midpoint: float = Field(description="The margin half-way between the clusters.")
    prototypes: bool = Field(
        description="Whether margins to the masks are combined with margins to the mean pictures of open "
        "and of closed passages; false where one state was too rare."
    )
    open_mean: float
    closed_mean: float
    spread: float = Field(description="Standard deviation within either cluster.")
    open_share: float = Field(ge=0, le=1)
    overlap: float = Field(
        ge=0, le=1, description="Share of a cluster beyond the threshold, if clusters are normal."
    )
    go: bool = Field(
        description=f"The clusters overlap by less than {GO_BELOW:.0%}, and nothing is wrong with the masks "
        "themselves (`not_armed` of the lift): it may be used."
    )
    margins: list[float] = Field(
        description="Margins of the passages it was learnt from, to draw the clusters."
    )
    reviewed: int = Field(description="How many of the passages a person had labelled.")
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, learnt: SiteCalibrationVersion, arming: Arming) -> SiteCalibrationOut:
        """Select what an operator needs for the decision; `arming` is the lift's."""
        fit = learnt.calibration.fit
        return cls(
            version=learnt.version,
            mask_version=learnt.mask_version,
            model=learnt.model,
            threshold=fit.threshold,
            midpoint=fit.midpoint,
            prototypes=learnt.calibration.prototypes is not None,
            open_mean=fit.open_mean,
            closed_mean=fit.closed_mean,
            spread=fit.spread,
            open_share=fit.open_share,
            overlap=fit.overlap,
            go=fit.overlap < GO_BELOW and arming.reason not in DISTRUSTED,
            margins=list(learnt.margins),
            reviewed=learnt.reviewed,
            active=learnt.active,
            created_at=learnt.created_at,
        )


class SiteCalibrationsOut(BaseModel):
    """A lift's site calibrations, newest first."""

    items: list[SiteCalibrationOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")

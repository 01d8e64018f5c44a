"""Site calibrations as JSON: the two clusters of margins, whether the lift may be judged by them."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from lifts.decision.arming import DISTRUSTED, Arming
from lifts.decision.clusters import BimodalFit
from lifts.decision.seat import LOG_ODDS_PER_MARGIN
from service.domain.masks import SiteCalibrationVersion
from service.site.learning import GO_BELOW


class SeatsOut(BaseModel):
    """What a lift has learnt about its seat: where its empty and its occupied carriers separate."""

    threshold: float = Field(
        description="Log odds of somebody sitting there, by the model in general, that are even odds on this "
        "lift: above 0 where its empty seat looks a little like somebody."
    )
    empty_mean: float = Field(description="Log odds of its empty carriers, by the model in general.")
    occupied_mean: float
    spread: float = Field(description="Standard deviation within either cluster.")
    occupied_share: float = Field(ge=0, le=1)
    overlap: float = Field(
        ge=0, le=1, description="Share of a cluster beyond the threshold, if clusters are normal."
    )

    @classmethod
    def of(cls, seats: BimodalFit) -> SeatsOut:
        """Name the clusters as what they are: the empty ones take the place of the open ones."""
        return cls(
            threshold=LOG_ODDS_PER_MARGIN * seats.threshold,
            empty_mean=LOG_ODDS_PER_MARGIN * seats.open_mean,
            occupied_mean=LOG_ODDS_PER_MARGIN * seats.closed_mean,
            spread=LOG_ODDS_PER_MARGIN * seats.spread,
            occupied_share=1 - seats.open_share,
            overlap=seats.overlap,
        )


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
    adapter: bool = Field(
        description="Whether reviewed passages taught it a correction of its margins; false where too few "
        "of a state were reviewed, or where it was not better on reviewed passages left out."
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
    seats: SeatsOut | None = Field(
        description="What it learnt about its seat; null of a model without rider maps."
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
            adapter=learnt.calibration.adapted,
            open_mean=fit.open_mean,
            closed_mean=fit.closed_mean,
            spread=fit.spread,
            open_share=fit.open_share,
            overlap=fit.overlap,
            go=fit.overlap < GO_BELOW and arming.reason not in DISTRUSTED,
            margins=list(learnt.margins),
            seats=None if learnt.calibration.seats is None else SeatsOut.of(learnt.calibration.seats),
            reviewed=learnt.reviewed,
            active=learnt.active,
            created_at=learnt.created_at,
        )


class SiteCalibrationsOut(BaseModel):
    """A lift's site calibrations, newest first."""

    items: list[SiteCalibrationOut]
    unreadable: int = Field(default=0, description="How many damaged records were left out of this list.")

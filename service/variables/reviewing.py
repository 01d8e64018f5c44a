"""Settings of people's reviews."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from service.figures.accuracy.drawing import SamplePlan


class ReviewVariables(BaseSettings):
    """BARWATCH_REVIEW_…"""

    review_sample: int = Field(
        default=40, ge=0, le=1000, description="Passages without an alarm that are drawn daily of a lift."
    )
    review_alarms: int = Field(
        default=40, ge=0, le=1000, description="Passages with an alarm that are drawn daily of a lift."
    )
    review_second: float = Field(
        default=0.2, ge=0, le=1, description="The share of what is drawn that two people review."
    )

    def sample_plan(self) -> SamplePlan:
        """Return how many passages people are to review."""
        return SamplePlan(self.review_sample, self.review_alarms, self.review_second)

"""Settings of alarms: when they end by themselves, and when they call again."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings

from service.alarms.timed.due import AlarmTimes


class AlarmVariables(BaseSettings):
    """BARWATCH_BAR_OPEN_ENDS_MIN and BARWATCH_REALARM_MIN."""

    bar_open_ends_min: float = Field(
        default=10, gt=0, le=1440, description="Minutes after which a carrier has passed the next station."
    )
    realarm_min: float = Field(
        default=60,
        ge=0,
        le=10_080,
        description="Minutes after which an acknowledged alarm whose condition stays calls again; 0: never.",
    )

    def alarm_times(self) -> AlarmTimes:
        """Return how long things take."""
        return AlarmTimes(timedelta(minutes=self.bar_open_ends_min), timedelta(minutes=self.realarm_min))

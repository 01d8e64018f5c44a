"""Settings of reports: the resort's clock, its shifts and its season."""

from __future__ import annotations

import re
from datetime import date

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from service.figures.periods import ResortCalendar, ShiftHours
from service.host.clocks.zones import machine_zone, zone_named


class ReportVariables(BaseSettings):
    """BARWATCH_TIME_ZONE, BARWATCH_SHIFTS and BARWATCH_SEASON_FROM."""

    time_zone: str | None = Field(
        default=None, description="The resort's time zone, e.g. Europe/Paris; this machine's if unset."
    )
    shifts: str = Field(
        default="08:00-16:30",
        description="The shifts that reports are made of, by the quarter: 08:00-12:30, 12:30-17:00.",
    )
    season_from: str = Field(
        default="10-01", description="Month and day on which the season begins that a report is of."
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name is not None:
            zone_named(name)
        return name

    @field_validator("shifts")
    @classmethod
    def _plain_shifts(cls, given: str) -> str:
        return ", ".join(str(ShiftHours.read(part)) for part in re.split(r"[\s,]+", given.strip(" ,")))

    @field_validator("season_from")
    @classmethod
    def _day_of_every_year(cls, given: str) -> str:
        try:
            date.fromisoformat(f"2001-{given}")  # no leap year: the day must come every year
        except ValueError:
            raise ValueError("expected month and day of every year, such as 10-01") from None
        return given

    def shift_hours(self) -> tuple[ShiftHours, ...]:
        """Return the shifts, at least one."""
        return tuple(ShiftHours.read(part) for part in self.shifts.split(", "))

    def calendar(self) -> ResortCalendar:
        """Return the resort's clock and season."""
        month, day = self.season_from.split("-")
        zone = machine_zone() if self.time_zone is None else zone_named(self.time_zone)
        return ResortCalendar(zone, (int(month), int(day)))

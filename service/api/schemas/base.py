"""What every shape of the API has in common."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]

ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$"
"""What is shown in one line: neither control characters nor those that turn the direction of what follows."""

LiftName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=ONE_LINE)
]


def in_utc(given: datetime) -> datetime:
    """Return the same moment in UTC. Raises ValueError: UTC's calendar does not reach that far."""
    try:
        return given.astimezone(UTC)
    except OverflowError:
        raise ValueError("expected a time between the years 1 and 9999 of UTC") from None


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
"""A time with its zone, as UTC."""


class Shape(BaseModel):
    """An answer that can be read off one of our own records."""

    model_config = ConfigDict(from_attributes=True)


class Body(BaseModel):
    """A request's body: a key that nobody knows is a mistake and is refused."""

    model_config = ConfigDict(extra="forbid")

"""The key figures of alarms as JSON, each beside its limits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.domain.alarm import LEAST_IMPORTANT
from service.figures.key_figures import ACKNOWLEDGED_WITHIN, TOP, KeyFigures, SourceCount
from service.figures.limits import LIMITS, Rating


class FigureLimitOut(Shape):
    """What is recommended of one figure, and how it compares."""

    acceptable: float = Field(description="Up to this it is good.")
    manageable: float = Field(description="Up to this it is bearable.")
    source: str = Field(examples=["EEMUA 191, ISA-18.2"])
    rating: Rating | None = Field(description="Null while the figure says nothing.")


class FloodOut(Shape):
    """One flood: ten alarms within ten minutes began it, fewer than five ended it."""

    begin: datetime
    end: datetime
    alarms: int
    peak: int = Field(description="The most within ten minutes.")


class AcknowledgingOut(Shape):
    """How fast alarms were acknowledged; the standards set no limit."""

    acknowledged: int
    waiting: int = Field(description="Not acknowledged so far.")
    median_s: float | None
    p90_s: float | None
    p99_s: float | None
    within_aim: float | None = Field(
        ge=0, le=1, description=f"Share that took at most {ACKNOWLEDGED_WITHIN.seconds} s."
    )


class SourceOut(BaseModel):
    """What raised alarms, how often, and its share of all."""

    kind: str
    lift_id: str | None
    cause: str
    count: int
    share: float

    @classmethod
    def of(cls, found: SourceCount) -> SourceOut:
        """Take what the API shows."""
        source = found.source
        return cls(
            kind=source.kind,
            lift_id=source.lift_id,
            cause=source.cause,
            count=found.count,
            share=found.share,
        )


class ChatteringOut(Shape):
    """What came and went three times within a minute."""

    kind: str
    lift_id: str | None
    cause: str


class PriorityOut(BaseModel):
    """How many alarms had a priority, 1 the most important."""

    priority: int
    count: int
    share: float


class KeyFiguresOut(BaseModel):
    """The key figures of the alarms that called for somebody in [`from`, `to`)."""

    from_: datetime = Field(serialization_alias="from")
    to: datetime
    lift_id: str | None = Field(description="Null: of all lifts that the caller sees.")
    alarms: int
    per_hour: float
    per_day: float
    per_10_minutes: float
    peak_10_minutes: int = Field(description="The most within any ten minutes.")
    peak_hour: int
    standing: int = Field(description="Now.")
    stale: int = Field(description="Of those, for more than a day.")
    hidden: dict[str, int] = Field(description="Now shelved, suppressed, or out of service, by state.")
    flood_share: float = Field(ge=0, le=1, description="Share of the time.")
    floods: list[FloodOut]
    acknowledging: AcknowledgingOut
    chattering: list[ChatteringOut]
    top: list[SourceOut] = Field(description=f"The {TOP} most frequent.")
    top_ten_share: float = Field(ge=0, le=1)
    priorities: list[PriorityOut]
    limits: dict[str, FigureLimitOut] = Field(description="By the names of the figures.")

    @classmethod
    def of(cls, found: KeyFigures, lift_id: str | None, hidden: Mapping[str, int]) -> KeyFiguresOut:
        """Put the figures beside their limits."""
        ratings = found.ratings()
        return cls(
            from_=found.begin,
            to=found.end,
            lift_id=lift_id,
            alarms=found.alarms,
            per_hour=found.per_hour,
            per_day=found.per_day,
            per_10_minutes=found.per_10_minutes,
            peak_10_minutes=found.peak_10_minutes,
            peak_hour=found.peak_hour,
            standing=found.standing,
            stale=found.stale,
            hidden=dict(hidden),
            flood_share=found.flood_share,
            floods=[FloodOut.model_validate(flood) for flood in found.floods],
            acknowledging=AcknowledgingOut.model_validate(found.acknowledging),
            chattering=[ChatteringOut.model_validate(source) for source in found.chattering],
            top=[SourceOut.of(one) for one in found.top],
            top_ten_share=found.top_ten_share,
            priorities=[
                PriorityOut(priority=number, count=count, share=count / found.alarms if found.alarms else 0.0)
                for number in range(1, LEAST_IMPORTANT + 1)
                for count in (found.priorities.get(number, 0),)
            ],
            limits={
                name: FigureLimitOut(
                    acceptable=limit.acceptable,
                    manageable=limit.manageable,
                    source=limit.source,
                    rating=ratings.get(name),
                )
                for name, limit in LIMITS.items()
            },
        )

"""A lift's input from its control, as the API shows it."""

from __future__ import annotations

from pydantic import Field

from service.api.schemas.base import Shape
from service.industry.inputs.follower import InputProblem
from service.industry.inputs.nouns import LIMITS, HeardSignal, Signal
from service.industry.inputs.settings import LineInput
from service.industry.inputs.whole import InputShown


class HeardSignalOut(Shape):
    """What was heard last of a signal.

    `value`: line_running: 0 or 1; speed: metres per second; carrier_pulse: how many carriers were counted
    since the input is listened to. `age_s`: how many seconds ago. `stale`: so long ago that it says nothing.
    """

    value: float
    age_s: float
    stale: bool

    @classmethod
    def of(cls, heard: HeardSignal) -> HeardSignalOut:
        """Return what is shown of one."""
        return cls(value=round(heard.value, 3), age_s=round(heard.age_s, 1), stale=heard.age_s > LIMITS.stale)


class LineInputOut(Shape):
    """A lift's input; null: it has none."""

    input: LineInput | None
    problem: str | None = Field(default=None, description="Why the source is not followed; null while it is.")
    problem_code: InputProblem | None = Field(default=None, description="The same as a code.")
    runs: bool | None = Field(default=None, description="What it says of the line; null: nothing.")
    doubts: list[str] = Field(
        default_factory=list, description="Causes of `input_doubtful` that stand; it is not listened to then."
    )
    signals: dict[Signal, HeardSignalOut] = Field(
        default_factory=dict, description="What was heard last of each signal, of those that were heard."
    )
    unseen: int = Field(
        default=0, description="How many of the last carriers that a sensor counted were not seen."
    )

    @classmethod
    def of(cls, shown: InputShown) -> LineInputOut:
        """Return what is shown of one."""
        return cls(
            input=shown.given,
            problem=None if shown.fault is None else shown.fault.message,
            problem_code=None if shown.fault is None else shown.fault.code,
            runs=shown.runs,
            doubts=list(shown.doubts),
            signals={signal: HeardSignalOut.of(heard) for signal, heard in shown.heard.items()},
            unseen=shown.unseen,
        )

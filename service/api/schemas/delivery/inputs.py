"""A lift's input from its control, as the API shows it."""

from __future__ import annotations

from pydantic import Field

from service.api.schemas.base import Shape
from service.industry.inputs.nouns import Signal
from service.industry.inputs.settings import LineInput
from service.industry.inputs.whole import InputShown


class LineInputOut(Shape):
    """A lift's input; null: it has none.

    `problem`: why the source is not followed, null while it is. `runs`: what it says of the line, null for
    nothing. `doubts`: causes of `input_doubtful` that stand. `heard_s`: seconds since each signal was heard.
    `unseen`: how many of the last carriers that a sensor counted were not seen.
    """

    input: LineInput | None
    problem: str | None = None
    runs: bool | None = None
    doubts: list[str] = Field(default_factory=list)
    heard_s: dict[Signal, float] = Field(default_factory=dict)
    unseen: int = 0

    @classmethod
    def of(cls, shown: InputShown) -> LineInputOut:
        """Return what is shown of one."""
        return cls(
            input=shown.given,
            problem=shown.problem,
            runs=shown.runs,
            doubts=list(shown.doubts),
            heard_s={signal: round(seconds, 1) for signal, seconds in shown.heard.items()},
            unseen=shown.unseen,
        )

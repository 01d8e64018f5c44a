"""Work done in slices, so that a camera's frames go on meanwhile."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

Result = TypeVar("Result")
Work = Generator[None, None, Result]
"""Long work that pauses about every 10 ms; its caller decides when it goes on."""


def finish(work: Work[Result]) -> Result:
    """Do all that is left of some work at once; return its result."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            result: Result = stop.value
            return result

"""Reading what people hand over, within a budget: whoever it is that does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from lifts.errors import LiftError
from service.domain.errors import BarwatchError, ImageError

T = TypeVar("T")

Refusal = LiftError | BarwatchError
"""What a job may raise: it says why a picture is not taken."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one job may cost. How many pixels and scans a picture may have, its header decides before.

    seconds: of the processor's time. longest_s: by the clock, on a machine that is busy with other things.
    memory_bytes: beyond what the process takes at rest. 8K with 8 bits a channel takes a third of it.
    """

    seconds: float = 5.0
    longest_s: float = 20.0
    memory_bytes: int = 1_200_000_000


class StrangersPictures(Protocol):
    """Does jobs that decode pictures of strangers."""

    def do(self, job: Callable[[], T]) -> T:
        """Return what `job` returns, a function of a module with its arguments. Safe from any thread.

        Raises:
            LiftError, BarwatchError: what the job raises.
            ImageError: it went beyond its budget (`picture_too_costly`).
            BusyError: too much is being decoded already.
        """


class DecodingHere:
    """Does them in this process, without a budget: for the command line, whose files are the caller's own."""

    def do(self, job: Callable[[], T]) -> T:
        """Do a job."""
        return job()


def too_costly() -> ImageError:
    """Return the refusal of a picture that goes beyond its budget."""
    return ImageError(
        "the picture takes too much time or memory to decode: save it anew, smaller", "picture_too_costly"
    )

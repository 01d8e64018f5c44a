"""Parts of the service beside watching and judging: each is added by one line, and found by its class.

parts.add("the outputs are being started", outputs, Begins.LEADING)
parts.of(Outputs).test("control-room")
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol, TypeVar


class Begins(Enum):
    """When a part starts."""

    EVERYWHERE = "everywhere"
    """First of all, also in a service that does not lead."""
    LEADING = "leading"
    """Once the service leads, before the model is loaded."""
    LAST = "last"
    """After the cameras."""


class SidePart(Protocol):
    """What begins with the service and ends with it. Neither may wait for anybody outside the service."""

    def start(self) -> None:
        """Begin; called again if it raised something unforeseen."""

    def stop(self) -> None:
        """End, whether or not it has begun."""


P = TypeVar("P")
Step = tuple[str, Callable[[], object]]


class Parts:
    """The parts of one process, filled by the composition root before anything starts."""

    def __init__(self) -> None:
        self._parts: list[tuple[str, SidePart, Begins]] = []

    def add(self, starting: str, part: SidePart, begins: Begins = Begins.LAST) -> None:
        """Add one.

        Args:
            starting: what readiness says while it starts, as a sentence.
            part: at most one of each class.
            begins: when it starts.
        """
        self._parts.append((starting, part, begins))

    def of(self, kind: type[P]) -> P:
        """Return the part of a class. Raises LookupError: there is none."""
        for _, part, _ in self._parts:
            if isinstance(part, kind):
                return part
        raise LookupError(f"the service has no {kind.__name__}")

    def steps(self, begins: Begins) -> list[Step]:
        """Return what starts those of one time, in the order in which they were added."""
        return [(starting, part.start) for starting, part, when in self._parts if when is begins]

    def stop(self) -> None:
        """End them, the last added first."""
        for _, part, _ in reversed(self._parts):
            part.stop()

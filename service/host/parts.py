"""Parts of the service beside watching and judging: each is added by one line, and found by its class.

parts.add("the outputs are being started", outputs, at_once=True)
parts.of(Outputs).test("control-room")
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar


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
        self._parts: list[tuple[str, SidePart, bool]] = []

    def add(self, starting: str, part: SidePart, *, at_once: bool = False) -> None:
        """Add one.

        Args:
            starting: what readiness says while it starts, as a sentence.
            part: at most one of each class.
            at_once: it starts before the model is loaded, else after the cameras.
        """
        self._parts.append((starting, part, at_once))

    def of(self, kind: type[P]) -> P:
        """Return the part of a class. Raises LookupError: there is none."""
        for _, part, _ in self._parts:
            if isinstance(part, kind):
                return part
        raise LookupError(f"the service has no {kind.__name__}")

    def steps(self, *, at_once: bool) -> list[Step]:
        """Return what starts them, in the order in which they were added."""
        return [(starting, part.start) for starting, part, soon in self._parts if soon is at_once]

    def stop(self) -> None:
        """End them, the last added first."""
        for _, part, _ in reversed(self._parts):
            part.stop()

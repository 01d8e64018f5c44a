"""What a server's process and the service tell each other beside reports and events; all small."""

from __future__ import annotations

from dataclasses import dataclass

from service.domain.alarm import AlarmChange


@dataclass(frozen=True, slots=True)
class Changes:
    """The next changes of alarms, in the order of their seq: those that are shown of `first` to `last`."""

    changes: tuple[AlarmChange, ...]
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Listening:
    """The server listens on this port."""

    port: int


@dataclass(frozen=True, slots=True)
class NotListening:
    """The server cannot listen: why not, in words."""

    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The process has dealt with the last report or changes: the next may come."""

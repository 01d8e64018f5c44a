"""The last changes of alarms, for clients that were away: OPC UA Part 11, history of events."""

# ruff: noqa: ARG002 - the library says which arguments there are
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from asyncua import ua
from asyncua.common.events import Event
from asyncua.server.history import HistoryStorageInterface

from service.domain.alarm import AlarmChange

LENGTH = 4096


class EventHistory(HistoryStorageInterface):
    """Holds the newest changes, and makes events of those that are read.

    Args:
        make: makes the event of a change; None of a damaged one.
    """

    def __init__(self, make: Callable[[AlarmChange], Event | None]) -> None:
        super().__init__(LENGTH)
        self._make = make
        self._changes: deque[AlarmChange] = deque(maxlen=LENGTH)

    def put(self, change: AlarmChange) -> None:
        """Take the next change."""
        self._changes.append(change)

    def at(self, seq: int) -> AlarmChange | None:
        """Return the change with this seq, if it is still held."""
        return next((each for each in reversed(self._changes) if each.seq == seq), None)

    async def read_event_history(
        self,
        source_id: ua.NodeId,
        start: datetime | None,
        end: datetime | None,
        nb_values: int,
        evfilter: ua.EventFilter,
    ) -> tuple[list[Event], datetime | None]:
        """Return the events between two times, both included; the newest first if there is no start."""
        if source_id != ua.NodeId(ua.ObjectIds.Server):
            return [], None
        first, last = _aware(start), _aware(end)
        backwards = first is None or (last is not None and first > last)
        low, high = (last, first) if backwards else (first, last)
        found = [
            change
            for change in self._changes
            if (low is None or change.at >= low) and (high is None or change.at <= high)
        ]
        if backwards:
            found.reverse()
        events = (self._make(each) for each in (found[:nb_values] if nb_values else found))
        return [each for each in events if each is not None], None

    async def init(self) -> None:
        """Do nothing: `put` fills it."""

    async def new_historized_node(self, node_id: ua.NodeId, period: timedelta | None, count: int = 0) -> None:
        """Do nothing: values have no history here."""

    async def save_node_value(self, node_id: ua.NodeId, datavalue: ua.DataValue) -> None:
        """Do nothing."""

    async def read_node_history(
        self, node_id: ua.NodeId, start: datetime | None, end: datetime | None, nb_values: int
    ) -> tuple[list[ua.DataValue], datetime | None]:
        """Return nothing."""
        return [], None

    async def new_historized_event(
        self, source_id: ua.NodeId, evtypes: list[Any], period: timedelta | None, count: int = 0
    ) -> None:
        """Do nothing."""

    async def save_event(self, event: Event) -> None:
        """Do nothing."""

    async def stop(self) -> None:
        """Do nothing."""


def _aware(time: datetime | None) -> datetime | None:
    """Return a time of the wire, which has no zone, as UTC; its epoch stands for none."""
    if time is None or time.replace(tzinfo=None) <= ua.get_win_epoch().replace(tzinfo=None):
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time

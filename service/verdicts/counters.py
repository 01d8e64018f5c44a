"""Counters of what happens to passages, in one place and under one lock; and which of them are under way."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from enum import StrEnum


class Event(StrEnum):
    """The events that are counted from the start of the service."""

    PASSAGES_NOT_JUDGED = "passages_not_judged"
    """Recorded as unknown because too many were waiting."""
    PASSAGES_SHORTENED = "passages_shortened"
    """Judged by begin, middle and end alone, because others were waiting."""
    PASSAGES_COALESCED = "passages_coalesced"
    """Merged with others into one record, because there were too many records."""
    PASSAGES_FAILED = "passages_failed"
    """Recorded as unknown because judging them failed unexpectedly."""
    PASSAGES_FENCED = "passages_fenced"
    """Not recorded because another owner of the camera reports the carrier (service.store.owners.leases)."""
    CARRIERS_LATE = "carriers_late"
    """Reported by a camera's owner after it was handed on; the next owner reports them (service.leases)."""
    REPORTS_LATE = "reports_late"
    """The same, of what is not a carrier."""
    RECORDS_RETRIED = "records_retried"
    RECORDS_LOST = "records_lost"
    ALARMS_LOST = "alarms_lost"
    """Carriers among those of lost records that had an alarm."""
    PICTURES_LOST = "pictures_lost"
    """Named by a record and not written."""


class PassageCounters:
    """Counts events from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Event] = Counter(dict.fromkeys(Event, 0))
        self._under_way: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._begun = 0
        self._newest: Counter[str] = Counter()

    def add(self, event: Event, count: int = 1) -> None:
        """Count an event, or several of a kind."""
        with self._lock:
            self._counts[event] += count

    def begin(self, lift_id: str, record_id: str) -> None:
        """Note that a record of a lift is under way into the database."""
        with self._lock:
            self._begun += 1
            self._under_way[lift_id].setdefault(record_id, self._begun)

    def end(self, lift_id: str, record_id: str) -> None:
        """Note that it is there, is part of another one, or will not come; also a second time."""
        with self._lock:
            number = self._under_way[lift_id].pop(record_id, 0)
            self._newest[lift_id] = max(self._newest[lift_id], number)

    def under_way(self, lift_id: str) -> bool:
        """Say whether a record of the lift is under way."""
        with self._lock:
            return bool(self._under_way[lift_id])

    def passes_over(self, lift_id: str, record_id: str) -> bool:
        """Say whether records are under way that began before this one, or before one that has ended."""
        with self._lock:
            found = self._under_way[lift_id]
            newest = max(found.get(record_id, 0), self._newest[lift_id])
            return any(number < newest for other, number in found.items() if other != record_id)

    def snapshot(self) -> dict[str, int]:
        """Return how often each event has happened."""
        with self._lock:
            return {event.value: count for event, count in self._counts.items()}

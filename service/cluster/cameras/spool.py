"""What a camera on a node has reported and nobody has confirmed yet: bounded, without losing a carrier."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, replace

from service.domain.camera import CameraEvent, CameraStatus, Snapshot
from service.domain.evidence.clip import ClipMade
from service.domain.passage import Passage
from service.station.dialling import TermsWanted

MOST_WITH_PICTURES = 24
"""Carriers that wait with their pictures, about 1.5 MB each."""

MOST = 512
"""Reports that wait; of more, carriers are merged and what is no carrier is dropped."""

Report = CameraEvent | ClipMade | TermsWanted


@dataclass(frozen=True, slots=True)
class Numbered:
    """A report and its number: one more than that of the report before it."""

    number: int
    report: Report


class EventSpool:
    """Keeps reports in order until they are confirmed. Safe from any thread.

    Of statuses and pictures for people the newest is enough. Carriers that wait for long lose their pictures,
    and so become `unknown`; if there are too many they become one report of several carriers.
    """

    def __init__(self) -> None:
        self._reports: deque[Numbered] = deque()
        self._next = 1
        self._changed = threading.Condition()
        self.stripped = self.merged = self.dropped = 0
        """Carriers without their pictures, and of those the merged ones; other reports that were dropped."""

    def put(self, report: Report) -> None:
        """Add a report."""
        with self._changed:
            if isinstance(report, CameraStatus | Snapshot):
                same = [each for each in self._reports if type(each.report) is type(report)]
                for each in same:
                    self._reports.remove(each)
            self._reports.append(Numbered(self._next, report))
            self._next += 1
            self._strip()
            if len(self._reports) > MOST:
                self._shorten()
            self._changed.notify_all()

    def confirm(self, number: int) -> None:
        """Forget the reports up to this number."""
        with self._changed:
            while self._reports and self._reports[0].number <= number:
                self._reports.popleft()

    def waiting(self, after: int, timeout_s: float) -> list[Numbered]:
        """Return the reports after a number; waits for one up to `timeout_s`."""
        with self._changed:
            self._changed.wait_for(lambda: self._reports and self._reports[-1].number > after, timeout_s)
            return [each for each in self._reports if each.number > after]

    def _strip(self) -> None:
        passages = self._passages()
        whole = [(place, passage) for place, passage in passages if passage.pictures]
        for place, passage in whole[: max(0, len(whole) - MOST_WITH_PICTURES)]:
            self._put_back(place, replace(passage, pictures=(), between=()))
            self.stripped += passage.carriers

    def _shorten(self) -> None:
        """Make one report of the two oldest carriers, or drop the oldest other report."""
        passages = self._passages()
        if len(passages) < len(self._reports):
            places = {place for place, _ in passages}
            del self._reports[next(n for n in range(len(self._reports)) if n not in places)]
            self.dropped += 1
            return
        (first, older), (second, newer) = passages[:2]
        carriers = older.carriers + newer.carriers
        self._put_back(second, replace(newer, carriers=carriers, pictures=(), between=()))
        del self._reports[first]
        self.merged += older.carriers

    def _passages(self) -> list[tuple[int, Passage]]:
        reports = enumerate(each.report for each in self._reports)
        return [(place, report) for place, report in reports if isinstance(report, Passage)]

    def _put_back(self, place: int, passage: Passage) -> None:
        self._reports[place] = Numbered(self._reports[place].number, passage)

"""How long each class of what is stored is kept, and what becomes of a passage that is too old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lifts.decision.verdict import Verdict

KEPT_FOR_ARMING = 200
"""So many of the newest open and closed passages by a lift's active masks outlive their age, without their
pictures: otherwise a lift that stood still for a week would no longer be armed."""

_DECIDED = frozenset({Verdict.OPEN.value, Verdict.CLOSED.value})


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days each class is kept, and how many passages keep their pictures at most.

    max_age_days: passages, with their pictures. max_alarm_age_days: alarms of the bar, with passages and
    pictures; also the pictures of passages that somebody reviewed. max_health_age_days: other alarms.
    max_review_age_days: reviewed passages, without pictures: a lift learns from them. max_report_age_days:
    the counts that reports are made of.
    """

    max_age_days: float = 8.0
    max_alarm_age_days: float = 30.0
    max_passages: int = 200_000
    max_health_age_days: float = 30.0
    max_review_age_days: float = 365.0
    max_report_age_days: float = 1100.0

    def when_low(self) -> Retention:
        """Return what may stay while the disk has little room: a day, with an alarm a quarter of the time."""
        return replace(
            self,
            max_age_days=min(self.max_age_days, 1.0),
            max_alarm_age_days=min(self.max_alarm_age_days, max(1.0, self.max_alarm_age_days / 4)),
        )

    @property
    def shortest(self) -> timedelta:
        """The age at which the first class goes."""
        return timedelta(days=min(self.max_age_days, self.max_alarm_age_days, self.max_health_age_days))


class Disposal(StrEnum):
    """What becomes of a passage."""

    KEEP = "keep"
    STRIP = "strip"
    """Its pictures and maps go."""
    STRIP_TO_MAPS = "strip to maps"
    """Its pictures go; its maps stay, on which nobody is seen."""
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class OldPassage:
    """What decides about a passage; alarmed: an alarm names it. held: that alarm is held."""

    row: int
    seen_at: datetime
    lift_id: str
    verdict: str
    mask_version: int
    has_files: bool
    has_maps: bool
    reviewed: bool
    alarmed: bool
    held: bool

    def fate(
        self, retention: Retention, now: datetime, armed_by: dict[tuple[str, str], tuple[int, int]]
    ) -> Disposal:
        """Return what becomes of it at `now`.

        armed_by: for a lift and a verdict, its active masks' version and the row from which on passages are
        among those that arm it.
        """
        age_days = (now - self.seen_at) / timedelta(days=1)
        if self.held:
            return Disposal.KEEP
        long = self.alarmed or self.reviewed
        with_pictures = age_days <= (retention.max_alarm_age_days if long else retention.max_age_days)
        if self.alarmed or (self.reviewed and age_days <= retention.max_review_age_days):
            return Disposal.KEEP if with_pictures or not self._has_evidence else Disposal.STRIP
        if with_pictures:
            return Disposal.KEEP
        version, first = armed_by.get((self.lift_id, self.verdict), (0, 0))
        if self.verdict in _DECIDED and version == self.mask_version > 0 and self.row >= first:
            return Disposal.STRIP_TO_MAPS if self.has_files else Disposal.KEEP
        return Disposal.DELETE

    @property
    def _has_evidence(self) -> bool:
        return self.has_files or self.has_maps

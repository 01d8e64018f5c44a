"""The key figures of a time's alarms: how many, in floods or not, acknowledged how fast, and which. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from service.figures.floods import WINDOW, FloodSpan, find_floods, most_within
from service.figures.limits import LIMITS, Rating

STALE_AFTER = timedelta(hours=24)
"""An alarm that has stood for longer is stale."""

ACKNOWLEDGED_WITHIN = timedelta(seconds=60)
"""In this time an alarm should be acknowledged; our own aim, for the standards give none."""

CHATTERS_AT, CHATTERS_WITHIN = 3, timedelta(minutes=1)
"""An alarm that is raised so often within so long chatters (ISA-18.2)."""

TOP = 10


@dataclass(frozen=True, slots=True)
class AlarmSource:
    """What an alarm is about: alarms of one source are repetitions."""

    kind: str
    lift_id: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class Annunciation:
    """One alarm as it was raised, or raised again. acknowledged_at: when somebody acknowledged it; None: not.

    chatters: said of an alarm that stood already, because its condition came and went too often.
    """

    source: AlarmSource
    priority: int
    at: datetime
    acknowledged_at: datetime | None = None
    chatters: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledging:
    """How fast alarms were acknowledged; seconds are None where none was.

    acknowledged, waiting: how many were, and how many were not so far. within_aim: share of those that were
    acknowledged within ACKNOWLEDGED_WITHIN; who waits for longer counts as not, who waits shorter not at all.
    """

    acknowledged: int
    waiting: int
    median_s: float | None
    p90_s: float | None
    p99_s: float | None
    within_aim: float | None


@dataclass(frozen=True, slots=True)
class SourceCount:
    """How often a source raised an alarm, and its share of all, 0..1."""

    source: AlarmSource
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """The figures of the alarms raised in [begin, end), and of those that stand when it is asked.

    per_hour, per_day, per_10_minutes: means. peak_10_minutes, peak_hour: the most in any span of that length.
    flood_share: share of the time, 0..1. stale: of those standing. chattering: sources, the most often
    raised first. top: the ten most frequent; top_ten_share: theirs together. priorities: counts, by priority.
    """

    begin: datetime
    end: datetime
    alarms: int
    per_hour: float
    per_day: float
    per_10_minutes: float
    peak_10_minutes: int
    peak_hour: int
    standing: int
    stale: int
    flood_share: float
    floods: tuple[FloodSpan, ...]
    acknowledging: Acknowledging
    chattering: tuple[AlarmSource, ...]
    top: tuple[SourceCount, ...]
    top_ten_share: float
    sources: int
    priorities: Mapping[int, int]

    def ratings(self) -> dict[str, Rating]:
        """Return how the figures compare with LIMITS, by name; those that say nothing yet are left out.

        Ten sources or fewer make up all alarms, however few there are: their share is not rated.
        """
        rated = {name: LIMITS[name].rate(float(getattr(self, name))) for name in LIMITS if name in _PLAIN}
        rated["chattering"] = LIMITS["chattering"].rate(len(self.chattering))
        if self.sources > TOP:
            rated["top_ten_share"] = LIMITS["top_ten_share"].rate(self.top_ten_share)
        return rated


_PLAIN = frozenset(LIMITS) - {"chattering", "top_ten_share"}


def key_figures(
    raised: Sequence[Annunciation],
    standing: Iterable[datetime],
    begin: datetime,
    end: datetime,
    now: datetime,
) -> KeyFigures:
    """Return the figures.

    Args:
        raised: the alarms raised in [begin, end), in order of time.
        standing: when each alarm that stands now was raised.
        begin, end: aware times, begin before end. now: when it is asked, for what still waits.

    Raises:
        ValueError: begin is not before end.
    """
    if begin >= end:
        raise ValueError(f"expected a span of time, got {begin} to {end}")
    stood = list(standing)
    times = [alarm.at for alarm in raised if not alarm.chatters]
    hours = (end - begin) / timedelta(hours=1)
    floods = find_floods(times, min(end, max(now, begin)))
    counts = Counter(alarm.source for alarm in raised if not alarm.chatters)
    top = counts.most_common(TOP)
    return KeyFigures(
        begin=begin,
        end=end,
        alarms=len(times),
        per_hour=len(times) / hours,
        per_day=24 * len(times) / hours,
        per_10_minutes=len(times) / (6 * hours),
        peak_10_minutes=most_within(times, WINDOW),
        peak_hour=most_within(times, timedelta(hours=1)),
        standing=len(stood),
        stale=sum(now - at > STALE_AFTER for at in stood),
        flood_share=sum((flood.end - flood.begin for flood in floods), timedelta()) / (end - begin),
        floods=floods,
        acknowledging=acknowledging([alarm for alarm in raised if not alarm.chatters], now),
        chattering=_chattering(raised),
        top=tuple(SourceCount(source, count, count / len(times)) for source, count in top),
        top_ten_share=sum(count for _, count in top) / len(times) if times else 0.0,
        sources=len(counts),
        priorities=Counter(alarm.priority for alarm in raised if not alarm.chatters),
    )


def acknowledging(raised: Sequence[Annunciation], now: datetime) -> Acknowledging:
    """Return how fast these alarms were acknowledged, as it is at an aware time."""
    taken = [alarm.acknowledged_at - alarm.at for alarm in raised if alarm.acknowledged_at is not None]
    waiting = [now - alarm.at for alarm in raised if alarm.acknowledged_at is None]
    due = len(taken) + sum(time > ACKNOWLEDGED_WITHIN for time in waiting)
    in_time = sum(time <= ACKNOWLEDGED_WITHIN for time in taken)
    seconds = [time.total_seconds() for time in taken]
    median_s, p90_s, p99_s = np.percentile(seconds, (50, 90, 99)).tolist() if seconds else (None,) * 3
    return Acknowledging(
        len(taken), len(waiting), median_s, p90_s, p99_s, within_aim=in_time / due if due else None
    )


def _chattering(raised: Sequence[Annunciation]) -> tuple[AlarmSource, ...]:
    """Return the sources that chattered, the most often raised first.

    An open bar is another carrier each time: however many there are, none of them chatters.
    """
    times: defaultdict[AlarmSource, list[datetime]] = defaultdict(list)
    said: set[AlarmSource] = set()
    for alarm in raised:
        if alarm.source.kind != "bar_open":
            times[alarm.source].append(alarm.at)
            said |= {alarm.source} if alarm.chatters else set()
    found = [
        source
        for source, at in times.items()
        if source in said or most_within(at, CHATTERS_WITHIN) >= CHATTERS_AT
    ]
    return tuple(sorted(found, key=lambda source: -len(times[source])))

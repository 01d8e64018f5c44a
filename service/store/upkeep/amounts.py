"""How much of each class of what is stored there is, and from when the oldest is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.alarm import AlarmKind
from service.store.tables import AlarmRow, AuditRow, ClipRow, PassageRow, SelfTestRow, filters


class KeptClass(StrEnum):
    """A class of what is stored, by what decides how long it stays."""

    PASSAGES = "passages"
    """All of them: those without an alarm go first."""
    PICTURES = "pictures"
    """Passages that have pictures."""
    ALARMS = "alarms"
    HEALTH_ALARMS = "health_alarms"
    REVIEWS = "reviews"
    """Passages that somebody reviewed."""
    CLIPS = "clips"
    HELD = "held"
    """Alarms that are held as evidence: whatever their age."""
    SELF_TESTS = "self_tests"
    AUDIT = "audit"


@dataclass(frozen=True, slots=True)
class AmountKept:
    """How much of a class there is. oldest: None where there is nothing."""

    kind: KeptClass
    count: int
    oldest: datetime | None


def amounts(session: Session) -> list[AmountKept]:
    """Return how much there is of each class."""
    bar = filters.bar_open()
    counted: list[tuple[KeptClass, InstrumentedAttribute[datetime], tuple[ColumnElement[bool], ...]]]
    counted = [
        (KeptClass.PASSAGES, PassageRow.seen_at, ()),
        (KeptClass.PICTURES, PassageRow.seen_at, (filters.has_files(),)),
        (KeptClass.ALARMS, AlarmRow.raised_at, (bar,)),
        (KeptClass.HEALTH_ALARMS, AlarmRow.raised_at, (AlarmRow.kind != AlarmKind.BAR_OPEN.value,)),
        (KeptClass.REVIEWS, PassageRow.seen_at, (filters.reviewed(),)),
        (KeptClass.CLIPS, ClipRow.at, (ClipRow.file.is_not(None),)),
        (KeptClass.HELD, AlarmRow.raised_at, (AlarmRow.held == true(),)),
        (KeptClass.SELF_TESTS, SelfTestRow.started_at, ()),
    ]
    found: list[AmountKept] = []
    for kind, time, wanted in counted:
        row = session.execute(select(func.count(), func.min(time)).where(*wanted)).one()
        found.append(AmountKept(kind, row[0], row[1]))
    entries = session.execute(select(func.count(), func.min(AuditRow.at))).one()
    oldest = None if entries[1] is None else datetime.fromisoformat(entries[1])
    return [*found, AmountKept(KeptClass.AUDIT, entries[0], oldest)]

"""What deserves an alarm: pure functions, without clock, thread or database."""

from __future__ import annotations

from lifts.decision.verdict import Seat, Verdict
from service.domain.alarm import SEAT_UNCLEAR, AlarmDraft, AlarmKind, Severity
from service.domain.health import Health
from service.store.records import PassageRecord


def passage_alarm(record: PassageRecord, evidence: tuple[str, ...]) -> AlarmDraft | None:
    """Return the alarm of a passage with an open bar: critical if it is occupied; None if it is empty.

    Where nobody can tell whether anybody sits there, it is a warning. An empty carrier with an open bar is no
    event, and `unknown` has its own alarm (see PassageWatch).

    Args:
        record: the passage.
        evidence: addresses of its pictures.
    """
    judgement = record.judgement
    if judgement.verdict is not Verdict.OPEN or judgement.seat is Seat.EMPTY:
        return None
    clear = judgement.seat is Seat.OCCUPIED
    if record.carriers > 1:
        which = "occupied carriers" if clear else "carriers that may be occupied"
        message = f"Bar open on {record.carriers} {which}, which could not be recorded one by one"
    else:
        which = "an occupied carrier" if clear else "a carrier that may be occupied"
        message = f"Bar open on {which} (confidence {100 * judgement.confidence:.1f} %)"
    return AlarmDraft(
        kind=AlarmKind.BAR_OPEN,
        severity=Severity.CRITICAL if clear else Severity.WARNING,
        lift_id=record.lift_id,
        message=message,
        passage_id=record.id,
        verdict=judgement.verdict,
        evidence=evidence,
        cause="" if clear else SEAT_UNCLEAR,
        left_at=record.left_at,
        parameters={"carriers": record.carriers, "confidence": round(judgement.confidence, 4)},
    )


def health_alarm(health: Health) -> AlarmDraft:
    """Return the alarm of a problem that begins."""
    return AlarmDraft(
        kind=health.kind,
        severity=Severity.WARNING,
        lift_id=health.lift_id,
        message=health.message,
        cause=health.cause,
        parameters=health.parameters,
    )

"""What deserves an alarm: pure functions, without clock, thread or database."""

from __future__ import annotations

from lifts.decision.verdict import Verdict
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.health import Health
from service.store.records import PassageRecord


def passage_alarm(record: PassageRecord, evidence: tuple[str, ...]) -> AlarmDraft | None:
    """Return the alarm of a passage: occupied with an open bar; else None.

    An empty carrier with an open bar is no event, and `unknown` has its own alarm (see PassageWatch).

    Args:
        record: the passage.
        evidence: addresses of its pictures.
    """
    judgement = record.judgement
    if judgement.verdict is not Verdict.OPEN or not judgement.occupied:
        return None
    message = f"Bar open on an occupied carrier (confidence {100 * judgement.confidence:.1f} %)"
    if record.carriers > 1:
        message = f"Bar open on {record.carriers} occupied carriers, which could not be recorded one by one"
    return AlarmDraft(
        kind=AlarmKind.BAR_OPEN,
        severity=Severity.CRITICAL,
        lift_id=record.lift_id,
        message=message,
        passage_id=record.id,
        verdict=judgement.verdict,
        evidence=evidence,
        left_at=record.left_at,
    )


def health_alarm(health: Health) -> AlarmDraft:
    """Return the alarm of a problem that begins."""
    return AlarmDraft(
        kind=health.kind,
        severity=Severity.WARNING,
        lift_id=health.lift_id,
        message=health.message,
        cause=health.cause,
    )

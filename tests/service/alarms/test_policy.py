"""What is an alarm and what is none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.alarms.policy import health_alarm, passage_alarm
from service.domain.alarm import SEAT_UNCLEAR, AlarmKind, Severity
from service.domain.health import Health
from service.store.records import PassageRecord

OPEN, CLOSED, UNKNOWN = Verdict.OPEN, Verdict.CLOSED, Verdict.UNKNOWN


AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _record(judgement: Judgement) -> PassageRecord:
    return PassageRecord("p", "lift", 1, AT, 0.0, 1.0, 2.0, judgement, (), left_at=AT - timedelta(seconds=58))


def _judged(verdict: Verdict, occupied: bool) -> PassageRecord:
    return _record(Judgement(verdict, 0.987, -0.5, occupied, 0.9, (), 1, "m"))


def test_only_an_open_bar_with_somebody_on_the_seat_is_an_alarm() -> None:
    """Open and occupied: critical, with passage, verdict and evidence. Everything else is none."""
    draft = passage_alarm(_judged(OPEN, True), ("/passages/p/pictures/1.jpg",))
    assert draft is not None
    assert (draft.kind, draft.severity, draft.lift_id) == (AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift")
    assert (draft.passage_id, draft.verdict) == ("p", OPEN)
    assert draft.evidence == ("/passages/p/pictures/1.jpg",)
    assert "98.7 %" in draft.message
    assert draft.parameters == {"carriers": 1, "confidence": 0.987}, "the message as numbers, for programs"
    assert draft.left_at == AT - timedelta(seconds=58), "an alarm that comes late says when the carrier left"
    for verdict, occupied in [(OPEN, False), (CLOSED, True), (CLOSED, False), (UNKNOWN, True)]:
        assert passage_alarm(_judged(verdict, occupied), ()) is None
    assert passage_alarm(_record(unknown(Reason.DARK)), ()) is None


def test_an_open_bar_with_an_unclear_seat_is_an_alarm_of_lower_priority() -> None:
    """Nobody can tell whether anybody sits there: a warning with a cause of its own, never nothing."""
    unclear = Judgement(OPEN, 0.987, -0.5, False, 0.4, (), 1, "m", seat_unclear=True)
    draft = passage_alarm(_record(unclear), ())
    assert draft is not None
    assert (draft.kind, draft.severity, draft.cause) == (AlarmKind.BAR_OPEN, Severity.WARNING, SEAT_UNCLEAR)
    assert "may be occupied" in draft.message
    for verdict in (CLOSED, UNKNOWN):
        assert passage_alarm(_record(replace(unclear, verdict=verdict)), ()) is None


def test_health_is_a_warning_of_its_own_kind() -> None:
    """The alarm of a condition carries its kind, place and words."""
    draft = health_alarm(
        Health(AlarmKind.CAMERA_FROZEN, "lift", True, "the picture stands still", "ice", {"s": 6})
    )
    assert (draft.kind, draft.severity, draft.lift_id) == (AlarmKind.CAMERA_FROZEN, Severity.WARNING, "lift")
    assert (draft.message, draft.cause) == ("the picture stands still", "ice")
    assert draft.parameters == {"s": 6}

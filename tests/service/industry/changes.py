"""Changes of alarms and reports as a service would send them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from service.domain.alarm import Alarm, AlarmChange, AlarmKind, AlarmState, Severity
from service.industry.report.nouns import LiftReport, LineState, PlantReport

BEGAN = datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
IDS = [f"{number:032x}" for number in range(1, 9)]


def alarm(number: int, state: AlarmState = AlarmState.ACTIVE, **changed: Any) -> Alarm:
    """The alarm with this number, of an open bar on demo-quad."""
    known: dict[str, Any] = {
        "id": f"{number:032x}",
        "seq": 0,
        "kind": AlarmKind.BAR_OPEN,
        "severity": Severity.CRITICAL,
        "lift_id": "demo-quad",
        "passage_id": f"passage-{number}",
        "raised_at": BEGAN + timedelta(seconds=number),
        "state": state,
        "verdict": None,
        "evidence": ("/passages/1/pictures/1.jpg",),
        "message": f"Bar open on carrier {number}",
    }
    return Alarm(**{**known, **changed})


def change(seq: int, of: Alarm | None = None, **said: Any) -> AlarmChange:
    """The change with this seq, by default a new alarm with the same number."""
    about: dict[str, Any] = {"action": "raise", "actor": "system", "note": "", **said}
    return AlarmChange(seq, BEGAN + timedelta(seconds=seq), alarm=of or alarm(seq), **about)


def lift(slot: int = 0, lift_id: str = "demo-quad", **changed: Any) -> LiftReport:
    """A lift that is watched as it should be."""
    known: dict[str, Any] = {
        "name": lift_id.title(),
        "armed": True,
        "sees": True,
        "in_service": True,
        "line": LineState.RUNNING,
        "open_bars": 0,
        "standing": 0,
        "unacknowledged": 0,
        "passages": 70_000,
        "newest_seq": 0,
    }
    return LiftReport(slot, lift_id, **{**known, **changed})


def report(*lifts: LiftReport, **changed: Any) -> PlantReport:
    """A report on these lifts."""
    known: dict[str, Any] = {"healthy": True, "newest_seq": 0, "standing": 0, "unacknowledged": 0}
    return PlantReport(counter=1, lifts=lifts, **{**known, **changed})

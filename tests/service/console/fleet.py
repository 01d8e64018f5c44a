"""Forty lifts of one resort, fed with states: what a screen of all lifts is looked at with."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import cv2
import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.schema import Lift
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, OutOfService, ServiceScope, Severity
from service.domain.camera import CameraState, Snapshot
from service.store import alarms, lifts, masks, passages
from service.store.alarms import out_of_service
from service.store.overview import places
from service.store.records import PassageRecord
from tests.service.api.conftest import House, status_of

AREAS = ("Sunnegga", "Rothorn", "Glacier", "Furi")
NAMES = ("Express", "Gipfel", "Lac Blanc", "Oberried", "Plan Joran", "Hintertal", "Chamois", "Seeblick")
EVERY_S = 6.0
_CLOSED, _OPEN, _UNKNOWN = Verdict.CLOSED, Verdict.OPEN, Verdict.UNKNOWN
LAST = (_CLOSED, _CLOSED, _UNKNOWN, _CLOSED, _CLOSED, _OPEN, _CLOSED, _CLOSED, _CLOSED, _CLOSED)


def lift_id(number: int) -> str:
    return f"lift-{number:02}"


def fill(house: House, count: int) -> list[str]:
    """Register lifts that are watched, armed, run and have let carriers pass; return their ids."""
    ids = [lift_id(number) for number in range(1, count + 1)]
    assert house.enrol(ids[0]).status_code == 201
    with house.store.reading() as session:
        first = masks.active(session, ids[0])
    assert first is not None

    def add(session: Session) -> None:
        for number, one in enumerate(ids):
            name = f"{NAMES[number % len(NAMES)]} {number + 1}"
            camera = {"url": "rtsp://camera.example/x", "width": 640, "height": 480}
            lifts.put(session, Lift.model_validate({"id": one, "name": name, "camera": camera}))
            if number:
                masks.add(session, replace(first, lift_id=one))
            area, station = AREAS[number % len(AREAS)], ("Valley", "Top")[number % 2]
            places.put(session, one, places.LiftPlace(area, station, 18.0))
            for carrier, verdict in enumerate(LAST):
                passages.add(session, record(one, carrier, verdict))

    house.store.write(add).result()
    watch(house, ids)
    return ids


def watch(house: House, ids: Sequence[str]) -> None:
    """Let lifts that are registered be watched, armed, and their lines run."""
    for number, one in enumerate(ids):
        house.arm(one)
        report(house, one)
        show(house, one, shade=60 + 4 * number)


def record(lift: str, number: int, verdict: Verdict, *, occupied: bool = True) -> PassageRecord:
    """Return a carrier without pictures."""
    image = ImageJudgement(0.1, 0.9, 0.95, verdict)
    judgement = Judgement(verdict, 0.99, -0.8, occupied, 0.95, (image,) * 3, 1, "tiny-1")
    return PassageRecord(f"{lift}-{number}", lift, number, datetime.now(UTC), 1.0, 2.0, 3.0, judgement, ())


def report(house: House, lift: str, **changed: object) -> None:
    """Let the lift's camera report that it is live, or what is `changed`."""
    live = replace(status_of(lift), carrier_every_s=EVERY_S, frame_age_s=0.1)
    house.cameras.by_lift[lift] = replace(live, **changed)  # type: ignore[arg-type]


def show(house: House, lift: str, *, shade: int = 128, age_s: float = 0.0) -> None:
    """Let the lift's camera have sent a picture some seconds ago."""
    rows = np.linspace(shade, shade // 2, 90, dtype=np.uint8)
    picture = np.repeat(rows[:, None], 160, 1)
    cv2.line(picture, (0, 20), (159, 34), 20, 1)
    cv2.rectangle(picture, (70, 30), (94, 52), 230, -1)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    house.runtime.pipeline.on_event(Snapshot(lift, jpeg, time.monotonic() - age_s))


def alarm(house: House, lift: str | None, kind: AlarmKind = AlarmKind.BAR_OPEN, cause: str = "") -> Alarm:
    """Raise an alarm of a lift."""
    verdict = Verdict.OPEN if kind is AlarmKind.BAR_OPEN else None
    severity = Severity.CRITICAL if verdict else Severity.WARNING
    draft = AlarmDraft(kind, severity, lift, "trouble", verdict=verdict, cause=cause)
    raised = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert raised is not None
    return raised


def trouble(house: House, ids: Sequence[str]) -> None:
    """Give some of at least ten lifts one of everything that needs somebody, the last ones first."""
    report(house, ids[-1], state=CameraState.LOST)
    show(house, ids[-1], age_s=240.0)
    alarm(house, ids[-2])
    alarm(house, ids[-3], AlarmKind.INPUT_DOUBTFUL, "input_stale")
    report(house, ids[-4], line_speed="stopped", carrier_every_s=None)
    house.arm(ids[-5], Arming(ArmingReason.TOO_FEW_PASSAGES, {"seen": 7, "needed": 20}))
    report(house, ids[-6], line_speed="unknown", carrier_every_s=None)
    now = datetime.now(UTC)
    entry = OutOfService(ids[-7], ServiceScope.LIFT, "Anna", "rope inspection", now, now + timedelta(hours=4))
    house.store.write(partial(out_of_service.put, entry=entry)).result()

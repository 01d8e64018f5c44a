"""A service with everything that the page can show at once: for checks of its looks, and for screenshots."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import cv2
import numpy as np

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.clusters import BimodalFit, fit_clusters
from lifts.decision.reasons import Reason
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import ImageJudgement, Verdict
from lifts.schema import Lift
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.camera import CameraState, Snapshot
from service.domain.masks import SiteCalibrationVersion
from service.domain.trials.candidate import Comparison
from service.store import alarms, lifts, passages, site_calibrations
from service.store.trials import comparisons
from service.store.trials.comparisons import LIVE
from tests.service.api.conftest import House, status_of

CAMERA = {"url": "rtsp://camera.example/x", "width": 640, "height": 480}
LIFTS = (
    {"id": "demo-quad", "name": "Demo quad", "camera": CAMERA},
    {"id": "high-six", "name": "High six", "camera": CAMERA},
    {"id": "bare", "name": "A double chairlift of an uncommonly long name"},
)


def fill(house: House) -> None:
    """Enrol three lifts, let carriers pass, propose a site calibration, raise alarms."""
    for lift in LIFTS:
        house.store.write(partial(lifts.put, lift=Lift.model_validate(lift))).result()
    for lift_id in ("demo-quad", "high-six"):
        assert house.enrol(lift_id).status_code == 201
    house.arm("demo-quad")
    house.arm(
        "high-six", Arming(ArmingReason.ONE_STATE_ONLY, {"open": 1, "closed": 31, "seen": 32, "needed": 3})
    )
    house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    house.cameras.by_lift["high-six"] = status_of("high-six", CameraState.LOST)
    picture = np.linspace(60, 200, 90, dtype=np.uint8)[:, None].repeat(160, 1)
    jpeg = cv2.imencode(".jpg", picture)[1].tobytes()
    for lift_id in ("demo-quad", "high-six"):
        house.runtime.pipeline.on_event(Snapshot(lift_id, jpeg, 0.0))
    propose(house)
    for number, verdict in enumerate((Verdict.CLOSED, Verdict.UNKNOWN, Verdict.CLOSED, Verdict.OPEN)):
        carrier(house, number, verdict)
    said = [
        Comparison(passage_id, datetime.now(UTC), counted, 0.9, other, 0.9)
        for passage_id, counted, other in (
            ("p-0", Verdict.CLOSED, Verdict.OPEN),
            ("p-2", Verdict.CLOSED, Verdict.CLOSED),
            ("p-3", Verdict.OPEN, Verdict.UNKNOWN),
        )
    ]
    keep = partial(comparisons.add, lift_id="demo-quad", candidate=1, replay=LIVE, found=said)
    house.store.write(keep).result()
    raise_alarms(house)


def propose(house: House) -> None:
    """Store a site calibration that has learnt of its seat and is compared as a candidate."""
    manifest = house.engine.manifest
    assert manifest.calibration.clusters is not None
    rng = np.random.default_rng(3)
    margins = np.concatenate([rng.normal(0.2, 0.1, 50), rng.normal(1.4, 0.1, 150)])
    seats = BimodalFit(open_mean=-0.2, closed_mean=0.9, spread=0.1, open_share=0.4)
    site = SiteCalibration(fit_clusters(margins, manifest.calibration.clusters), seats=seats)
    found = SiteCalibrationVersion(
        "demo-quad", 0, 1, manifest.identity, site, tuple(margins.tolist()), 12, False, datetime.now(UTC)
    )
    house.store.write(partial(site_calibrations.add, found=found)).result()
    body = {"kind": "calibration", "version": 1}
    assert house.call("POST", "/lifts/demo-quad/candidates", json=body).status_code == 201


def carrier(house: House, number: int, verdict: Verdict) -> None:
    """Store a passage; an unknown one with its reason, the open one with an unclear seat, late."""
    record = house.add_passage(f"template-{number}", verdict)
    unknown, opened = verdict is Verdict.UNKNOWN, verdict is Verdict.OPEN
    judgement = replace(
        record.judgement,
        model=house.engine.manifest.identity,
        occupied=not opened,
        seat_unclear=opened,
        reasons=(Reason.TOO_CLOSE, Reason.DAMAGED) if unknown else (),
        images=tuple(ImageJudgement(0.1, 0.9, 0.95, each) for each in (verdict, Verdict.UNKNOWN, verdict)),
    )
    left_at = record.seen_at - timedelta(seconds=40) if opened else None
    record = replace(record, id=f"p-{number}", number=number, judgement=judgement, left_at=left_at)
    house.store.write(partial(passages.add, record=record)).result()


def raise_alarms(house: House) -> None:
    """Raise alarms of every look: critical, unclear, late, acknowledged, over."""
    evidence = tuple(f"/passages/p-3/pictures/{n}.jpg" for n in (1, 2, 3))
    bar = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "", verdict=Verdict.OPEN)
    now = datetime.now(UTC)
    drafts = (
        replace(bar, message="Bar open on an occupied carrier (confidence 99.0 %)", passage_id="p-1"),
        replace(
            bar,
            severity=Severity.WARNING,
            message="Bar open on a carrier that may be occupied (confidence 99.0 %)",
            passage_id="p-3",
            cause="seat_unclear",
            evidence=evidence,
            left_at=now - timedelta(seconds=40),
        ),
        AlarmDraft(
            AlarmKind.CAMERA_LOST, Severity.WARNING, "high-six", "the camera sends no frames", cause="lost"
        ),
        AlarmDraft(
            AlarmKind.SERVICE_DOWN, Severity.WARNING, "bare", "Not watched from 08:00 to 08:02", cause="x"
        ),
    )
    raised = [put(house, draft) for draft in drafts]
    house.call("POST", f"/alarms/{raised[2].id}/acknowledge")


def put(house: House, draft: AlarmDraft) -> Alarm:
    alarm = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm

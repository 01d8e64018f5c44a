"""A house with a row in every table, each as the service reads it."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from lifts.decision.budgets.choosing import BudgetKind, BudgetWish
from lifts.decision.budgets.rates import RateEstimate, ThresholdCost
from lifts.decision.calibration import VerdictBand
from lifts.decision.clusters import BimodalFit
from lifts.decision.prototypes import Prototypes
from lifts.decision.site import SiteCalibration
from lifts.schema import Lift, Pose, Track
from service.domain.escalation.plan import EscalationRule, EscalationStep
from service.domain.masks import BudgetVersion, SiteCalibrationVersion
from service.domain.people import Role
from service.domain.trials.selftest import SelfTest, SelfTestCheck, SelfTestCode, SelfTestResult
from service.setup.jobs.state import SetupJob, SetupRequest
from service.store import budgets, escalations, lifts, masks, site_calibrations
from service.store.alarms import history
from service.store.delivery import plant
from service.store.delivery.plant import StoredControl
from service.store.people import users
from service.store.setup import jobs
from service.store.tables import Base
from service.store.trials import self_tests
from tests.service.api.conftest import House
from tests.tools.tiny_model import OPEN_Y, draw_picture, png


def filled(house: House) -> House:
    """A house with a row in every table: a lift with masks, a carrier, its alarm, a comment, a sign-in."""
    assert house.enrol(files={"reference_open": ("r.png", png(draw_picture(OPEN_Y)))}).status_code == 201
    with house.store.reading() as session:
        version = masks.active(session, "demo-quad")
    assert version is not None
    size = version.embeddings.shape[2]
    prototypes = Prototypes(np.zeros((3, size), np.float32), (0.0, 0.0, 0.0), (0.5, 0.5, 0.5))
    learnt = SiteCalibration(BimodalFit(-0.5, 0.5, 0.1, 0.2), prototypes, np.zeros(size, np.float32))
    found = SiteCalibrationVersion(
        "demo-quad", 0, 1, version.model, learnt, (0.1, 0.2), 1, False, datetime.now(UTC), 2, 1
    )
    house.store.write(lambda session: site_calibrations.add(session, found)).result()
    house.add_passage()
    house.runtime.vault.put("quad", "camera.example", "viewer", "secret")
    pose = Pose(x=100, y=90, scale=0.5)
    track = Track(
        begin=pose, middle=pose.model_copy(update={"x": 200}), end=pose.model_copy(update={"x": 300})
    )
    lift = Lift(id="demo-quad", name="Quad", track=track)
    house.store.write(lambda session: lifts.put(session, lift)).result()
    request = SetupRequest(url="rtsp://camera.example/", name="Quad")
    job = SetupJob(
        lift_id="demo-quad", job_id="j", request=request, started_by="me", started_at=datetime.now(UTC)
    )
    house.store.write(lambda session: jobs.put(session, job)).result()
    assert review(house).status_code == 200
    alarm = house.raise_alarm()
    house.store.write(lambda session: history.comment(session, alarm.id, "me", "seen")).result()
    house.client.post("/session", json={"token": house.tokens[Role.VIEWER]}).raise_for_status()
    add = partial(users.create, name="Anna", grants={"*": Role.VIEWER}, password="$argon2id$")
    anna = house.store.write(add).result()
    until = datetime.now(UTC) + timedelta(days=1)
    house.store.write(partial(users.new_link, user_id=anna.id, expires_at=until)).result()
    fill(house, alarm.id)
    return house


def fill(house: House, alarm_id: str) -> None:
    """Give every table that has no row yet one, of the lift, its alarm and plausible values."""
    said: dict[str, Any] = {
        "lift_id": "demo-quad", "alarm_id": alarm_id, "passage_id": "p-1", "scope": "lift", "verdict": "open",
        "candidate_verdict": "closed", "sha256": "0" * 64, "stored": None, "none": "expired", "file": None,
        "until": datetime.now(UTC) + timedelta(days=1), "inputs": None, "user_id": None, "token_id": None,
    }  # fmt: skip
    kinds = {"candidates": "masks", "outputs": "webhook", "set_aside": "bar_open"}
    states = {"candidates": "proposed", "replays": "done", "watch_spans": "watched"}
    by_type: dict[str, Any] = {
        "Integer": 1, "Float": 0.5, "Boolean": True, "JSON": {}, "LargeBinary": b"sealed",
        "UtcDateTime": datetime.now(UTC), "String": "x", "Text": "{}",
    }  # fmt: skip

    def add(session: Session) -> None:
        fill_readable(session)
        for table in Base.metadata.sorted_tables:
            name = table.name
            if session.execute(table.select().limit(1)).first() is None:
                own = {**said, "kind": kinds.get(name, "x"), "state": states.get(name, "x")}
                row = {c.name: own.get(c.name, by_type[type(c.type).__name__]) for c in table.columns}
                session.execute(table.insert().values(row))

    house.store.write(add).result()


def fill_readable(session: Session) -> None:
    """What plausible values alone do not make readable: stored as the service stores it."""
    now = datetime.now(UTC)
    cost = ThresholdCost(*[RateEstimate(0.2, 0.1, 0.3)] * 4)
    wish, band = BudgetWish(BudgetKind.MISSES_PER_1000, 1.0), VerdictBand(0.3, 0.6)
    numbers = {"passages": 100.0, "opened": 3.0, "reviewed": 2.0, "carriers_a_day": 1000.0}
    budget = BudgetVersion(
        "demo-quad", 0, wish, 1, "tiny", 1, band, 0.1, cost, cost, numbers, "me", True, now
    )
    budgets.add(session, budget)
    check = SelfTestCheck("view", SelfTestResult.PASSED, SelfTestCode.OK, "the enrolled view")
    done = SelfTest("t-1", "demo-quad", 0, now, now, "system", (check,), (), 1, "tiny", 0)
    self_tests.add(session, done, lambda _: ("signature", "key"))
    control = StoredControl("c-1", "plc.example", 502, 1, 7, None, "me", now)
    plant.put_control(session, "demo-quad", control, "propose")
    plant.put_inputs(
        session, "demo-quad", {"kind": "mqtt", "host": "broker.example", "line_running": {"topic": "running"}}
    )
    step = EscalationStep(60.0, (), "Anna")
    escalations.replace(session, [EscalationRule((step,), "demo-quad", 2)])


def review(house: House) -> Any:
    return house.call("POST", "/passages/p-1/review", Role.OPERATOR, json={"verdict": "open"})

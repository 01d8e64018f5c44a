"""A lift is healthy only while everything between its carriers and their alarms is."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from service.alarms.doubts import Key
from service.domain.alarm import BLIND, AlarmKind
from service.domain.camera import CameraState
from service.host.runner import Runner, Runners
from service.industry.report.nouns import LineState
from service.industry.sight import ALARM_PATH, BLIND_AFTER_S, LONGEST_STEP_S, ServiceMarks, Sight
from service.store.tables import OutOfServiceRow
from service.verdicts.board import StatusBoard
from tests.service.industry.inputs.test_watch import LIFT, status
from tests.service.store.empty import open_empty


class Scene:
    """A service that works and sees, of which a test spoils one thing."""

    def __init__(self) -> None:
        self.board, self.armed, self.state = StatusBoard(), True, "ready"
        self.runners, self.ended = Runners(), threading.Event()
        for name in ALARM_PATH:
            runner = self.runners.add(Runner(name, self._wait))
            runner.start()
        self.now_s = 0.0
        self.standing: set[Key] = set()
        pipeline: Any = SimpleNamespace(
            board=self.board,
            arming=lambda _: SimpleNamespace(armed=self.armed),
            conditions=SimpleNamespace(standing=lambda: self.standing),
        )
        engine: Any = SimpleNamespace(status=SimpleNamespace(state="ready"))
        self.engine = engine
        self.sight = Sight(pipeline, self.runners, engine, clock=lambda: time.monotonic() + self.now_s)
        self.board.put(status(6.0))

    def runner(self, name: str) -> Runner:
        return next(runner for runner in self.runners if runner.name == name)

    def _wait(self) -> bool:
        self.ended.wait(60)
        return False


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    for runner in made.runners:
        runner.heartbeat.idle()
    yield made
    made.ended.set()


def test_all_is_well_and_the_line_runs(scene: Scene) -> None:
    """Where nothing is wrong it says so; how the line moves is what the camera sees."""
    assert scene.sight.healthy(LIFT)
    assert scene.sight.line(LIFT) is LineState.RUNNING
    scene.board.put(status(None))
    assert scene.sight.line(LIFT) is LineState.STOPPED
    scene.board.put(status(6.0, line_speed="unknown"))
    assert scene.sight.line(LIFT) is LineState.UNKNOWN


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": CameraState.DEGRADED},
        {"state": CameraState.LOST},
        {"cause": "lens_covered"},
        {"frame_age_s": None},
        {"frame_age_s": BLIND_AFTER_S + 0.1},
    ],
)
def test_a_camera_that_shows_nothing_sees_nothing(scene: Scene, wrong: dict[str, Any]) -> None:
    """Lost, late, covered; and no line is known then."""
    scene.board.put(replace(status(6.0), **wrong))
    assert not scene.sight.sees(LIFT)
    assert not scene.sight.healthy(LIFT)
    assert scene.sight.line(LIFT) is LineState.UNKNOWN


@pytest.mark.parametrize("kind", sorted(BLIND))
def test_a_lift_whose_carriers_leave_unseen_is_not_seen_however_well_its_camera_is(
    scene: Scene, kind: AlarmKind
) -> None:
    """They cannot be judged, or are another lift's: no coil is energised. How the line moves is shown."""
    scene.standing = {(AlarmKind.DISK_LOW, None, ""), (kind, "other", "")}
    assert scene.sight.healthy(LIFT)
    for place in (LIFT, None):
        scene.standing = {(kind, place, "of whatever cause")}
        assert not scene.sight.sees(LIFT)
        assert not scene.sight.healthy(LIFT)
    assert scene.sight.line(LIFT) is LineState.RUNNING


def test_a_camera_that_reports_nothing_any_more_sees_nothing(scene: Scene) -> None:
    """Its last report grows old with it; a lift that was never reported is not seen either."""
    scene.now_s = BLIND_AFTER_S
    assert not scene.sight.sees(LIFT)
    assert not scene.sight.sees("nowhere")


def test_what_hangs_or_is_gone_between_carrier_and_alarm_is_no_health(scene: Scene) -> None:
    """Each thread by name; the network; and a lift that is not armed."""
    for name in sorted(ALARM_PATH):
        runner = scene.runner(name)
        runner.heartbeat._since_mono_s = time.monotonic() - LONGEST_STEP_S - 0.1
        assert not scene.sight.works(), name
        runner.heartbeat.idle()
        assert scene.sight.works(), name
    scene.engine.status.state = "down"
    assert not scene.sight.works()
    scene.engine.status.state = "ready"
    scene.armed = False
    assert scene.sight.works()
    assert not scene.sight.healthy(LIFT)
    scene.armed = True
    scene.runner("conditions").stopping.set()
    assert not scene.sight.works(), "a thread that has ended works no more"


def test_a_lift_out_of_service_is_not_healthy(tmp_path: Path) -> None:
    """Until its time is over."""
    store, now = open_empty(tmp_path), datetime(2026, 11, 29, 7, 0, tzinfo=UTC)
    row = OutOfServiceRow(
        lift_id=LIFT, scope="lift", by="Anna", reason="wind", since=now, until=now + timedelta(hours=1)
    )
    store.write(lambda session: session.add(row)).result()
    marks = ServiceMarks(store, lambda: now)
    marks.look()
    assert not marks.in_service(LIFT)
    assert marks.in_service("other")
    now += timedelta(hours=2)
    marks.look()
    assert marks.in_service(LIFT)
    store.close()

"""A line that runs without passages is reported as unseen; one that stands is not."""

from dataclasses import dataclass, field

import pytest

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.frame import Frame
from service.domain.health import Health
from service.health.carriers import CarrierWatch, SceneMotion
from service.health.view import inspect
from tests.faults.scenes import RUNNING, picture, still


@dataclass
class Line:
    """A watch on a clock of its own, checked five times a second."""

    watch: CarrierWatch = field(default_factory=lambda: CarrierWatch("lift"))
    now_s: float = 100.0

    def run(
        self,
        seconds: float,
        *,
        speed: str = "unknown",
        interval_s: float | None = None,
        moving: float = 0.5,
        seeing: bool = True,
    ) -> list[tuple[float, Health]]:
        """Let time pass; return what was reported, with the seconds since the start."""
        reports: list[tuple[float, Health]] = []
        for step in range(1, round(seconds * 5) + 1):
            self.now_s += 0.2
            moves = step % 10 < 10 * moving
            found = self.watch.step(
                self.now_s, moving=moves, seeing=seeing, line_speed=speed, interval_s=interval_s
            )
            reports += [(step / 5, event) for event in found]
        return reports


@pytest.mark.parametrize(("interval_s", "limit_s"), [(None, 60.0), (6.0, 60.0), (15.0, 90.0)])
def test_a_running_line_without_passages_is_an_alarm(interval_s: float | None, limit_s: float) -> None:
    """After a minute or six intervals, whichever is longer; taken back with the first carrier."""
    line = Line()
    line.run(10.0)
    assert line.watch.passage(line.now_s) == []
    reports = line.run(limit_s + 20.0, speed="3.3 s per passage", interval_s=interval_s)
    [(at_s, event)] = reports
    assert at_s == pytest.approx(limit_s, abs=1.0)
    assert (event.kind, event.active, event.cause) == (AlarmKind.LIFT_UNKNOWN_RATE, True, Reason.NO_CARRIERS)
    assert "no carrier recognised" in event.message
    [over] = line.watch.passage(line.now_s)
    assert (over.kind, over.active, over.cause) == (event.kind, False, event.cause)


@pytest.mark.parametrize("speed", ["stopped", "backwards"])
def test_a_line_that_stands_is_none(speed: str) -> None:
    """Ten minutes of standing say nothing, and are no all-clear: only a recognised carrier is."""
    line = Line()
    assert line.run(600.0, speed=speed, interval_s=6.0) == []
    assert line.run(50.0, speed="3.3 s per passage", interval_s=6.0) == []
    assert [event.active for _, event in line.run(20.0, interval_s=6.0)] == [True]
    assert line.run(600.0, speed=speed, interval_s=6.0) == []


def test_where_nothing_moves_no_carriers_are_due() -> None:
    """The closed station at night: pictures come, hardly anything moves, and nothing is reported."""
    assert Line().run(3600.0, moving=0.1) == []


def test_what_is_not_seen_is_not_counted() -> None:
    """While the camera itself is impaired that has its own alarm."""
    line = Line()
    assert line.run(300.0, seeing=False) == []
    assert line.run(50.0) == []


def test_carriers_are_motion_and_noise_is_none() -> None:
    """The running line moves where carriers pass; the standing one with its sensor's noise does not."""
    shown = {"running": [picture(n) for n in range(40)], "standing": [still(n) for n in range(40)]}
    moving = {}
    for name, images in shown.items():
        motion = SceneMotion(RUNNING.track, 640, 360)
        views = [
            inspect(Frame.of_bgr(image, index=n, t_s=n / 5, t_mono_s=n / 5)) for n, image in enumerate(images)
        ]
        moving[name] = sum(motion.step(view) for view in views) / len(views)
    assert moving["running"] > 0.4
    assert moving["standing"] == 0.0

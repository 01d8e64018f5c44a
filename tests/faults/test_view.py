"""Rows 4 and 7: a picture that stands still, and a camera that no longer sees what it should."""

import itertools
import pickle
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Verdict
from service.alarms import conditions, lifecycle
from service.capture.files import FileSource
from service.domain.alarm import AlarmKind, AlarmState
from service.domain.arrays import Image
from service.domain.frame import Frame
from service.domain.health import Health
from service.health.camera import CameraHealth
from service.health.reference import ReferenceView
from service.health.view import inspect
from service.inference.inline import InlineEngine
from service.store import alarms
from service.store.database import Store
from tests.faults.scenes import Camera, Change, encode, judged, picture

LOOKS = 1.25


def moved(image: Image) -> Image:
    """Knocked aside: 16 of 640 pixels."""
    matrix = np.array([[1, 0, 16], [0, 1, 6]], np.float64)
    return np.asarray(cv2.warpAffine(image, matrix, (640, 360), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def turned(image: Image) -> Image:
    """It looks elsewhere."""
    return np.ascontiguousarray(image[::-1, ::-1])


def covered(image: Image) -> Image:
    """A cap on the lens, in daylight."""
    return np.asarray(cv2.add(image // 64, np.full_like(image, 110)), np.uint8)


def snowed(image: Image) -> Image:
    """Snow sticks to most of the lens."""
    rng = np.random.default_rng(3)
    cover = np.zeros((360, 640), np.float32)
    while (cover > 0).mean() < 0.85:
        at = int(rng.integers(0, 640)), int(rng.integers(0, 360))
        cv2.circle(cover, at, int(rng.integers(40, 130)), 1.0, -1)
    soft = np.asarray(cv2.GaussianBlur(cover, (0, 0), 13), np.float32)[..., None]
    return np.asarray(image * (1 - soft) + 190 * soft, np.uint8)


def dark(image: Image) -> Image:
    """Night, and the lamps are off."""
    return np.asarray(image // 24, np.uint8)


def blurred(image: Image) -> Image:
    """Out of focus."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 9), np.uint8)


def glaring(image: Image) -> Image:
    """The sun shines into it."""
    return np.asarray(cv2.add(image // 3, np.full_like(image, 230)), np.uint8)


@pytest.mark.fault(7)
@pytest.mark.parametrize(
    ("change", "kind", "cause"),
    [
        (moved, AlarmKind.VIEW_CHANGED, Reason.CAMERA_MOVED),
        (turned, AlarmKind.VIEW_CHANGED, Reason.ANOTHER_VIEW),
        (covered, AlarmKind.LOW_VISIBILITY, Reason.LENS_COVERED),
        (snowed, AlarmKind.LOW_VISIBILITY, Reason.LENS_PARTLY_COVERED),
        (dark, AlarmKind.LOW_VISIBILITY, Reason.DARK),
        (blurred, AlarmKind.LOW_VISIBILITY, Reason.BLURRED),
        (glaring, AlarmKind.LOW_VISIBILITY, Reason.OVER_EXPOSED),
    ],
)
def test_what_a_camera_cannot_see_is_said_within_30_s(change: Change, kind: AlarmKind, cause: Reason) -> None:
    """Row 7: the right alarm within 30 s, with its cause, and nothing else; over when it is over."""
    health = CameraHealth("lift", 0.0)
    assert watch(health, 0.0, 20.0) == []
    reports = watch(health, 20.0, 30.0, change)
    assert [(event.kind, event.active, event.cause) for _, event in reports] == [(kind, True, cause)]
    assert reports[0][0] - 20.0 <= 30.0
    assert health.trouble is not None
    assert (health.trouble.cause, health.trouble.message) == (cause, reports[0][1].message)
    assert health.trouble.parameters == reports[0][1].parameters
    assert [(event.kind, event.active) for _, event in watch(health, 50.0, 30.0)] == [(kind, False)]
    assert health.problem is None


@pytest.mark.fault(7)
def test_a_camera_moved_while_nobody_looked_is_said_to_be() -> None:
    """Rows 7 and 9: the camera's process dies; the next one gets the reference view and is not fooled."""
    before = CameraHealth("lift", 0.0)
    assert watch(before, 0.0, 20.0) == []
    assert before.reference is not None
    given: ReferenceView = pickle.loads(pickle.dumps(before.reference))
    assert watch(CameraHealth("lift", 20.0, reference=given), 20.0, 30.0) == []
    reports = watch(CameraHealth("lift", 20.0, reference=given), 20.0, 30.0, moved)
    (event,) = [event for _, event in reports]
    assert (event.kind, event.cause) == (AlarmKind.VIEW_CHANGED, Reason.CAMERA_MOVED)


def watch(
    health: CameraHealth, from_s: float, seconds: float, change: Change = lambda image: image
) -> list[tuple[float, Health]]:
    """Show the running line, each picture changed; return what was reported, and when."""
    reports: list[tuple[float, Health]] = []
    for number in range(round(from_s * LOOKS), round((from_s + seconds) * LOOKS)):
        at_s = number / LOOKS
        frame = Frame.of_bgr(change(picture(2 * number)), index=number, t_s=at_s, t_mono_s=at_s)
        reports += [(at_s, event) for event in health.frame(inspect(frame), at_s)]
    return reports


@pytest.mark.thorough
@pytest.mark.fault(7)
def test_a_line_that_stands_and_a_camera_that_is_moved(inline_engine: InlineEngine) -> None:
    """Stopped for 80 s: reported, nothing raised. Row 7: from the alarm on, every carrier is `unknown`."""
    camera = Camera()
    camera.play(28.0)
    assert len(camera.passages()) >= 4
    camera.play(80.0, stands=True)
    assert camera.status().line_speed == "stopped"
    assert camera.status().accounted
    assert camera.status().still_s > 60.0
    assert camera.passages(after_s=31.0) == []
    camera.play(12.0)
    assert "s per passage" in camera.status().line_speed
    assert camera.status().still_s < 5.0
    assert camera.passages(after_s=108.0)
    assert not [event for _, event in camera.events if isinstance(event, Health)]
    camera.play(35.0, moved)
    [(at_s, reports)] = [(t_s, event) for t_s, event in camera.events if isinstance(event, Health)]
    assert (reports.kind, reports.cause) == (AlarmKind.VIEW_CHANGED, Reason.CAMERA_MOVED)
    judgements = [judged(passage, inline_engine) for passage in camera.passages(after_s=at_s)]
    assert len(judgements) >= 3
    assert {each.verdict for each in judgements} == {Verdict.UNKNOWN}
    assert all(Reason.CAMERA_MOVED in each.reasons for each in judgements)


@pytest.mark.fault(7)
@pytest.mark.parametrize("cut", [True, False])
def test_pictures_of_another_shape_are_no_picture_of_the_same_view(cut: bool) -> None:
    """Row 7: a camera that was reset sends 4:3, cut off or squeezed: said, and `unknown` until undone."""

    def reset(image: Image) -> Image:
        return (
            np.ascontiguousarray(image[:, 80:560])
            if cut
            else np.asarray(cv2.resize(image, (480, 360)), np.uint8)
        )

    camera = Camera()
    camera.play(28.0)
    camera.play(28.0, reset)
    [(at_s, said)] = [(t_s, event) for t_s, event in camera.events if isinstance(event, Health)]
    assert (said.kind, said.cause, said.active) == (AlarmKind.VIEW_CHANGED, Reason.ANOTHER_VIEW, True)
    assert said.parameters == {"width": 480, "height": 360}
    passages = camera.passages(after_s=at_s)
    assert len(passages) >= 2
    problems = {picture.problem for passage in passages for picture in passage.pictures}
    assert problems == {Reason.ANOTHER_VIEW}
    camera.play(12.0)
    assert [event.active for _, event in camera.events if isinstance(event, Health)] == [True, False]


@pytest.mark.fault(7)
def test_a_camera_of_another_shape_than_its_lift_is_no_trouble_by_itself() -> None:
    """Row 7: a second stream of 4:3 pixels from the start is what the lift was set up with."""
    camera = Camera()
    camera.play(32.0, lambda image: np.asarray(cv2.resize(image, (480, 360)), np.uint8))
    assert not [event for _, event in camera.events if isinstance(event, Health)]


@pytest.mark.fault(4)
def test_a_frozen_picture_is_said_within_10_s(tmp_path: Path) -> None:
    """Row 4: the same frame, encoded again and again with advancing stamps: camera_frozen within 10 s."""
    frozen_s = 1.0
    shown = itertools.chain((picture(n) for n in range(25)), itertools.repeat(picture(24), 25 * 13))
    health = CameraHealth("lift", 0.0)
    reports: list[tuple[float, Health]] = []
    frames = list(FileSource(encode(tmp_path / "a.mp4", shown, 25.0, key_every=25), max_fps=5.0))
    assert all(b.t_s > a.t_s for a, b in itertools.pairwise(frames))
    for frame in frames:
        reports += [(frame.t_s, event) for event in health.frame(inspect(frame), frame.t_s)]
    assert [(event.kind, event.active) for _, event in reports] == [(AlarmKind.CAMERA_FROZEN, True)]
    assert reports[0][0] - frozen_s <= 10.0
    assert health.problem == Reason.CAMERA_FROZEN


@pytest.mark.fault(4)
@pytest.mark.parametrize("baseline_px", [30, 352])
@pytest.mark.parametrize("size", [0.6, 0.8, 1.0, 1.3])
def test_a_clock_that_runs_over_a_frozen_picture_is_no_sign_of_life(baseline_px: int, size: float) -> None:
    """Row 4: cameras and recorders write the time over what stands still; 14 to 28 of 360 pixels."""
    health = CameraHealth("lift", 0.0)
    watch(health, 0.0, 20.0)
    frozen, shown = picture(24), itertools.count()

    def ticking(_: Image) -> Image:
        second = int(next(shown) / LOOKS)
        text = f"2026-01-01 12:{second // 60:02d}:{second % 60:02d}"
        place = (20, baseline_px)
        written = cv2.putText(frozen.copy(), text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (255, 255, 255), 2)
        return np.asarray(written, np.uint8)

    reports = watch(health, 20.0, 90.0, ticking)
    assert [(event.kind, event.active) for _, event in reports] == [(AlarmKind.CAMERA_FROZEN, True)]
    assert reports[0][0] - 20.0 <= 10.0


@pytest.mark.fault(31)
def test_a_lens_that_is_covered_under_shelved_snow_is_a_new_event(store: Store) -> None:
    """Row 31: snow on the lens is shelved, then the lens is covered: another alarm, active, within 30 s."""
    health = CameraHealth("lift", 0.0)
    watch(health, 0.0, 20.0)
    for _, event in watch(health, 20.0, 30.0, snowed):
        store.write(partial(conditions.apply, health=event)).result()
    with store.reading() as session:
        (snow,) = alarms.standing(session)
    until = datetime.now(UTC) + timedelta(hours=1)
    shelve = partial(lifecycle.shelve, alarm_id=snow.id, actor="anna", until=until, reason="it snows")
    shelved = store.write(shelve).result()
    for _, event in watch(health, 50.0, 30.0, covered):
        store.write(partial(conditions.apply, health=event)).result()
    with store.reading() as session:
        (now,) = alarms.standing(session)
        heard = [entry.alarm for entry in alarms.outbox(session, shelved.seq)]
    assert now.id != snow.id
    assert (now.state, now.cause) == (AlarmState.ACTIVE, Reason.LENS_COVERED)
    assert now in heard

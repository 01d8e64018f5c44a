"""Which cameras are watched follows from what the store says, and from nothing else."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from structlog.testing import CapturingLogger

from lifts.schema import Camera, Lift
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.camera import CameraEvent, CameraState, CameraStatus, WatchedLift
from service.domain.health import Health
from service.host.runner import Runners
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.station.cameras import Cameras
from service.store import alarms, lifts, masks
from tests.service.store.empty import open_empty
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, TinyEmbedder, draw_mask, tiny_manifest

POSES = {
    name: {"x": x, "y": 200.0, "scale": 0.5} for name, x in {"begin": 200, "middle": 300, "end": 400}.items()
}


def lift_of(lift_id: str, url: str | None = "rtsp://camera/1", *, track: bool = True) -> Lift:
    camera = {"url": url, "width": 640, "height": 480}
    shape = {"id": lift_id, "name": lift_id, "camera": camera, "track": POSES if track else None}
    return Lift.model_validate(shape)


class Scripted:
    """A supervisor that only notes what is asked of it."""

    process = (4711, 2)

    def __init__(self, house: "House", watched: WatchedLift) -> None:
        self.house, self.watched = house, watched
        self.status = CameraStatus(watched.lift.id, CameraState.LIVE, "", 12.0, 0.1, 1, 0, 0, "normal")

    def start(self) -> None:
        if self.watched.lift.id in self.house.broken:
            raise RuntimeError("can't start new thread")
        self.house.note("start", self.watched)

    def ask_to_stop(self) -> None: ...

    def stop(self) -> None:
        self.house.note("stop", self.watched)


class House:
    """A store, its cameras, and what was done."""

    def __init__(self, data: Path) -> None:
        self.store = open_empty(data)
        self.done: list[tuple[str, WatchedLift]] = []
        self.health: list[CameraEvent] = []
        self.reloaded: list[str] = []
        self.listed: list[tuple[set[str], set[str]]] = []
        self.broken: set[str] = set()
        self.changed = threading.Condition()
        make = lambda watched, _: Scripted(self, watched)  # noqa: E731
        self.runners = Runners()
        self.cameras = Cameras(
            self.store, make, self.report, self.reload, self.note_listed, runners=self.runners
        )

    def note(self, what: str, watched: WatchedLift) -> None:
        with self.changed:
            self.done.append((what, watched))
            self.changed.notify_all()

    def report(self, event: CameraEvent) -> None:
        with self.changed:
            self.health.append(event)
            self.changed.notify_all()

    def reload(self, lift_id: str) -> None:
        if lift_id in self.broken:
            raise KeyError(lift_id)
        with self.changed:
            self.reloaded.append(lift_id)
            self.changed.notify_all()

    def note_listed(self, lift_ids: frozenset[str]) -> None:
        """Note what is listed, and what is watched."""
        if "listing" in self.broken:
            raise OSError("no such disk")
        with self.changed:
            self.listed.append((set(lift_ids), {status.lift_id for status in self.cameras.statuses()}))
            self.changed.notify_all()

    def put(self, lift: Lift) -> None:
        self.store.write(partial(lifts.put, lift=lift)).result()
        self.cameras.refresh()

    def until(self, condition: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(condition, 120)

    def calls(self) -> list[tuple[str, str]]:
        return [(what, watched.lift.id) for what, watched in self.done]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """An empty store whose cameras are followed."""
    made = House(tmp_path)
    made.cameras.start()
    yield made
    made.cameras.stop()
    made.store.close()


def test_the_stream_that_is_watched_decides() -> None:
    """The substream where it is chosen; choosing one that is not there is refused."""
    both = {"url": "rtsp://camera/1", "substream": "rtsp://camera/2", "width": 640, "height": 480}
    assert Camera.model_validate(both).watched_url == "rtsp://camera/1"
    assert Camera.model_validate({**both, "stream": "sub"}).watched_url == "rtsp://camera/2"
    with pytest.raises(ValueError, match="no substream"):
        Camera.model_validate({**both, "stream": "sub", "substream": None})
    with pytest.raises(ValueError, match="credentials in clear"):
        Camera.model_validate({**both, "substream": "rtsp://user:canary@camera/2"})


def test_cameras_come_and_go_with_the_configuration(house: House) -> None:
    """A new lift is watched, a changed one anew, a removed one no more; without camera or track: not."""
    house.put(lift_of("no-camera", None))
    house.put(lift_of("no-track", track=False))
    house.put(lift_of("a"))
    house.until(lambda: house.calls() == [("start", "a")])
    house.put(lift_of("b"))
    house.until(lambda: len(house.done) == 2)
    house.put(lift_of("a", "rtsp://camera/2"))
    house.until(lambda: house.calls()[2:] == [("stop", "a"), ("start", "a")])
    assert house.done[-1][1].lift.camera == lift_of("a", "rtsp://camera/2").camera
    assert {status.lift_id for status in house.cameras.statuses()} == {"a", "b"}
    assert house.cameras.status("no-camera") is None
    house.store.write(partial(lifts.delete, lift_id="a")).result()
    house.cameras.refresh()
    house.until(lambda: house.calls()[4:] == [("stop", "a")])
    house.cameras.stop()
    assert house.calls()[5:] == [("stop", "b")]


def test_new_masks_reach_camera_and_judge(house: House) -> None:
    """After an enrolment, from whichever process, camera and judge go by the new masks."""
    house.put(lift_of("a"))
    house.until(lambda: len(house.done) == 1)
    assert house.done[0][1].masks is None
    engine = InlineEngine(TinyEmbedder(), tiny_manifest())
    version = enrol("a", draw_mask(OPEN_Y), draw_mask(CLOSE_Y), {}, engine)
    house.store.write(partial(masks.add, version=version)).result()
    house.cameras.refresh()
    house.until(lambda: house.calls()[1:] == [("stop", "a"), ("start", "a")])
    found = house.done[-1][1].masks
    assert found is not None
    assert (found.open == version.masks.open).all()
    assert house.reloaded == ["a"]


def test_alarms_of_a_camera_that_is_gone_are_withdrawn(house: House) -> None:
    """Nobody else could say that the condition is over; alarms of cameras that stay are left alone."""
    for lift_id in ("a", "b"):
        house.put(lift_of(lift_id))
    house.until(lambda: len(house.done) == 2)
    for lift_id in ("a", "b"):
        draft = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, lift_id, "no frames")
        house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    house.store.write(partial(lifts.delete, lift_id="a")).result()
    house.cameras.refresh()
    house.until(lambda: bool(house.health))
    assert {
        (event.kind, event.lift_id, event.active) for event in house.health if isinstance(event, Health)
    } == {(AlarmKind.CAMERA_LOST, "a", False)}


def invalid_alarms(house: House) -> list[tuple[str | None, bool]]:
    return [
        (event.lift_id, event.active)
        for event in house.health
        if isinstance(event, Health) and event.kind is AlarmKind.LIFT_INVALID
    ]


def test_an_invalid_lift_is_out_of_service_alone(house: House) -> None:
    """Its row does not validate: an alarm says so, the others are watched; mended, it is in service again."""
    house.put(lift_of("b"))
    house.until(lambda: len(house.done) == 1)
    house.store.write(lambda s: s.execute(text("UPDATE lifts SET config = '{}' WHERE id = 'b'"))).result()
    house.put(lift_of("c"))
    house.until(lambda: house.calls()[1:] == [("stop", "b"), ("start", "c")])
    house.until(lambda: invalid_alarms(house) == [("b", True)])
    house.put(lift_of("b"))
    house.until(lambda: house.calls()[3:] == [("start", "b")])
    house.until(lambda: invalid_alarms(house) == [("b", True), ("b", False)])
    assert house.runners.troubles() == {}


def test_a_camera_that_cannot_be_started_is_one_lifts_trouble(house: House) -> None:
    """The others start, an alarm says so, and it is tried again."""
    house.broken.add("a")
    for lift_id in ("a", "b"):
        house.put(lift_of(lift_id))
    house.until(lambda: house.calls() == [("start", "b")])
    house.until(lambda: invalid_alarms(house) == [("a", True)])
    house.broken.clear()
    house.cameras.refresh()
    house.until(lambda: house.calls()[1:] == [("start", "a")])
    house.until(lambda: invalid_alarms(house) == [("a", True), ("a", False)])


def test_masks_that_cannot_be_used_hold_up_no_camera(house: House) -> None:
    """Whatever comes of them: cameras are watched meanwhile, and the masks are tried again."""
    engine = InlineEngine(TinyEmbedder(), tiny_manifest())
    house.broken.add("a")
    for lift_id in ("a", "b"):
        house.store.write(partial(lifts.put, lift=lift_of(lift_id, None))).result()
        version = enrol(lift_id, draw_mask(OPEN_Y), draw_mask(CLOSE_Y), {}, engine)
        house.store.write(partial(masks.add, version=version)).result()
    house.put(lift_of("c"))
    house.until(lambda: house.calls() == [("start", "c")])
    house.until(lambda: house.reloaded == ["b"])
    house.broken.clear()
    house.cameras.refresh()
    house.until(lambda: house.reloaded == ["b", "a"])


def test_damaged_masks_are_reported_once_and_tried_again_when_their_row_changes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often the store is looked at: one alarm, one line in the log without a traceback, one try."""
    tried: list[str] = []

    def reload(lift_id: str) -> None:
        tried.append(lift_id)
        with house.store.reading() as session:
            masks.active(session, lift_id)
        house.reload(lift_id)

    logger = CapturingLogger()
    monkeypatch.setattr("service.station.cameras.log", logger)
    monkeypatch.setattr(house.cameras, "_on_masks", reload)
    version = enrol(
        "a", draw_mask(OPEN_Y), draw_mask(CLOSE_Y), {}, InlineEngine(TinyEmbedder(), tiny_manifest())
    )
    house.store.write(partial(lifts.put, lift=lift_of("a", None))).result()
    house.store.write(partial(masks.add, version=version)).result()
    house.store.write(lambda s: s.execute(text("UPDATE mask_versions SET warnings = '{half'"))).result()
    for n in range(3):  # each camera that starts is a look at the store
        house.put(lift_of(f"c{n}"))
        house.until(lambda n=n: len(house.done) == n + 1)  # type: ignore[misc]
    assert tried == ["a"]
    assert invalid_alarms(house) == [("a", True)]
    (line,) = [call for call in logger.calls if call.args == ("masks cannot be used",)]
    assert line.kwargs["exc_info"] is None
    house.store.write(lambda s: s.execute(text("UPDATE mask_versions SET warnings = '[]'"))).result()
    house.cameras.refresh()
    house.until(lambda: house.reloaded == ["a"])
    house.until(lambda: invalid_alarms(house) == [("a", True), ("a", False)])


def test_nothing_unforeseen_ends_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """What fails is tried again, and named while it fails."""
    real, failing = lifts.listing, True

    def listing(session: Session) -> tuple[Lift, ...]:
        if failing:
            raise ZeroDivisionError("no lifts")
        return real(session)

    monkeypatch.setattr(lifts, "listing", listing)
    house.put(lift_of("a"))
    pause = threading.Event()
    while house.runners.troubles() != {"cameras": "failing: ZeroDivisionError: no lifts"}:
        pause.wait(0.01)
    failing = False
    house.until(lambda: house.calls() == [("start", "a")])


def test_others_are_told_which_lifts_there_are_once_cameras_of_others_have_ended(house: House) -> None:
    """Those without a camera and those whose configuration is damaged are lifts as well."""
    house.until(lambda: house.listed == [(set(), set())])
    house.put(lift_of("a"))
    house.until(lambda: house.calls() == [("start", "a")])
    house.put(lift_of("b", url=None))
    house.until(lambda: house.listed[-1] == ({"a", "b"}, {"a"}))
    house.store.write(lambda s: s.execute(text("UPDATE lifts SET config = '{}' WHERE id = 'b'"))).result()
    house.put(lift_of("c"))
    house.until(lambda: house.listed[-1] == ({"a", "b", "c"}, {"a", "c"}))
    house.store.write(partial(lifts.delete, lift_id="a")).result()
    house.cameras.refresh()
    house.until(lambda: house.listed[-1] == ({"b", "c"}, {"c"}))
    house.broken.add("listing")
    house.put(lift_of("d"))
    house.until(lambda: house.calls()[-1] == ("start", "d"))
    house.broken.clear()
    house.put(lift_of("e"))  # watched all the same, and told of again with the next one
    house.until(lambda: house.listed[-1] == ({"b", "c", "d", "e"}, {"c", "d", "e"}))

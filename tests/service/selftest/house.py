"""A lift with its live path, and what a self-test needs beside it."""

from __future__ import annotations

import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import cv2
import numpy as np

from lifts.decision.arming import Arming
from lifts.decision.verdict import Inference, Verdict
from lifts.schema import Camera, Lift, Pose, Track
from service.audit.signing import SigningKey
from service.domain.alarm import Alarm
from service.domain.arrays import Float32, Image
from service.domain.camera import CameraState, CameraStatus, Snapshot
from service.domain.errors import EngineUnavailableError
from service.domain.health import Health
from service.domain.trials.selftest import SelfTest, SelfTestCode, SelfTestResult
from service.host.awaited import Awaited, Watchers
from service.host.clocks.wall_clock import WallClock
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.protocol import Engine
from service.selftest.tester import SelfTester, SelfTestPatience
from service.store import lifts, masks, passages, tracks
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import Review
from service.verdicts.pipeline import Pipeline
from tests.service.tiny_model import CLOSE, OPEN, passage, picture

BEGIN, MIDDLE, END = (Pose(x=x, y=240.0, scale=0.5) for x in (220.0, 320.0, 420.0))
LIFT = Lift(
    id="lift",
    name="Lift",
    camera=Camera(url="rtsp://camera.example/1", width=640, height=480),
    track=Track(begin=BEGIN, middle=MIDDLE, end=END),
)
LIVE = CameraStatus("lift", CameraState.LIVE, "", 12.5, 0.04, 100, 0, 7, "normal")


def view(shift_px: int = 0, seed: int = 1) -> bytes:
    """A view with outlines all over, moved to the right, as JPEG."""
    chance = np.random.default_rng(seed)
    image = np.full((360, 640), 90, np.uint8)
    for _ in range(40):
        x, y, wide, high = chance.integers((0, 0, 20, 20), (600, 330, 120, 90))
        image[y : y + high, x : x + wide] = chance.integers(30, 220)
    return bytes(cv2.imencode(".jpg", np.roll(image, shift_px, axis=1))[1])


def codes(done: SelfTest, result: SelfTestResult) -> dict[str, SelfTestCode]:
    return {check.name: check.code for check in done.checks if check.result is result}


class WorkerThatMayLie(InlineEngine):
    """The tiny network; `lies`: what it makes of pictures instead."""

    def __init__(self, inline: InlineEngine) -> None:
        super().__init__(inline._model, inline.manifest)
        self.lies: Inference | EngineUnavailableError | None = None

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        if self.lies is None:
            return super().submit_pictures(images, references)
        answer: Future[Inference] = Future()
        if isinstance(self.lies, EngineUnavailableError):
            answer.set_exception(self.lies)
        else:
            answer.set_result(self.lies.take([0] * len(images)))
        return answer


@dataclass
class WiredFeed:
    """Publishes what is committed, unless it is cut."""

    last_seq: int = 0
    cut: bool = False
    handed: Watchers = field(default_factory=Watchers)

    def publish(self, told: tuple[Alarm, ...]) -> None:
        if not self.cut:
            self.last_seq = max(alarm.seq for alarm in told)
            self.handed.tell()


@dataclass
class ScriptedOutputs:
    """Outputs by name, with why they do not work."""

    found: dict[str, str | None] = field(default_factory=dict)
    asked: list[int] = field(default_factory=list)

    def names(self) -> tuple[str, ...]:
        return tuple(self.found)

    def ping(self, name: str, seq: int, waits: Awaited) -> str | None:
        self.asked.append(seq)
        return self.found[name]


@dataclass
class OneCamera:
    """The lift's camera, as it was put here."""

    state: CameraStatus | None = LIVE

    def status(self, lift_id: str) -> CameraStatus | None:
        return None if self.state is None or self.state.lift_id != lift_id else self.state


class SelfTestHouse:
    """Everything wired as in the service; the arming is what a test says."""

    def __init__(
        self, store: Store, engine: Engine, folder: Path, inline: InlineEngine, *, hides: bool = False
    ) -> None:
        self.store, self.folder, self.armed = store, folder, Arming(None)
        self.feed, self.outputs, self.camera = WiredFeed(), ScriptedOutputs(), OneCamera()
        self.told: list[Health] = []
        store.on_alarms(self.feed.publish)
        store.write(lambda s: lifts.put(s, LIFT)).result()
        self.enrol(inline)
        self.pictures = Pictures(folder)
        self.pipeline = _Armed(store, engine, self.pictures, hides=hides)
        self.pipeline.house = self
        self.pipeline.start()
        self.tester = SelfTester(
            store,
            self.pictures,
            engine,
            self.pipeline,
            self.camera,
            self.feed,
            self.outputs,
            SigningKey(folder),
            WallClock(),
            self.told.append,
            SelfTestPatience(commit_s=10.0, feed_s=0.2, pictures_s=0.0),
        )
        self.show(view())
        store.write(partial(tracks.accept_view, lift_id="lift", jpeg=view())).result()

    def enrol(self, inline: InlineEngine, *, swapped: bool = False) -> None:
        drawn = (CLOSE, OPEN) if swapped else (OPEN, CLOSE)
        version = enrol("lift", *drawn, {}, inline)
        self.store.write(lambda s: masks.add(s, version)).result()

    def show(self, jpeg: bytes, age_s: float = 0.0) -> None:
        self.pipeline.on_event(Snapshot("lift", jpeg, time.monotonic() - age_s))

    def watch(
        self,
        passage_id: str,
        state: Verdict,
        *,
        reviewed: bool = False,
        occupied: bool = True,
        hidden: bool = False,
    ) -> None:
        """Let a carrier pass, and somebody label it. hidden: its numbers are kept, which is awaited."""
        smooth = picture(OPEN if state is Verdict.OPEN else CLOSE, occupied=occupied)
        grain = np.random.default_rng(1).normal(0, 6, smooth.shape)  # that is gone where people are hidden
        image = np.clip(smooth + grain, 0, 255).astype(np.uint8)
        self.pipeline.on_event(passage(passage_id, [image] * 3, time.monotonic()))
        until_mono_s = time.monotonic() + 120
        while not self._is_kept(passage_id, hidden):
            assert time.monotonic() < until_mono_s
            time.sleep(0.02)
        if reviewed:
            label = Review(state, occupied, "op", datetime.now(UTC), "")
            self.store.write(partial(passages.review, passage_id=passage_id, label=label)).result()

    def _is_kept(self, passage_id: str, hidden: bool) -> bool:
        with self.store.reading() as session:
            found = [one for one in passages.listing(session).items if one.id == passage_id]
        if hidden and not all(shown.numbers_sha256 for one in found for shown in one.pictures):
            return False
        files = [self.pictures.folder / (shown.file or "") for one in found for shown in one.pictures]
        with self.pictures._lock:  # one is written while it is held
            return bool(files) and all(file.is_file() for file in files)


class _Armed(Pipeline):
    house: SelfTestHouse

    def check_arming(self, lift_id: str) -> Arming:
        return self.house.armed

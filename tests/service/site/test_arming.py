"""Arming follows from what is stored: masks, confirmed pictures and passages; new masks start over."""

from __future__ import annotations

import dataclasses
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy.orm import Session

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.clusters import BimodalFit
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import ImageJudgement, Inference, Judgement, Verdict
from lifts.schema import Camera, Lift, Pose, Track
from service.domain.arrays import Float32, Image
from service.domain.errors import ConflictError, EngineUnavailableError
from service.domain.masks import SiteCalibrationVersion
from service.inference.enrolment import embed, enrol
from service.inference.inline import InlineEngine
from service.site.arming import ArmingWatch
from service.store import lifts, masks, passages, site_calibrations
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord, Review
from service.verdicts.active_masks import ActiveMasks
from tests.service.kept_pictures import keep, keep_maps
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, TinyEmbedder, draw_mask, draw_picture, tiny_manifest

LIFT, NOW = "lift", datetime(2026, 1, 31, 9, 0, tzinfo=UTC)
REFERENCES = {"reference_open": draw_picture(OPEN_Y), "reference_close": draw_picture(CLOSE_Y)}


class Station:
    """A lift whose every third carrier leaves open, with the pictures and maps that were kept of them."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.pictures = store, Pictures(folder)
        self.engine = InlineEngine(TinyEmbedder(), tiny_manifest())
        self.masks = ActiveMasks(store, self.engine)
        self.files = keep(self.pictures, NOW, [draw_picture(OPEN_Y), draw_picture(CLOSE_Y)])
        lit = np.zeros((2, 10, 10), np.uint8)
        lit[0, OPEN_Y // 20, 2:8] = lit[1, CLOSE_Y // 20, 2:8] = 255
        self.maps = keep_maps(self.pictures, self.files, lit)
        self.configure()
        self.watch_again()
        self.number = 0

    def configure(self, name: str = "Lift", camera: Camera | None = None, track: Track | None = None) -> None:
        lift = Lift(id=LIFT, name=name, camera=camera, track=track)
        self.store.write(partial(lifts.put, lift=lift)).result()

    def calibrate(self, midpoint: float) -> None:
        """Judge by a site calibration with this threshold."""
        version = self.masks.get(LIFT)
        assert version is not None
        site = SiteCalibration(BimodalFit(midpoint - 1, midpoint + 1, 0.1, 0.5))
        found = SiteCalibrationVersion(
            LIFT, 0, version.version, version.model, site, (), 0, False, datetime.now(UTC)
        )
        stored = self.store.write(partial(site_calibrations.add, found=found)).result()
        self.store.write(partial(site_calibrations.activate, lift_id=LIFT, version=stored.version)).result()
        self.masks.reload(LIFT)

    def watch_again(self) -> None:
        """Start as after a restart."""
        self.masks.load()
        self.watch = ArmingWatch(self.store, self.engine, self.pictures, self.masks.get, self.masks.why_none)

    def enrol(
        self, open_y: int, close_y: int, references: dict[str, Image], *, unchecked: bool = False
    ) -> None:
        """Store masks; `unchecked` as an earlier version may have, which refused nothing."""
        version = enrol(
            LIFT, draw_mask(open_y), draw_mask(close_y), {} if unchecked else references, self.engine
        )
        if unchecked:
            version = embed(dataclasses.replace(version, references=references), self.engine)
        self.store.write(partial(masks.add, version=version)).result()
        self.masks.reload(LIFT)

    def carriers(self, count: int) -> None:
        """Store passages as the present masks judge them."""
        version = self.masks.get(LIFT)
        assert version is not None

        def job(session: Session) -> None:
            for _ in range(count):
                passages.add(session, self._passage(version.version, version.model))

        self.store.write(job).result()

    def review(self, passage_id: str, verdict: Verdict) -> None:
        label = Review(verdict, None, "anna", NOW, "")
        self.store.write(partial(passages.review, passage_id=passage_id, label=label)).result()

    def reason(self) -> ArmingReason | None:
        """Why the lift is not armed, as `check` finds it; `state` must then agree."""
        found = self.watch.check(LIFT)
        assert self.watch.state(LIFT) == found
        return found.reason

    def _passage(self, mask_version: int, model: str) -> PassageRecord:
        number, self.number = self.number, self.number + 1
        shown = int(number % 3 != 0)
        active = self.masks.get(LIFT)
        assert active is not None
        drawn_open = active.masks.open[OPEN_Y].any()
        verdict = Verdict.OPEN if (shown == 0) == drawn_open else Verdict.CLOSED
        margin = -1.2 if verdict is Verdict.OPEN else 1.2
        image = ImageJudgement(0.5, 0.5, 0.9, verdict)
        judgement = Judgement(verdict, 0.9, margin, True, 0.9, (image,), mask_version, model)
        kept = PictureRecord(self.files[shown], 0.0, 0.9, None, self.maps[shown])
        seen_at = datetime.now(UTC)
        return PassageRecord(f"p-{number}", LIFT, number, seen_at, 0, 1, 2, judgement, (kept,) * 3)


@pytest.fixture
def station(store: Store, tmp_path: Path) -> Station:
    return Station(store, tmp_path / "shown")


def test_a_lift_is_armed_by_references_and_twenty_carriers(station: Station) -> None:
    """No masks, masks, confirmed, watched, armed: each step says what is still missing."""
    assert station.watch.state(LIFT).reason is ArmingReason.NO_MASKS
    station.enrol(OPEN_Y, CLOSE_Y, {})
    assert station.watch.state(LIFT).reason is ArmingReason.NOT_CHECKED
    assert station.reason() is ArmingReason.NOT_CONFIRMED
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    assert station.reason() is ArmingReason.TOO_FEW_PASSAGES
    station.carriers(19)
    assert station.reason() is ArmingReason.TOO_FEW_PASSAGES
    assert station.watch.state(LIFT).parameters["seen"] == 19
    station.carriers(1)
    assert station.reason() is None
    station.watch_again()  # nothing is stored of it: it follows from the database again
    assert station.watch.state(LIFT).reason is ArmingReason.NOT_CHECKED
    assert station.reason() is None


def test_reviews_confirm_as_well_as_references(station: Station) -> None:
    """One carrier reviewed as open and one as closed: armed without a reference picture."""
    station.enrol(OPEN_Y, CLOSE_Y, {})
    station.carriers(20)
    station.review("p-0", Verdict.OPEN)
    assert station.reason() is ArmingReason.NOT_CONFIRMED
    station.review("p-1", Verdict.CLOSED)
    assert station.reason() is None


@pytest.mark.parametrize("references", [REFERENCES, {}])
def test_swapped_masks_are_never_armed(station: Station, references: dict[str, Image]) -> None:
    """From an old database, or by reviews alone: the reason names the swap, however many carriers."""
    station.enrol(CLOSE_Y, OPEN_Y, references, unchecked=True)
    station.carriers(60)
    if not references:
        assert station.reason() is ArmingReason.OPEN_BAR_BELOW
        station.review("p-0", Verdict.OPEN)
        station.review("p-1", Verdict.CLOSED)
    assert station.reason() is ArmingReason.MASKS_SWAPPED


def test_masks_and_reviews_swapped_alike_are_never_armed(station: Station) -> None:
    """A person who takes open for closed in everything: all agrees, but the open bar hangs below."""
    station.enrol(CLOSE_Y, OPEN_Y, {})
    station.carriers(60)
    station.review("p-0", Verdict.CLOSED)
    station.review("p-1", Verdict.OPEN)
    assert station.reason() is ArmingReason.OPEN_BAR_BELOW


def test_masks_that_miss_the_bars_are_never_armed(station: Station) -> None:
    """Masks elsewhere, confirmed by a person who approved everything: the bars are not on them."""
    station.enrol(OPEN_Y + 40, CLOSE_Y + 40, {})
    station.carriers(60)
    station.review("p-1", Verdict.CLOSED)
    station.review("p-0", Verdict.OPEN)
    assert station.reason() in {ArmingReason.MASKS_OF_ANOTHER_LIFT, ArmingReason.CONFIRMED_MISJUDGED}


def test_new_masks_start_over_and_what_was_confirmed_is_judged_by_them_at_once(station: Station) -> None:
    """An armed lift gets swapped masks without references: the former ones, and its own carriers, say so."""
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.carriers(30)
    assert station.reason() is None
    station.enrol(CLOSE_Y, OPEN_Y, {})
    assert station.watch.state(LIFT).reason is ArmingReason.NOT_CHECKED
    assert station.reason() is ArmingReason.MASKS_SWAPPED
    station.enrol(OPEN_Y, CLOSE_Y, {})
    assert station.watch.state(LIFT).reason is ArmingReason.NOT_CHECKED
    assert station.reason() is None  # references and the kept pictures of thirty carriers, judged again


def test_an_active_site_calibration_is_what_the_lift_is_judged_by(station: Station) -> None:
    """Its threshold counts: one beyond the reference picture's margin arms nothing, one between them does."""
    short = {"reference_close": draw_picture(CLOSE_Y, length_px=60)}
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES | short)
    station.carriers(20)
    assert station.reason() is None
    for midpoint, reason in ((1.1, ArmingReason.CONFIRMED_MISJUDGED), (0.1, None)):
        station.calibrate(midpoint)
        assert station.watch.state(LIFT).reason is ArmingReason.NOT_CHECKED
        assert station.reason() is reason


def test_another_camera_or_track_starts_over(station: Station) -> None:
    """What was seen before may have been another lift; another name changes nothing."""
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.carriers(20)
    station.configure(name="Renamed")
    assert station.reason() is None
    station.configure(camera=Camera(url="rtsp://camera.example/2", width=640, height=480))
    station.watch.changed(LIFT, at_once=True)
    assert station.reason() is ArmingReason.TOO_FEW_PASSAGES
    assert station.watch.state(LIFT).parameters["seen"] == 0
    station.carriers(20)
    assert station.reason() is None


def track(x: float) -> Track:
    poses = [Pose(x=x + 50 * n, y=200, scale=0.5) for n in range(3)]
    return Track(begin=poses[0], middle=poses[1], end=poses[2])


CAMERA = Camera(url="rtsp://camera.example/1", width=640, height=480)


def test_what_was_reviewed_before_the_camera_moved_arms_nothing(station: Station) -> None:
    """By these masks or new ones: a review says what a picture of the former track shows. New ones do."""
    station.configure(camera=CAMERA, track=track(100))
    station.enrol(OPEN_Y, CLOSE_Y, {})
    station.carriers(20)
    station.review("p-0", Verdict.OPEN)
    station.review("p-1", Verdict.CLOSED)
    assert station.reason() is None
    station.configure(camera=CAMERA, track=track(130))
    station.watch.changed(LIFT, at_once=True)
    station.carriers(21)
    assert station.reason() is ArmingReason.NOT_CONFIRMED
    station.enrol(OPEN_Y, CLOSE_Y, {})
    assert station.reason() is ArmingReason.NOT_CONFIRMED
    station.review("p-0", Verdict.OPEN)  # said now, of what was seen then
    station.review("p-1", Verdict.CLOSED)
    assert station.reason() is ArmingReason.NOT_CONFIRMED
    station.review("p-21", Verdict.OPEN)
    station.review("p-20", Verdict.CLOSED)
    assert station.reason() is None


def test_reference_pictures_of_an_earlier_track_arm_nothing(station: Station) -> None:
    """Those of the first one count, whenever it came; going back to a track starts over as well."""
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.configure(camera=CAMERA, track=track(100))
    station.carriers(20)
    assert station.reason() is None
    for x in (130, 100):
        station.configure(camera=CAMERA, track=track(x))
        station.watch.changed(LIFT, at_once=True)
        station.carriers(20)
        assert station.reason() is ArmingReason.NOT_CONFIRMED
        station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
        assert station.reason() is None


def test_a_calibration_of_an_earlier_track_is_not_judged_by(station: Station) -> None:
    """Neither goes on counting, nor can be activated again: another track cut out what it learnt from."""
    station.configure(camera=CAMERA, track=track(100))
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.calibrate(0.1)
    station.configure(name="Renamed", camera=CAMERA, track=track(100))
    station.masks.reload(LIFT)
    before = station.masks.get(LIFT)
    assert before is not None
    assert before.site is not None
    station.configure(camera=CAMERA, track=track(130))
    station.masks.reload(LIFT)
    now = station.masks.get(LIFT)
    assert now is not None
    assert now.site is None
    with pytest.raises(ConflictError) as refused:
        station.store.write(partial(site_calibrations.activate, lift_id=LIFT, version=1)).result()
    assert refused.value.code == "calibration_of_another_track"
    station.calibrate(0.2)
    assert station.masks.get(LIFT) != now


def test_a_reviewed_carrier_counts_by_its_record_once_its_pictures_are_gone(station: Station) -> None:
    """Retention removes pictures, not what the present masks judged."""
    station.enrol(OPEN_Y, CLOSE_Y, {})
    station.carriers(20)
    station.review("p-0", Verdict.OPEN)
    station.review("p-1", Verdict.CLOSED)
    for passage_id in ("p-0", "p-1"):
        files = [name for name in (*station.files, *station.maps) if name]
        station.store.write(partial(passages.drop_files, passage_id=passage_id, files=files)).result()
    assert station.reason() is None


class SometimesDown(InlineEngine):
    """An engine that is down while the test says so."""

    down = False

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        if not self.down:
            return super().submit_pictures(images, references)
        future: Future[Inference] = Future()
        future.set_exception(EngineUnavailableError("down"))
        return future


def test_while_the_embedder_is_down_nothing_is_armed(station: Station) -> None:
    """What cannot be checked is not armed, stays due, and is checked when the embedder is back."""
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.carriers(20)
    station.engine = engine = SometimesDown(TinyEmbedder(), tiny_manifest())
    station.watch_again()
    station.watch.changed(LIFT, at_once=True)
    engine.down = True
    with pytest.raises(EngineUnavailableError):
        station.watch.step()
    assert station.watch.state(LIFT) == Arming(ArmingReason.NOT_CHECKED)
    engine.down = False
    station.watch.step()
    assert station.watch.state(LIFT).armed


def test_a_long_check_is_not_a_hang(station: Station) -> None:
    """On its own thread each call of the engine counts as a step; on a request's thread it does not."""
    station.enrol(OPEN_Y, CLOSE_Y, REFERENCES)
    station.carriers(30)
    station.enrol(OPEN_Y, CLOSE_Y, {})
    beats: list[int] = []
    station.watch = ArmingWatch(
        station.store,
        station.engine,
        station.pictures,
        station.masks.get,
        station.masks.why_none,
        lambda: beats.append(1),
    )
    assert station.watch.check(LIFT).armed
    assert not beats
    station.watch.forget(LIFT)
    station.watch.changed(LIFT, at_once=True)
    station.watch.step()
    assert len(beats) >= 2 + 30

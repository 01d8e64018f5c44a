"""Proposals: found by themselves after so many passages and so many reviews, once each; never activated."""

from __future__ import annotations

import dataclasses
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior
from lifts.decision.reasons import Reason
from lifts.decision.seat import SeatCalibration
from lifts.decision.verdict import ImageJudgement, Inference, Judgement, Verdict
from lifts.schema import Lift
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError, NotFoundError, StoreError
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.domain.passage import Picture
from service.inference.artefact import Manifest
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.site.learning import find_site_calibration
from service.site.proposals import MAX_REST_S, REST_FACTOR, Proposals
from service.store import lifts, masks, passages, site_calibrations
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord, Review
from service.store.tables import SiteCalibrationRow
from service.store.upkeep.classes import Retention
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.pipeline import Pipeline
from tests.service.kept_pictures import keep
from tests.tools.tiny_model import (
    CLOSE_Y,
    OPEN_Y,
    TinyEmbedder,
    draw_mask,
    draw_picture,
    jpeg,
    tiny_manifest,
)

LIFT = "lift"
NOW = datetime(2026, 1, 31, 9, 0, tzinfo=UTC)


class RememberingEmbedder(TinyEmbedder):
    """The tiny network with a cache of its answers, because all passages show the same pictures."""

    def __init__(self) -> None:
        self._answers: dict[bytes, Inference] = {}

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        content = images.tobytes()
        if content not in self._answers:
            self._answers[content] = super().pictures(images, references)
        return self._answers[content]


class RememberingPictures(Pictures):
    """Pictures on the disk, read again only if a file has changed."""

    def __init__(self, data: Path) -> None:
        super().__init__(data)
        self._read: dict[object, list[Picture]] = {}

    def of_passage(self, record: PassageRecord) -> list[Picture]:
        paths = [self.folder / kept.file for kept in record.pictures if kept.file is not None]
        state = tuple((path, path.stat().st_mtime_ns if path.exists() else None) for path in paths)
        if state not in self._read:
            self._read[state] = super().of_passage(record)
        return self._read[state]


class House:
    """A lift with masks whose passages are stored as if its camera had seen them."""

    def __init__(self, store: Store, manifest: Manifest, folder: Path) -> None:
        self.store = store
        self.engine = InlineEngine(RememberingEmbedder(), manifest)
        self.masks = ActiveMasks(store, self.engine)
        self.pictures = RememberingPictures(folder)
        # One carrier is open, the next closed: every passage shows one of these two, three times.
        shown = [draw_picture(OPEN_Y), draw_picture(CLOSE_Y)]
        self.files = keep(self.pictures, NOW, shown)
        store.write(partial(lifts.put, lift=Lift(id=LIFT, name="Lift"))).result()
        self.enrol()
        self.proposals = self.after_a_restart()
        self._seen = 0

    def enrol(self) -> None:
        version = enrol(LIFT, draw_mask(OPEN_Y), draw_mask(CLOSE_Y), {}, self.engine)
        self.store.write(partial(masks.add, version=version)).result()
        self.masks.reload(LIFT)

    def after_a_restart(self) -> Proposals:
        return Proposals(self.store, self.engine, self.pictures, self.masks.get)

    @property
    def active(self) -> MaskVersion:
        found = self.masks.get(LIFT)
        assert found is not None
        return found

    def watch(self, count: int, verdict: Verdict = Verdict.CLOSED, *reasons: Reason) -> None:
        """Store passages, every fourth one open by its pictures."""

        def job(session: Session) -> None:
            for _ in range(count):
                passages.add(session, self._passage(verdict, reasons))

        self.store.write(job).result()

    def review(self, numbers: range, verdict: Verdict = Verdict.CLOSED, occupied: bool | None = None) -> None:
        def job(session: Session) -> None:
            for number in numbers:
                passages.review(session, f"p-{number}", Review(verdict, occupied, "anna", NOW, ""))

        self.store.write(job).result()

    def look(self) -> tuple[int, int] | None:
        """How many passages and labels a new proposal was found from, None if none was due."""
        found = self.proposals.look(LIFT)
        return None if found is None else (len(found.margins), found.reviewed)

    def stored(self) -> tuple[SiteCalibrationVersion, ...]:
        with self.store.reading() as session:
            return site_calibrations.history(session, LIFT).items

    def _passage(self, verdict: Verdict, reasons: tuple[Reason, ...]) -> PassageRecord:
        number, self._seen = self._seen, self._seen + 1
        file = self.files[0 if number % 4 == 0 else 1]
        pictures = tuple(PictureRecord(file, float(n), 0.9, None) for n in range(3))
        image = ImageJudgement(0.5, 0.5, 0.9, verdict)
        version = self.active
        judgement = Judgement(verdict, 0.9, 0.0, True, 0.9, (image,), version.version, version.model, reasons)
        seen_at = NOW + timedelta(seconds=6 * number)
        return PassageRecord(f"p-{number}", LIFT, number, seen_at, 0.0, 1.0, 2.0, judgement, pictures)


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    return House(store, tiny_manifest(), tmp_path / "shown")


@pytest.mark.thorough
def test_twenty_fifty_and_two_hundred_passages_propose_once_each(house: House) -> None:
    """Each milestone brings one proposal, not active; a restart between them brings none again."""
    told = []
    for count in (19, 1, 10, 20, 100, 49, 1, 300):
        house.watch(count)
        told.append(house.look())
        house.proposals = house.after_a_restart()
        assert house.look() is None
    assert told == [None, (20, 0), None, (50, 0), None, None, (200, 0), None]
    stored = house.stored()
    assert [(one.version, one.active) for one in stored] == [(3, False), (2, False), (1, False)]
    assert stored[0].calibration.fit.open_share == pytest.approx(0.25, abs=0.05)
    assert stored[0].calibration.fit.overlap < 0.02
    assert house.masks.reload(LIFT) is not None
    assert house.active.site is None


def test_long_learning_is_not_a_hang(house: House) -> None:
    """The watchdog gives a step 30 s: each passage that is judged again is one of its own."""
    beats: list[int] = []
    house.watch(50)
    proposals = Proposals(house.store, house.engine, house.pictures, house.masks.get, lambda: beats.append(1))
    assert proposals.look(LIFT) is not None
    assert len(beats) >= 50


def test_learning_leaves_the_processor_to_the_cameras(house: House) -> None:
    """It rests several times as long as it works, before each passage, and the rest is no hang."""
    done: list[float | None] = []
    house.watch(50)
    proposals = Proposals(
        house.store, house.engine, house.pictures, house.masks.get, lambda: done.append(None), done.append
    )
    began_s = time.monotonic()
    assert proposals.look(LIFT) is not None
    worked_s = time.monotonic() - began_s
    rests = [each for each in done if each is not None]
    assert done[::2] == rests
    assert all(each is None for each in done[1::2])
    assert all(0.0 < each <= MAX_REST_S for each in rests)
    assert sum(rests) <= REST_FACTOR * worked_s
    assert len(rests) >= 50


def test_a_proposal_has_prototypes_where_both_states_were_seen(house: House) -> None:
    """50 passages, 13 of them open: what each looks like is stored, and tells them apart."""
    house.watch(50)
    assert house.look() == (50, 0)
    (stored,) = house.stored()
    prototypes, background = stored.calibration.prototypes, stored.calibration.background_embedding
    assert prototypes is not None
    assert background is not None
    opened, closed = (
        house.engine.submit_pictures(draw_picture(y)[None]).result().embeddings for y in (OPEN_Y, CLOSE_Y)
    )
    np.testing.assert_allclose(background, (opened[0] + closed[0]) / 2, atol=0.02)
    assert float(prototypes.combine([0.0], opened)[0]) < -0.1
    assert float(prototypes.combine([0.0], closed)[0]) > 0.1


class SeatedEmbedder(RememberingEmbedder):
    """One with rider maps: log odds of 1 where a bar is open, of 7 where it is closed."""

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        found = super().pictures(images, references)
        opened = images[:, OPEN_Y, 100, 0] > 200
        riders = np.where(opened, 1.0, 7.0)[:, None, None] * np.ones((1, 5, 5), np.float32)
        return found._replace(riders=np.asarray(riders, np.float32))


def test_a_proposal_says_what_the_lifts_own_seat_looks_like(store: Store, tmp_path: Path) -> None:
    """Of 50 passages the 13 open ones are empty, and look a little like somebody: the threshold moves up.

    Reviews say who sat there as well: all labelled as occupied, they are.
    """
    manifest = tiny_manifest()
    prior = ClusterPrior(-0.4, 0.5, 0.3, 0.3, 0.9, 0.05)
    seat = SeatCalibration(
        cells=5, weights=(1.0, 0.0, 0.0), offset=0.0, unclear_low=0.1, unclear_high=0.7, clusters=prior
    )
    calibration = manifest.calibration.model_copy(update={"seat": seat})
    house = House(store, manifest.model_copy(update={"calibration": calibration}), tmp_path / "shown")
    house.engine = InlineEngine(SeatedEmbedder(), house.engine.manifest)
    house.watch(50)
    found = find_site_calibration(_watched(house), house.active, house.engine, house.pictures.of_passage)
    seats = found.calibration.seats
    assert seats is not None
    assert seats.open_share == pytest.approx(13 / 50, abs=0.06)
    assert 10 * seats.threshold > 0.5
    house.review(range(50), occupied=True)
    found = find_site_calibration(_watched(house), house.active, house.engine, house.pictures.of_passage)
    assert found.calibration.seats is not None
    assert found.calibration.seats.open_share < 0.05


def _watched(house: House) -> tuple[PassageRecord, ...]:
    with house.store.reading() as session:
        return passages.watched(session, LIFT, 1, house.active.model, 200)


def test_passages_whose_pictures_are_gone_tell_nothing(house: House) -> None:
    """Retention took them: nothing is proposed, and nothing fails, until enough have theirs again."""
    house.watch(50)
    house.pictures.folder.rename(house.pictures.folder.with_name("gone"))
    assert house.look() is None
    house.pictures.folder.with_name("gone").rename(house.pictures.folder)
    assert house.look() == (50, 0)


def test_a_passage_that_cannot_be_used_is_not_waited_for(house: House) -> None:
    """Of 50 passages two have lost their pictures, one of them labelled: proposed from 48, and once."""
    house.watch(20)
    assert house.look() == (20, 0)
    house.watch(30)
    house.review(range(20, 25))
    lose = "UPDATE passages SET pictures = '[]' WHERE id IN ('p-20', 'p-30')"
    house.store.write(lambda session: session.execute(text(lose)) and None).result()
    assert house.look() == (48, 4)
    assert house.look() is None


def test_damaged_picture_files_are_left_out(house: House) -> None:
    """One is cut off, one has another size: the passages that show the other file are learnt from."""
    house.watch(40)
    opened = house.pictures.path(house.files[0] or "")
    opened.write_bytes(opened.read_bytes()[:100])
    assert house.look() == (30, 0)
    opened.write_bytes(jpeg(draw_picture(OPEN_Y)[:100]))
    house.watch(10)
    assert house.look() == (37, 0)


def test_while_the_embedder_is_down_a_proposal_waits(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason is reported, and the proposal comes later."""
    house.watch(20)
    failed: Future[Any] = Future()
    failed.set_exception(EngineUnavailableError("the embedder's worker died"))
    with monkeypatch.context() as patch:
        patch.setattr(house.engine, "submit_pictures", lambda *_: failed)
        with pytest.raises(EngineUnavailableError, match="worker died"):
            house.look()
    assert house.look() == (20, 0)


def test_a_service_that_comes_late_proposes_once(house: House) -> None:
    """What was watched before (by an earlier release, say) is one proposal, of all of it."""
    house.watch(130)
    assert [house.look(), house.look()] == [(130, 0), None]
    house.watch(69)
    assert house.look() is None
    house.watch(1)
    assert house.look() == (200, 0)


def test_what_was_not_seen_does_not_count(house: House) -> None:
    """Dark passages are no passages, undecided ones are; enough of the dark ones do not hide the others."""
    house.watch(19)
    house.watch(250, Verdict.UNKNOWN, Reason.DARK)
    assert house.look() is None
    house.watch(1, Verdict.UNKNOWN, Reason.TOO_CLOSE)
    assert house.look() == (20, 0)


@pytest.mark.thorough
def test_reviews_propose_again(house: House) -> None:
    """The 5th, 20th, 50th and 100th label brings a proposal of its own, however old its passage is."""
    house.watch(250)
    assert house.look() == (200, 0)
    told = []
    for labels in (
        range(4),
        range(4, 5),
        range(5, 19),
        range(19, 20),
        range(20, 49),
        range(49, 50),
        range(50, 99),
        range(99, 105),
    ):
        house.review(labels)
        house.watch(40)  # no milestone, but the first labelled ones are not among the newest any more
        told.append(house.look())
        assert house.look() is None
    assert told == [None, (200, 5), None, (200, 20), None, (200, 50), None, (200, 100)]


def test_reviews_that_say_nothing_do_not_count(house: House) -> None:
    """A label of "unknown" counts towards no cluster; labels before the 20th passage wait for it."""
    house.watch(19)
    house.review(range(5))
    assert house.look() is None
    house.watch(1)
    assert house.look() == (20, 5)
    house.review(range(5, 20), Verdict.UNKNOWN)
    assert house.look() is None


def test_new_masks_begin_anew(house: House) -> None:
    """Passages and proposals of other masks count for nothing; back with the old masks none is repeated."""
    house.watch(50)
    assert house.look() == (50, 0)
    house.enrol()
    assert house.look() is None
    house.watch(20)
    assert house.look() == (20, 0)
    assert [one.mask_version for one in house.stored()] == [2, 1]
    house.store.write(partial(masks.activate, lift_id=LIFT, version=1)).result()
    house.masks.reload(LIFT)
    assert house.look() is None


def test_what_an_operator_found_is_not_proposed_again(house: House) -> None:
    """A threshold that was asked for after 60 passages stands for the milestones below."""
    house.watch(60)
    version = house.active
    with house.store.reading() as session:
        watched = passages.watched(session, LIFT, version.version, version.model, 200)
    found = find_site_calibration(watched, version, house.engine, house.pictures.of_passage)
    house.store.write(partial(site_calibrations.add, found=found)).result()
    assert house.look() is None
    house.watch(140)
    assert house.look() == (200, 0)


def test_no_masks_or_a_model_without_clusters_propose_nothing(store: Store, house: House) -> None:
    """A lift that is not judged, and an artefact that knows nothing of clusters, are left alone."""
    house.watch(30)
    house.masks.forget(LIFT)
    assert house.look() is None
    house.masks.reload(LIFT)
    manifest = tiny_manifest()
    plain = Calibration.model_validate(manifest.calibration.model_dump() | {"clusters": None})
    house.engine.manifest = manifest.model_copy(update={"calibration": plain})
    assert house.look() is None
    house.engine.manifest = manifest
    assert house.look() == (30, 0)


def test_a_lift_that_goes_while_it_is_looked_at(house: House) -> None:
    """Its proposal is refused with a reason; nothing of it stays."""
    house.watch(20)
    house.store.write(partial(lifts.delete, lift_id=LIFT)).result()
    with pytest.raises(NotFoundError, match="no lift"):
        house.look()
    assert house.stored() == ()


def test_lifts_are_looked_at_one_a_step_and_not_all_the_time(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step looks at one lift at most, and a round of all lifts begins every quarter of a minute at most."""
    now_mono_s = 1000.0
    monkeypatch.setattr("service.site.proposals.time.monotonic", lambda: now_mono_s)
    house.watch(20)
    house.store.write(partial(lifts.put, lift=Lift(id="other", name="Other"))).result()
    other = dataclasses.replace(house.active, lift_id="other")
    house.store.write(partial(masks.add, version=other)).result()
    looked: list[str] = []

    def look(lift_id: str) -> None:
        looked.append(lift_id)

    house.proposals.look = look  # type: ignore[method-assign]
    counts = []
    for now_mono_s in (1000.0, 1001.0, 1002.0, 1014.0, 1015.0, 1016.0, 1017.0):  # noqa: B007 - the clock's
        house.proposals.step()
        counts.append(len(looked))
    assert counts == [1, 2, 2, 2, 3, 4, 4]
    assert sorted(looked[:2]) == sorted(looked[2:]) == [LIFT, "other"]


@pytest.mark.parametrize(("proposes", "looked_at"), [(True, 2), (False, 1)])
def test_a_proposal_does_not_keep_the_other_lifts_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch, proposes: bool, looked_at: int
) -> None:
    """A check that proposed is followed by the next; one without a result by minutes of pause."""
    now_mono_s = 1000.0
    monkeypatch.setattr("service.site.proposals.time.monotonic", lambda: now_mono_s)
    house.watch(20)
    found = house.proposals.look(LIFT)
    house.store.write(partial(lifts.put, lift=Lift(id="other", name="Other"))).result()
    other = dataclasses.replace(house.active, lift_id="other")
    house.store.write(partial(masks.add, version=other)).result()
    looked: list[str] = []

    def look(lift_id: str) -> SiteCalibrationVersion | None:
        nonlocal now_mono_s
        now_mono_s += 2.0
        looked.append(lift_id)
        return found if proposes else None

    house.proposals.look = look  # type: ignore[method-assign]
    for _ in range(5):
        house.proposals.step()
        now_mono_s += 1.0
    assert len(looked) == looked_at


class _Refusing(Store):
    """A database that refuses as many writes as it is told to."""

    refusals = 0

    def write(self, job: Callable[[Session], Any]) -> Future[Any]:
        if not self.refusals:
            return super().write(job)
        self.refusals -= 1
        failed: Future[Any] = Future()
        failed.set_exception(StoreError("database or disk is full"))
        return failed


@pytest.fixture
def refusing(tmp_path: Path) -> Iterator[_Refusing]:
    opened = _Refusing.open(tmp_path / "refusing")
    assert isinstance(opened, _Refusing)
    yield opened
    opened.close()


def test_a_refused_write_is_proposed_at_the_next_check(refusing: _Refusing, tmp_path: Path) -> None:
    """A full disk delays the proposal but does not lose it."""
    house = House(refusing, tiny_manifest(), tmp_path / "shown")
    house.watch(20)
    refusing.refusals = 1
    with pytest.raises(StoreError, match="disk is full"):
        house.proposals.step()
    assert house.look() == (20, 0)


@pytest.mark.thorough
def test_the_pipeline_proposes_by_itself(
    refusing: _Refusing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It looks at the lifts that it judges, and goes on after a refused write and a failed check."""
    monkeypatch.setattr("service.site.proposals.ROUND_EVERY_S", 0.0)
    monkeypatch.setattr("service.site.proposals.MAX_PAUSE_S", 0.0)
    house = House(refusing, tiny_manifest(), tmp_path / "shown")
    house.watch(20)
    for_ever = Retention(max_age_days=36_500, max_alarm_age_days=36_500)
    pipeline = Pipeline(refusing, house.engine, house.pictures, retention=for_ever)
    proposed = threading.Event()
    reads = iter([ValueError("a picture like none before")])

    def of_passage(record: PassageRecord) -> list[Picture]:
        for error in reads:
            raise error
        return Pictures.of_passage(house.pictures, record)

    monkeypatch.setattr(house.pictures, "of_passage", of_passage)

    def added(*_: object) -> None:
        proposed.set()

    event.listen(SiteCalibrationRow, "after_insert", added)
    try:
        pipeline.start()
        refusing.refusals = 1
        assert proposed.wait(120)
    finally:
        event.remove(SiteCalibrationRow, "after_insert", added)
        pipeline.stop()
    assert refusing.refusals == 0
    assert [(one.version, one.active, len(one.margins)) for one in house.stored()] == [(1, False, 20)]

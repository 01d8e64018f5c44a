"""The pipeline: a passage in, a committed record and its alarm out; whatever fails, never silence."""

import os
import queue
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from lifts.decision.arming import ArmingReason
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Verdict
from lifts.schema import Lift
from service.alarms import conditions, lifecycle
from service.domain.alarm import Alarm, AlarmKind, AlarmState
from service.domain.arrays import Float32, Image
from service.domain.camera import CameraState, CameraStatus, Snapshot
from service.domain.errors import StoreError
from service.domain.health import Health
from service.domain.passage import CarriersAccounted, Passage
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.protocol import Engine
from service.store import alarms, lifts, masks, passages
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.verdicts import deciding
from service.verdicts.pipeline import Pipeline
from tests.service.tiny_model import CLOSE, OPEN, passage, picture


class House:
    """A pipeline with its store; alarms arrive in `heard`."""

    def __init__(
        self, store: Store, engine: Engine, folder: Path, inline: InlineEngine, **options: Any
    ) -> None:
        self.store = store
        self.heard: queue.Queue[Alarm] = queue.Queue()
        store.on_alarms(self._hear)
        store.write(lambda s: lifts.put(s, Lift(id="lift", name="Lift"))).result()
        version = enrol("lift", OPEN, CLOSE, {}, inline)
        store.write(lambda s: masks.add(s, version)).result()
        self.pictures = Pictures(folder)
        self.pipeline = Pipeline(store, engine, self.pictures, **options)
        self.pipeline.start()

    def _hear(self, told: tuple[Alarm, ...]) -> None:
        for alarm in told:
            self.heard.put(alarm)

    def send(self, passage_id: str, bars: list[Image], *, occupied: bool = True, **options: Any) -> None:
        images = [picture(bar, occupied=occupied) for bar in bars]
        self.pipeline.on_event(passage(passage_id, images, time.monotonic(), **options))

    def record(self, passage_id: str) -> PassageRecord:
        found = _await(lambda: self.find(passage_id), passage_id)
        assert isinstance(found, PassageRecord)
        return found

    def find(self, passage_id: str) -> PassageRecord | None:
        with self.store.reading() as session:
            found = passages.listing(session, limit=500).items
        return next((record for record in found if record.id == passage_id), None)


def _await(look: Callable[[], Any], what: str, timeout_s: float = 20.0) -> Any:
    until = time.monotonic() + timeout_s
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"timed out waiting for {what}")


@pytest.fixture
def house(store: Store, inline_engine: InlineEngine, tmp_path: Path) -> Iterator[House]:
    made = House(store, inline_engine, tmp_path / "data", inline_engine)
    yield made
    made.pipeline.stop()


def test_an_open_bar_becomes_one_alarm_with_evidence(house: House) -> None:
    """Record, pictures and alarm are committed together; the same passage again changes nothing."""
    began = datetime.now(UTC)
    for _ in range(2):
        house.send("p1", [OPEN, OPEN, OPEN])
    alarm = house.heard.get(timeout=120)
    assert (alarm.kind, alarm.passage_id, alarm.lift_id, alarm.seq) == (AlarmKind.BAR_OPEN, "p1", "lift", 1)
    assert (alarm.state, alarm.verdict) == (AlarmState.ACTIVE, Verdict.OPEN)
    assert alarm.evidence == tuple(f"/passages/p1/pictures/{n}.jpg" for n in (1, 2, 3))
    record = house.find("p1")
    assert record is not None, "the record is there as soon as its alarm is heard"
    assert (record.judgement.verdict, record.judgement.mask_version) == (Verdict.OPEN, 1)
    assert began - timedelta(seconds=1) < record.seen_at < datetime.now(UTC)
    house.send("p2", [CLOSE, CLOSE, CLOSE])
    house.send("p3", [OPEN, OPEN, OPEN], occupied=False)
    house.send("p4", [OPEN, OPEN, CLOSE])
    assert house.record("p2").judgement.verdict is Verdict.CLOSED
    assert (house.record("p3").judgement.verdict, house.record("p3").judgement.occupied) == (
        Verdict.OPEN,
        False,
    )
    assert house.record("p4").judgement.verdict is Verdict.CLOSED
    assert house.heard.empty()
    house.pipeline.stop()  # writes what is waiting
    kept = [house.pictures.path(shown.file or "").read_bytes()[:2] for shown in record.pictures]
    assert kept == [b"\xff\xd8"] * 3
    # The second p1 wrote no pictures and maps of its own: 4 passages of 3.
    for kind in ("*.jpg", "*.png"):
        assert len(list(house.pictures.folder.rglob(kind))) == 12
    # The very block that the open bar lies in is lit (tests.service.tiny_model).
    assert house.pictures.read_map(record.pictures[0].why or "").max() == 255
    text = {
        sample.name: sample.value for family in house.pipeline.registry.collect() for sample in family.samples
    }
    assert text["barwatch_passage_publish_seconds_count"] == 4


def test_what_cannot_be_judged_is_recorded_with_its_reason(house: House) -> None:
    """No masks, no pictures, poor or wrong pictures: unknown, each with why, and no alarm of the bar."""
    house.send("bare", [OPEN], lift_id="bare")
    house.send("none", [])
    house.send("poor", [OPEN, OPEN], quality=0.0)
    house.pipeline.on_event(passage("wrong", [OPEN], time.monotonic()))
    reasons = {name: house.record(name).judgement for name in ("bare", "none", "poor", "wrong")}
    assert {judged.verdict for judged in reasons.values()} == {Verdict.UNKNOWN}
    assert reasons["bare"].reasons == (Reason.NO_MASKS,)
    assert reasons["none"].reasons == (Reason.NO_PICTURES,)
    assert reasons["poor"].reasons == (Reason.NOT_REGISTERED,)
    assert reasons["wrong"].reasons == (Reason.PICTURES_UNUSABLE,)
    assert house.heard.empty()


def test_a_lift_that_cannot_be_judged_is_said_to_be_blind(house: House) -> None:
    """After five unknown passages lift_unknown_rate stands; it is over once carriers are judged again."""
    for n in range(5):
        house.send(f"u{n}", [OPEN], quality=0.0)
    raised = house.heard.get(timeout=120)
    assert (raised.kind, raised.lift_id) == (AlarmKind.LIFT_UNKNOWN_RATE, "lift")
    why = "most of them: the carrier was not recognised in the picture"
    assert raised.message == f"5 of the last 5 passages could not be judged, {why}"
    for n in range(20):
        house.send(f"c{n}", [CLOSE])
    cleared = house.heard.get(timeout=120)
    assert (cleared.id, cleared.state) == (raised.id, AlarmState.RETURNED)


def test_health_is_raised_once_and_cleared(house: House) -> None:
    """A camera that says it twice has one alarm; a lift that is removed leaves none standing."""
    lost = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames for 3 s")
    for event in (lost, lost, Health(AlarmKind.CAMERA_LOST, "lift", False, "frames again")):
        house.pipeline.on_event(event)
    assert [house.heard.get(timeout=120).state for _ in range(2)] == [AlarmState.ACTIVE, AlarmState.RETURNED]
    house.pipeline.on_event(lost)
    assert house.heard.get(timeout=120).state is AlarmState.ACTIVE
    house.pipeline.forget("lift")
    gone = house.heard.get(timeout=120)
    assert (gone.state, gone.seq) == (AlarmState.RETURNED, 4)


def test_a_start_without_a_cluster_ends_the_alarm_of_a_lost_one(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """It was lost, so somebody set the service to judge alone: nothing else would end it."""
    lost = Health(AlarmKind.CLUSTER_LOST, None, True, "The cluster does not judge")
    store.write(lambda s: conditions.apply(s, lost)).result()
    found = House(store, inline_engine, tmp_path, inline_engine)
    found.pipeline.stop()
    with store.reading() as session:
        assert alarms.standing(session) == ()


def test_status_and_snapshot_are_kept_until_the_lift_is_gone(house: House) -> None:
    """The newest of each, by lift."""
    for frames in (1, 2):
        status = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.04, frames, 0, 0, "")
        house.pipeline.on_event(status)
    house.pipeline.on_event(Snapshot("lift", b"jpeg", 1.0))
    assert house.pipeline.board.statuses() == {"lift": status}
    snapshot = house.pipeline.snapshot("lift")
    assert snapshot is not None
    assert snapshot.jpeg == b"jpeg"
    house.pipeline.forget("lift")
    assert (house.pipeline.board.statuses(), house.pipeline.snapshot("lift")) == ({}, None)


def test_a_lift_whose_carriers_may_be_elsewhere_is_not_armed(house: House) -> None:
    """While the place on the track is uncertain that is the reason, whatever masks say; then no longer."""
    status = CameraStatus("lift", CameraState.LIVE, "", 25.0, 0.04, 9, 0, 0, "", place_certain=False)
    house.pipeline.on_event(status)
    assert house.pipeline.arming("lift").reason is ArmingReason.PLACE_UNCERTAIN
    assert house.pipeline.check_arming("lift").reason is ArmingReason.PLACE_UNCERTAIN
    for known in (True, None):
        house.pipeline.on_event(replace(status, place_certain=known))
        assert house.pipeline.arming("lift").reason not in {None, ArmingReason.PLACE_UNCERTAIN}
    house.pipeline.forget("lift")
    house.pipeline.on_event(status)
    assert house.pipeline.arming("other").reason is ArmingReason.NO_MASKS


def test_new_masks_are_used_after_reload(house: House, inline_engine: InlineEngine) -> None:
    """Enrolling the other way round turns the next passage's verdict; rolling back turns it again."""
    swapped = enrol("lift", CLOSE, OPEN, {}, inline_engine)
    house.store.write(lambda s: masks.add(s, swapped)).result()
    house.send("before", [OPEN])
    house.record("before")
    house.pipeline.reload_masks("lift")
    house.send("after", [OPEN])
    house.store.write(lambda s: masks.activate(s, "lift", 1)).result()
    house.record("after")
    house.pipeline.reload_masks("lift")
    house.send("back", [OPEN])
    judged = [house.record(name).judgement for name in ("before", "after", "back")]
    assert [(j.verdict, j.mask_version) for j in judged] == [
        (Verdict.OPEN, 1),
        (Verdict.CLOSED, 2),
        (Verdict.OPEN, 1),
    ]


def test_shelving_ends_by_itself(house: House) -> None:
    """The pipeline's clock brings a shelved alarm back."""
    house.send("p", [OPEN])
    alarm = house.heard.get(timeout=120)
    house.store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "a")).result()

    def shelve(session: Session) -> Alarm:
        now = datetime.now(UTC)
        until = now + timedelta(seconds=0.2)
        return lifecycle.shelve(session, alarm.id, "a", until=until, reason="r", now=now)

    house.store.write(shelve).result()
    states = [house.heard.get(timeout=120).state for _ in range(3)]
    assert states == [AlarmState.ACKNOWLEDGED, AlarmState.SHELVED, AlarmState.ACKNOWLEDGED]


class _Held(InlineEngine):
    """An engine that answers when it is told to."""

    def __init__(self, inner: InlineEngine) -> None:
        super().__init__(inner._model, inner.manifest)
        self.held: list[tuple[Future[Inference], Image]] = []

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        self.held.append((Future(), images))
        return self.held[-1][0]

    def release(self) -> None:
        for future, images in self.held:
            future.set_result(self._model.pictures(images))


@pytest.mark.fault(10)
@pytest.mark.fault(48)
def test_overload_is_recorded_and_counted(store: Store, inline_engine: InlineEngine, tmp_path: Path) -> None:
    """With two passages waiting the third is recorded at once as unknown; the first two are still judged."""
    engine = _Held(inline_engine)
    house = House(store, engine, tmp_path, inline_engine, max_waiting=2)
    for name in ("a", "b", "c"):
        house.send(name, [OPEN])
    assert house.record("c").judgement.reasons == (Reason.OVERLOADED,)
    assert house.pipeline.counts()["passages_not_judged"] == 1
    assert house.find("a") is None
    engine.release()
    assert {house.record(name).judgement.verdict for name in ("a", "b")} == {Verdict.OPEN}
    house.send("d", [CLOSE])
    assert len(engine.held) == 3, "there is room again"
    house.pipeline.stop()


@pytest.mark.fault(48)
def test_in_a_flood_every_passage_leaves_a_trace(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """200 at once where 2 may wait: judged and unknown together are all that came, and health is not dropped.

    Of those beyond the bound some have a record each, the rest one record for each lift that says how many.
    """
    engine = _Held(inline_engine)
    house = House(store, engine, tmp_path, inline_engine, max_waiting=2)
    house.pipeline._decider.runner.stop()  # it is busy, as far as the cameras can see
    for n in range(200):
        house.send(f"p{n}", [OPEN] if n % 2 else [CLOSE], lift_id="lift" if n % 5 else "bare")
        if n == 100:
            house.pipeline.on_event(Health(AlarmKind.LOW_VISIBILITY, "lift", True, "covered", "covered"))
    engine.release()
    house.pipeline.stop()
    with store.reading() as session:
        kept = passages.listing(session, limit=500).items
        standing = {(alarm.kind, alarm.cause) for alarm in alarms.standing(session)}
    assert sum(record.carriers for record in kept) == 200
    assert (AlarmKind.LOW_VISIBILITY, "covered") in standing
    together = {record.lift_id: record for record in kept if record.carriers > 1}
    assert together.keys() == {"lift", "bare"}
    assert {record.judgement.reasons for record in together.values()} == {(Reason.OVERLOADED,)}
    judged = [record.id for record in kept if record.judgement.verdict is not Verdict.UNKNOWN]
    assert judged == ["p1"]
    counts = {name: count for name, count in house.pipeline.counts().items() if count}
    assert counts == {"passages_not_judged": 198, "passages_coalesced": 168}
    # A slow machine may commit what was merged more than once meanwhile.
    assert sum(not record.id.endswith(".and-others") for record in kept) == 32


def test_a_passage_whose_judging_fails_is_recorded_and_the_next_is_judged(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error that nobody foresaw costs one verdict, and says so; it does not blind the lift."""
    monkeypatch.setattr(deciding, "judge_passage", lambda *_: 1 / 0)
    house.send("broken", [OPEN])
    assert house.record("broken").judgement.reasons == (Reason.FAILED,)
    monkeypatch.undo()
    house.send("next", [OPEN])
    assert house.heard.get(timeout=120).passage_id == "next"
    assert house.pipeline.counts()["passages_failed"] == 1


def test_a_lift_of_which_every_passage_fails_is_said_to_be_blind(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the error is: nobody sees these carriers, and operators hear of it."""
    monkeypatch.setattr(deciding, "judge_passage", lambda *_: 1 / 0)
    with capture_logs():  # five tracebacks take longer to print than all else
        for number in range(5):
            house.send(f"broken {number}", [OPEN])
        alarm = house.heard.get(timeout=120)
    assert (alarm.kind, alarm.lift_id) == (AlarmKind.LIFT_UNKNOWN_RATE, "lift")
    assert alarm.parameters["reasons"] == Reason.FAILED


def test_an_open_bar_of_which_no_evidence_can_be_made_is_an_alarm(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What goes wrong after the verdict, while pictures and maps are prepared, does not undo it."""
    monkeypatch.setattr(deciding, "maps_of", lambda *_: 1 / 0)
    with capture_logs():
        house.send("open", [OPEN])
        alarm = house.heard.get(timeout=120)
    assert (alarm.kind, alarm.passage_id, alarm.evidence) == (AlarmKind.BAR_OPEN, "open", ())
    assert house.record("open").judgement.verdict is Verdict.OPEN


def test_a_late_alarm_says_when_its_carrier_left(house: House) -> None:
    """Found a minute after it left, while the line was learnt: record and alarm name that moment."""
    made = passage("late", [picture(OPEN)], time.monotonic())
    house.pipeline.on_event(replace(made, left_mono_s=time.monotonic() - 58.0))
    alarm = house.heard.get(timeout=120)
    assert alarm.left_at is not None
    assert alarm.left_at == house.record("late").left_at
    assert abs((alarm.raised_at - alarm.left_at).total_seconds() - 58.0) < 10.0


def test_a_refused_write_is_tried_again(house: House) -> None:
    """A database that refuses for a while costs time, not the alarm."""
    refusals = 2
    write = house.store.write

    def refusing(job: Callable[..., Any]) -> Future[Any]:
        nonlocal refusals
        # Conditions and upkeep write too, and try again by paths of their own.
        if refusals == 0 or "draft" not in getattr(job, "keywords", {}):
            return write(job)
        refusals -= 1
        failed: Future[Any] = Future()
        failed.set_exception(StoreError("database or disk is full"))
        return failed

    house.store.write = refusing  # type: ignore[method-assign]
    said = {lift_id: CarriersAccounted(1, datetime.now(UTC)) for lift_id in ("lift", "other")}
    assert house.pipeline.stored(said) == said
    house.send("p", [OPEN])
    assert house.pipeline.stored(said).keys() == {"other"}, "its carrier is on its way"
    assert house.heard.get(timeout=120).passage_id == "p"
    _await(lambda: house.pipeline.stored(said) == said, "the record's end")
    counts = house.pipeline.counts()
    assert counts["records_retried"] == 2
    assert sum(counts.values()) == counts["records_retried"]


@pytest.mark.thorough
@pytest.mark.fault(9)
def test_a_killed_worker_is_said_and_survived(
    store: Store,
    tiny_artefact: Path,
    inline_engine: InlineEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without a worker passages are unknown and worker_down stands; then all are judged, eight at once."""
    said: queue.Queue[Health] = queue.Queue()
    monkeypatch.setattr("service.inference.engine.get_context", get_context)  # not a warm one
    engine = WorkerEngine(
        tiny_artefact,
        device="cpu",
        threads=1,
        deadline_s=1.0,  # far less than a new interpreter takes to import torch
        on_health=said.put,
    )
    engine.start()
    house = House(store, engine, tmp_path, inline_engine)
    house.send("first", [OPEN, OPEN, OPEN])
    assert house.heard.get(timeout=120).passage_id == "first"
    pid = engine.status.pid
    assert pid  # 0 would be this process's whole group
    os.kill(pid, signal.SIGKILL)
    house.pipeline.on_event(said.get(timeout=120))
    down = house.heard.get(timeout=120)
    assert (down.kind, down.lift_id, down.state) == (AlarmKind.WORKER_DOWN, None, AlarmState.ACTIVE)
    house.send("meanwhile", [OPEN, OPEN, OPEN])
    lost = house.record("meanwhile").judgement
    assert (lost.verdict, lost.reasons) == (Verdict.UNKNOWN, (Reason.LATE,))
    house.pipeline.on_event(said.get(timeout=120))
    up = house.heard.get(timeout=120)
    assert (up.id, up.state) == (down.id, AlarmState.RETURNED)
    house.send("last", [OPEN, OPEN, OPEN])
    assert house.heard.get(timeout=120).passage_id == "last"
    for round_ in range(5):
        eight = {f"{round_}-{camera}" for camera in range(8)}
        for name in sorted(eight):
            house.send(name, [OPEN, OPEN, OPEN])
        assert {house.heard.get(timeout=120).passage_id for _ in range(8)} == eight
    engine.stop()
    house.pipeline.stop()


def test_passages_are_what_they_say() -> None:
    """The helper's passages carry pictures of the canonical size (a guard for the tests above)."""
    made: Passage = passage("p", [picture(OPEN)], 0.0)
    assert made.pictures[0].image.shape == (200, 200, 3)
    assert made.pictures[0].image.dtype == np.uint8


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_passage_outlives_the_thread_that_was_deciding_it(
    store: Store, inline_engine: InlineEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Struck in the middle of its work, the thread's successor decides the passage; it is recorded once."""
    struck: list[str] = []

    def strike_once(self: deciding.Decider, item: Any) -> Any:
        if not struck:
            struck.append(item.passage.id)
            raise SystemExit
        return judged(self, item)

    judged = deciding.Decider._judge
    monkeypatch.setattr(deciding.Decider, "_judge", strike_once)
    runners = Runners()
    house = House(store, inline_engine, tmp_path / "data", inline_engine, runners=runners)
    house.send("p1", [OPEN, OPEN, OPEN])
    _await(runners.troubles, "the thread's end")
    runners.revive()
    assert house.record("p1").judgement.verdict is Verdict.OPEN
    assert house.heard.get(timeout=120).passage_id == "p1"
    house.pipeline.stop()
    assert house.heard.empty()

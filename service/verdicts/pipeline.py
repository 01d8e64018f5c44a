"""The runner between cameras and subscribers: passage -> embedding -> verdict -> commit -> publish.

Events arrive on the cameras' threads (`on_event`) and never wait there: a passage goes straight to the
engine, its answer to one deciding thread, its record to the store's writer; what is committed leaves by the
store's listeners. A passage that cannot be judged in time is `unknown` with the reason: never silence.
"""

from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram
from sqlalchemy.orm import Session

from lifts.decision.judge import judge, unknown
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Judgement
from service.alarms import conditions, lifecycle
from service.alarms.passage_watch import PassageWatch
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraStatus, Snapshot
from service.domain.errors import BarwatchError, EngineUnavailableError
from service.domain.health import Health
from service.domain.masks import MaskVersion
from service.domain.passage import Passage
from service.host.disk import Room
from service.host.runner import Heartbeat
from service.inference.active_masks import ActiveMasks
from service.inference.protocol import Engine
from service.site.proposals import Proposals
from service.store import alarms
from service.store.database import Store
from service.store.pictures import Pictures, Retention, forget_old
from service.store.records import PassageRecord
from service.store.retrying import RetryingWriter
from service.verdicts.recording import files_of, maps_of, record_of, store_passage

log = structlog.get_logger(__name__)

LATENCY_BUCKETS_S = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)
MAINTENANCE_EVERY_S = 1.0
RETENTION_EVERY_S = 600.0
FLOOD = 16
"""Beyond `max_waiting`, passages are recorded without being judged; beyond this many times it, not at all."""


@dataclass(frozen=True, eq=False)
class _Answered:
    passage: Passage
    masks: MaskVersion | None
    answer: Future[Inference] | None
    reason: Reason | None = None


class Pipeline:
    """Takes camera events in, commits passages and alarms. Make it once; `start`, then feed `on_event`.

    Args:
        store: committed alarms leave by its listeners (`store.on_alarms(hub.publish)`).
        engine: runs the network; may be down at times.
        pictures: where evidence goes.
        registry: where latency and passages are counted for Prometheus.
        retention: how long evidence stays.
        max_waiting: passages being judged at once; more are recorded as unknown, without pictures.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        pictures: Pictures,
        *,
        registry: CollectorRegistry | None = None,
        retention: Retention | None = None,
        max_waiting: int = 64,
    ) -> None:
        self.registry = registry or CollectorRegistry()
        self._latency = Histogram(
            "barwatch_passage_publish_seconds",
            "From the last picture of a passage read to its record committed and published",
            registry=self.registry,
            buckets=LATENCY_BUCKETS_S,
        )
        self._recorded = Counter(
            "barwatch_passages", "Passages recorded", ["lift_id", "verdict"], registry=self.registry
        )
        self._store, self._engine, self._pictures = store, engine, pictures
        self._masks, self._writer = ActiveMasks(store, engine), RetryingWriter(store)
        self._proposals = Proposals(store, engine, pictures, self._masks.get)
        self._retention, self._max_waiting = retention or Retention(), max_waiting
        self._lock = threading.Lock()
        self._waiting = self._dropped = self._lost = 0
        # Bounded by hand, by what `_waiting` admits.
        self._inbox: queue.SimpleQueue[_Answered | Health | None] = queue.SimpleQueue()
        self._statuses: dict[str, CameraStatus] = {}
        self._snapshots: dict[str, Snapshot] = {}
        self._watches: dict[str, PassageWatch] = {}
        self._said: dict[tuple[AlarmKind, str | None, str], int] = {}
        self._applied: dict[tuple[AlarmKind, str | None, str], int] = {}
        self.step = Heartbeat()
        """What the deciding thread is at, for the watchdog."""
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._decide_all, name="pipeline", daemon=True),
            threading.Thread(target=self._maintain, name="pipeline-maintenance", daemon=True),
            threading.Thread(target=self._propose, name="pipeline-proposals", daemon=True),
        ]

    def start(self) -> None:
        """Clear health alarms of an earlier run, load the active masks, start. Raises StoreError."""
        self._store.write(conditions.clear_all).result()
        self._masks.load()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish what has been answered, then end. Stop cameras and engine before, the store after."""
        self._stopping.set()
        self._inbox.put(None)
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        self._writer.finish()

    def on_event(self, event: CameraEvent) -> None:
        """Take an event from any thread; never blocks and never raises for what is in the event."""
        if isinstance(event, Passage):
            self._submit(event)
        elif isinstance(event, Health):
            if self._admit() is not None:
                self._inbox.put(event)
        elif isinstance(event, CameraStatus):
            self._statuses[event.lift_id] = event
        else:
            self._snapshots[event.lift_id] = event

    def reload_masks(self, lift_id: str) -> MaskVersion | None:
        """Judge by the lift's active masks from now on (after enrolment or roll back); see ActiveMasks."""
        return self._masks.reload(lift_id)

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that the lift's passages are judged by, embedded by the engine's model."""
        return self._masks.get(lift_id)

    def camera_statuses(self) -> dict[str, CameraStatus]:
        """Return what each camera said last, by lift."""
        return dict(self._statuses)

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the lift's newest picture, if there is any."""
        return self._snapshots.get(lift_id)

    def counts(self) -> dict[str, float]:
        """Return what was dropped (recorded as unknown), lost, and retried since the start."""
        return {
            "passages_dropped": self._dropped,
            "records_lost": self._lost + self._writer.lost,
            "records_retried": self._writer.retried,
        }

    def forget(self, lift_id: str) -> None:
        """The lift is gone: drop what is remembered of it and clear its health alarms."""
        self._masks.forget(lift_id)
        for kept in (self._statuses, self._snapshots, self._watches):
            kept.pop(lift_id, None)
        for kind, place, _ in tuple(self._said):
            if place == lift_id:
                self.on_event(Health(kind, lift_id, False, "The lift was removed"))

    def _admit(self) -> bool | None:
        """Count one event in; True: to be judged; False: recorded only; None: not even that (flood)."""
        with self._lock:
            if self._waiting >= FLOOD * self._max_waiting:
                self._lost += 1
                return None
            self._waiting += 1
            return self._waiting <= self._max_waiting

    def _leave(self) -> None:
        with self._lock:
            self._waiting -= 1

    def _submit(self, passage: Passage) -> None:
        admitted = self._admit()
        if admitted is None:
            return
        version = self._masks.get(passage.lift_id)
        reason: Reason | None = None
        if not admitted:
            self._dropped += 1
            reason = Reason.OVERLOADED
        elif version is None:
            reason = self._masks.why_none(passage.lift_id)
        elif not passage.pictures:
            reason = Reason.NO_PICTURES
        if reason or version is None:
            self._inbox.put(_Answered(passage, version, None, reason))
            return
        try:
            pictures = np.stack([picture.image for picture in passage.pictures])
            answer = self._engine.submit_pictures(pictures, version.reference_embeddings())
        except ValueError as error:
            log.warning("pictures cannot be judged", passage=passage.id, reason=str(error))
            self._inbox.put(_Answered(passage, version, None, Reason.PICTURES_UNUSABLE))
            return
        answer.add_done_callback(lambda done: self._inbox.put(_Answered(passage, version, done)))

    def _decide_all(self) -> None:
        while (item := self._inbox.get()) is not None:
            self.step.begin()
            try:
                if isinstance(item, Health):
                    self._apply(item)
                else:
                    self._decide(item)
            except Exception:  # the runner: one bad event must not blind every lift
                self._lost += 1
                log.exception("event not processed", event_kind=type(item).__name__)
            finally:
                self.step.idle()
                self._leave()

    def _decide(self, item: _Answered) -> None:
        passage = item.passage
        judgement = self._judge(item)
        # The camera's process stamps by the monotonic clock, which a step of the wall clock does not move.
        seen_at = datetime.now(UTC) - timedelta(seconds=time.monotonic() - passage.decided_mono_s)
        shown = passage.pictures if item.answer is not None else ()
        files = self._pictures.write(passage.lift_id, seen_at, [picture.image for picture in shown])
        cells = self._engine.manifest.calibration.bar_map_cells
        maps = self._pictures.write_maps(files, maps_of(item.answer, cells))
        evidence = list(zip(shown, files, maps, strict=True))
        record = record_of(passage, judgement, seen_at, evidence)
        stored = partial(self._stored, record, passage.decided_mono_s)
        self._writer.write(partial(store_passage, record=record), stored)
        watch = self._watches.setdefault(passage.lift_id, PassageWatch(passage.lift_id))
        for change in watch.step(judgement):
            self._apply(change)

    def _judge(self, item: _Answered) -> Judgement:
        references = None if item.masks is None else item.masks.lift_references()
        if item.answer is None or references is None:
            return unknown(item.reason or Reason.NO_MASKS, references=references)
        try:
            seen = item.answer.result(0)
        except EngineUnavailableError as error:
            log.warning("not judged", passage=item.passage.id, reason=str(error))
            return unknown(error.reason, references=references)
        return judge(item.passage.pictures, seen, references, self._engine.manifest.calibration)

    def _stored(self, record: PassageRecord, decided_mono_s: float, new: bool) -> None:
        if not new:
            self._pictures.remove(files_of(record))
            return
        self._latency.observe(time.monotonic() - decided_mono_s)
        self._recorded.labels(record.lift_id, record.judgement.verdict.value).inc()

    def _apply(self, health: Health) -> None:
        key = (health.kind, health.lift_id, health.cause)
        number = self._said[key] = self._said.get(key, 0) + 1

        def job(session: Session) -> None:
            # A "begins" that had to be retried must not come after its own "is over".
            if number > self._applied.get(key, 0):
                conditions.apply(session, health)

        def done(_: None) -> None:
            self._applied[key] = max(number, self._applied.get(key, 0))

        self._writer.write(job, done)

    def _maintain(self) -> None:
        next_retention_mono_s = 0.0
        while not self._stopping.wait(MAINTENANCE_EVERY_S):
            try:
                # First: it may make the room for want of which records were refused.
                enough = self._pictures.space.check().room is Room.ENOUGH
                self._writer.retry()
                self._masks.retry()
                self._expire_shelved()
                if time.monotonic() >= next_retention_mono_s:
                    next_retention_mono_s = time.monotonic() + RETENTION_EVERY_S
                    self.apply_retention(datetime.now(UTC))
                elif not enough:  # some of the oldest pictures go early
                    short = partial(forget_old, retention=self._retention.when_low(), limit=100)
                    self._pictures.remove(self._store.write(partial(short, now=datetime.now(UTC))).result())
            except BarwatchError as error:
                log.warning("maintenance failed; tried again", reason=str(error))

    def _propose(self) -> None:
        # On a thread of its own: a lift is looked at for seconds, and maintenance must not wait for that.
        while not self._stopping.wait(MAINTENANCE_EVERY_S):
            try:
                self._proposals.step()
            except BarwatchError as error:
                log.warning("nothing proposed; tried again", reason=str(error))
            except Exception:  # one lift's pictures must not end what all lifts learn
                log.exception("nothing proposed; tried again")

    def apply_retention(self, now: datetime) -> int:
        """Remove the pictures that are too old or too many; returns how many files. Raises StoreError."""
        removed = 0
        job = partial(forget_old, retention=self._retention, now=now)
        while files := self._store.write(job).result():
            self._pictures.remove(files)
            removed += len(files)
        return removed

    def _expire_shelved(self) -> None:
        now = datetime.now(UTC)
        with self._store.reading() as session:
            due = alarms.expired(session, now)
        if due:
            self._store.write(partial(lifecycle.expire_shelved, now=now)).result()

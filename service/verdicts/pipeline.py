"""Between cameras and subscribers: passage -> embedding -> verdict -> commit -> publish.

    passage ──▶ Decider ──▶ Recorder ──▶ store ──after the commit──▶ EvidenceWriter, hub
                   └─verdict──▶ HealthConditions ──▶ store
    health, status ─────────────────┘

Events arrive on the cameras' threads (`on_event`) and never wait there. Each part owns a runner, so that none
holds up another: verdicts do not wait for pictures to be written, nor health for passages.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from lifts.decision.arming import Arming, ArmingReason
from service.alarms.conditions import HealthConditions
from service.alarms.timed.due import AlarmTimes, DueAlarms
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import Alarm, AlarmKind, AlarmStatus
from service.domain.camera import CameraEvent, CameraStatus, Snapshot
from service.domain.health import Health
from service.domain.masks import MaskVersion
from service.domain.passage import CarriersAccounted, Passage
from service.host.awaited import Watchers
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runner, Runners
from service.inference.protocol import Engine
from service.site.arming import ArmingWatch
from service.site.proposals import Proposals
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.store.upkeep.classes import Retention
from service.verdicts.active_masks import ActiveMasks
from service.verdicts.board import StatusBoard
from service.verdicts.counters import Event, PassageCounters
from service.verdicts.deciding import MAX_WAITING, Decider, JudgedFollower
from service.verdicts.evidence import EvidenceWriter
from service.verdicts.maintenance import Maintenance
from service.verdicts.recorder import Recorder
from service.verdicts.retaining import Retaining

log = structlog.get_logger(__name__)

LATENCY_BUCKETS_S = (0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0)
PROPOSE_EVERY_S = ARM_EVERY_S = 1.0


class Pipeline:
    """Takes camera events in, commits passages and alarms. Make it once; `start`, then feed `on_event`.

    Args:
        store: committed alarms leave by its listeners (`store.on_alarms(hub.publish)`).
        engine: runs the network; may be down at times.
        pictures: where evidence goes.
        registry: where latency and passages are counted for Prometheus.
        retention: how long evidence stays.
        hides: whether people apart from the bar are hidden in what is stored of lifts that do not say it.
        max_waiting: passages being judged at once; more are recorded as unknown, without pictures.
        runners: the list to which every thread is added.
        on_recorded: called with each committed record and the time.monotonic() of its last picture.
        on_unstored: called with the alarms that the database refuses so far, whenever that changes.
        clock: the believed time, by which things age.
        times: after how long alarms end, or call again.
        on_status: called with what is said beside single alarms, whenever it changes.
    """

    def __init__(
        self,
        store: Store,
        engine: Engine,
        pictures: Pictures,
        *,
        registry: CollectorRegistry | None = None,
        retention: Retention | None = None,
        max_waiting: int = MAX_WAITING,
        hides: bool = False,
        runners: Runners | None = None,
        on_recorded: Callable[[PassageRecord, float], object] | None = None,
        on_unstored: Callable[[tuple[Alarm, ...]], object] = lambda _: None,
        clock: WallClock | None = None,
        times: AlarmTimes | None = None,
        on_status: Callable[[AlarmStatus], object] = lambda _: None,
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
        self._engine, self.tally = engine, PassageCounters()
        self.on_recorded = on_recorded
        self.holds_back: Callable[[CameraEvent], bool] = lambda _: False
        """Asked for each event first: whether it has to wait. It may not block and not raise."""
        self.board = StatusBoard()
        self.masks = ActiveMasks(store, engine)
        unstored = UnstoredAlarms(on_unstored)
        self.conditions = HealthConditions(store, unstored=unstored)
        self._evidence = EvidenceWriter(store, pictures, self.tally, engine=engine, hides=hides)
        self._recorder = Recorder(store, pictures, self._evidence, self.tally, self._count, unstored=unstored)
        self._decider = Decider(
            engine,
            self.masks,
            pictures,
            self._recorder,
            self.conditions,
            self.tally,
            max_waiting=max_waiting,
        )
        retention = retention or Retention()
        clock, take = clock or WallClock(), self.conditions.take
        due = DueAlarms(store, clock, times, on_status)
        self.maintenance = Maintenance(store, pictures, self.masks, retention, clock, take, due.step)
        self.retaining = Retaining(store, pictures, retention, clock)
        self._arming = ArmingWatch(
            store, engine, pictures, self.masks.get, self.masks.why_none, self._beat_checking
        )
        proposals = Proposals(store, engine, pictures, self.masks.get, self._beat_proposing, self._rest)
        # Apart from maintenance: a lift is looked at for seconds, and shelving must not wait for that.
        self._proposing = Runner("proposals", proposals.step, every_s=PROPOSE_EVERY_S)
        self._checking = Runner("arming", self._arming.step, every_s=ARM_EVERY_S)
        self._runners = (
            self._decider.runner,
            self._recorder.runner,
            self._evidence.runner,
            self.conditions.runner,
            self.maintenance.runner,
            self.retaining.runner,
            self._proposing,
            self._checking,
        )
        for runner in self._runners:
            (runners or Runners()).add(runner)

    def start(self) -> None:
        """Take over what an earlier run left, and start; may be called again after it failed.

        Raises:
            StoreError: the database cannot answer.
        """
        for lift_id in self.masks.load():
            self._arming.changed(lift_id, at_once=True)
        self.maintenance.troubles.resume()
        self.conditions.start()
        if self._engine.status.state == "ready":
            self.conditions.take(Health(AlarmKind.WORKER_DOWN, None, False, "The embedder is ready"))
        if self._engine.status.cluster is None:
            self.conditions.take(Health(AlarmKind.CLUSTER_LOST, None, False, "It is over since the start"))
        self._evidence.start()
        for runner in self._runners:
            runner.start()

    def stop(self) -> None:
        """Finish what has been answered, then end. Stop cameras and engine before, the store after."""
        self._checking.stop()
        self._proposing.stop()
        self.retaining.runner.stop()
        self.maintenance.runner.stop()
        self._decider.stop()
        self.conditions.stop()
        self._recorder.stop()
        self._evidence.stop()

    def on_event(self, event: CameraEvent) -> None:
        """Take an event from any thread; never blocks and never raises for what is in the event."""
        if not self.holds_back(event):
            self.take(event)

    def take(self, event: CameraEvent) -> None:
        """Take an event that nothing holds back."""
        if isinstance(event, Passage):
            if event.test is None:
                self.tally.begin(event.lift_id, event.id)
            self._decider.submit(event)
        elif isinstance(event, Health):
            self.conditions.take(event)
        else:
            self.board.put(event)
            if isinstance(event, CameraStatus):
                self.conditions.status(event)

    def stored(self, accounts: Mapping[str, CarriersAccounted]) -> dict[str, CarriersAccounted]:
        """Return of what owners have said that of which every carrier is stored by now, by lift."""
        return {lift_id: each for lift_id, each in accounts.items() if not self.tally.under_way(lift_id)}

    def late(self, event: CameraEvent) -> None:
        """Count what a camera's owner reports after the camera was handed on."""
        if isinstance(event, Passage):
            self.tally.add(Event.CARRIERS_LATE, event.carriers)
            log.warning("a carrier came late from the camera's former owner", passage=event.id)
        else:
            self.tally.add(Event.REPORTS_LATE)

    def reload_masks(self, lift_id: str) -> MaskVersion | None:
        """Judge by the lift's active masks from now on (after enrolment or roll back); see ActiveMasks."""
        try:
            return self.masks.reload(lift_id)
        finally:
            self._arming.changed(lift_id, at_once=True)

    def reload_all(self) -> None:
        """Judge every lift by its masks as the engine's model embeds them; each goes over by itself.

        Raises StoreError.
        """
        for lift_id in self.masks.load():
            self._arming.changed(lift_id, at_once=True)

    def follow(self, follower: JudgedFollower) -> None:
        """Tell somebody of each judged passage, once everything that counts is done."""
        self._decider.followers = (*self._decider.followers, follower)

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that the lift's passages are judged by, embedded by the engine's model."""
        return self.masks.get(lift_id)

    def arming(self, lift_id: str) -> Arming:
        """Return whether the lift is armed, as far as is known now; never waits."""
        return self._placed(lift_id, self._arming.state(lift_id))

    def check_arming(self, lift_id: str) -> Arming:
        """Find out whether the lift is armed; blocks while its confirmed pictures are judged again.

        Raises:
            EngineUnavailableError: the embedder is down.
            StoreError: the database cannot answer.
            DamagedError: a stored picture is damaged.
        """
        return self._placed(lift_id, self._arming.check(lift_id))

    def _placed(self, lift_id: str, found: Arming) -> Arming:
        """Return that the place is uncertain, if it is: whatever masks say at a wrong place says nothing."""
        status = self.board.statuses().get(lift_id)
        uncertain = status is not None and status.place_certain is False
        waits = found.reason in {ArmingReason.NO_MASKS, ArmingReason.MASKS_NOT_EMBEDDED}
        return Arming(ArmingReason.PLACE_UNCERTAIN) if uncertain and not waits else found

    def reviewed(self, lift_id: str) -> None:
        """Note that somebody labelled a passage of the lift."""
        self._arming.changed(lift_id, at_once=True)

    def reconfigured(self, lift_id: str) -> None:
        """Note that the lift's configuration was stored: it is not armed before it is checked again."""
        self._arming.forget(lift_id)
        self._arming.changed(lift_id, at_once=True)

    @property
    def shown(self) -> Watchers:
        """Told when a camera has shown another picture."""
        return self.board.shown

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the lift's newest picture, if there is any."""
        return self.board.snapshot(lift_id)

    def reported_s(self, lift_id: str) -> float:
        """Return when the camera's process last reported, time.monotonic(); -inf if it never did."""
        return self.board.reported_s(lift_id)

    def counts(self) -> dict[str, int]:
        """Return what could not be judged, recorded one by one, or kept (PassageCounters)."""
        return self.tally.snapshot() | {"health_fenced": self.conditions.fenced}

    def forget(self, lift_id: str) -> None:
        """Drop what is remembered of a lift that is gone, and end its conditions."""
        self.masks.forget(lift_id)
        self._arming.forget(lift_id)
        self.board.forget(lift_id)
        self.conditions.forget(lift_id)

    def _beat_checking(self) -> None:
        self._checking.heartbeat.begin()

    def _beat_proposing(self) -> None:
        self._proposing.heartbeat.begin()

    def _rest(self, seconds: float) -> None:
        self._proposing.stopping.wait(seconds)

    def _count(self, record: PassageRecord, decided_mono_s: float) -> None:
        self._latency.observe(time.monotonic() - decided_mono_s)
        self._arming.changed(record.lift_id)
        self._recorded.labels(record.lift_id, record.judgement.verdict.value).inc(record.carriers)
        if self.on_recorded is not None:
            self.on_recorded(record, decided_mono_s)

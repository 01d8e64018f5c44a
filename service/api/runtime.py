"""What the composition root hands to the API: the service's parts, ready to be called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from lifts.decision.arming import Arming
from service.alarms.hub import AlarmHub
from service.api.auth import Authenticator
from service.api.threads import Threads
from service.audit.notes import AuditNotes
from service.decoding.budget import DecodingHere, StrangersPictures
from service.domain.camera import CameraEvent, CameraStatus, Snapshot
from service.domain.errors import ConflictError, DamagedError, EngineUnavailableError, StoreError
from service.domain.evidence.clip import ClipRules
from service.domain.leading.leader import ALONE
from service.domain.masks import MaskVersion
from service.host.awaited import Watchers
from service.host.clocks.wall_clock import WallClock
from service.host.parts import Parts
from service.host.runner import Runners
from service.inference.protocol import Engine
from service.overview.recent import RecentMarks
from service.overview.thumbnails import Thumbnails
from service.replicas.role import ServiceRole
from service.secrets.vault import Vault
from service.settings import Settings
from service.store import lifts
from service.store.clips.folder import ClipFolder
from service.store.database import Store
from service.store.kept.shipping import EvidenceShipper
from service.store.pictures import Pictures
from service.usecases.setup.whole import Setups
from service.verdicts.deciding import JudgedFollower


class CameraBoard(Protocol):
    """The cameras, as the API uses them."""

    def refresh(self) -> None:
        """Follow the store: start, restart or stop what changed there. Returns at once."""

    def status(self, lift_id: str) -> CameraStatus | None:
        """Return the camera's state; None if none is watched."""

    def statuses(self) -> tuple[CameraStatus, ...]:
        """Return the state of every camera that is watched."""

    def processes(self) -> Mapping[str, tuple[int | None, int]]:
        """Return each camera's process, if one runs, and how often it was started again, by lift."""


class Judging(Protocol):
    """The pipeline, as the API and the parts beside the core use it."""

    def on_event(self, event: CameraEvent) -> None:
        """Take an event as a camera's process reports it; never blocks."""

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that passages are judged by, embedded by the engine's model."""

    def reload_masks(self, lift_id: str) -> MaskVersion | None:
        """Use the lift's active masks from now on."""

    def reload_all(self) -> None:
        """Judge every lift by its masks as the engine's model embeds them."""

    def follow(self, follower: JudgedFollower) -> None:
        """Tell somebody of each judged passage, once everything that counts is done."""

    def arming(self, lift_id: str) -> Arming:
        """Return whether the lift is armed, as far as is known now."""

    def check_arming(self, lift_id: str) -> Arming:
        """Find out whether the lift is armed; blocks while pictures are judged again."""

    def reviewed(self, lift_id: str) -> None:
        """Note that somebody labelled a passage of the lift."""

    def reconfigured(self, lift_id: str) -> None:
        """Note that the lift's configuration was stored: it is not armed before it is checked again."""

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""

    def counts(self) -> dict[str, int]:
        """Return what could not be judged, recorded one by one, or kept."""

    @property
    def shown(self) -> Watchers:
        """Told when a camera has shown another picture."""

    def snapshot(self, lift_id: str) -> Snapshot | None:
        """Return the camera's newest picture, if there was one yet."""

    def reported_s(self, lift_id: str) -> float:
        """Return when the camera's process last reported, time.monotonic(); -inf if it never did."""


@dataclass(frozen=True, eq=False)
class Runtime:
    """The parts that routes use; made once per process by service.app, or by tests."""

    settings: Settings
    store: Store
    pictures: Pictures
    engine: Engine
    hub: AlarmHub
    cameras: CameraBoard
    pipeline: Judging
    gate: Authenticator
    vault: Vault
    setup: Setups
    epoch: str
    registry: CollectorRegistry
    heartbeat_s: float = 5.0
    runners: Runners = field(default_factory=Runners)
    clock: WallClock = field(default_factory=WallClock)
    decoding: StrangersPictures = field(default_factory=DecodingHere)
    threads: Threads = field(default_factory=Threads)
    role: ServiceRole = field(default_factory=lambda: ServiceRole(ALONE))
    notes: AuditNotes = field(default_factory=AuditNotes)
    parts: Parts = field(default_factory=Parts)
    marks: RecentMarks = field(default_factory=RecentMarks)
    thumbnails: Thumbnails = field(default_factory=Thumbnails)
    shared_clips: ClipFolder | None = None
    shipper: EvidenceShipper | None = None

    @property
    def clips(self) -> ClipFolder:
        """The files of the alarms' clips."""
        return self.shared_clips or ClipFolder(self.settings.data)

    def active_masks(self, lift_id: str) -> MaskVersion:
        """Return the masks that the lift is judged by; raises ConflictError if it has none."""
        version = self.pipeline.active_masks(lift_id) or self.pipeline.reload_masks(lift_id)
        if version is None:
            raise ConflictError(
                f"lift {lift_id!r} has no masks yet: enrol it with POST /lifts/{lift_id}/masks",
                "no_masks",
                lift_id=lift_id,
            )
        return version

    def hides(self, lift_id: str) -> bool:
        """Return whether people are hidden in what is stored of a lift. Raises StoreError."""
        with self.store.reading() as session:
            return lifts.hides_people(session, lift_id, self.settings.privacy == "blur")

    def clip_rules(self, lift_id: str) -> ClipRules:
        """Return whether a lift has clips of its alarms, and how long they stay. Raises StoreError."""
        return self.settings.rules_of_clips("blur" if self.hides(lift_id) else "none")

    def masks_changed(self, lift_id: str) -> None:
        """Judge and register by the lift's active masks from now on."""
        self.pipeline.reload_masks(lift_id)
        self.cameras.refresh()

    def arming_now(self, lift_id: str) -> Arming:
        """Return whether the lift is armed by its present masks; `not_checked` while that cannot be known."""
        try:
            return self.pipeline.check_arming(lift_id)
        except (EngineUnavailableError, StoreError, DamagedError):
            return self.pipeline.arming(lift_id)

"""The core: store, pipeline, cameras and what the API is given. Everything else is a part beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from prometheus_client import CollectorRegistry

from service.alarms.hub import AlarmHub
from service.api.auth import Attempts, Authenticator
from service.api.runtime import Runtime
from service.api.sessions import Sessions
from service.clips.desk import ClipDesk
from service.cluster.cameras.fleet import CameraFleet
from service.cluster.cameras.metrics import FleetMetrics
from service.cluster.link import DriverLink
from service.composition.watching import CameraMaker
from service.decoding.budget import StrangersPictures
from service.domain.passage import CarriersAccounted
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runners
from service.inference.protocol import Engine
from service.replicas.role import ServiceRole
from service.secrets.vault import Vault
from service.settings import Settings
from service.station.cameras import Cameras, MakeSupervisor
from service.store import lifts
from service.store.alarms.history import StoredOutbox, ensure_epoch
from service.store.database import Store
from service.store.evidence.remote import RemoteStore
from service.store.kept.lines import SharedLines, forget_others, learnt_folder
from service.store.kept.shipping import EvidenceShipper
from service.store.kept.whole import Evidence
from service.usecases.setup.whole import Setups
from service.verdicts.pipeline import Pipeline


@dataclass(frozen=True, eq=False)
class Core:
    """What watches and judges, and what the API is given."""

    runtime: Runtime
    pipeline: Pipeline
    cameras: Cameras
    clips: ClipDesk
    shipper: EvidenceShipper
    fleet: CameraFleet | None
    accounts: Callable[[], dict[str, CarriersAccounted]]
    lines: SharedLines | None


def make_core(
    settings: Settings,
    engine: Engine,
    store: Store,
    vault: Vault,
    setup: Setups,
    decoding: StrangersPictures,
    evidence: Evidence,
    runners: Runners,
    *,
    link: DriverLink | None,
    watch: Callable[[CameraMaker], MakeSupervisor],
    loop_files: bool,
    role: ServiceRole,
) -> Core:
    """Return the core; nothing of it is started.

    Args:
        settings: what to run.
        engine, store, vault, setup, decoding, evidence, runners: what is there already.
        link: to a cluster; None: there is none.
        watch: returns what makes cameras' supervisors.
        loop_files: recorded videos that replace cameras start again when they end.
        role: whether this service leads.
    """
    pictures, hub, clock = evidence.pictures, AlarmHub(StoredOutbox(store)), WallClock()
    runners.add(hub.runner)
    setup.board.kept.follow(clock)
    store.on_alarms(hub.publish)
    pipeline = Pipeline(
        store,
        engine,
        pictures,
        registry=CollectorRegistry(),
        hides=settings.privacy == "blur",
        retention=settings.retention(),
        runners=runners,
        on_unstored=hub.show_unstored,
        on_status=hub.show_status,
        times=settings.alarm_times(),
        clock=clock,
    )
    clips = ClipDesk()
    store.on_alarms(clips.on_alarms)
    maker = CameraMaker(settings, store, vault, runners, clips, pipeline.late, link)
    if maker.fleet is not None:
        pipeline.registry.register(FleetMetrics(maker.fleet))
    cameras = Cameras(
        store,
        watch(maker),
        pipeline.on_event,
        pipeline.reload_masks,
        partial(forget_others, learnt_folder(settings.data)),
        loop_files=loop_files,
        runners=runners,
    )
    sessions = Sessions(store, *settings.session_limits_s())
    shipper = EvidenceShipper(store, evidence, runners)
    runtime = Runtime(
        clock=clock,
        settings=settings,
        store=store,
        pictures=pictures,
        engine=engine,
        hub=hub,
        cameras=cameras,
        pipeline=pipeline,
        gate=Authenticator(store, sessions, Attempts()),
        vault=vault,
        setup=setup,
        epoch=store.write(ensure_epoch).result(),
        registry=pipeline.registry,
        runners=runners,
        decoding=decoding,
        shared_clips=evidence.clips,
        shipper=None if evidence.remote is None else shipper,
        role=role,
    )
    remote = evidence.remote
    return Core(
        runtime,
        pipeline,
        cameras,
        clips,
        shipper,
        maker.fleet,
        lambda: pipeline.stored(maker.book.accounts()),
        None if remote is None else _lines(settings, store, remote, shipper, role, runners),
    )


def _lines(
    settings: Settings,
    store: Store,
    remote: RemoteStore,
    shipper: EvidenceShipper,
    role: ServiceRole,
    runners: Runners,
) -> SharedLines:
    def leads() -> bool:
        return role.mine is not None

    def lift_ids() -> tuple[str, ...]:
        with store.reading() as session:
            return lifts.ids(session)

    folder = learnt_folder(settings.data)
    return SharedLines(folder, remote, leads, partial(shipper.owns, remote), lift_ids, runners)

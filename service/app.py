"""The composition root: makes the service's parts, starts them in order and stops them in reverse.

Settings, engine, store, pipeline, cameras, API. Nothing is made at import. The main process never imports
torch: the embedder's worker, which does, starts in parallel.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from functools import partial

import structlog
from fastapi import FastAPI

from service.alarms.downtime import Downtime
from service.api.runtime import Runtime
from service.api.sessions import Principal
from service.composition.core import make_core
from service.composition.parts import add_parts
from service.composition.watching import CameraMaker
from service.decoding.processes import DecodingProcesses
from service.domain.errors import BarwatchError, ConfigurationError
from service.domain.people import Role
from service.host.disk import DiskSpace
from service.host.folders.lock import FolderLock
from service.host.limits.descriptors import connections_allowed, raise_descriptors
from service.host.parts import Begins, Step
from service.host.private import keep_private
from service.host.runner import Runner
from service.host.watchdog import LoopHeartbeat, Watchdog
from service.inference.running.early import EarlyEngine
from service.replicas.claiming import claimed
from service.replicas.role import ServiceRole
from service.secrets.keys import KeyRing
from service.secrets.vault import Vault
from service.settings import Settings
from service.station.cameras import MakeSupervisor
from service.station.supervisor import camera_context
from service.store import alarms
from service.store.database import Store
from service.store.kept.whole import Evidence
from service.store.upkeep.background import Upkeep
from service.usecases.beginning import note_start
from service.usecases.first_token import first_token
from service.usecases.setup.whole import Setups
from service.web.app import create_app
from service.web.connections import Connections
from service.web.server import WebServer, listen

log = structlog.get_logger(__name__)

Prepare = Callable[[Runtime], None]
"""Work to do once the engine is ready and before the cameras start (the demonstration enrols its lifts)."""


class Service:
    """One process of Barwatch.

    Args:
        settings: what to run.
        early: the engine, if it is already started.
        prepare: called once the engine is ready, before the cameras start.
        on_ready: called with this service once it is ready (prints the link).
        on_standby: called with it if another service leads: it waits for its turn, and answers meanwhile.
        loop_files: recorded videos that replace cameras start again when they end.

    Raises:
        ConfigurationError: settings, data folder or model cannot be used; the message says why.
    """

    def __init__(
        self,
        settings: Settings,
        early: EarlyEngine | None = None,
        *,
        prepare: Prepare | None = None,
        on_ready: Callable[[Service], None] | None = None,
        on_standby: Callable[[Service], None] | None = None,
        loop_files: bool = False,
    ) -> None:
        self.settings = settings
        self.began_s = time.monotonic()
        self._on_ready, self._on_standby = on_ready, on_standby
        self._failure: BarwatchError | None = None
        self._server: WebServer | None = None
        self._stopping = threading.Event()
        early = early or EarlyEngine(settings)
        self.engine, self.runners = early.engine, early.runners
        self._starter = self.runners.add(Runner("start-up", self._start_up))
        self._steps: deque[Step] = deque()
        with contextlib.ExitStack() as parts:
            parts.callback(early.stop)
            parts.callback(FolderLock(settings.data).release)
            private = self.runners.add(keep_private(settings.data))
            private.start()
            parts.callback(private.stop)
            # The database cannot open on a full disk: this gives up the reserve, if there is one.
            DiskSpace(settings.data).check(quietly=True)  # who maintains it says so
            self.store = Store.open(
                settings.data, self.runners, settings.backup_folder(), settings.database_address()
            )
            parts.callback(self.store.close)
            self.socket = listen(settings.host, settings.port)
            parts.callback(self.socket.close)
            # Asked now: the server closes its socket when it stops, perhaps while it still starts.
            self._address: tuple[str, int] = self.socket.getsockname()[:2]
            self.role = ServiceRole(claimed(self.store.database, settings, self._address))
            self.vault = Vault(self.store, KeyRing(settings.data, *settings.secret_keys()))
            networks = settings.networks_of_cameras()
            spool_bytes = round(settings.evidence_spool_gb * 1e9)
            evidence = Evidence.of(settings.data, settings.evidence_address(), spool_bytes)
            self.setup = Setups.make(
                settings.data,
                self.store,
                self.engine,
                self.vault.credentials,
                self.runners,
                networks,
                evidence.pictures,
            )
            allowed = connections_allowed(raise_descriptors())
            self._connections = Connections(allowed, trusted=settings.trusted_proxies)
            self._decoding = DecodingProcesses(camera_context, runners=self.runners)
            core = make_core(
                settings,
                self.engine,
                self.store,
                self.vault,
                self.setup,
                self._decoding,
                evidence,
                self.runners,
                link=early.link,
                watch=self._watch,
                loop_files=loop_files,
                role=self.role,
            )
            self.runtime, self.pipeline, self.cameras = core.runtime, core.pipeline, core.cameras
            placing = () if core.fleet is None else (core.fleet,)
            add_parts(core)
            noting = self.runners.add(self.runtime.notes.runner(self.store))
            downtime = Downtime(self.store, self.cameras.statuses, accounts=core.accounts)
            self.runners.add(downtime.runner)
            told, clock = self.pipeline.on_event, self.runtime.clock
            upkeep = Upkeep(self.store, settings.backup_plan(), clock, told, self.runners)
            early.listen(told)
            self.new_token = first_token(self.store, settings, shown=prepare is None)
            stops: tuple[Callable[[], object], ...] = (
                partial(self.runtime.notes.end, noting, self.store),
                core.shipper.stop,  # after the last picture was written
                self.pipeline.stop,
                self.cameras.stop,
                self.setup.stop,
                self._decoding.stop,
                downtime.stop,
                upkeep.stop,
                self.runtime.parts.stop,
                self._starter.stop,
                self.role.stop,
                early.stop,  # it releases a start-up that waits for the model
                *(fleet.stop for fleet in placing),  # first: nobody takes over meanwhile
            )
            for stop in stops:
                parts.callback(stop)
            self._parts = parts.pop_all()
        prepared = [] if prepare is None else [partial(prepare, self.runtime)]
        self._steps.extend(
            (
                *self.runtime.parts.steps(Begins.EVERYWHERE),
                ("what is noted for the audit is written from now on", noting.start),
                ("what waits for the shared store is being counted", core.shipper.start),
                ("another service leads", self._await_turn),
                *self.runtime.parts.steps(Begins.LEADING),
                ("the model is being loaded", early.wait_ready),
                ("the start is being recorded", partial(note_start, self.store, self.engine, settings)),
                ("the masks are being loaded", self.pipeline.start),
                ("the cameras' passwords are being sealed", self.vault.renew),
                *(("the demonstration is being prepared", each) for each in prepared),
                ("the cameras are being started", self.cameras.start),
                *(("the cameras are being placed", fleet.start) for fleet in placing),
                ("the rest of the database is to be checked", upkeep.start),
                ("set-ups are being looked up", self.setup.start),
                ("the decoders are being started", self._decoding.start),
                ("the last run's end is being looked up", downtime.runner.start),
                *self.runtime.parts.steps(Begins.LAST),
            )
        )
        self.app = create_app(self.runtime, self._lifespan)

    @property
    def url(self) -> str:
        """Where a browser finds the service: the public address if one is set, else this machine's."""
        if self.settings.public_url is not None:
            return self.settings.public_url + self.settings.root_path
        host, port = self._address
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
        return f"http://{shown}:{port}{self.settings.root_path}"

    def sign_in_link(self, name: str, role: Role) -> str:
        """Return a link that signs a browser in once; its key follows the #, which browsers never send."""
        return f"{self.url}/#key={self.runtime.gate.sessions.new_key(Principal(name, role))}"

    def run(self) -> None:
        """Serve until `stop`.

        Raises:
            ConfigurationError: the model was refused when it was loaded; or another service leads now.
            EngineUnavailableError: the embedder did not come up.
        """
        self._server = WebServer(self.app, self._connections)
        try:
            if not self._stopping.is_set():
                asyncio.run(self._server.serve(sockets=[self.socket]))
        finally:
            # Usually nothing is left to do, but the server may never have started.
            self._shut_down()
        if self._failure is not None:
            raise self._failure
        if self.role.superseded:
            raise ConfigurationError(self.role.superseded)  # whoever restarts what failed restarts it

    def stop(self) -> None:
        """Ask `run` to end; safe from any thread, at any moment."""
        self._stopping.set()
        if self._server is not None:
            self._server.should_exit = True

    def _watch(self, maker: CameraMaker) -> MakeSupervisor:
        """Return what makes a camera's supervisor; tests have others."""
        return maker

    @contextlib.asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        with self.store.reading() as session:
            newest = alarms.last_seq(session)
        await self.runtime.hub.start(newest)
        watchdog = self._watchdog(asyncio.get_running_loop())
        self._starter.start()
        try:
            yield
        finally:
            await self.runtime.hub.stop()
            await asyncio.to_thread(self._shut_down)
            if watchdog is not None:
                # Last of all: until then it ends the process if shutting down hangs.
                await asyncio.to_thread(watchdog.stop)

    def _watchdog(self, loop: asyncio.AbstractEventLoop) -> Watchdog | None:
        """Start the watchdog; return None if the settings switch it off."""
        if not self.settings.watchdog_s:
            return None
        watchdog = Watchdog(self.settings.watchdog_s, self.runners, LoopHeartbeat(loop))
        watchdog.start()
        return watchdog

    def _await_turn(self) -> None:
        """Wait until this service leads, answering as a replica meanwhile."""
        if self.role.mine is None:
            leader = self.role.leader
            log.info("standing by", url=self.url, leader=None if leader is None else leader.address)
            if self._on_standby is not None:
                self._on_standby(self)
            self.role.wait()
            self.began_s = time.monotonic()
        log.info("leading", claim=self.role.mine.fence if self.role.mine is not None else None)

    def _start_up(self) -> bool:
        """Wait for the model, then start what needs it, step by step.

        A BarwatchError, which a person can put right, ends the service with its reason. After any other error
        the runner tries again from the step that failed, and `/health/ready` names that step meanwhile.
        """
        try:
            with self._starter.heartbeat.waiting():
                while self._steps:
                    self._starter.unfinished, step = self._steps[0]
                    step()
                    self._steps.popleft()
        except BarwatchError as error:
            if not self._stopping.is_set():
                self._failure = error
                self.stop()
            return False
        self._starter.unfinished = ""
        log.info("ready", url=self.url, seconds=round(time.monotonic() - self.began_s, 2))
        if self._on_ready is not None:
            self._on_ready(self)
        return False

    def _shut_down(self) -> None:
        """Stop all parts, the last started first; if one fails to stop, the others still stop."""
        self._parts.close()

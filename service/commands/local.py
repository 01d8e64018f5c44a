"""The API in this process, on a data folder, without cameras or a worker: for `enroll` and `classify`."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp, Receive, Scope, Send

from lifts.decision.arming import Arming
from service.alarms.hub import AlarmHub
from service.api.auth import TRUSTED, Attempts, Authenticator
from service.api.runtime import Runtime
from service.api.sessions import Principal, Sessions
from service.composition.trying import make_trials
from service.domain.camera import CameraStatus
from service.domain.errors import DamagedError
from service.domain.masks import MaskVersion
from service.domain.people import Role
from service.host.private import OTHERS
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.secrets.keys import KeyRing
from service.secrets.vault import Vault
from service.settings import Settings
from service.store.alarms import history
from service.store.alarms.history import StoredOutbox
from service.store.database import Store
from service.store.kept.whole import Evidence
from service.usecases.setup.whole import Setups
from service.verdicts.pipeline import Pipeline
from service.web.app import create_app


class NoCameras:
    """Watches nothing."""

    def refresh(self) -> None:
        """Nothing to follow."""

    def status(self, lift_id: str) -> CameraStatus | None:  # noqa: ARG002
        """No camera."""
        return None

    def statuses(self) -> tuple[CameraStatus, ...]:
        """No camera."""
        return ()

    def processes(self) -> dict[str, tuple[int | None, int]]:
        """No camera."""
        return {}


class LocalPipeline(Pipeline):
    """A pipeline without threads: masks are read, and arming is found out, when somebody asks."""

    def active_masks(self, lift_id: str) -> MaskVersion | None:
        """Return the masks that the lift is judged by. Raises DamagedError: they cannot be read."""
        if super().active_masks(lift_id) is None:
            self.reload_masks(lift_id)
        return super().active_masks(lift_id)

    def arming(self, lift_id: str) -> Arming:
        """Return whether the lift is armed; blocks while its confirmed pictures are judged."""
        with contextlib.suppress(DamagedError):
            self.active_masks(lift_id)
            return self.check_arming(lift_id)
        return super().arming(lift_id)


@contextmanager
def local_application(settings: Settings) -> Iterator[ASGIApp]:
    """Yield the application on the settings' data folder; a person who can run it there is an admin.

    Raises:
        ConfigurationError: data folder or model cannot be used.
    """
    model = EmbeddingModel.load(
        settings.manifest_path(),
        settings.device,
        precision=settings.precision,
        public_key=settings.model_key(),
    )
    engine = InlineEngine(model, model.manifest, str(model.device))
    os.umask(OTHERS)
    store = Store.open(settings.data, url=settings.database_address())
    try:
        registry = CollectorRegistry()
        evidence = Evidence.of(settings.data, settings.evidence_address())
        pictures = evidence.pictures
        vault = Vault(store, KeyRing(settings.data, *settings.secret_keys()))
        runtime = Runtime(
            settings=settings,
            store=store,
            pictures=pictures,
            engine=engine,
            hub=AlarmHub(StoredOutbox(store)),  # never started: nobody subscribes here
            cameras=NoCameras(),
            pipeline=LocalPipeline(store, engine, pictures, registry=registry),
            gate=Authenticator(store, Sessions(store, 1.0), Attempts()),
            vault=vault,
            setup=Setups.make(settings.data, store, engine, vault.credentials),  # never started here
            epoch=store.write(history.ensure_epoch).result(),
            registry=registry,
            shared_clips=evidence.clips,
        )
        runtime.parts.add("", make_trials(runtime))  # never started here
        yield _as_admin(create_app(runtime))
    finally:
        store.close()


def _as_admin(application: ASGIApp) -> ASGIApp:
    async def call(scope: Scope, receive: Receive, send: Send) -> None:
        await application({**scope, TRUSTED: Principal("command line", Role.ADMIN)}, receive, send)

    return call

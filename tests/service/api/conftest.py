"""The real application on a real database and files; the network is one that can be worked out by hand."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session

from lifts.decision.arming import Arming
from lifts.decision.verdict import ImageJudgement, Inference, Judgement, Verdict
from service.alarms.hub import AlarmHub
from service.api.auth import Attempts, Authenticator
from service.api.runtime import Runtime
from service.api.sessions import Sessions
from service.composition.administration import add_administration
from service.composition.outputs import make_book, make_outputs
from service.composition.testing import make_self_tests
from service.composition.trying import make_renewals, make_trials
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.arrays import Float32
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import EngineUnavailableError
from service.domain.people import Role
from service.host.runner import Runners
from service.industry.control.whole import LiftControls
from service.industry.inputs.whole import LiftInputs
from service.industry.report.terms import ServerIdentity
from service.inference.inline import InlineEngine
from service.secrets.keys import KeyRing
from service.secrets.vault import Vault
from service.settings import Settings
from service.store import alarms, passages, tokens
from service.store.alarms import history
from service.store.alarms.history import StoredOutbox
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord, PictureRecord
from service.usecases.setup.whole import Setups
from service.verdicts.pipeline import Pipeline
from service.web.app import create_app
from tests.service.kept_pictures import keep, keep_maps
from tests.service.store.empty import open_empty
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, TinyEmbedder, draw_mask, draw_picture, png, tiny_manifest


class Engine(InlineEngine):
    """The tiny network; `down` makes it fail as a lost worker does."""

    down = False

    def submit_pictures(self, images: Any, references: Float32 | None = None) -> Future[Inference]:
        if not self.down:
            return super().submit_pictures(images, references)
        future: Future[Inference] = Future()
        future.set_exception(EngineUnavailableError("the embedder's worker is down"))
        return future


@dataclass
class ScriptedCameras:
    """Cameras with the statuses that the test put there."""

    by_lift: dict[str, CameraStatus] = field(default_factory=dict)
    refreshed: int = 0

    def refresh(self) -> None:
        self.refreshed += 1

    def status(self, lift_id: str) -> CameraStatus | None:
        return self.by_lift.get(lift_id)

    def statuses(self) -> tuple[CameraStatus, ...]:
        return tuple(self.by_lift.values())

    def processes(self) -> dict[str, tuple[int | None, int]]:
        return dict.fromkeys(self.by_lift, (None, 0))


class ScriptedPipeline(Pipeline):
    """The real pipeline; a test can say whether a lift is armed."""

    given_arming: dict[str, Arming]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.given_arming = {}

    def arming(self, lift_id: str) -> Arming:
        return self.given_arming.get(lift_id) or super().arming(lift_id)


def status_of(lift_id: str, state: CameraState = CameraState.LIVE) -> CameraStatus:
    return CameraStatus(lift_id, state, "", 12.5, 0.04, 100, 0, 7, "normal")


@dataclass
class House:
    """What a test needs of one running application."""

    runtime: Runtime
    store: Store
    engine: Any
    cameras: ScriptedCameras
    app: FastAPI
    client: TestClient
    tokens: dict[Role, str]

    def headers(self, role: Role = Role.ADMIN) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def call(self, method: str, path: str, role: Role = Role.ADMIN, **content: Any) -> Any:
        return self.client.request(method, path, headers=self.headers(role), **content)

    def enrol(self, lift_id: str = "demo-quad", **content: Any) -> Any:
        files = {"open": ("o.png", png(draw_mask(OPEN_Y))), "close": ("c.png", png(draw_mask(CLOSE_Y)))}
        files |= content.pop("files", {})
        return self.call("POST", f"/lifts/{lift_id}/masks", Role.OPERATOR, files=files, **content)

    def arm(self, lift_id: str = "demo-quad", state: Arming | None = None) -> None:
        """Call a lift armed, or what `state` says."""
        assert isinstance(self.runtime.pipeline, ScriptedPipeline)
        self.runtime.pipeline.given_arming[lift_id] = state or Arming(None)

    def raise_alarm(self, passage_id: str | None = "p-1", kind: AlarmKind = AlarmKind.BAR_OPEN) -> Alarm:
        draft = AlarmDraft(kind, Severity.CRITICAL, "demo-quad", "Bar open", passage_id, Verdict.OPEN)
        alarm = self.store.write(partial(alarms.raise_alarm, draft=draft)).result()
        assert alarm is not None
        return alarm

    def add_passage(self, passage_id: str = "p-1", verdict: Verdict = Verdict.OPEN) -> PassageRecord:
        seen_at = datetime.now(UTC)
        files = keep(self.runtime.pictures, seen_at, [draw_picture(OPEN_Y)] * 3, passage_id)
        lit = np.zeros((3, 10, 10), np.uint8)
        lit[:, OPEN_Y // 20] = 255
        maps = keep_maps(self.runtime.pictures, files, lit)
        image = ImageJudgement(0.1, 0.9, 0.95, verdict)
        judgement = Judgement(verdict, 0.99, -0.8, True, 0.95, (image,) * 3, 1, "tiny-1")
        pictures = tuple(
            PictureRecord(file, 1.0 + n, 0.9, None, why)
            for n, (file, why) in enumerate(zip(files, maps, strict=True))
        )
        record = PassageRecord(passage_id, "demo-quad", 1, seen_at, 1.0, 2.0, 3.0, judgement, pictures)
        self.store.write(partial(passages.add, record=record)).result()
        return record


def _one_of_each_role(session: Session) -> dict[Role, str]:
    return {role: tokens.create(session, name=f"the {role.value}", role=role)[0] for role in Role}


@pytest.fixture(autouse=True, scope="session")
def _plain_logs() -> None:
    """Unformatted log lines: structlog's own tracebacks for people take seconds to draw."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )


@contextmanager
def houses(folder: Path) -> Iterator[Callable[..., House]]:
    """Make applications; `heartbeat_s`, `engine` and settings may be given. `serve`: by another loop.

    One goes on with the data that its folder has from before.
    """
    opened: list[tuple[TestClient, Store, AlarmHub]] = []
    boards: list[Setups] = []

    def make(
        heartbeat_s: float = 5.0,
        *,
        serve: bool = False,
        engine: InlineEngine | None = None,
        **settings: Any,
    ) -> House:
        data = folder / f"data{len(opened)}"
        store = Store.open(data) if (data / "barwatch.db").exists() else open_empty(data)
        registry, pictures = CollectorRegistry(), Pictures(data)
        engine = engine or Engine(TinyEmbedder(), tiny_manifest())
        cameras = ScriptedCameras()
        hub = AlarmHub(StoredOutbox(store))
        store.on_alarms(hub.publish)
        vault = Vault(store, KeyRing(data))
        setup = Setups.make(data, store, engine, vault.credentials)
        setup.start()
        runtime = Runtime(
            settings=Settings(data=data, **settings),
            store=store,
            pictures=pictures,
            engine=engine,
            hub=hub,
            cameras=cameras,
            pipeline=ScriptedPipeline(store, engine, pictures, registry=registry),
            gate=Authenticator(store, Sessions(store, 3600), Attempts()),
            vault=vault,
            setup=setup,
            epoch=store.write(history.ensure_epoch).result(),
            registry=registry,
            heartbeat_s=heartbeat_s,
        )
        runtime.parts.add("", make_self_tests(runtime))
        book = make_book(runtime)
        runtime.parts.add("browsers", book)
        outputs = make_outputs(runtime, runtime.pipeline.on_event, None, book)
        runtime.parts.add("", make_trials(runtime))
        runtime.parts.add("", make_renewals(runtime))
        runtime.parts.add("outputs", outputs)
        controls = LiftControls(store, lambda _: False, runtime.settings.networks_of_outputs())
        runtime.parts.add("", controls)
        inputs = LiftInputs(
            *(store, runtime.pipeline.on_event, runtime.settings.networks_of_outputs()),
            *(vault.credentials, lambda: ServerIdentity("urn:barwatch:test", b"", b"")),
        )
        runtime.parts.add("", inputs)
        add_administration(runtime, runtime.parts, Runners())
        made = store.write(_one_of_each_role).result()
        app = create_app(runtime)
        client = TestClient(app, raise_server_exceptions=False)
        client.__enter__()
        if not serve:
            assert client.portal is not None
            client.portal.call(hub.start, 0)
        opened.append((client, store, hub))
        boards.append(setup)
        return House(runtime, store, engine, cameras, app, client, made)

    yield make
    for board in boards:
        board.stop()
    for client, store, hub in opened:
        client.app.state.runtime.parts.stop()  # type: ignore[attr-defined]
        hub.runner.stop()
        client.__exit__(None, None, None)
        store.close()


@pytest.fixture
def make_house(tmp_path: Path) -> Iterator[Callable[..., House]]:
    """What makes applications, gone with the test."""
    with houses(tmp_path) as make:
        yield make


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """An application with default settings and nothing in it."""
    return make_house()


@pytest.fixture(scope="module")
def _standing_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with houses(tmp_path_factory.mktemp("standing")) as make:
        yield make()


@pytest.fixture
def shared_house(_standing_house: House) -> House:
    """An application for calls that are all refused: the same for a file's tests, no wrong token counted."""
    _standing_house.runtime.gate.attempts = Attempts()
    _standing_house.client.cookies.clear()
    return _standing_house

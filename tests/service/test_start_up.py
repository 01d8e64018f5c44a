"""What fails while the service starts ends it with the reason, or shows in its readiness."""

import contextlib
import multiprocessing
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from lifts.schema import Lift
from service.api.runtime import Runtime
from service.app import Service
from service.composition.watching import CameraMaker
from service.decoding.processes import DecodingProcesses
from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState, CameraStatus
from service.domain.errors import ConfigurationError, StoreError
from service.domain.health import Health
from service.domain.passage import CarriersAccounted
from service.settings import Settings
from service.station.cameras import MakeSupervisor
from service.store import lifts
from service.store.database import Store
from service.store.owners import accounted, leases
from tests.tools.processes import ADMIN_TOKEN, SIGNED
from tests.tools.tiny_model import release


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that loads in no time, beside torch."""
    return release(tmp_path_factory.mktemp("model"))


def settings_of(data: Path, model: Path) -> Settings:
    # Without the watchdog: its timer is the tests' own, in whose process the service runs.
    return Settings(data=data, model=model, port=0, device="cpu", watchdog_s=0, admin_token=ADMIN_TOKEN)


@contextlib.contextmanager
def serving(
    settings: Settings, prepare: Callable[[Runtime], None] | None = None, make: type[Service] = Service
) -> Iterator[Service]:
    """Run the service on a thread of this process."""
    ready = threading.Event()
    service = make(settings, prepare=prepare, on_ready=lambda _: ready.set())
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        yield service
    finally:
        service.stop()
        thread.join(60)
        assert not thread.is_alive()


def await_problems(service: Service, wanted: Callable[[list[str]], bool]) -> list[str]:
    """Return what /health/ready complains of once it is what is waited for."""
    pause = threading.Event()
    with httpx.Client(base_url=service.url, timeout=120) as client:
        for _ in range(600):
            answer = client.get("/health/ready")
            problems: list[str] = answer.json()["problems"]
            assert answer.status_code == (503 if problems else 200)
            if wanted(problems):
                return problems
            pause.wait(0.1)
    raise AssertionError(f"after a minute there is still {problems}")


ACCOUNTED = CarriersAccounted(1, datetime(2026, 1, 31, tzinfo=UTC))


class LiveCamera:
    def __init__(self, lift_id: str) -> None:
        self.status = CameraStatus(lift_id, CameraState.LIVE, "", 25.0, 0.04, 1, 0, 0, "runs")
        self.process = (None, 0)

    def start(self) -> None:
        """Nothing to start."""

    ask_to_stop = stop = start


class Watching(Service):
    """A service whose cameras need no processes: each is live at once."""

    def _watch(self, maker: CameraMaker) -> MakeSupervisor:
        maker.book.follow("l", lambda: ACCOUNTED)
        return lambda watched, _: LiveCamera(watched.lift.id)


@pytest.mark.thorough
def test_the_time_between_two_runs_is_told_of(tmp_path: Path, model: Path) -> None:
    """A start says through the API since when the lift that was watched had not been, and is itself noted."""
    track = {
        name: {"x": x, "y": 90.0, "scale": 1.0} for name, x in (("begin", 80), ("middle", 160), ("end", 240))
    }
    camera = {"url": "rtsp://camera.example/s", "width": 640, "height": 480}
    lift = Lift.model_validate({"id": "l", "name": "l", "camera": camera, "track": track})

    store, seen_at = Store.open(tmp_path), datetime.now(UTC)
    store.write(partial(lifts.put, lift=lift)).result()
    store.write(partial(lifts.note_watched, times={"l": seen_at})).result()
    store.write(partial(leases.hand_out, lift_id="l", owner="here", since=None, now=seen_at)).result()
    store.close()
    with (
        serving(settings_of(tmp_path, model), make=Watching) as service,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client,
    ):
        assert isinstance(service.runtime.decoding, DecodingProcesses)
        pause = threading.Event()
        for _ in range(600):
            found = client.get("/alarms?kind=service_down").json()["items"]
            if any(alarm["state"] == "cleared" for alarm in found):  # active for a moment
                break
            pause.wait(0.1)
    assert [(alarm["lift_id"], alarm["state"]) for alarm in found] == [("l", "cleared")]
    store = Store.open(tmp_path)
    with store.reading() as session:
        assert lifts.watched_until(session)["l"] > seen_at
        assert accounted.noted(session) == {"l": (ACCOUNTED.until, 0.0)}
    store.close()


@pytest.mark.thorough
def test_what_the_database_refuses_reaches_the_feed(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An alarm that cannot be stored is handed to the hub, which shows it to connected operators."""
    service, refused = Service(settings_of(tmp_path, model)), Future[None]()
    refused.set_exception(StoreError("the disk is full"))
    try:
        with monkeypatch.context() as full:
            full.setattr(service.store, "write", lambda _: refused)
            service.pipeline.conditions.take(Health(AlarmKind.WORKER_DOWN, None, True, "down"))
            service.pipeline.conditions.stop()
        assert [alarm.kind for alarm in service.runtime.hub.unstored] == [AlarmKind.WORKER_DOWN]
    finally:
        service.stop()
        service.run()


@pytest.mark.thorough
@pytest.mark.fault(47)
def test_an_unforeseen_failure_shows_and_is_tried_again(tmp_path: Path, model: Path) -> None:
    """Not ready, and by what name it fails; ready once it has succeeded. Nothing is started twice."""
    failing, calls = True, 0

    def prepare(_: Runtime) -> None:
        nonlocal calls
        calls += 1
        if failing:
            raise KeyError("lift")

    with serving(settings_of(tmp_path, model), prepare) as service:
        failed = "start-up: failing: KeyError: 'lift'"
        problems = await_problems(service, lambda found: failed in found)
        assert "cameras: not started" in problems
        failing = False
        await_problems(service, lambda found: not found)
    assert calls >= 2


@pytest.mark.thorough
def test_a_lift_that_does_not_validate_keeps_back_no_other(tmp_path: Path, model: Path) -> None:
    """The service is ready, and an alarm of its own says which lift is out of service and why."""
    with serving(settings_of(tmp_path, model)):
        pass
    with contextlib.closing(sqlite3.connect(tmp_path / "barwatch.db")) as database, database:
        row = ("odd", '{"id": "odd"}', "2026-01-31 12:00:00")
        database.execute("INSERT INTO lifts (id, config, updated_at) VALUES (?, ?, ?)", row)
    with serving(settings_of(tmp_path, model)) as service:
        await_problems(service, lambda found: not found)
        with httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client:
            pause = threading.Event()
            while not (alarms := client.get("/alarms", params={"kind": "lift_invalid"}).json()["items"]):
                pause.wait(0.1)
            assert client.get("/lifts").json()["items"] == []
            assert client.get("/lifts/odd").status_code == 409
    assert [(alarm["lift_id"], alarm["state"]) for alarm in alarms] == [("odd", "active")]
    assert "name: Field required" in alarms[0]["message"]


@pytest.mark.thorough
def test_it_is_not_ready_before_every_camera_is_started(tmp_path: Path, model: Path) -> None:
    """While it starts, readiness says what it is at; and then that there is nothing left to do."""
    at_it, let_go = threading.Event(), threading.Event()

    def prepare(_: Runtime) -> None:
        at_it.set()
        let_go.wait(60)

    with serving(settings_of(tmp_path, model), prepare) as service:
        assert at_it.wait(60)
        problems = await_problems(service, lambda found: True)
        assert "start-up: the demonstration is being prepared" in problems
        let_go.set()
        await_problems(service, lambda found: not found)


@pytest.mark.thorough
@pytest.mark.fault(35)
def test_a_second_service_on_the_same_folder_is_refused(tmp_path: Path, model: Path) -> None:
    """With the first one's process; and nothing of it stays behind."""
    before = set(threading.enumerate())
    settings = settings_of(tmp_path, model)
    with serving(settings), pytest.raises(ConfigurationError, match="in use by another Barwatch"):
        Service(settings)
    assert set(threading.enumerate()) <= before


def test_one_that_is_stopped_before_it_runs_leaves_nothing_behind(tmp_path: Path, model: Path) -> None:
    """A signal between making and running it: no thread and no process stays."""
    before = set(threading.enumerate())
    service = Service(settings_of(tmp_path, model))
    service.stop()
    service.run()
    assert set(threading.enumerate()) <= before
    assert multiprocessing.active_children() == []

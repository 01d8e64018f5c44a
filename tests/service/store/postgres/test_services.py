"""Real services on one PostgreSQL database: one leads, the others answer; each is killed or stopped."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms
from service.store.database import Store
from tests.postgres import Cluster
from tests.service.capture.videos import write_video
from tests.tools.processes import SIGNED, Running, running
from tests.tools.resuming_feed import ResumingFeed
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, png, release

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

PATIENCE_S = 120.0
LOOK_S = 0.05
POSE = {"y": 90.0, "scale": 2.0}


@dataclass
class Services:
    """Services on one database, made as they are asked for, and a store beside them that writes."""

    folder: Path
    url: str
    beside: Store
    stack: contextlib.ExitStack
    all: list[Running] = field(default_factory=list)
    shared: dict[str, str] = field(default_factory=dict)

    def start(self, **variables: str) -> Running:
        folder = self.folder / f"service-{len(self.all)}"
        folder.mkdir()
        given = ("--data", str(folder / "data"), "--model", str(self.folder / "model" / "tiny.json"))
        made = running(folder, *given, "--device", "cpu", **self.shared, **variables)
        self.all.append(self.stack.enter_context(made))
        return self.all[-1]

    def raise_alarm(self, passage: str) -> int:
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=passage)
        alarm = self.beside.write(lambda session: alarms.raise_alarm(session, draft)).result()
        assert alarm is not None
        return alarm.seq


@pytest.fixture
def services(server: Cluster, tmp_path: Path) -> Iterator[Services]:
    """None yet; all end with the test."""
    (tmp_path / "model").mkdir()
    release(tmp_path / "model")
    url = server.url(server.empty())
    shared = {"BARWATCH_DATABASE_URL": url, "BARWATCH_SECRET_KEY": Fernet.generate_key().decode()}
    shared["BARWATCH_ALLOW_FILE_CAMERAS"] = "1"
    with (
        contextlib.ExitStack() as stack,
        closing(Store.open(tmp_path / "beside", url=url)) as beside,
    ):
        yield Services(tmp_path, url, beside, stack, shared=shared)


def _until(holds: Callable[[], bool], what: str) -> float:
    """Wait for another process's state, which cannot be awaited; return how long it took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + PATIENCE_S, what
        time.sleep(LOOK_S)
    return time.monotonic() - began


def _get(service: Running, path: str) -> httpx.Response | None:
    try:
        return httpx.get(f"{service.url}{path}", headers=SIGNED, timeout=PATIENCE_S)
    except httpx.TransportError:
        return None


def _is(service: Running, role: str, status: int = 200) -> Callable[[], bool]:
    def holds() -> bool:
        answer = _get(service, "/health/ready")
        return answer is not None and (answer.json()["role"], answer.status_code) == (role, status)

    return holds


def _watch(service: Running, folder: Path) -> None:
    """Register a lift with a camera that shows a minute."""
    video = write_video(folder / "camera.mp4", range(0, 60_000, 40))
    track = {moment: {**POSE, "x": x} for moment, x in (("begin", 80), ("middle", 160), ("end", 240))}
    lift = {"name": "Lift", "camera": {"url": str(video), "width": 320, "height": 180}, "track": track}
    with httpx.Client(base_url=service.url, headers=SIGNED, timeout=PATIENCE_S) as client:
        client.put("/lifts/lift", json=lift).raise_for_status()
        masks = {"open": png(draw_mask(OPEN_Y)), "close": png(draw_mask(CLOSE_Y))}
        client.post("/lifts/lift/masks", files=masks).raise_for_status()


def _has_frames(service: Running) -> Callable[[], bool]:
    def holds() -> bool:
        answer = _get(service, "/lifts")
        items: list[dict[str, Any]] = (
            [] if answer is None or not answer.is_success else answer.json()["items"]
        )
        return any((item["camera_status"] or {}).get("frames_read") for item in items)

    return holds


@pytest.mark.fault(52)
def test_whichever_service_ends_alarms_come_once_and_another_leads(services: Services) -> None:
    """A replica, then the leader are killed while alarms come: clients resume elsewhere, cameras go on."""
    leader, two, three = (services.start() for _ in range(3))
    assert [_get(each, "/health/live").json()["role"] for each in services.all] == [  # type: ignore[union-attr]
        *("leader", "replica", "replica")
    ]
    _watch(two, services.folder)  # through a replica
    _until(_has_frames(three), "the leader's camera, as a replica tells of it")
    followers = [
        ResumingFeed(feeds, after=0) for feeds in ([two.feed, three.feed], [three.feed, leader.feed])
    ]
    done = threading.Event()

    def write() -> None:
        n = 0
        while not done.is_set():
            services.raise_alarm(f"p{n}")
            n += 1
            time.sleep(0.01)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        assert followers[0].await_seq(10, PATIENCE_S)
        two.process.kill()
        assert followers[0].await_seq(followers[0].seen[-1] + 20, PATIENCE_S)
        leader.process.kill()
        claimed_s = _until(_is_leader(three), "another leads")
        _until(_is(three, "leader"), "it is ready")
        watching_s = _until(_has_frames(three), "it watches") + claimed_s
        assert followers[0].await_seq(followers[0].seen[-1] + 20, PATIENCE_S)
    finally:
        done.set()
        writing.join(60)
        last = services.raise_alarm("last")
        for follower in followers:
            assert follower.await_seq(last, PATIENCE_S)
            follower.stop()
    for follower in followers:
        assert follower.seen == list(range(follower.seen[0], follower.seen[-1] + 1))
        assert follower.seen[0] == 1
        assert len(follower.epochs) == 1
    assert followers[0].tried
    sys.stdout.write(f"leads {claimed_s:.2f} s after the leader was killed, watches {watching_s:.2f} s\n")


def _is_leader(service: Running) -> Callable[[], bool]:
    def holds() -> bool:
        answer = _get(service, "/health/live")
        return answer is not None and answer.json()["role"] == "leader"

    return holds


@pytest.mark.fault(50)
def test_a_leader_that_was_stopped_writes_nothing_once_another_leads(services: Services) -> None:
    """What was asked of it before is refused when it goes on, and it ends, so that it begins as a replica."""
    old, new = services.start(), services.start()
    seq = services.raise_alarm("p")
    (alarm,) = _get(old, "/alarms").json()["items"]  # type: ignore[union-attr]
    old.process.send_signal(signal.SIGSTOP)
    answers: list[httpx.Response | None] = []

    def acknowledge() -> None:
        with contextlib.suppress(httpx.TransportError):
            path = f"{old.url}/alarms/{alarm['id']}/acknowledge"
            answers.append(httpx.post(path, headers=SIGNED, timeout=PATIENCE_S))

    asking = threading.Thread(target=acknowledge)
    asking.start()
    taken_s = _until(_is(new, "leader"), "another leads")
    old.process.send_signal(signal.SIGCONT)
    asking.join(PATIENCE_S)
    assert old.process.wait(PATIENCE_S) == 1
    assert not any(answer is not None and answer.is_success for answer in answers)
    last = services.raise_alarm("q")
    listed = _get(new, "/alarms")
    assert listed is not None
    states = {each["id"]: each["state"] for each in listed.json()["items"]}
    assert states[alarm["id"]] == "active", "an old leader's write came through"
    follower = ResumingFeed([new.feed], after=0)
    assert follower.await_seq(last, PATIENCE_S)
    follower.stop()
    assert follower.seen == list(range(1, last + 1))
    assert seq in follower.seen
    assert "does not lead any more" in old.output.read_text()
    sys.stdout.write(f"another leads {taken_s:.2f} s after the leader was stopped\n")


@pytest.mark.fault(49)
def test_services_outlive_their_database(server: Cluster, services: Services) -> None:
    """They say that they are blind, and go on: nothing that was committed is lost or doubled, one leads."""
    leader, replica = services.start(), services.start()
    follower = ResumingFeed([replica.feed, leader.feed], after=0)
    for n in range(5):
        services.raise_alarm(f"before-{n}")
    server.stop()
    try:
        _until(_is(leader, "leader", 503), "the leader says so")
        _until(_is(replica, "replica", 503), "the replica says so")
    finally:
        server.start()
    back_s = _until(lambda: any(_is(each, "leader")() for each in services.all), "one leads again")
    _until(lambda: all(_ready(each) for each in services.all if each.process.poll() is None), "all are ready")
    last = [services.raise_alarm(f"after-{n}") for n in range(5)][-1]
    assert follower.await_seq(last, PATIENCE_S)
    follower.stop()
    assert follower.seen == list(range(1, last + 1))
    roles = [_get(each, "/health/live") for each in services.all if each.process.poll() is None]
    assert [each.json()["role"] for each in roles if each is not None].count("leader") == 1
    sys.stdout.write(f"a service is ready {back_s:.2f} s after its database was back\n")


def _ready(service: Running) -> bool:
    answer = _get(service, "/health/ready")
    return answer is not None and answer.status_code == 200


def _opens(service: Running) -> bool:
    with contextlib.suppress(WebSocketException), connect(service.feed, additional_headers=SIGNED):
        return True
    return False


def test_one_that_never_leads_leaves_its_page_blind(services: Services) -> None:
    """Without a leader it answers history, and nothing else; a cold one loads the network when it leads."""
    leader = services.start()
    never, cold = services.start(BARWATCH_STANDBY="never"), services.start(BARWATCH_STANDBY="cold")
    services.raise_alarm("p")
    cold.process.send_signal(signal.SIGSTOP)
    leader.process.kill()
    _until(_is(never, "replica", 503), "it says that nobody watches")
    _until(lambda: not _opens(never), "it opens no feed")
    overview, history = _get(never, "/overview"), _get(never, "/alarms")
    assert overview is not None
    assert history is not None
    assert (overview.status_code, overview.json()["code"]) == (503, "no_leader")
    assert [each["passage_id"] for each in history.json()["items"]] == ["p"]
    cold.process.send_signal(signal.SIGCONT)
    _until(_is(cold, "leader"), "it leads, and has loaded the network")
    _until(_is(never, "replica"), "it has found the new leader")

"""A replica: what the database answers is its own, all else the leader's; blind it never sounds calm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry
from sqlalchemy import select
from starlette.testclient import WebSocketDenialResponse

from service.alarms.hub import AlarmHub
from service.api.auth import Attempts, Authenticator
from service.api.sessions import Sessions
from service.api.threads import Threads
from service.audit.notes import AuditNotes
from service.domain.alarm import AlarmKind
from service.domain.leading.leader import Leader
from service.domain.people import Role
from service.host.parts import Parts
from service.host.runner import Runners
from service.replicas import role as roles
from service.replicas.answering import is_from_database
from service.replicas.following import CLIENT, SECRET, STANDING, TICKETS, LeaderWatch
from service.replicas.role import ServiceRole
from service.store.alarms.history import StoredOutbox
from service.store.tables import AuditRow
from service.web.app import create_app
from tests.service.api.conftest import House
from tests.service.api.filled import filled
from tests.service.api.test_access import FILLED
from tests.tools.tiny_model import OPEN_Y, draw_picture, png

LEADER = Leader(3, "http://leader", "the-secret-of-the-claim")
OF_HEALTH = {"/health/live", "/health/ready", "/metrics"}


class Nothing:
    """What only the leader has; whoever touches it fails."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"a replica used {name}")


class Cut(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """The way to the leader, which a test may cut."""

    def __init__(self, house: House) -> None:
        self._there = httpx.ASGITransport(house.app, raise_app_exceptions=False)
        self._here, self.cut = house.client, False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        return await self._there.handle_async_request(request)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut:
            raise httpx.ConnectError("cut")
        content, headers = request.read(), dict(request.headers)
        answer = self._here.request(request.method, request.url.path, headers=headers, content=content)
        return httpx.Response(answer.status_code, content=answer.content)


@dataclass
class Replica:
    """A replica of a house's service, with a clock of its own."""

    leader: House
    client: TestClient
    role: ServiceRole
    watch: LeaderWatch
    way: Cut
    clock: list[float]

    def call(self, method: str, path: str, role: Role = Role.ADMIN, **content: Any) -> Any:
        return self.client.request(method, path, headers=self.leader.headers(role), **content)

    def lose(self) -> None:
        """Let the leader answer nothing for as long as anybody has patience."""
        self.way.cut = True
        self.clock[0] += roles.PATIENCE_S
        self.watch.step()


@pytest.fixture
def replica(make_house: Callable[..., House]) -> Iterator[Replica]:
    """One whose leader answers; nothing but the database is there."""
    house, nothing, clock = make_house(), Nothing(), [0.0]
    house.runtime.role.lead(LEADER)
    way, role, hub = Cut(house), ServiceRole(clock=lambda: clock[0]), AlarmHub(StoredOutbox(house.store))
    watch = LeaderWatch(house.store, hub, role, Runners(), way)
    parts = Parts()
    parts.add("", watch)
    gate = Authenticator(house.store, Sessions(house.store, 3600), Attempts())
    gate.redeem_elsewhere = watch.ticket
    untouched: Any = nothing
    runtime = replace(
        house.runtime,
        **dict.fromkeys(("engine", "cameras", "pipeline", "setup", "pictures", "decoding"), untouched),
        hub=hub,
        gate=gate,
        role=role,
        parts=parts,
        registry=CollectorRegistry(),
        threads=Threads(),
        notes=AuditNotes(),
        runners=Runners(),
    )
    house.store.database.leader = lambda _: LEADER  # type: ignore[method-assign,assignment]
    with TestClient(create_app(runtime, peers=way), raise_server_exceptions=False) as client:
        assert client.portal is not None
        client.portal.call(hub.start, 0)
        watch.step()
        yield Replica(house, client, role, watch, way, clock)
        client.portal.call(hub.stop)
        watch.stop()


def _reads(app: Any, **named: str | None) -> list[tuple[str, bool]]:
    """Return what can be read, and whether a replica answers it itself."""
    return [
        (
            route.path.format(**FILLED | named),
            is_from_database(route.endpoint),
        )
        for route in app.routes
        if isinstance(route, APIRoute)
        and route.include_in_schema
        and "GET" in (route.methods or ())
        and route.path not in OF_HEALTH
    ]


@pytest.mark.thorough
def test_each_read_is_answered_as_by_the_leader_or_not_at_all(replica: Replica) -> None:
    """With a leader every answer is the leader's; without, what needs it is refused, and history is there."""
    house = filled(replica.leader)
    alarm = house.raise_alarm("p-2")
    local = 0
    reads = _reads(house.app, alarm_id=alarm.id, group_id=alarm.group)
    for path, is_local in reads:
        expected, found = house.call("GET", path), replica.call("GET", path)
        assert found.status_code == expected.status_code, path
        assert found.headers["content-type"] == expected.headers["content-type"], path
        if is_local:
            assert found.status_code in (200, 303), (path, found.text)
            local += 1
    replica.lose()
    for path, is_local in reads:
        found = replica.call("GET", path)
        if is_local:
            assert found.status_code == 200, (path, found.text)
        else:
            assert (found.status_code, found.json()["code"]) == (503, "no_leader"), path
            assert found.headers["retry-after"] == "2"
            assert found.headers["x-frame-options"] == "DENY"
    assert local > 15
    assert replica.client.get("/").status_code == house.client.get("/").status_code, "the page is everywhere"


def test_whoever_acts_through_a_replica_is_named_in_the_audit(replica: Replica) -> None:
    """By their own token, from their own address; an address that somebody only claims is not believed."""
    house = replica.leader
    alarm = house.raise_alarm()
    headers = house.headers(Role.OPERATOR) | {CLIENT: "192.0.2.66"}
    done = replica.client.post(f"/alarms/{alarm.id}/acknowledge", headers=headers)
    assert done.status_code == 200, done.text
    with house.store.reading() as session:
        row = session.scalars(select(AuditRow).where(AuditRow.action == "alarm.acknowledge")).one()
    assert (row.actor, row.address) == ("the operator", "testclient")
    for client in (replica.client, house.client):
        refused = client.get("/lifts", headers=headers | {SECRET: "a guess"})
        assert (refused.status_code, refused.json()["code"]) == (503, "no_leader")
    for path in (STANDING, TICKETS):
        assert house.client.get(path).status_code == 404


def test_one_signs_in_once_for_all_services(replica: Replica) -> None:
    """The sign-in lies in the database; wrong tokens are counted by the leader, wherever they are tried."""
    house = replica.leader
    failures = house.runtime.gate.attempts.failures
    assert replica.client.post("/session", json={"token": "wrong"}).status_code == 401
    assert house.runtime.gate.attempts.failures == failures + 1
    cookie = dict(replica.client.post("/session", json={"token": house.tokens[Role.ADMIN]}).cookies)
    assert cookie
    for client in (replica.client, house.client):
        client.cookies.update(cookie)
        assert client.get("/session").json()["name"] == "the admin"
    assert replica.client.delete("/session", headers={"Origin": "http://testserver"}).status_code == 204
    assert house.client.get("/session").status_code == 401


def test_an_upload_and_a_refusal_come_through(replica: Replica) -> None:
    house = filled(replica.leader)
    picture = {"image": png(draw_picture(OPEN_Y))}
    path = "/lifts/demo-quad/classify"
    judged = replica.call("POST", path, Role.VIEWER, files=picture).json()
    assert judged["verdict"] == house.call("POST", path, Role.VIEWER, files=picture).json()["verdict"]
    forbidden = replica.call("DELETE", "/lifts/demo-quad", Role.VIEWER)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "forbidden")
    assert len(forbidden.headers.get_list("date")) <= 1
    assert replica.client.post("/lifts/a/masks", files=picture).status_code == 401


@pytest.mark.fault(52)
def test_the_feed_is_silent_while_nobody_is_known_to_watch(replica: Replica) -> None:
    """Heartbeats would say that somebody watches: open feeds end, none is opened, until a leader answers."""
    house = replica.leader
    signed = house.headers(Role.VIEWER)
    with replica.client.websocket_connect("/alarms?after=0", headers=signed) as feed:
        hello = feed.receive_json()
        assert (hello["type"], hello["epoch"]) == ("hello", house.runtime.epoch)
        alarm = house.raise_alarm()
        replica.client.app.state.runtime.hub.nudge()  # type: ignore[attr-defined]
        assert feed.receive_json()["alarm"]["id"] == alarm.id
        replica.way.cut = True
        replica.watch.step()
        assert replica.role.watched, "one answer may be missing"
        replica.lose()
        assert feed.receive()["code"] == 1013
    with pytest.raises(WebSocketDenialResponse) as refused:
        replica.client.websocket_connect("/alarms", headers=signed).__enter__()
    assert (refused.value.status_code, refused.value.json()["code"]) == (503, "no_leader")
    ready = replica.client.get("/health/ready")
    assert (ready.status_code, ready.json()["role"]) == (503, "replica")
    assert "leader: none answers" in ready.json()["problems"][0]
    replica.way.cut = False
    replica.watch.step()
    with replica.client.websocket_connect(f"/alarms?after={alarm.seq}", headers=signed) as feed:
        assert feed.receive_json()["seq"] == alarm.seq


def test_alarms_that_cannot_be_stored_are_seen_at_every_service(replica: Replica) -> None:
    """An open bar must be seen in time by whoever looks, also while the database is gone."""
    house = replica.leader
    alarm = house.raise_alarm(kind=AlarmKind.BAR_OPEN)
    waiting = (replace(alarm, id="not-stored", seq=0),)
    with replica.client.websocket_connect("/alarms", headers=house.headers(Role.VIEWER)) as feed:
        assert feed.receive_json()["type"] == "hello"
        house.runtime.hub.show_unstored(waiting)
        replica.watch.step()
        told = feed.receive_json()
        assert (told["type"], [each["id"] for each in told["alarms"]]) == ("unstored", ["not-stored"])
        replica.role.lead(replace(LEADER, fence=4))
        assert replica.watch.step() is False
        assert feed.receive_json() == {"type": "unstored", "alarms": []}


def test_a_ticket_of_the_leader_opens_a_replicas_feed_once(replica: Replica) -> None:
    ticket = replica.call("POST", "/alarms/ticket", Role.VIEWER).json()["ticket"]
    with replica.client.websocket_connect(f"/alarms?ticket={ticket}") as feed:
        assert feed.receive_json()["type"] == "hello"
    with pytest.raises(WebSocketDenialResponse) as refused:
        replica.client.websocket_connect(f"/alarms?ticket={ticket}").__enter__()
    assert refused.value.status_code == 401


def test_health_says_which_it_is(replica: Replica) -> None:
    """A replica tells what the leader says of itself, and counts no lift as unwatched."""
    house = replica.leader
    assert replica.client.get("/health/live").json() == {"status": "live", "role": "replica"}
    assert house.client.get("/health/live").json() == {"status": "live", "role": "leader"}
    said, own = replica.client.get("/health/ready"), house.client.get("/health/ready")
    assert said.status_code == own.status_code
    assert said.json() == own.json() | {"role": "replica"}


def test_a_leader_that_was_followed_by_another_is_not_believed(replica: Replica) -> None:
    """It answers under an older claim than the database has: it may not know yet."""
    newer = replace(LEADER, fence=4)
    replica.leader.store.database.leader = lambda _: newer  # type: ignore[method-assign,assignment]
    replica.clock[0] += roles.PATIENCE_S
    replica.watch.step()
    assert not replica.role.watched
    assert replica.call("GET", "/overview").status_code == 503

"""The live feed of alarms: hello, alarms, heartbeats, resuming, and who is let in."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import WebSocketDenialResponse, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from service.alarms.unstored import UnstoredAlarms
from service.api.threads import Feeds
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import StoreError
from service.domain.people import Role
from service.store import tokens
from tests.service.api.conftest import House


def follow(house: House, query: str = "", **headers: str) -> WebSocketTestSession:
    signed = house.headers(Role.VIEWER) | headers
    return house.client.websocket_connect(f"/alarms{query}", headers=signed)


def test_hello_then_each_new_or_changed_alarm(house: House) -> None:
    """First who speaks and how far it is; then the alarm as it is raised and as it changes."""
    before = house.raise_alarm("p-0")
    with follow(house) as feed:
        assert feed.receive_json() == {"type": "hello", "epoch": house.runtime.epoch, "seq": before.seq}
        raised = house.raise_alarm("p-1")
        message = feed.receive_json()
        assert (message["type"], message["seq"]) == ("alarm", raised.seq)
        listed = house.call("GET", "/alarms?limit=1").json()["items"][0]
        assert message["alarm"] | {"alarm_right": None} == listed  # what reviews say is asked for, not pushed
        house.call("POST", f"/alarms/{raised.id}/acknowledge", Role.OPERATOR)
        changed = feed.receive_json()
        assert (changed["seq"], changed["alarm"]["state"]) == (raised.seq + 1, "acknowledged")


def test_the_same_path_answers_plain_requests(house: House) -> None:
    """GET /alarms is the history while the WebSocket is open."""
    house.raise_alarm()
    with follow(house):
        assert len(house.call("GET", "/alarms").json()["items"]) == 1


def test_heartbeats_come_when_nothing_else_does(make_house: Callable[..., House]) -> None:
    """Silence is never longer than the heartbeat's interval, also while alarms come."""
    house = make_house(heartbeat_s=0.05)
    with follow(house) as feed:
        assert feed.receive_json()["type"] == "hello"
        assert [feed.receive_json() for _ in range(3)] == [{"type": "heartbeat", "seq": 0}] * 3
        raised = house.raise_alarm()
        messages = [feed.receive_json()]
        while messages[-1].get("seq") != raised.seq or messages[-1]["type"] != "heartbeat":
            messages.append(feed.receive_json())
        assert [message["seq"] for message in messages if message["type"] == "alarm"] == [raised.seq]


def test_a_heartbeat_names_what_is_committed_and_not_sent_yet(make_house: Callable[..., House]) -> None:
    """The client sees that it is behind although its connection lives."""
    house = make_house(heartbeat_s=0.05)
    with follow(house) as feed:
        feed.receive_json()
        house.runtime.hub._known_seq = 7
        assert feed.receive_json() == {"type": "heartbeat", "seq": 7}


def test_a_damaged_entry_of_the_history_cuts_nobody_off(house: House) -> None:
    """The others are delivered; the damaged one is named, so that its seq is accounted for, and counted."""
    for n in range(3):
        house.raise_alarm(f"p-{n}")
    damage = text("UPDATE alarm_events SET alarm = '!' WHERE seq = 2")
    house.store.write(lambda s: s.execute(damage)).result()
    with follow(house, "?after=0") as feed:
        feed.receive_json()
        messages = [feed.receive_json() for _ in range(3)]
    assert [(message["type"], message["seq"]) for message in messages] == [
        ("alarm", 1),
        ("unreadable", 2),
        ("alarm", 3),
    ]
    assert "barwatch_alarm_events_unreadable_total 1.0" in house.client.get("/metrics").text
    assert house.client.get("/health/ready").json()["alarm_history"] == "1 damaged entries"
    alarm_id = house.call("GET", "/alarms?limit=2").json()["items"][1]["id"]
    assert house.call("GET", f"/alarms/{alarm_id}").json()["events"][0]["state"] is None


def test_an_alarm_that_is_not_stored_yet_is_shown_and_marked(house: House) -> None:
    """At once, and to those who come later; it has no seq, and is gone from the list once it is stored."""
    stored = house.raise_alarm("p-0")
    waiting = UnstoredAlarms(house.runtime.hub.show_unstored)
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "Bar open", "p-1")
    with follow(house) as feed:
        feed.receive_json()
        waiting.add("p-1", draft)
        shown = feed.receive_json()
        assert (shown["type"], "seq" in shown) == ("unstored", False)
        assert [(alarm["passage_id"], alarm["state"]) for alarm in shown["alarms"]] == [("p-1", "active")]
        waiting.add("p-1", draft)  # refused again: nothing new
        with follow(house, "?after=0") as late:
            assert [late.receive_json()["type"] for _ in range(2)] == ["hello", "unstored"]
            assert late.receive_json()["seq"] == stored.seq
        waiting.discard("p-1")
        assert feed.receive_json() == {"type": "unstored", "alarms": []}
        house.raise_alarm("p-1")
        assert feed.receive_json()["seq"] == stored.seq + 1


@pytest.mark.parametrize("after", [0, 2, 5])
def test_resuming_replays_what_was_missed(house: House, after: int) -> None:
    """?after=SEQ gives every later alarm once, in order, and goes on live without a gap."""
    for n in range(5):
        house.raise_alarm(f"p-{n}")
    with follow(house, f"?after={after}") as feed:
        assert feed.receive_json()["seq"] == 5
        house.raise_alarm("p-live")
        assert [feed.receive_json()["seq"] for _ in range(6 - after)] == list(range(after + 1, 7))


def test_a_seq_of_another_database_replays_nothing_wrong(house: House) -> None:
    """A client that is ahead of this database hears the epoch, then only what is new."""
    house.raise_alarm("p-0")
    with follow(house, "?after=999999") as feed:
        assert feed.receive_json()["seq"] == 1
        house.raise_alarm("p-1")
        assert feed.receive_json()["seq"] == 2


def refused(house: House, path: str = "/alarms", **content: Any) -> int:
    with pytest.raises(WebSocketDenialResponse) as caught, house.client.websocket_connect(path, **content):
        pass
    assert caught.value.headers["content-type"] == "application/problem+json"
    return caught.value.status_code


def test_strangers_are_not_let_in(house: House) -> None:
    """401 without a token, with a wrong one, or with one in the URL; 403 for a page of another origin."""
    token = house.tokens[Role.ADMIN]
    assert refused(house) == 401
    assert refused(house, headers={"Authorization": "Bearer wrong"}) == 401
    assert refused(house, f"/alarms?token={token}") == 401
    foreign = house.headers() | {"Origin": "https://evil.example"}
    assert refused(house, headers=foreign) == 403
    house.client.post("/session", json={"token": token})
    assert refused(house, headers={"Origin": "https://evil.example"}) == 403


def test_three_ways_in(house: House) -> None:
    """The Authorization header, the session's cookie from our own page, or a subprotocol."""
    token = house.tokens[Role.VIEWER]
    with house.client.websocket_connect("/alarms", subprotocols=["barwatch", f"bearer.{token}"]) as feed:
        assert feed.receive_json()["type"] == "hello"
        assert feed.accepted_subprotocol == "barwatch"
    with house.client.websocket_connect("/alarms", subprotocols=[f"bearer.{token}"]) as feed:
        assert feed.receive_json()["type"] == "hello"
    house.client.post("/session", json={"token": token})
    with house.client.websocket_connect("/alarms", headers={"Origin": "http://testserver"}) as feed:
        assert feed.receive_json()["type"] == "hello"


@pytest.mark.parametrize("heartbeat_s", [0.05, 0.0])
def test_a_revoked_token_closes_the_feed(make_house: Callable[..., House], heartbeat_s: float) -> None:
    """Within a heartbeat the feed ends with 4401; nothing is sent behind that, even if it is due then."""
    house = make_house(heartbeat_s=heartbeat_s)
    token, record = house.store.write(lambda s: tokens.create(s, "x", Role.VIEWER)).result()
    headers = {"Authorization": f"Bearer {token}"}
    with house.client.websocket_connect("/alarms", headers=headers) as feed:
        assert feed.receive_json()["type"] == "hello"
        house.store.write(lambda s: tokens.revoke(s, record.id)).result()
        message = feed.receive()
        while message["type"] == "websocket.send":
            message = feed.receive()
    assert (message["type"], message["code"]) == ("websocket.close", 4401)


@pytest.mark.parametrize("heartbeat_s", [5.0, 0.0])
def test_a_feed_that_is_dropped_is_closed_with_why(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch, heartbeat_s: float
) -> None:
    """What was missed cannot be read: the client is told to come again, and nothing is sent behind that."""
    house = make_house(heartbeat_s=heartbeat_s)
    house.raise_alarm()

    async def refuse(after: int) -> Any:
        raise StoreError("the database does not answer")

    monkeypatch.setattr(house.runtime.hub, "read", refuse)
    with follow(house, "?after=0") as feed:
        message = feed.receive()
        while message["type"] == "websocket.send":
            message = feed.receive()
    assert (message["type"], message["code"]) == ("websocket.close", 1013)
    assert "subscribe again" in message["reason"]


@pytest.mark.parametrize("query", ["?after=-1", "?after=x", f"?after={2**63}"])
def test_a_wrong_seq_is_refused(house: House, query: str) -> None:
    """What is no seq does not open a feed."""
    with pytest.raises(WebSocketDisconnect), follow(house, query):
        pass


def test_a_client_that_leaves_is_forgotten(house: House) -> None:
    """A closed feed leaves no subscriber behind."""
    with follow(house) as feed:
        feed.receive_json()
        assert house.runtime.hub.subscribers == 1
    house.raise_alarm()
    assert house.client.portal is not None
    for _ in range(100):
        if house.runtime.hub.subscribers == 0:
            break
        house.client.get("/health/live")
    assert house.runtime.hub.subscribers == 0


@pytest.mark.thorough
@pytest.mark.fault(32)
@pytest.mark.parametrize("after", [0, 40])
@pytest.mark.parametrize("damage", ["'!'", "x'ff'", "'{}'"])
def test_a_damaged_row_of_sixty_keeps_back_no_other(house: House, after: int, damage: str) -> None:
    """Every other alarm comes, in order and once; the damaged seq is named; metrics and readiness say so."""
    for n in range(60):
        house.raise_alarm(f"p-{n}")
    path = house.runtime.settings.data / "barwatch.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute(f"UPDATE alarm_events SET alarm = {damage} WHERE seq = 50")
    with follow(house, f"?after={after}") as feed:
        assert feed.receive_json()["seq"] == 60
        messages = [feed.receive_json() for _ in range(60 - after)]
        later = house.raise_alarm("p-60")
        assert feed.receive_json()["seq"] == later.seq
    assert [message["seq"] for message in messages] == list(range(after + 1, 61))
    unreadable = [message["seq"] for message in messages if message["type"] == "unreadable"]
    assert unreadable == [50]
    assert "barwatch_alarm_events_unreadable_total 1.0" in house.client.get("/metrics").text
    assert house.client.get("/health/ready").json()["alarm_history"] == "1 damaged entries"


@pytest.mark.fault(15)
def test_feeds_are_bounded_for_each_token(house: House) -> None:
    """One more than a token may have open is refused with 429 and a code; one that was closed makes room."""
    house.runtime.threads.feeds = Feeds(most_of_one=2)
    with follow(house) as first, follow(house) as second:
        assert [feed.receive_json()["type"] for feed in (first, second)] == ["hello", "hello"]
        with pytest.raises(WebSocketDenialResponse) as refused, follow(house):
            pass
        assert (refused.value.status_code, refused.value.json()["code"]) == (429, "too_many_feeds")
        assert int(refused.value.headers["retry-after"]) > 0
    with follow(house) as feed:
        assert feed.receive_json()["type"] == "hello"

"""Who may do what: every route, every role, and the ways to say who one is."""

from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from fastapi.routing import APIRoute, APIWebSocketRoute
from sqlalchemy import select
from starlette.routing import Mount, Route
from starlette.testclient import WebSocketTestSession

from service.api.auth import COOKIE, Attempts
from service.api.sessions import Principal, Sessions
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import StoreError
from service.domain.people import Role
from service.store import alarms, tokens
from service.store.tables import SessionRow
from tests.service.api.conftest import House

ANYBODY = None
ROUTES: dict[tuple[str, str], Role | None] = {
    ("GET", "/lifts"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}"): Role.VIEWER,
    ("GET", "/reports"): Role.VIEWER,
    ("GET", "/reports.csv"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}"): Role.ADMIN,
    ("DELETE", "/lifts/{lift_id}"): Role.ADMIN,
    ("GET", "/lifts/{lift_id}/snapshot.jpg"): Role.VIEWER,
    ("GET", "/overview"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}/place"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/place"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/masks"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/masks"): Role.OPERATOR,
    ("POST", "/lifts/{lift_id}/masks/{version}/activate"): Role.ADMIN,
    ("GET", "/lifts/{lift_id}/site-calibrations"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/site-calibrations"): Role.OPERATOR,
    ("POST", "/lifts/{lift_id}/site-calibrations/{version}/activate"): Role.OPERATOR,
    ("DELETE", "/lifts/{lift_id}/site-calibrations/active"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/budget"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/budget/preview"): Role.OPERATOR,
    ("PUT", "/lifts/{lift_id}/budget"): Role.OPERATOR,
    ("DELETE", "/lifts/{lift_id}/budget"): Role.OPERATOR,
    ("POST", "/lifts/{lift_id}/classify"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/self-test"): Role.OPERATOR,
    ("GET", "/models"): Role.VIEWER,
    ("GET", "/models/judging"): Role.VIEWER,
    ("GET", "/candidates"): Role.VIEWER,
    ("GET", "/self-tests"): Role.VIEWER,
    ("GET", "/audit/check"): Role.ADMIN,
    ("POST", "/audit/check"): Role.ADMIN,
    ("GET", "/system"): Role.OPERATOR,
    ("GET", "/retention"): Role.OPERATOR,
    ("GET", "/backups"): Role.ADMIN,
    ("POST", "/backups"): Role.ADMIN,
    ("GET", "/backups/{name}"): Role.ADMIN,
    ("POST", "/backups/{name}/verify"): Role.ADMIN,
    ("GET", "/lifts/{lift_id}/candidates"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/candidates"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/candidates/{number}/differences"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/candidates/{number}/shadow"): Role.OPERATOR,
    ("DELETE", "/lifts/{lift_id}/candidates/{number}/shadow"): Role.OPERATOR,
    ("POST", "/lifts/{lift_id}/candidates/{number}/promote"): Role.ADMIN,
    ("POST", "/lifts/{lift_id}/candidates/{number}/roll-back"): Role.ADMIN,
    ("POST", "/lifts/{lift_id}/candidates/{number}/drop"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/replays"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/replays"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/replays/{number}"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/replays/{number}/cancel"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/self-tests"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}/input"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/input"): Role.ADMIN,
    ("DELETE", "/lifts/{lift_id}/input"): Role.ADMIN,
    ("GET", "/lifts/{lift_id}/control"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/control"): Role.ADMIN,
    ("POST", "/lifts/{lift_id}/control/confirm"): Role.ADMIN,
    ("DELETE", "/lifts/{lift_id}/control"): Role.ADMIN,
    ("POST", "/cameras/probe"): Role.OPERATOR,
    ("GET", "/setups"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/setup"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/setup"): Role.VIEWER,
    ("DELETE", "/lifts/{lift_id}/setup"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/setup/picture.jpg"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/setup/track"): Role.OPERATOR,
    ("POST", "/lifts/{lift_id}/setup/watch"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/setup/drawn"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/setup/drawn"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/setup/carriers"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}/setup/carriers/{number}/{place}.jpg"): Role.VIEWER,
    ("PUT", "/lifts/{lift_id}/setup/carriers/{number}/pick"): Role.OPERATOR,
    ("DELETE", "/lifts/{lift_id}/setup/carriers/{number}/pick"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/tracks"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}/tracks/{version}/picture.jpg"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/tracks/{version}/activate"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/masks/{version}/{which}.png"): Role.VIEWER,
    ("DELETE", "/lifts/{lift_id}/masks/references"): Role.ADMIN,
    ("GET", "/lifts/{lift_id}/setup/check"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/setup/masks"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/setup/masks"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/setup/drawings"): Role.OPERATOR,
    ("GET", "/cameras/secrets"): Role.OPERATOR,
    ("PUT", "/cameras/secrets/{name}"): Role.OPERATOR,
    ("DELETE", "/cameras/secrets/{name}"): Role.OPERATOR,
    ("GET", "/passages"): Role.VIEWER,
    ("GET", "/passages/{passage_id}"): Role.VIEWER,
    ("GET", "/passages/{passage_id}/pictures/{number}.jpg"): Role.VIEWER,
    ("GET", "/passages/{passage_id}/pictures/{number}/why.png"): Role.VIEWER,
    ("POST", "/passages/{passage_id}/review"): Role.OPERATOR,
    ("DELETE", "/passages/{passage_id}/review"): Role.OPERATOR,
    ("POST", "/passages/{passage_id}/review/ask"): Role.OPERATOR,
    ("GET", "/passages/{passage_id}/reviews"): Role.VIEWER,
    ("GET", "/lifts/{lift_id}/reviews"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/reviews/disagreements"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/reviews/export.csv"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/reviews/export.zip"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/accuracy"): Role.VIEWER,
    ("GET", "/alarms"): Role.VIEWER,
    ("GET", "/alarms/export.csv"): Role.VIEWER,
    ("GET", "/passages/{passage_id}/decision"): Role.VIEWER,
    ("GET", "/alarms/figures"): Role.VIEWER,
    ("GET", "/escalation"): Role.VIEWER,
    ("PUT", "/escalation"): Role.ADMIN,
    ("GET", "/alarms/{alarm_id}"): Role.VIEWER,
    ("GET", "/alarms/{alarm_id}/evidence"): Role.OPERATOR,
    ("GET", "/alarms/{alarm_id}/clip"): Role.VIEWER,
    ("GET", "/alarms/{alarm_id}/clip.mp4"): Role.VIEWER,
    ("DELETE", "/alarms/{alarm_id}/clip"): Role.ADMIN,
    ("POST", "/alarms/{alarm_id}/hold"): Role.OPERATOR,
    ("DELETE", "/alarms/{alarm_id}/hold"): Role.ADMIN,
    ("DELETE", "/passages/pictures"): Role.ADMIN,
    ("DELETE", "/passages/{passage_id}/pictures"): Role.ADMIN,
    ("GET", "/outputs"): Role.ADMIN,
    ("POST", "/outputs"): Role.ADMIN,
    ("GET", "/outputs/{output_id}"): Role.ADMIN,
    ("PUT", "/outputs/{output_id}"): Role.ADMIN,
    ("DELETE", "/outputs/{output_id}"): Role.ADMIN,
    ("POST", "/outputs/{output_id}/test"): Role.ADMIN,
    ("GET", "/outputs/{output_id}/set-aside"): Role.ADMIN,
    ("POST", "/outputs/{output_id}/set-aside/again"): Role.ADMIN,
    ("POST", "/outputs/{output_id}/set-aside/leave-out"): Role.ADMIN,
    ("GET", "/push"): Role.VIEWER,
    ("POST", "/push/subscriptions"): Role.VIEWER,
    ("DELETE", "/push/subscriptions/{subscription_id}"): Role.VIEWER,
    ("GET", "/audit"): Role.ADMIN,
    ("GET", "/audit/head"): Role.VIEWER,
    ("GET", "/audit/chain"): Role.ADMIN,
    ("GET", "/audit/export"): Role.ADMIN,
    ("GET", "/audit/key"): Role.VIEWER,
    ("POST", "/alarms/{alarm_id}/acknowledge"): Role.OPERATOR,
    ("POST", "/alarms/{alarm_id}/shelve"): Role.OPERATOR,
    ("POST", "/alarms/{alarm_id}/unshelve"): Role.OPERATOR,
    ("POST", "/alarms/{alarm_id}/comment"): Role.OPERATOR,
    ("GET", "/alarms/status"): Role.VIEWER,
    ("GET", "/alarms/groups"): Role.VIEWER,
    ("GET", "/alarms/groups/{group_id}"): Role.VIEWER,
    ("POST", "/alarms/groups/{group_id}/acknowledge"): Role.OPERATOR,
    ("GET", "/lifts/{lift_id}/out-of-service"): Role.VIEWER,
    ("POST", "/lifts/{lift_id}/out-of-service"): Role.OPERATOR,
    ("DELETE", "/lifts/{lift_id}/out-of-service"): Role.OPERATOR,
    ("POST", "/clock/confirm"): Role.OPERATOR,
    ("POST", "/alarms/ticket"): Role.VIEWER,
    ("GET", "/sessions"): Role.VIEWER,
    ("DELETE", "/sessions"): Role.VIEWER,
    ("DELETE", "/sessions/{sign_in_id}"): Role.VIEWER,
    ("POST", "/session/renew"): Role.VIEWER,
    ("POST", "/session/proof"): Role.VIEWER,
    ("PUT", "/session/password"): Role.VIEWER,
    ("GET", "/session/second-factor"): Role.VIEWER,
    ("PUT", "/session/second-factor"): Role.VIEWER,
    ("DELETE", "/session/second-factor"): Role.VIEWER,
    ("GET", "/session/ways"): ANYBODY,
    ("GET", "/session/openid"): ANYBODY,
    ("GET", "/session/openid/back"): ANYBODY,
    ("GET", "/tokens"): Role.ADMIN,
    ("POST", "/tokens"): Role.ADMIN,
    ("DELETE", "/tokens/{token_id}"): Role.ADMIN,
    ("GET", "/users"): Role.ADMIN,
    ("POST", "/users"): Role.ADMIN,
    ("PUT", "/users/{user_id}"): Role.ADMIN,
    ("POST", "/users/{user_id}/link"): Role.ADMIN,
    ("DELETE", "/users/{user_id}/second-factor"): Role.ADMIN,
    ("POST", "/session"): ANYBODY,
    ("GET", "/session"): Role.VIEWER,
    ("DELETE", "/session"): ANYBODY,
    ("GET", "/health/live"): ANYBODY,
    ("GET", "/health/ready"): ANYBODY,
    ("GET", "/metrics"): ANYBODY,
    ("GET", "/"): ANYBODY,
    ("GET", "/docs"): ANYBODY,
    ("GET", "/openapi.json"): ANYBODY,
}
FILLED = {
    "lift_id": "demo-quad",
    "name": "demo-quad",
    "version": "1",
    "passage_id": "p-1",
    "number": "1",
    "place": "middle",
    "which": "open",
    "alarm_id": "a-1",
    "output_id": "hut",
    "subscription_id": "0" * 16,
    "group_id": "a-1",
    "sign_in_id": "0" * 16,
    "token_id": "0" * 16,
    "user_id": "0" * 16,
}
OWN = {
    *(
        ("GET", "/lifts"),
        ("GET", "/overview"),
        ("GET", "/setups"),
        ("GET", "/passages"),
        ("GET", "/alarms"),
        ("GET", "/alarms/export.csv"),
    ),
    ("GET", "/reports"),
    ("GET", "/reports.csv"),
    ("GET", "/alarms/figures"),
    *(("GET", "/alarms/status"), ("GET", "/alarms/groups")),
    *(("POST", "/alarms/ticket"), ("GET", "/session"), ("GET", "/sessions"), ("DELETE", "/sessions")),
    *(("DELETE", "/sessions/{sign_in_id}"), ("POST", "/session/proof"), ("PUT", "/session/password")),
    ("POST", "/session/renew"),
    *((method, "/session/second-factor") for method in ("GET", "PUT", "DELETE")),
    *(("GET", "/push"), ("POST", "/push/subscriptions"), ("DELETE", "/push/subscriptions/{subscription_id}")),
}
"""Routes without a lift that show each caller what is theirs, so that a role on any lift is enough."""

UPLOAD = {
    "image": ("x.png", b"no image"),
    "open": ("x.png", b"no image"),
    "close": ("x.png", b"no image"),
    "picture": ("x.png", b"no image"),
}


def address(path: str) -> str:
    for name, value in FILLED.items():
        path = path.replace("{" + name + "}", value)
    return path


def body(method: str, path: str) -> dict[str, Any]:
    if path.endswith(("{lift_id}/masks", "/classify", "/drawings")) and method == "POST":
        return {"files": UPLOAD}
    return {"json": {}} if method in ("POST", "PUT") else {}


def test_every_route_stands_in_the_table(house: House) -> None:
    """A new route cannot be forgotten: what the application serves is exactly what is tested here."""
    served: set[tuple[str, str]] = set()
    for route in house.app.routes:
        if isinstance(route, APIWebSocketRoute):
            assert route.path == "/alarms"
        elif isinstance(route, Mount):
            assert route.path == "/console"
        elif isinstance(route, APIRoute | Route):
            served |= {(method, route.path) for method in (route.methods or set()) - {"HEAD"}}
        else:
            raise AssertionError(f"a route of another kind: {route}")
    assert served == set(ROUTES)


@pytest.mark.fault(22)
@pytest.mark.parametrize(("method", "path"), [key for key, role in ROUTES.items() if role is not None])
def test_without_a_token_nothing_is_served(shared_house: House, method: str, path: str) -> None:
    """401 with WWW-Authenticate as a problem: no token, a wrong one, another scheme, a forged cookie."""
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {shared_house.tokens[Role.ADMIN]}"},
        {"Authorization": "Bearer"},
        {"Cookie": f"{COOKIE}=forged.cookie"},
    ]
    for each in headers:
        answer = shared_house.client.request(method, address(path), headers=each, **body(method, path))
        assert answer.status_code == 401, (each, answer.text)
        assert answer.headers["www-authenticate"].startswith("Bearer")
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.thorough
@pytest.mark.fault(22)
@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_let_in_where_it_belongs(house: House, role: Role) -> None:
    """403 below a route's role; at or above it the request is handled (never 401, 403 or 5xx)."""
    rank = list(Role)
    for (method, path), needed in ROUTES.items():
        answer = house.call(method, address(path), role, **body(method, path))
        allowed = needed is None or rank.index(role) >= rank.index(needed)
        expected = {401} if path == "/session" and method == "POST" else set()
        if allowed:
            assert answer.status_code not in {401, 403} - expected, (method, path, answer.text)
            assert answer.status_code < 500, (method, path, answer.text)
        else:
            assert answer.status_code == 403, (method, path, answer.text)
            assert needed is not None
            assert needed.value in answer.json()["detail"]


@pytest.mark.thorough
@pytest.mark.fault(22)
@pytest.mark.parametrize("role", list(Role))
def test_each_lift_is_its_own(house: House, role: Role) -> None:
    """403 for what is another lift's or every lift's; on the own lift the same as with a role everywhere."""
    house.add_passage("p-1")
    alarm = house.raise_alarm("p-1")
    rank = list(Role)
    for own in ("other-lift", "demo-quad"):
        create = partial(tokens.create, name="scoped", role=role, lifts=[own])
        token, _ = house.store.write(create).result()
        headers = {"Authorization": f"Bearer {token}"}
        for (method, path), needed in ROUTES.items():
            if needed is None or (method == "DELETE" and path == "/sessions"):
                continue
            place = address(path).replace("a-1", alarm.id)
            answer = house.client.request(method, place, headers=headers, **body(method, path))
            about_a_lift = any(
                name in path for name in ("{lift_id}", "{alarm_id}", "{group_id}", "{passage_id}")
            )
            enough = rank.index(role) >= rank.index(needed)
            let_in = enough and ((method, path) in OWN or (about_a_lift and own == "demo-quad"))
            if let_in:
                assert answer.status_code not in {401, 403}, (own, method, path, answer.text)
            else:
                assert answer.status_code == 403, (own, method, path, answer.text)
                assert answer.json()["code"] == ("other_lift" if enough else "forbidden")
        if role is Role.ADMIN:
            break  # what follows is deleted by then


def test_lists_hold_what_is_ones_own(house: House) -> None:
    """Lifts, passages, alarms: those of one's lifts, and alarms of none; asking for another's is refused."""
    house.add_passage("p-1")
    house.raise_alarm("p-1")
    draft = AlarmDraft(AlarmKind.WORKER_DOWN, Severity.CRITICAL, None, "down")
    house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    for lift_id in ("demo-quad", "other-lift"):
        house.call("PUT", f"/lifts/{lift_id}", json={"name": lift_id})
    for own, seen in (("demo-quad", (["demo-quad"], 1, 2)), ("other-lift", (["other-lift"], 0, 1))):
        create = partial(tokens.create, name="scoped", role=Role.VIEWER, lifts=[own])
        headers = {"Authorization": f"Bearer {house.store.write(create).result()[0]}"}
        items = {
            path: house.client.get(path, headers=headers).json()["items"]
            for path in ("/lifts", "/overview", "/passages", "/alarms")
        }
        assert [lift["id"] for lift in items["/overview"]] == seen[0]
        found = [lift["id"] for lift in items["/lifts"]], len(items["/passages"]), len(items["/alarms"])
        assert found == seen
        for path in ("/passages", "/alarms"):
            other = "other-lift" if own == "demo-quad" else "demo-quad"
            assert house.client.get(f"{path}?lift_id={other}", headers=headers).status_code == 403
            assert house.client.get(f"{path}?lift_id={own}", headers=headers).status_code == 200


def test_a_revoked_token_opens_nothing(house: House) -> None:
    """Revoking a token ends it, and the sessions that were signed in with it."""
    token, record = house.store.write(lambda s: tokens.create(s, "x", Role.VIEWER)).result()
    signed_in = house.client.post("/session", json={"token": token})
    cookie = {"Cookie": f"{COOKIE}={signed_in.cookies[COOKIE]}"}
    house.client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert house.client.get("/lifts", headers=bearer).status_code == 200
    assert house.client.get("/lifts", headers=cookie).status_code == 200
    house.store.write(lambda s: tokens.revoke(s, record.id)).result()
    assert house.client.get("/lifts", headers=bearer).status_code == 401
    assert house.client.get("/lifts", headers=cookie).status_code == 401


def test_signing_in_gives_a_cookie_that_scripts_cannot_read(house: House) -> None:
    """POST /session: HttpOnly, SameSite=Strict; it signs requests until DELETE /session ends it for good."""
    answer = house.client.post("/session", json={"token": house.tokens[Role.OPERATOR]})
    assert answer.status_code == 200
    assert answer.json() == {"name": "the operator", "role": "operator"}
    setting = answer.headers["set-cookie"].lower()
    assert "httponly" in setting
    assert "samesite=strict" in setting
    assert house.client.get("/session").json()["role"] == "operator"
    stolen = house.client.cookies[COOKIE]
    assert house.client.delete("/session").status_code == 204
    house.client.cookies.clear()
    assert house.client.get("/session", headers={"Cookie": f"{COOKIE}={stolen}"}).status_code == 401


def test_a_link_signs_in_once(house: House) -> None:
    """A key is exchanged for a session by POST, a second time it is refused."""
    key = house.runtime.gate.sessions.new_key(Principal("demo", Role.ADMIN))
    assert house.client.post("/session", json={"key": key}).json()["role"] == "admin"
    house.client.cookies.clear()
    assert house.client.post("/session", json={"key": key}).status_code == 401
    assert house.client.post("/session", json={"key": key, "token": "both"}).status_code == 422
    assert house.client.post("/session", json={}).status_code == 422


def test_a_session_is_only_good_on_our_own_pages(house: House) -> None:
    """A foreign page's request carries the cookie but not our Origin: 403, and nothing is done."""
    house.client.post("/session", json={"token": house.tokens[Role.ADMIN]})
    change: dict[str, Any] = {"json": {"name": "x"}}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {}):
        assert house.client.put("/lifts/demo-quad", headers=headers, **change).status_code == 403
    assert house.client.get("/lifts/demo-quad").status_code == 404
    own = {"Origin": "http://testserver"}
    assert house.client.put("/lifts/demo-quad", headers=own, **change).status_code == 201
    evil = {"Origin": "https://evil.example"}
    assert house.client.post("/session", json={"token": "x"}, headers=evil).status_code == 403
    assert house.client.delete("/session", headers=evil).status_code == 403
    assert house.client.get("/session").status_code == 200


def next_alarm(feed: WebSocketTestSession) -> Any:
    while (message := feed.receive_json())["type"] == "heartbeat":
        pass
    return message["alarm"]


@pytest.mark.thorough
@pytest.mark.fault(23)
def test_guessing_is_slowed_down_and_nobody_else_is(house: House) -> None:
    """1,000 wrong tokens: 429 with Retry-After after a burst; a right token from that address still works.

    Meanwhile each alarm that is raised reaches who follows, and can be acknowledged.
    """
    answers = []
    with house.client.websocket_connect("/alarms", headers=house.headers()) as feed:
        assert feed.receive_json()["type"] == "hello"
        for n in range(1000):
            wrong = house.client.get("/lifts", headers={"Authorization": f"Bearer wrong-{n}"})
            answers.append(wrong.status_code)
            if n % 100 == 99:
                raised = house.raise_alarm(f"p-{n}")
                assert next_alarm(feed)["id"] == raised.id
                done = house.call("POST", f"/alarms/{raised.id}/acknowledge", Role.OPERATOR)
                assert done.status_code == 200
                assert next_alarm(feed)["state"] == "acknowledged"
    assert answers[0] == 401
    assert answers[-1] == 429
    assert int(wrong.headers["retry-after"]) > 0
    assert answers.count(429) > 700
    assert house.call("GET", "/lifts", Role.VIEWER).status_code == 200


def test_attempts_recover_and_are_kept_within_bounds() -> None:
    """An address gets its allowance back with time; the table of addresses does not grow for ever."""
    now = [0.0]
    attempts = Attempts(burst=2, per_s=1, clock=lambda: now[0])
    assert [attempts.failed("a") for _ in range(3)] == [True, True, False]
    now[0] = 1.5
    assert attempts.failed("a")
    for n in range(Attempts.MAX_ADDRESSES + 10):
        attempts.failed(str(n))
    assert len(attempts._left) == Attempts.MAX_ADDRESSES


def test_sessions_end_by_time_and_survive_a_restart(house: House) -> None:
    """A cookie is good in the next process on the same data, but not beyond its time or changed."""
    someone = Principal("x", Role.VIEWER)
    cookie = Sessions(house.store, 60).issue(someone)
    after_restart = Sessions(house.store, 60)
    assert after_restart.read(cookie) == someone
    assert after_restart.read(cookie[:-1] + ("0" if cookie[-1] != "0" else "1")) is None
    assert after_restart.read("A" + cookie) is None
    later = Sessions(house.store, 60, now=lambda: datetime.now(UTC) + timedelta(seconds=61))
    assert later.read(cookie) is None


@pytest.mark.fault(39)
def test_signed_out_stays_signed_out_after_a_restart(house: House) -> None:
    """Row 39: the cookie that was ended is refused by the next process too; it is not in the file."""
    client = house.client
    client.post("/session", json={"token": house.tokens[Role.OPERATOR]})
    cookie = client.cookies[COOKIE]
    other = Sessions(house.store, 60).issue(Principal("other", Role.VIEWER))
    client.delete("/session")
    house.runtime.gate.sessions = Sessions(house.store, 3600)
    client.cookies.set(COOKIE, cookie)
    assert client.get("/session").status_code == 401
    client.cookies.clear()
    client.cookies.set(COOKIE, other)
    assert client.get("/session").status_code == 200
    kept = b"".join(path.read_bytes() for path in house.runtime.settings.data.glob("barwatch.db*"))
    assert cookie.encode() not in kept
    assert other.encode() not in kept


def test_a_full_disk_keeps_nobody_out(house: House) -> None:
    """Whom the database cannot note is signed in all the same, until signing out or the service's end."""

    def refuse(_: Any) -> Future[Any]:
        refused: Future[Any] = Future()
        refused.set_exception(StoreError("database or disk is full"))
        return refused

    client = house.client
    house.store.write = refuse  # type: ignore[method-assign, assignment]
    assert client.post("/session", json={"token": house.tokens[Role.OPERATOR]}).status_code == 200
    assert client.get("/lifts").status_code == 200
    cookie = client.cookies[COOKIE]
    assert client.delete("/session").status_code == 204
    client.cookies.set(COOKIE, cookie)
    assert client.get("/lifts").status_code == 401


def test_old_sessions_do_not_pile_up(house: House) -> None:
    """Maintenance forgets what is too old, and nothing else."""
    lasting = Sessions(house.store, 60).issue(Principal("x", Role.VIEWER))
    Sessions(house.store, -1).issue(Principal("y", Role.VIEWER))
    house.store.write(partial(tokens.forget_expired, now=datetime.now(UTC))).result()
    with house.store.reading() as session:
        assert session.scalars(select(SessionRow.name)).all() == ["x"]
    assert Sessions(house.store, 60).read(lasting) is not None


def test_headers_keep_pages_to_themselves(house: House) -> None:
    """Every answer, errors included, carries the security headers; pages run no foreign or inline script."""
    for path in ("/", "/docs", "/lifts", "/nowhere", "/console/style.css"):
        headers = house.client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
    assert "no-store" in house.call("GET", "/lifts").headers["cache-control"]
    assert house.client.get("/console/../settings.py").status_code == 404
    assert house.client.get("/console/%2e%2e/settings.py").status_code == 404

"""People and tokens: how they are made, come in, show again who they are, and are shut out."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pyotp
import pytest
from argon2 import PasswordHasher
from starlette.testclient import WebSocketDenialResponse

from lifts.decision.arming import Arming
from service.api.auth import COOKIE
from service.api.sessions import Sessions
from service.domain.people import Principal, Role
from service.host.clocks.steady import steady_now
from service.people.limits import FREE
from service.people.passwords import Passwords
from service.store import tokens
from tests.service.api.conftest import House

PASSWORD = "a bar that is down"
OWN_PAGE = {"Origin": "http://testserver"}


@pytest.fixture
def quick(house: House) -> House:
    """The house, with hashes that take no time."""
    house.app.state.entrance.passwords = Passwords(PasswordHasher(1, 8, 1))
    return house


def add(house: House, name: str = "Anna", password: str | None = PASSWORD, **roles: str) -> Any:
    body = {"name": name, "roles": roles or {"*": "operator"}, "password": password}
    answer = house.call("POST", "/users", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


def sign_in(house: House, **shown: str) -> Any:
    house.client.cookies.clear()
    return house.client.post("/session", json=shown)


def test_a_person_signs_in_by_name_and_password(quick: House) -> None:
    """However the name is written; what they do carries it; nothing stored gives the password away."""
    user = add(quick)
    assert user["has_password"]
    assert user["key"] is None
    answer = sign_in(quick, name=" ANNA ", password=PASSWORD)
    assert answer.json() == {"name": "Anna", "role": "operator", "user_id": user["id"]}
    alarm = quick.raise_alarm()
    acknowledge = f"/alarms/{alarm.id}/acknowledge"
    assert quick.client.post(acknowledge, headers=OWN_PAGE).status_code == 200
    assert quick.client.get(f"/alarms/{alarm.id}").json()["events"][-1]["actor"] == "Anna"
    assert quick.client.get("/users").status_code == 403
    kept = b"".join(path.read_bytes() for path in quick.runtime.settings.data.glob("barwatch.db*"))
    assert PASSWORD.encode() not in kept
    for wrong in ({"name": "Anna", "password": "another one"}, {"name": "Bert", "password": PASSWORD}):
        refused = sign_in(quick, **wrong)
        assert (refused.status_code, refused.json()["detail"]) == (401, "name or password is wrong")
    again = quick.call("POST", "/users", json={"name": "\uff41nna", "roles": {"*": "viewer"}})
    assert (again.status_code, again.json()["code"]) == (409, "user_exists")


def test_a_link_brings_a_person_in_who_then_chooses_a_password(quick: House) -> None:
    """Once; the link and other sign-ins end with the new password, this one does not."""
    key = add(quick, password=None)["key"]
    other = sign_in(quick, key=key)
    assert other.status_code == 200
    assert sign_in(quick, key=key).status_code == 401
    user_id = other.json()["user_id"]
    first, second = (quick.call("POST", f"/users/{user_id}/link").json()["key"] for _ in range(2))
    before = sign_in(quick, key=first).cookies[COOKIE]
    cookie = sign_in(quick, key=second).cookies[COOKIE]
    unused = quick.call("POST", f"/users/{user_id}/link").json()["key"]
    weak = quick.client.put("/session/password", json={"password": "short"}, headers=OWN_PAGE)
    assert (weak.status_code, weak.json()["code"]) == (422, "password_length")
    assert (
        quick.client.put("/session/password", json={"password": PASSWORD}, headers=OWN_PAGE).status_code
        == 204
    )
    assert quick.client.get("/session", headers={"Cookie": f"{COOKIE}={cookie}"}).status_code == 200
    quick.client.cookies.clear()
    assert quick.client.get("/session", headers={"Cookie": f"{COOKIE}={before}"}).status_code == 401
    assert sign_in(quick, key=unused).status_code == 401
    assert sign_in(quick, name="Anna", password=PASSWORD).status_code == 200


def test_a_second_factor_is_asked_for_and_no_code_is_taken_twice(quick: House) -> None:
    """`code_needed`, a code of the app once, each recovery code once; an admin takes a lost one away."""
    user = add(quick)
    sign_in(quick, name="Anna", password=PASSWORD)
    offered = quick.client.get("/session/second-factor").json()
    totp = pyotp.TOTP(offered["secret"])
    wrong = {"secret": offered["secret"], "code": "000000"}
    while wrong["code"] == totp.now():
        wrong["code"] = "000001"
    assert (
        quick.client.put("/session/second-factor", json=wrong, headers=OWN_PAGE).json()["code"]
        == "code_wrong"
    )
    used = totp.now()
    kept = quick.client.put(
        "/session/second-factor", json={"secret": offered["secret"], "code": used}, headers=OWN_PAGE
    )
    codes = kept.json()["codes"]
    shown = {"name": "Anna", "password": PASSWORD}
    asked = sign_in(quick, **shown)
    assert (asked.status_code, asked.json()["code"]) == (401, "code_needed")
    assert sign_in(quick, **shown, code=used).status_code == 401
    later = totp.at(steady_now() + timedelta(seconds=30))
    assert sign_in(quick, **shown, code=later).status_code == 200
    assert sign_in(quick, **shown, code=later).status_code == 401
    assert sign_in(quick, **shown, code=codes[3]).status_code == 200
    assert sign_in(quick, **shown, code=codes[3]).status_code == 401
    database = b"".join(path.read_bytes() for path in quick.runtime.settings.data.glob("barwatch.db*"))
    assert offered["secret"].encode() not in database
    assert codes[4].replace("-", "").encode() not in database
    key = quick.call("POST", f"/users/{user['id']}/link").json()["key"]
    assert sign_in(quick, key=key).json()["code"] == "code_needed"
    assert sign_in(quick, key=key, code=codes[4]).status_code == 200
    assert quick.call("DELETE", f"/users/{user['id']}/second-factor").status_code == 204
    assert sign_in(quick, **shown).status_code == 200


@pytest.mark.fault(23)
def test_guessing_a_password_is_slowed_down(quick: House) -> None:
    """429 with Retry-After after a few, before anything is computed; another name is not held up."""
    add(quick)
    add(quick, "Bert")
    answers = [sign_in(quick, name="Anna", password=f"wrong {n}") for n in range(FREE + 3)]
    assert [answer.status_code for answer in answers] == [401] * FREE + [429] * 3
    assert int(answers[-1].headers["retry-after"]) > 0
    assert answers[-1].json()["code"] == "too_many_attempts"
    assert sign_in(quick, name="Bert", password=PASSWORD).status_code == 200


@pytest.mark.fault(23)
def test_who_guesses_many_names_is_given_no_hash(quick: House) -> None:
    """Once an address has guessed too often nothing is computed for it; its known people still come in."""
    add(quick)
    assert sign_in(quick, name="Anna", password=PASSWORD).status_code == 200
    address = "testclient"
    while quick.runtime.gate.attempts.failed(address):
        pass
    quick.app.state.entrance.passwords.matches = None  # called, it would fail
    refused = sign_in(quick, name="Bert", password="a guess")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_attempts")
    del quick.app.state.entrance.passwords.matches
    assert sign_in(quick, name="Anna", password=PASSWORD).status_code == 200


def test_who_is_shut_out_is_out_at_once(make_house: Callable[..., House]) -> None:
    """A disabled person's sign-in and feed end although no heartbeat was due; changed roles reach them."""
    house = make_house(heartbeat_s=3600.0)
    house.app.state.entrance.passwords = Passwords(PasswordHasher(1, 8, 1))
    user = add(house)
    cookie = {"Cookie": f"{COOKIE}={sign_in(house, name='Anna', password=PASSWORD).cookies[COOKIE]}"}
    house.client.cookies.clear()
    with house.client.websocket_connect("/alarms", headers=cookie) as feed:
        assert feed.receive_json()["type"] == "hello"
        change = {"roles": {"demo-quad": "viewer"}}
        changed = house.call("PUT", f"/users/{user['id']}", json=change).json()
        assert changed["roles"] == {"demo-quad": "viewer"}
        assert house.client.get("/session", headers=cookie).json()["lifts"] == {"demo-quad": "viewer"}
        assert house.call("PUT", f"/users/{user['id']}", json={"disabled": True}).json()["disabled"]
        closed = feed.receive()
        assert (closed["type"], closed["code"]) == ("websocket.close", 4401)
    assert house.client.get("/session", headers=cookie).status_code == 401
    assert sign_in(house, name="Anna", password=PASSWORD).status_code == 401


@pytest.mark.parametrize("way", ["revoke", "sign out", "everywhere"])
def test_a_feed_ends_with_what_opened_it(make_house: Callable[..., House], way: str) -> None:
    """A revoked token, a sign-out, one everywhere: each closes the feed although no heartbeat is due."""
    house = make_house(heartbeat_s=3600.0)
    token, record = house.store.write(partial(tokens.create, name="x", role=Role.VIEWER)).result()
    house.client.post("/session", json={"token": token})
    with house.client.websocket_connect("/alarms", headers=OWN_PAGE) as feed:
        assert feed.receive_json()["type"] == "hello"
        if way == "revoke":
            assert house.call("DELETE", f"/tokens/{record.id}").status_code == 204
        elif way == "sign out":
            assert house.client.delete("/session", headers=OWN_PAGE).status_code == 204
        else:
            assert house.client.delete("/sessions", headers=OWN_PAGE).status_code == 204
        assert feed.receive()["code"] == 4401


def test_tokens_are_made_listed_and_revoked(house: House) -> None:
    """With name, lifts and expiry; shown once; one that is too old opens nothing, and ends its sessions."""
    until = datetime.now(UTC) + timedelta(hours=1)
    body = {"name": "panel", "role": "operator", "lifts": ["demo-quad"], "expires_at": until.isoformat()}
    made = house.call("POST", "/tokens", json=body).json()
    assert (made["lifts"], made["state"], made["used_at"]) == (["demo-quad"], "active", None)
    bearer = {"Authorization": f"Bearer {made['token']}"}
    assert house.client.get("/lifts", headers=bearer).status_code == 200
    assert house.client.get("/cameras/secrets", headers=bearer).status_code == 403
    house.store.write(lambda _: None).result()  # behind the note of its use
    listed = {each["id"]: each for each in house.call("GET", "/tokens").json()["items"]}
    assert listed[made["id"]]["used_at"] is not None
    assert "token" not in listed[made["id"]]
    cookie = {"Cookie": f"{COOKIE}={sign_in(house, token=made['token']).cookies[COOKIE]}"}
    house.client.cookies.clear()
    house.runtime.gate.sessions.now = lambda: until + timedelta(seconds=1)
    for headers in (bearer, cookie):
        assert house.client.get("/session", headers=headers).status_code == 401
    assert house.call("GET", "/tokens").json()["items"][-1]["state"] == "expired"
    assert house.call("POST", "/tokens", json=body).json()["code"] == "expired_already"
    assert house.call("DELETE", f"/tokens/{made['id']}").status_code == 204
    assert house.call("GET", "/tokens").json()["items"][-1]["state"] == "revoked"
    assert house.call("DELETE", "/tokens/0000000000000000").json()["code"] == "no_token"


def test_one_sees_and_ends_ones_own_sign_ins(house: House) -> None:
    """Where from and with what; one is ended, then all; nobody else's are seen or touched."""

    def cookie_of(role: Role, agent: str) -> dict[str, str]:
        house.client.cookies.clear()
        token = {"token": house.tokens[role]}
        answer = house.client.post("/session", json=token, headers={"User-Agent": agent})
        house.client.cookies.clear()
        return {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}", **OWN_PAGE}

    tablet, panel = cookie_of(Role.VIEWER, "a tablet"), cookie_of(Role.VIEWER, "the panel")
    other = cookie_of(Role.ADMIN, "an office")
    items = house.client.get("/sessions", headers=panel).json()["items"]
    assert [(item["agent"], item["current"]) for item in items] == [("the panel", True), ("a tablet", False)]
    assert items[0]["address"] == "testclient"
    assert house.client.delete(f"/sessions/{items[1]['id']}", headers=other).status_code == 404
    assert house.client.delete(f"/sessions/{items[1]['id']}", headers=panel).status_code == 204
    assert house.client.get("/session", headers=tablet).status_code == 401
    assert house.client.delete("/sessions", headers=panel).status_code == 204
    assert house.client.get("/session", headers=panel).status_code == 401
    assert house.client.get("/session", headers=other).status_code == 200


def test_a_sign_in_ends_unused_but_not_while_the_alarms_are_followed(
    make_house: Callable[..., House],
) -> None:
    """12 hours without use end it, whatever its lifetime; a screen with the alarms stays signed in."""
    house = make_house(heartbeat_s=0.02)
    now = [steady_now()]
    gate = house.runtime.gate
    gate.sessions = Sessions(house.store, 30 * 86400, 12 * 3600, now=lambda: now[0])
    screen, left = (gate.sessions.issue(Principal(name, Role.VIEWER)) for name in ("screen", "left"))
    headers = {"Cookie": f"{COOKIE}={screen}"}
    with house.client.websocket_connect("/alarms", headers=headers) as feed:
        for _ in range(4):
            now[0] += timedelta(hours=11)
            for _ in range(4):
                assert feed.receive_json()["type"] in {"hello", "heartbeat"}
        assert gate.sessions.read(screen) is not None
        assert gate.sessions.read(left) is None
        now[0] += timedelta(days=30)
        message = feed.receive()
        while message["type"] == "websocket.send":
            message = feed.receive()
        assert message["code"] == 4401
    after_restart = Sessions(house.store, 30 * 86400, 12 * 3600, now=lambda: now[0])
    assert after_restart.read(left) is None


def test_a_viewers_token_keeps_a_screen_signed_in(quick: House) -> None:
    """Renewed again and again, for as long as the token is good; nobody else's sign-in lasts longer by it."""
    now = [steady_now()]
    sessions = Sessions(quick.store, 30 * 86400, now=lambda: now[0])
    quick.runtime.gate.sessions = sessions
    made = quick.call("POST", "/tokens", json={"name": "wall", "role": "viewer"}).json()
    sign_in(quick, token=made["token"])
    for _ in range(8):
        now[0] += timedelta(days=14)
        answer = quick.client.post("/session/renew", headers=OWN_PAGE)
        assert answer.status_code == 204, answer.text
        assert "Max-Age=2592000" in answer.headers["set-cookie"]
        assert quick.client.get("/session").status_code == 200
    renewed = quick.call("GET", "/audit?action=session.renew").json()["items"]
    assert 3 <= len(renewed) <= 8  # not once an hour
    assert quick.client.post("/session/renew").status_code == 403  # another's page
    add(quick, "Anna", **{"*": "viewer"})
    for shown in (
        {"token": quick.tokens[Role.OPERATOR]},
        {"name": "Anna", "password": PASSWORD},
        {"key": sessions.new_key(Principal("a link", Role.VIEWER))},
    ):
        sign_in(quick, **shown)
        refused = quick.client.post("/session/renew", headers=OWN_PAGE)
        assert (refused.status_code, refused.json()["code"]) == (409, "not_renewable")
    assert quick.call("POST", "/session/renew", Role.VIEWER).json()["code"] == "not_renewable"
    sign_in(quick, token=made["token"])
    quick.call("DELETE", f"/tokens/{made['id']}")
    assert quick.client.post("/session/renew", headers=OWN_PAGE).status_code == 401


def test_what_is_dangerous_asks_again(quick: House) -> None:
    """Minutes after signing in: 403 `proof_needed`, until token or password are shown; tokens need not."""
    now = [steady_now()]
    quick.runtime.gate.sessions.now = lambda: now[0]
    quick.enrol()
    add(quick, "Anna", **{"*": "admin"})
    dangerous: list[tuple[str, str, dict[str, Any]]] = [
        ("DELETE", "/lifts/nowhere", {}),
        ("POST", "/tokens", {"json": {"name": "x", "role": "viewer"}}),
        ("DELETE", "/tokens/0000000000000000", {}),
        ("POST", "/users", {"json": {"name": "y", "roles": {"*": "viewer"}}}),
        ("POST", "/lifts/demo-quad/masks/9/activate", {}),
        ("POST", "/outputs", {"json": {"name": "x", "kind": "webhook", "settings": {"url": "http://h/"}}}),
        ("PUT", "/outputs/nowhere", {"json": {"name": "x", "settings": {"url": "http://h/"}}}),
        ("DELETE", "/outputs/nowhere", {}),
        ("POST", "/outputs/nowhere/set-aside/leave-out", {"json": {}}),
        ("PUT", "/lifts/demo-quad", {"json": {"name": "x"}}),
        ("POST", "/lifts/demo-quad/site-calibrations/9/activate", {}),
        ("DELETE", "/lifts/demo-quad/site-calibrations/active", {}),
    ]
    proofs = {
        "token": (
            {"token": quick.tokens[Role.ADMIN]},
            {"token": "wrong"},
            {"token": quick.tokens[Role.VIEWER]},
        ),
        "name": ({"password": PASSWORD}, {"password": "wrong"}, {"token": quick.tokens[Role.ADMIN]}),
    }
    for way, (right, *wrong) in proofs.items():
        shown = (
            {"token": quick.tokens[Role.ADMIN]} if way == "token" else {"name": "Anna", "password": PASSWORD}
        )
        sign_in(quick, **shown)
        now[0] += timedelta(minutes=16)
        for method, path, content in dangerous:
            asked = quick.client.request(method, path, headers=OWN_PAGE, **content)
            assert (asked.status_code, asked.json()["code"]) == (403, "proof_needed"), path
        for each in wrong:
            refused = quick.client.post("/session/proof", json=each, headers=OWN_PAGE)
            assert refused.status_code == 401, each
        assert quick.client.post("/session/proof", json=right, headers=OWN_PAGE).status_code == 204
        for method, path, content in dangerous:
            done = quick.client.request(method, path, headers=OWN_PAGE, **content)
            assert done.status_code in {200, 201, 204, 404, 409}, done.text
    now[0] += timedelta(minutes=16)
    assert quick.call("DELETE", "/lifts/nowhere").status_code == 404


def test_masks_of_an_armed_lift_ask_again(house: House) -> None:
    """Those of a lift that is not armed do not."""
    now = [steady_now()]
    house.runtime.gate.sessions.now = lambda: now[0]
    house.client.post("/session", json={"token": house.tokens[Role.OPERATOR]})
    now[0] += timedelta(minutes=16)
    assert (
        house.client.post("/lifts/demo-quad/masks", headers=OWN_PAGE, files={"open": b"x"}).status_code == 422
    )
    house.arm(state=Arming(None))
    for path, files in (("masks", {"open": b"x"}), ("setup/watch", None)):
        asked = house.client.post(f"/lifts/demo-quad/{path}", headers=OWN_PAGE, files=files)
        assert (asked.status_code, asked.json()["code"]) == (403, "proof_needed")


def test_a_ticket_opens_the_feed_once(house: House) -> None:
    """In place of a token in the address; used up, too old or made up: 401. It ends with who asked for it."""
    token, record = house.store.write(partial(tokens.create, name="x", role=Role.VIEWER)).result()
    bearer = {"Authorization": f"Bearer {token}"}
    ticket = house.client.post("/alarms/ticket", headers=bearer).json()["ticket"]
    with house.client.websocket_connect(f"/alarms?ticket={ticket}") as feed:
        assert feed.receive_json()["type"] == "hello"
        unused = house.client.post("/alarms/ticket", headers=bearer).json()["ticket"]
        house.call("DELETE", f"/tokens/{record.id}")
        assert feed.receive()["code"] == 4401
    for each in (ticket, unused, "made up"):
        with pytest.raises(WebSocketDenialResponse) as refused:
            house.client.websocket_connect(f"/alarms?ticket={each}").__enter__()
        assert refused.value.status_code == 401
    house.runtime.gate.tickets.lifetime_s = -1.0
    late = house.call("POST", "/alarms/ticket").json()["ticket"]
    with pytest.raises(WebSocketDenialResponse):
        house.client.websocket_connect(f"/alarms?ticket={late}").__enter__()


@pytest.mark.fault(22)
def test_a_foreign_pages_feed_is_refused(house: House) -> None:
    """Whatever it brings along: a cookie, a token, a ticket."""
    house.client.post("/session", json={"token": house.tokens[Role.ADMIN]})
    ticket = house.call("POST", "/alarms/ticket").json()["ticket"]
    for path, headers in (("/alarms", {}), ("/alarms", house.headers()), (f"/alarms?ticket={ticket}", {})):
        for origin in ("https://evil.example", "null", "http://testserver.evil.example"):
            with pytest.raises(WebSocketDenialResponse) as refused:
                house.client.websocket_connect(path, headers={**headers, "Origin": origin}).__enter__()
            assert refused.value.status_code == 403


def test_a_feed_shows_ones_own_lifts(make_house: Callable[..., House]) -> None:
    """Those and what belongs to none; heartbeats never call such a client behind."""
    house = make_house(heartbeat_s=0.02)
    create = partial(tokens.create, name="x", role=Role.VIEWER, lifts=["other-lift"])
    token, _ = house.store.write(create).result()
    for n in range(3):
        house.raise_alarm(f"p-{n}")
    headers = {"Authorization": f"Bearer {token}"}
    with house.client.websocket_connect("/alarms?after=1", headers=headers) as feed:
        assert feed.receive_json()["seq"] == 3
        beats = [feed.receive_json() for _ in range(3)]
        assert beats[-1] == {"type": "heartbeat", "seq": 1}
        house.raise_alarm("p-9")
        assert all(feed.receive_json()["type"] == "heartbeat" for _ in range(3))
    assert house.client.get("/session", headers=headers).json()["lifts"] == {"other-lift": "viewer"}

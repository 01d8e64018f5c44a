"""Web Push, over the API, to a push service that cannot read what it passes on; the browser can."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import stamina

from service.domain.people import Role
from service.outputs.push.settings import PushSettings
from service.store import tokens
from tests.service.api.conftest import House, _plain_logs, house, make_house
from tests.service.outputs.conftest import until
from tests.service.outputs.push.browser import Browser, check_vapid, push_service
from tests.service.outputs.receiver import HttpReceiver, Posted

__all__ = ["_plain_logs", "house", "make_house"]


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def service(certificate: tuple[Path, Path]) -> Iterator[HttpReceiver]:
    service = push_service(certificate)
    yield service
    service.go_away()


@pytest.fixture
def pushing(house: House, certificate: tuple[Path, Path]) -> House:
    """A service that pushes."""
    authority = certificate[0].read_text()
    settings = {
        "contact": "mailto:a@b.example",
        "services": ["localhost"],
        "certificate_authority": authority,
    }
    output = {"id": "push", "kind": "web_push", "name": "Phones", "enabled": True, "settings": settings}
    made = house.call("POST", "/outputs", json=output)
    assert made.status_code == 201, made.text
    assert "PRIVATE KEY" in made.json()["made"]["private_key"]
    return house


def subscribe(house: House, browser: Browser, port: int, role: Role = Role.VIEWER) -> Any:
    return house.call("POST", "/push/subscriptions", role, json=browser.subscription(port))


def notices(browser: Browser, service: HttpReceiver) -> list[Any]:
    with service.lock:
        return [browser.read(post.body) for post in service.posts if post.path == browser.path]


def test_a_browser_gets_what_only_it_can_read(pushing: House, service: HttpReceiver) -> None:
    """Subscribed by the service's key, told of each alarm with its address, and no more once unsubscribed."""
    browser, house = Browser(), pushing
    key = house.call("GET", "/push", Role.VIEWER).json()["key"]
    made = subscribe(house, browser, service.port)
    assert made.status_code == 201, made.text
    again = subscribe(house, browser, service.port).json()
    own = house.call("GET", "/push", Role.VIEWER).json()["subscriptions"]
    assert [each["id"] for each in own] == [again["id"]]
    alarm = house.raise_alarm("p-1")
    until(lambda: notices(browser, service))
    told = notices(browser, service)[0]
    assert (told["type"], told["id"], told["seq"], told["missed"]) == ("alarm", alarm.id, alarm.seq, 0)
    assert told["url"].endswith(f"/#/alarms/{alarm.id}")
    post = service.posts[0]
    assert post.headers["content-encoding"] == "aes128gcm"
    assert (post.headers["ttl"], post.headers["urgency"], post.headers["topic"]) == ("3600", "high", alarm.id)
    claims = check_vapid(post, key, service.port)
    assert claims["sub"] == "mailto:a@b.example"
    assert time.time() < claims["exp"] < time.time() + 24 * 3600
    content = (house.runtime.settings.data / "barwatch.db").read_bytes()
    assert f"localhost:{service.port}/anna".encode() not in content
    assert house.call("DELETE", f"/push/subscriptions/{again['id']}", Role.ADMIN).status_code == 404
    assert house.call("DELETE", f"/push/subscriptions/{again['id']}", Role.VIEWER).status_code == 204
    house.raise_alarm("p-2")
    until(lambda: house.call("GET", "/outputs/push").json()["health"]["last_seq"] == 2)
    assert len(service.posts) == 1


def test_each_browser_is_told_in_its_owners_language(pushing: House, service: HttpReceiver) -> None:
    """As it subscribed, else as it asked to be answered, else as the output is set; codes are alike."""
    french, german, english = Browser("/french"), Browser("/german"), Browser("/english")
    subscription = {**french.subscription(service.port), "language": "fr"}
    pushing.call("POST", "/push/subscriptions", Role.VIEWER, json=subscription)
    pushing.client.headers["Accept-Language"] = "de-AT, en;q=0.5"
    assert subscribe(pushing, german, service.port).status_code == 201
    del pushing.client.headers["Accept-Language"]
    subscribe(pushing, english, service.port)
    pushing.raise_alarm("p-1")
    until(lambda: len(service.posts) == 3)
    told = {browser.path: notices(browser, service)[0] for browser in (french, german, english)}
    assert {path: one["title"].partition(" · ")[0] for path, one in told.items()} == {
        "/french": "Garde-corps ouvert",
        "/german": "Bügel offen",
        "/english": "Bar open",
    }
    read = {"title", "message"}
    assert len({str({**one, **dict.fromkeys(read)}) for one in told.values()}) == 1


def test_who_is_gone_or_shut_out_is_told_nothing(pushing: House, service: HttpReceiver) -> None:
    """A browser that the push service calls gone, another lift's owner, and a token that was revoked."""
    house = pushing
    gone, other, revoked, kept = (Browser(f"/{name}") for name in ("gone", "other", "revoked", "kept"))
    service.answer = lambda post: (410 if post.path == "/gone" else 201, {})
    subscribe(house, gone, service.port)
    subscribe(house, kept, service.port)
    made = {}
    for name, browser, lifts in (("other", other, ["other-lift"]), ("revoked", revoked, None)):
        create = partial(tokens.create, name=name, role=Role.VIEWER, lifts=lifts)
        token, made[name] = house.store.write(create).result()
        subscription = browser.subscription(service.port)
        headers = {"Authorization": f"Bearer {token}"}
        answer = house.client.post("/push/subscriptions", json=subscription, headers=headers)
        assert answer.status_code == 201, answer.text
    house.store.write(partial(tokens.revoke, token_id=made["revoked"].id)).result()
    house.raise_alarm("p-1")
    until(lambda: notices(kept, service))
    until(lambda: len(house.call("GET", "/push", Role.VIEWER).json()["subscriptions"]) == 1)
    assert {post.path for post in service.posts} == {"/kept"}
    house.raise_alarm("p-2")
    until(lambda: len(notices(kept, service)) == 2)


def test_one_that_cannot_be_reached_keeps_no_other_waiting(pushing: House, service: HttpReceiver) -> None:
    """It hears with the next notification how many it missed; where nobody is reached, it is tried again."""
    house, anna, ben = pushing, Browser("/anna"), Browser("/ben")
    away = {"/ben"}

    def answer(post: Posted) -> tuple[int, dict[str, str]]:
        return (503 if post.path in away else 201), {}

    service.answer = answer
    subscribe(house, anna, service.port)
    subscribe(house, ben, service.port)
    house.raise_alarm("p-1")
    until(lambda: len(notices(anna, service)) == 1)
    away |= {"/anna"}
    house.raise_alarm("p-2")
    until(lambda: house.call("GET", "/outputs/push").json()["health"]["last_error"])
    away.clear()
    until(lambda: notices(anna, service)[1:] and notices(ben, service))
    assert [each["seq"] for each in notices(anna, service)] == [1, 2]
    assert [(each["seq"], each["missed"]) for each in notices(ben, service)] == [(2, 1)]


def test_what_cannot_be_subscribed_is_refused_by_a_code(
    pushing: House, service: HttpReceiver, make_house: Any
) -> None:
    """Another host, no encryption, no keys of a browser; and where nothing pushes."""
    good = Browser().subscription(service.port)
    wrong = [
        ({**good, "endpoint": "https://internal.example/x"}, "no_push_service"),
        ({**good, "endpoint": "http://localhost/x"}, "no_push_service"),
        ({**good, "endpoint": "https://localhost.evil.example/x"}, "no_push_service"),
        ({**good, "keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "no_push_keys"),
    ]
    for body, code in wrong:
        refused = pushing.call("POST", "/push/subscriptions", Role.VIEWER, json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    other = make_house()
    assert other.call("GET", "/push", Role.VIEWER).json() == {"key": None, "subscriptions": []}
    refused = other.call("POST", "/push/subscriptions", Role.VIEWER, json=good)
    assert (refused.status_code, refused.json()["code"]) == (409, "no_push")


def test_only_known_push_services_are_posted_to() -> None:
    """By default those of the browsers that there are, and what is below them."""
    settings = PushSettings(contact="mailto:a@b.example")
    for endpoint, served in (
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://wns2-par02p.notify.windows.com/w/?token=x", True),
        ("https://push.apple.com.evil.example/x", False),
        ("https://evilpush.apple.com/x", False),
        ("http://fcm.googleapis.com/x", False),
        ("https://10.0.0.1/x", False),
    ):
        assert settings.serves(endpoint) is served, endpoint

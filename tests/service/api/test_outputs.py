"""Outputs over HTTP: made by an admin, off by default, secrets never shown, each change in the audit."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from service.store.audit import entries
from service.store.delivery import set_aside
from service.store.delivery.set_aside import SetAside
from tests.service.api.conftest import House
from tests.service.outputs.conftest import until
from tests.service.outputs.receiver import HttpReceiver

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


@pytest.fixture
def receiver() -> Iterator[HttpReceiver]:
    receiver = HttpReceiver()
    yield receiver
    receiver.go_away()


def webhook(receiver: HttpReceiver, **other: Any) -> dict[str, Any]:
    settings = {"url": receiver.url}
    return {"id": "hut", "kind": "webhook", "name": "Hut", "settings": settings, **other}


def counted(house: House) -> dict[str, float]:
    """What Prometheus reads of the output: the state that is 1, and each of its numbers."""
    found = {}
    for line in house.client.get("/metrics").text.splitlines():
        if line.startswith("barwatch_output_") and 'output="hut"' in line:
            name, value = line.removeprefix("barwatch_output_").split("{")[0], float(line.rsplit(" ", 1)[1])
            if name != "state":
                found[name] = value
            elif value:
                found[line.split('state="')[1].split('"')[0]] = value
    return {name: value for name, value in found.items() if not name.endswith("_created")}


def test_an_output_lives(house: House, receiver: HttpReceiver) -> None:
    """Made off, tested, switched on, delivering what comes then, changed, deleted; all in the audit."""
    made = house.call("POST", "/outputs", json=webhook(receiver))
    assert made.status_code == 201, made.text
    shown = made.json()
    assert shown["made"]["secret"].startswith("whsec_")
    assert (shown["enabled"], shown["health"]["state"], shown["secrets"]) == (False, "off", ["secret"])
    assert shown["settings"] == {
        "url": receiver.url,
        "certificate_authority": None,
        "timeout_s": 10.0,
        "language": None,
    }
    house.raise_alarm("p-1")
    tested = house.call("POST", "/outputs/hut/test").json()
    assert (tested["ok"], tested["error"], len(receiver.posts)) == (True, None, 1)
    change = {key: shown[key] for key in ("name", "settings", "lifts", "kinds", "priorities")}
    on = house.call("PUT", "/outputs/hut", json={**change, "enabled": True}).json()
    assert (on["enabled"], on["secrets"], on["health"]["last_seq"]) == (True, ["secret"], 1)
    alarm = house.raise_alarm("p-2")
    until(lambda: len(receiver.posts) == 2)
    told = receiver.posts[1].body.decode()
    live = house.call("GET", f"/alarms/{alarm.id}").json()
    assert {**live, "events": 0, "comments": 0} == {**json.loads(told)["alarm"], "events": 0, "comments": 0}
    until(lambda: house.call("GET", "/outputs/hut").json()["health"]["last_seq"] == 2)
    now = counted(house)
    assert abs(now.pop("last_success_timestamp_seconds") - time.time()) < 60
    assert now == {"live": 1, "behind": 0, "refused_total": 0, "set_aside": 0}
    listed = house.call("GET", "/outputs").json()["items"]
    assert [(one["id"], one["health"]["state"], one["health"]["lag"]) for one in listed] == [
        ("hut", "live", 0)
    ]
    assert house.call("DELETE", "/outputs/hut").status_code == 204
    assert house.call("GET", "/outputs/hut").json()["code"] == "no_output"
    with house.store.reading() as session:
        found = entries.listing(session, action="output.")
    assert [entry.action.removeprefix("output.") for entry in reversed(found)] == [
        *("create", "test", "change", "delete")
    ]


def test_secrets_are_never_shown(house: House, receiver: HttpReceiver) -> None:
    """Neither in an answer nor in the database; they stay when left out, and go with null."""
    secrets = {"secret": SECRET, "authorization": "Bearer canary-of-the-output"}
    made = house.call("POST", "/outputs", json=webhook(receiver, secrets=secrets))
    assert made.json()["made"] == {}
    change = {"name": "Hut", "settings": {"url": receiver.url}, "secrets": {"authorization": None}}
    answers = [
        made,
        house.call("GET", "/outputs"),
        house.call("PUT", "/outputs/hut", json={"name": "Hut", "settings": {"url": receiver.url}}),
        house.call("GET", "/audit"),
    ]
    for answer in answers:
        assert SECRET not in answer.text
        assert "canary-of-the-output" not in answer.text
    assert answers[2].json()["secrets"] == ["authorization", "secret"]
    assert house.call("PUT", "/outputs/hut", json=change).json()["secrets"] == ["secret"]
    content = (house.runtime.settings.data / "barwatch.db").read_bytes()
    assert b"canary-of-the-output" not in content


def test_what_cannot_be_used_is_refused_by_a_code(house: House, receiver: HttpReceiver) -> None:
    """Before it is stored."""
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"kind": "pigeon"}, "no_such_kind"),
        ({"settings": {}}, "invalid_request"),
        ({"settings": {"url": "http://u:p@host/"}}, "invalid_request"),
        ({"settings": {"url": "http://169.254.169.254/"}}, "output_forbidden_address"),
        ({"secrets": {"secret": "short"}}, "output_misconfigured"),
        ({"secrets": {"password": "x"}}, "no_such_output_secret"),
        ({"kinds": ["nonsense"]}, "invalid_request"),
        ({"priorities": [5]}, "invalid_request"),
        ({"id": "No Id"}, "invalid_request"),
    ]
    for change, code in wrong:
        refused = house.call("POST", "/outputs", json=webhook(receiver, **change))
        assert (refused.status_code, refused.json()["code"]) == (422, code), change
    assert house.call("GET", "/outputs").json()["items"] == []


def test_an_id_is_taken_once(house: House, receiver: HttpReceiver) -> None:
    """409 the second time; without one, one is made up."""
    assert house.call("POST", "/outputs", json=webhook(receiver)).status_code == 201
    again = house.call("POST", "/outputs", json=webhook(receiver))
    assert (again.status_code, again.json()["code"]) == (409, "output_exists")
    other = house.call("POST", "/outputs", json=webhook(receiver, id=None))
    assert len(other.json()["id"]) == 16


def test_what_is_set_aside_is_listed_sent_again_and_left_out(house: House, receiver: HttpReceiver) -> None:
    """In pages; sent once the output is on; each in the audit; an output that is gone has no list."""
    house.call("POST", "/outputs", json=webhook(receiver))
    alarms = [house.raise_alarm(f"p-{number}") for number in range(3)]
    for alarm in alarms:
        refused = SetAside("hut", alarm.seq, alarm.id, alarm.kind, "rejected", 422, 6, datetime.now(UTC))
        house.store.write(
            partial(set_aside.put, refused=[refused], seq=refused.seq, delivered_at=None)
        ).result()
    path = "/outputs/hut/set-aside"
    page = house.call("GET", f"{path}?limit=2").json()
    assert [(each["seq"], each["alarm_id"], each["status"]) for each in page["items"]] == [
        (alarm.seq, alarm.id, 422) for alarm in alarms[:2]
    ]
    rest = house.call("GET", f"{path}?after={page['next']}").json()
    assert ([each["seq"] for each in rest["items"]], rest["next"]) == ([alarms[2].seq], None)
    assert house.call("POST", f"{path}/leave-out", json={"seqs": [alarms[0].seq]}).json() == {"count": 1}
    assert house.call("POST", f"{path}/again", json={}).json() == {"count": 2}
    assert house.call("GET", "/outputs/hut").json()["health"]["set_aside"] == 2, "it is off"
    assert counted(house)["set_aside"] == 2
    house.call(
        "PUT", "/outputs/hut", json={"name": "Hut", "enabled": True, "settings": {"url": receiver.url}}
    )
    until(lambda: not house.call("GET", path).json()["items"])
    assert [json.loads(post.body)["seq"] for post in receiver.posts] == [alarm.seq for alarm in alarms[1:]]
    assert counted(house)["set_aside"] == 0
    assert house.call("POST", "/outputs/nowhere/set-aside/again", json={}).json()["code"] == "no_output"
    with house.store.reading() as session:
        found = [entry.action for entry in entries.listing(session, action="output.")]
    assert {"output.set_aside", "output.send_again", "output.leave_out"} <= set(found)

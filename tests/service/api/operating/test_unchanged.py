"""Of two people who change the same at once, the second is refused, reads again, and may then."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, get_type_hints

import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute

from service.api.tags import Precondition
from service.domain.people import Role
from service.industry.control.link import CoilLink
from service.industry.inputs.follower import InputFollower
from service.people.passwords import Passwords
from tests.service.api.conftest import House

LIFT = "/lifts/demo-quad"
NEVER = {  # what needs no precondition, and why
    "/lifts/{lift_id}/setup/drawn": "has one of its own, of files (tests/service/api/test_drawn.py)",
    "/lifts/{lift_id}/setup/carriers/{number}/pick": "names the revision that was seen: 409 `other_carriers`",
    "/lifts/{lift_id}/setup/track": "of a job, whose state decides: 409",
    "/session/password": "one's own",
    "/session/second-factor": "one's own",
    "/cameras/secrets/{name}": "is never shown: nobody has read what it replaces",
}


def step(after_s: int) -> dict[str, Any]:
    return {"rules": [{"steps": [{"after_s": after_s, "person": "shift leader"}]}]}


def output(name: str) -> dict[str, Any]:
    return {"name": name, "settings": {"url": "https://example.org/a"}}


def modbus(address: int) -> dict[str, Any]:
    place = {"table": "coil", "address": address}
    return {"kind": "modbus", "host": "10.0.0.7", "line_running": place}


KINDS: dict[str, tuple[str, Callable[[int], dict[str, Any]]]] = {
    "lift": (LIFT, lambda n: {"name": f"Quad {n}", "seats": 4}),
    "place": (f"{LIFT}/place", lambda n: {"area": f"Area {n}"}),
    "input": (f"{LIFT}/input", modbus),
    "control": (f"{LIFT}/control", lambda n: {"host": "10.0.0.5", "coil": n}),
    "escalation": ("/escalation", lambda n: step(60 + n)),
    "output": ("/outputs/hut", lambda n: output(f"Hut {n}")),
    # Never what is stored at first: who writes that has changed nothing.
    "user": ("/users", lambda n: {"roles": {"*": ["operator", "admin"][n % 2]}}),
}


@pytest.fixture
def two(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with one of each, of which nothing is dialled."""
    monkeypatch.setattr(InputFollower, "_turn", lambda follower: follower.runner.stopping.wait(60))
    monkeypatch.setattr(CoilLink, "start", lambda link: None)
    house.app.state.entrance.passwords = Passwords(PasswordHasher(1, 8, 1))  # hashes that take no time
    house.enrol()
    made = house.call("POST", "/outputs", json={"id": "hut", "kind": "webhook", **output("Hut")})
    assert made.status_code == 201, made.text
    person = {"name": "Anna", "roles": {"*": "viewer"}}
    assert house.call("POST", "/users", json=person).status_code == 201
    return house


def place_of(house: House, kind: str) -> tuple[str, Callable[[int], dict[str, Any]]]:
    path, body = KINDS[kind]
    if kind != "user":
        return path, body
    return f"/users/{house.call('GET', '/users').json()['items'][0]['id']}", body


def tag_of(house: House, kind: str, path: str) -> str:
    """What a person has read: by the list where a list is what is read."""
    if kind == "user":
        return str(house.call("GET", "/users").json()["items"][0]["tag"])
    read = house.call("GET", path)
    assert read.json().get("tag", read.headers["ETag"]) == read.headers["ETag"]
    return str(read.headers["ETag"])


def change(house: House, method: str, path: str, tag: str | None, body: Any = None) -> Any:
    headers = house.headers(Role.ADMIN) | ({} if tag is None else {"If-Match": tag})
    return house.client.request(method, path, headers=headers, json=body)


def test_what_somebody_else_has_changed_meanwhile_stays(two: House) -> None:
    """By the ETag of what was read; a list of tags, `*`, a weakened tag and no tag at all go as well."""
    for kind in KINDS:
        path, body = place_of(two, kind)
        read = tag_of(two, kind, path)
        first = change(two, "PUT", path, read, body(1))
        assert first.status_code == 200, first.text
        assert first.headers["ETag"] == tag_of(two, kind, path) != read, kind
        methods = ("PUT",) if kind in ("place", "escalation", "user") else ("PUT", "DELETE")
        for method in methods:
            refused = change(two, method, path, f'"other", {read}', body(2) if method == "PUT" else None)
            assert (refused.status_code, refused.json()["code"]) == (412, "changed_elsewhere"), (kind, method)
        assert tag_of(two, kind, path) == first.headers["ETag"], kind
        second = change(two, "PUT", path, f'"other", W/{first.headers["ETag"]}', body(2))
        assert second.status_code == 200, second.text
        assert second.headers["ETag"] not in (read, first.headers["ETag"]), kind
        assert change(two, "PUT", path, "*", body(3)).status_code == 200, kind
        assert change(two, "PUT", path, None, body(4)).status_code == 200, kind
        none_yet = two.headers(Role.ADMIN) | {"If-None-Match": "*"}
        assert two.client.put(path, headers=none_yet, json=body(5)).status_code == 412, kind
    for kind in ("input", "control", "output", "lift"):
        path, _ = place_of(two, kind)
        assert change(two, "DELETE", path, tag_of(two, kind, path)).status_code == 204, kind


def test_of_many_at_once_one_is_taken(two: House) -> None:
    """The check is in the transaction that replaces: four who read the same cannot all be first."""
    for kind in KINDS:
        path, body = place_of(two, kind)
        read = tag_of(two, kind, path)
        with ThreadPoolExecutor(4) as pool:
            said = list(pool.map(partial(change_to, two, path, read, body), range(1, 5)))
        assert sorted(answer.status_code for answer in said) == [200, 412, 412, 412], kind
        winner = next(answer for answer in said if answer.status_code == 200)
        assert tag_of(two, kind, path) == winner.headers["ETag"], kind


def change_to(house: House, path: str, tag: str, body: Callable[[int], dict[str, Any]], n: int) -> Any:
    return change(house, "PUT", path, tag, body(n))


def test_a_lift_that_is_gone_or_damaged_has_not_been_read(two: House) -> None:
    """With a tag it is refused; without one a damaged configuration is mended, as before."""
    read = tag_of(two, "lift", LIFT)
    body = {"name": "Another"}
    none_yet = two.headers(Role.ADMIN) | {"If-None-Match": "*"}
    assert two.client.put(LIFT, headers=none_yet, json=body).status_code == 412
    damage = "UPDATE lifts SET config = '{}'"
    two.store.write(lambda session: session.connection().exec_driver_sql(damage)).result()
    assert change(two, "PUT", LIFT, read, body).status_code == 412
    assert change(two, "PUT", LIFT, None, body).status_code == 200
    assert two.call("DELETE", LIFT).status_code == 204
    assert change(two, "PUT", LIFT, "*", body).status_code == 412
    assert two.client.put(LIFT, headers=none_yet, json=body).status_code == 201


def test_a_secret_that_changed_is_a_change(two: House) -> None:
    """Nobody sees it, and a tag says nothing of it; but who read before it changed is refused."""
    read = tag_of(two, "output", "/outputs/hut")
    assert change(
        two, "PUT", "/outputs/hut", read, {**output("Hut"), "secrets": {"authorization": "Bearer k"}}
    ).is_success
    assert change(two, "PUT", "/outputs/hut", read, output("Hut")).status_code == 412


def test_what_somebody_does_about_their_own_password_refuses_nobody(two: House) -> None:
    """An admin who changes roles has not overwritten it."""
    path, body = place_of(two, "user")
    read = tag_of(two, "user", path)
    assert change(two, "PUT", path, None, {"password": "another that is down"}).status_code == 200
    assert change(two, "PUT", path, read, body(1)).status_code == 200


def test_everything_that_is_replaced_can_be_guarded(house: House) -> None:
    """Every PUT takes `If-Match` and describes 412 and its ETag, but for those that say why not."""
    routes = [
        each for each in house.app.routes if isinstance(each, APIRoute) and "PUT" in (each.methods or ())
    ]
    assert set(NEVER) < {each.path for each in routes}
    for route in routes:
        if route.path not in NEVER:
            assert Precondition in get_type_hints(route.endpoint).values(), route.path
            assert 412 in route.responses, route.path
            assert "ETag" in route.responses[200]["headers"], route.path

"""Whatever is legal to send is answered, or refused with what was wrong; never a fault of the service."""

from concurrent.futures import Future
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest

from service.domain.errors import StoreError
from service.domain.people import Role
from service.web.app import describe
from tests.service.api.conftest import House

ENDS = (
    "0001-01-01T00:00+14:00",
    "9999-12-31T23:59-14:00",
    "0001-01-01T00:00Z",
    "9999-12-31T23:59:59.999999Z",
)
ODD = (
    "\x00",
    "a\x00b",
    "\ufffe",
    "\U0010ffff",
    "😀" * 20,
    "é",
    "%",
    "..",
    "-",
    "x" * 5_000,
    "1" * 400,
    "-1",
    "\u202e",
)


@cache
def dated() -> list[tuple[str, str]]:
    """Every query that takes a time, as the description says it: new ones too."""
    return [
        (f"{method.upper()} {path}", parameter["name"])
        for path, methods in describe()["paths"].items()
        for method, operation in methods.items()
        for parameter in operation.get("parameters", ())
        if "date-time" in str(parameter["schema"])
    ]


@pytest.mark.thorough
@pytest.mark.fault(43)
@pytest.mark.parametrize("moment", ENDS)
def test_dates_at_the_ends_of_the_calendar(house: House, moment: str) -> None:
    """In every query and body that takes a time: an answer or 422, never 500."""
    alarm = house.raise_alarm(passage_id=None)
    queries = dated()
    assert len(queries) >= 4
    for call, name in queries:
        method, path = call.split()
        answer = house.call(method, path.replace("{lift_id}", "demo-quad"), params={name: moment})
        assert answer.status_code in {200, 404, 422}, (call, name, answer.text)
    shelved = {"expiry": moment, "reason": "maintenance"}
    assert house.call("POST", f"/alarms/{alarm.id}/shelve", json=shelved).status_code in {409, 422}


@pytest.mark.thorough
def test_odd_text_in_every_place(house: House) -> None:
    """NUL, characters that are none, very long ones: as id, query or in a body."""
    alarm = house.raise_alarm(passage_id=None)
    for text in ODD:
        there = quote(text, safe="")
        for path in (
            "/lifts/{}",
            "/alarms/{}",
            "/passages/{}",
            "/passages/{}/pictures/1.jpg",
            "/lifts/x/masks/{}/open.png",
        ):
            assert house.call("GET", path.format(there)).status_code in {404, 405, 422, 200}, (path, text)
        for name in ("lift_id", "cursor", "limit", "kind", "from", "unheard_of"):
            for path in ("/alarms", "/passages"):
                assert house.call("GET", path, params={name: text}).status_code in {200, 422}, (
                    path,
                    name,
                    text,
                )
        for path, body in (
            (f"/alarms/{alarm.id}/comment", {"text": text}),
            (f"/alarms/{alarm.id}/comment", {"text": "x", text: text}),
            ("/cameras/probe", {"url": text}),
        ):
            assert house.call("POST", path, json=body).status_code in {200, 201, 422}, (path, text)
        assert house.call("PUT", "/lifts/odd", json={"name": text, "seats": 4}).status_code in {200, 201, 422}


@pytest.mark.thorough
@pytest.mark.parametrize(
    "body",
    [
        b'{"text": "\\ud800"}',
        b'{"\\ud800": 1}',
        b'{"text": "\xff"}',
        b'{"text": ' + b"9" * 5_000 + b"}",
        b'{"text": 1e999}',
        b'{"text": NaN}',
        b"[" * 50_000,
        b'{"text": ' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b"null",
        b'"x"',
        b"\x00",
        b"",
    ],
)
def test_odd_json_is_refused(house: House, body: bytes) -> None:
    """Lone surrogates, huge numbers, deep nesting, no object: 400 or 422 as a problem, never 500."""
    alarm = house.raise_alarm(passage_id=None)
    headers = house.headers() | {"Content-Type": "application/json"}
    for method, path in (
        ("POST", f"/alarms/{alarm.id}/comment"),
        ("PUT", "/lifts/odd"),
        ("POST", "/session"),
    ):
        answer = house.client.request(method, path, content=body, headers=headers)
        assert answer.status_code in {400, 422}, (path, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"


def test_what_the_database_refuses_is_503(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever call writes: a problem with a code and Retry-After."""
    house.enrol()
    alarm = house.raise_alarm(passage_id=None)

    def refuse(_: Any) -> Future[Any]:
        refused: Future[Any] = Future()
        refused.set_exception(StoreError("database or disk is full"))
        return refused

    monkeypatch.setattr(house.store, "write", refuse)
    calls: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"/alarms/{alarm.id}/acknowledge", {}),
        ("POST", f"/alarms/{alarm.id}/comment", {"json": {"text": "x"}}),
        ("PUT", "/lifts/demo-quad", {"json": {"name": "x", "seats": 4}}),
        ("DELETE", "/lifts/demo-quad", {}),
        ("POST", "/lifts/demo-quad/masks/1/activate", {}),
        ("PUT", "/cameras/secrets/x", {"json": {"host": "h", "user": "u", "password": "p"}}),
    ]
    for method, path, content in calls:
        answer = house.call(method, path, Role.ADMIN, **content)
        assert (answer.status_code, answer.json()["code"]) == (503, "store_unavailable"), (path, answer.text)
        assert int(answer.headers["retry-after"]) > 0

"""Errors are RFC 9457 problems, and the OpenAPI description says so."""

from typing import Any

import pytest

from service.domain.people import Role
from tests.service.api.conftest import House


def is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert {"type", "title", "status", "detail", "instance"} <= set(body)
    assert body["status"] == status


def test_errors_of_every_kind_are_problems(house: House) -> None:
    """Unknown path, wrong method, wrong values, missing things, unread body: all have the same shape."""
    is_problem(house.client.get("/nowhere"), 404)
    wrong_method = house.client.post("/lifts")
    is_problem(wrong_method, 405)
    assert "GET" in wrong_method.headers["allow"]
    is_problem(house.call("GET", "/lifts/nobody"), 404)
    is_problem(house.call("GET", "/lifts/Not_An_Id"), 422)
    is_problem(house.call("GET", "/alarms?limit=0"), 422)
    is_problem(house.call("GET", "/alarms?cursor=x"), 422)
    is_problem(house.call("GET", "/alarms?from=2026-01-01T00:00:00"), 422)
    is_problem(house.call("GET", "/passages/nobody"), 404)
    is_problem(house.call("POST", "/alarms/nobody/acknowledge"), 404)
    broken = house.headers() | {"Content-Type": "application/json"}
    is_problem(house.client.put("/lifts/x", content=b"{", headers=broken), 422)
    is_problem(house.call("POST", "/lifts/x/classify", content=b"x"), 415)


def test_wrong_values_are_named_but_not_repeated(house: House) -> None:
    """422 lists each mistake with its place; the value itself, maybe a secret, does not come back."""
    answer = house.call("PUT", "/lifts/demo-quad", json={"name": "x", "seats": "canary-value", "camera": 5})
    is_problem(answer, 422)
    places = {error["where"] for error in answer.json()["errors"]}
    assert {"body.seats", "body.camera"} <= places
    assert "canary-value" not in answer.text


@pytest.mark.parametrize(
    "name", ["two\nlines", "nul\0", "\u202edaeh", "\u2066held\u2069", "c1\x9b31m", " \t "]
)
def test_a_name_is_one_line_that_says_what_it_shows(house: House, name: str) -> None:
    """Of a lift, an output, a person: it stands in lists, in letters and on the lift's control's screen."""
    outputs = {"name": name, "kind": "webhook", "url": "https://example.org/"}
    for method, path, body in (
        ("PUT", "/lifts/demo-quad", {"name": name}),
        ("POST", "/outputs", outputs),
        ("POST", "/users", {"name": name, "password": "long enough", "roles": {"*": "viewer"}}),
    ):
        answer = house.call(method, path, json=body)
        is_problem(answer, 422)
        assert any(each["where"].endswith(".name") for each in answer.json()["errors"]), answer.text
    good = {"name": " Sesselbahn Gaißjoch — 6er \u200f"}
    assert house.call("PUT", "/lifts/demo-quad", json=good).status_code == 201


@pytest.mark.parametrize("announced", [True, False])
def test_bodies_that_are_too_large_are_refused(house: House, announced: bool) -> None:
    """413 by the announced length, and for a body that is larger than nothing announced."""
    size = 1_100_000
    content: Any = b" " * size if announced else (b" " * 100_000 for _ in range(size // 100_000))
    headers = house.headers() | {"Content-Type": "application/json"}
    is_problem(house.client.put("/lifts/demo-quad", content=content, headers=headers), 413)


def test_strangers_may_send_little(house: House) -> None:
    """Without any credentials a body is refused long before the size of an upload."""
    files = {"image": ("x.png", b"x" * 100_000)}
    is_problem(house.client.post("/lifts/demo-quad/classify", files=files), 413)


def test_a_picture_over_the_limit_is_413(make_house: Any) -> None:
    """One picture larger than the setting allows is refused though the whole request is not too large."""
    house = make_house(max_upload_mb=0.1)
    house.call("PUT", "/lifts/demo-quad", json={"name": "x"})
    files = {"image": ("x.png", b"x" * 150_000)}
    is_problem(house.call("POST", "/lifts/demo-quad/classify", Role.VIEWER, files=files), 413)


@pytest.mark.thorough
def test_a_fault_of_the_service_says_nothing_about_its_inside(house: House) -> None:
    """500 is a problem too, without the exception's text."""
    house.call("PUT", "/lifts/demo-quad", json={"name": "x"})
    house.cameras.by_lift = None  # type: ignore[assignment]
    answer = house.call("GET", "/lifts")
    is_problem(answer, 500)
    assert "NoneType" not in answer.text


@pytest.mark.thorough
def test_the_description_is_complete(house: House) -> None:
    """Each operation has a summary, its errors as problems, and its security; the shapes have examples."""
    spec = house.client.get("/openapi.json").json()
    assert "Problem" in spec["components"]["schemas"]
    assert "HTTPValidationError" not in str(spec)
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (method, path)
            if path.startswith(("/lifts", "/alarms", "/passages")):
                assert operation["security"], (method, path)
                assert "401" in operation["responses"], (method, path)
                problem = operation["responses"]["401"]["content"]["application/problem+json"]["schema"]
                assert problem == {"$ref": "#/components/schemas/Problem"}
    assert spec["components"]["schemas"]["LiftIn"]["examples"]

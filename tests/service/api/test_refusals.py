"""Every refusal while a lift is set up has a code with parameters, and the page has words for it."""

import ast
import re
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

import service
from service.domain.people import Role
from service.store import tokens
from tests.service.api.conftest import House

ROOT = Path(service.__file__).resolve().parent.parent
WORDS = ROOT / "service" / "console" / "src" / "i18n" / "en"
ROOMS = (
    *("service/api/routes/setup.py", "service/api/routes/setting_up", "service/api/routes/masks.py"),
    *("service/api/routes/cameras.py", "service/api/routes/lifts.py", "service/api/uploads.py"),
    *("service/api/deps.py", "service/api/runtime.py", "service/web/guards.py", "service/usecases/setup"),
    *("service/api/auth.py", "service/api/entrance.py", "service/api/routes/session.py"),
    *("service/api/routes/people", "service/people", "service/store/people", "service/store/tokens.py"),
    *("service/usecases/camera_urls.py", "service/usecases/enrolment.py"),
    *("service/usecases/mask_proposals.py", "service/secrets", "service/capture/urls.py"),
    *("service/capture/hosts.py", "service/inference/enrolment.py", "service/station/probe.py"),
    *("service/store/lifts.py", "service/store/masks.py", "service/store/tracks.py"),
    *("service/store/site_calibrations.py", "service/store/setup", "service/site/learning.py"),
    *("lifts/masks.py", "lifts/pictures", "service/decoding", "service/api/threads.py"),
    *("service/trials", "service/selftest", "service/store/trials"),
    *("service/api/routes/reviewing", "service/store/reviewing"),
)
CODE_AT = {
    **dict.fromkeys(("NotFoundError", "ConflictError", "ChangedElsewhereError"), 1),
    **dict.fromkeys(("EnrolmentError", "ConfigurationError"), 1),
    **dict.fromkeys(("ImageError", "MaskError", "PictureError", "HTTPException", "BusyError"), 1),
    "RequestRefusedError": 2,
    **dict.fromkeys(("WeakPasswordError", "BusyError", "OpenIdError", "unauthorized"), 1),
}
"""Errors that the API answers, and where their code stands."""

SHOWN_BY_STATUS = {
    re.sub(r"\W+", "_", status.phrase.lower()) for status in HTTPStatus
}  # what a problem without a code of its own is called


def refusals() -> Iterator[tuple[str, ast.Call]]:
    for room in ROOMS:
        for path in [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CODE_AT:
                    yield f"{room}:{node.lineno}", node


def worded() -> set[str]:
    rooms = ("codes/refusals", "problems", "people", "trials/trials", "trials/reviews")
    texts = [(WORDS / f"{name}.ts").read_text(encoding="utf-8") for name in rooms]
    return {code for text in texts for code in re.findall(r"^  (\w+):", text, re.MULTILINE)}


def test_every_table_of_refusals_is_what_the_page_looks_them_up_in() -> None:
    """A code whose words stand in another table would be shown in English, whatever the page speaks."""
    problems = (WORDS / "problems.ts").read_text(encoding="utf-8")
    texts = [path.read_text(encoding="utf-8") for path in WORDS.rglob("*.ts")]
    tables = {
        name for text in texts for name in re.findall(r"^export const (\w+Refusals)\b", text, re.MULTILINE)
    }
    spread = {name for text in texts for name in re.findall(r"^  \.\.\.(\w+Refusals),$", text, re.MULTILINE)}
    assert len(tables) >= 8
    assert tables <= spread
    assert "...setupRefusals," in problems


def test_no_refusal_is_only_a_sentence() -> None:
    """Where an error is made that the API answers, its code is made too; the page has words for each."""
    without, unworded = [], []
    for place, call in refusals():
        assert isinstance(call.func, ast.Name)
        given = call.args[CODE_AT[call.func.id] :][:1]
        if not given and call.func.id != "unauthorized":  # which has one
            without.append(place)
        elif given and isinstance(given[0], ast.Constant) and given[0].value not in worded():
            unworded.append((place, given[0].value))
    assert (without, unworded) == ([], [])
    assert sum(1 for _ in refusals()) > 50


def operations(house: House) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in house.app.openapi()["paths"].items():
        if path.startswith(("/cameras", "/lifts", "/tokens", "/users")) and not path.endswith("/classify"):
            for method, operation in methods.items():
                yield method.upper(), path, operation


def filled(path: str, lift_id: str) -> str:
    names = {"lift_id": lift_id, "place": "middle", "which": "open", "name": "none"}
    names |= dict.fromkeys(("token_id", "user_id"), "0" * 16)
    return re.sub(r"\{(\w+)\}", lambda found: names.get(found[1], "7"), path)


@pytest.fixture
def every(house: House) -> list[tuple[str, str, dict[str, Any]]]:
    return list(operations(house))


@pytest.mark.thorough
def test_every_route_refuses_by_a_code(house: House, every: list[tuple[str, str, dict[str, Any]]]) -> None:
    """Nobody's call, a viewer's, one of no lift, one of no valid id: each has a code that the page knows."""
    known, checked = worded(), 0
    for method, path, operation in every:
        declared = operation["responses"]
        place = filled(path, "nobody")
        answers = {"401": house.client.request(method, place)}
        if "403" in declared:
            create = partial(tokens.create, name="scoped", role=Role.VIEWER, lifts=["other-lift"])
            token = house.store.write(create).result()[0]
            if path != "/lifts":
                answers["403"] = house.client.request(
                    method, place, headers={"Authorization": f"Bearer {token}"}
                )
        if "404" in declared and "requestBody" not in operation:
            answers["404"] = house.call(method, place)
        if "lift_id" in path:
            form: dict[str, Any] = {"files": {"x": b"x"}} if "415" in declared else {}
            answers["422"] = house.call(method, filled(path, "Not_An_Id"), **form)
        for status, answer in answers.items():
            body = answer.json()
            assert (str(body["status"]), status in declared) == (status, True), (method, path, body)
            assert body["code"] in known, (method, path, body)
            if status in {"404", "422"}:
                assert body["code"] not in SHOWN_BY_STATUS, (method, path, body)
            if status == "403":
                assert body["parameters"]["has"] == "viewer"
            checked += 1
    assert checked > 100


def test_a_wrong_value_is_a_code_with_its_place(shared_house: House) -> None:
    """Each mistake has pydantic's own name for it, so that nobody reads the sentence."""
    found = shared_house.call("PUT", "/lifts/demo-quad", json={"name": "x", "seats": -1}).json()
    assert found["code"] == "invalid_request"
    assert [(one["where"], one["code"]) for one in found["errors"]] == [("body.seats", "greater_than_equal")]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://10.0.0.12/live", "address_invalid"),
        ("rtsp://admin:pass@10.0.0.12/live", "secret_in_address"),
        ("rtsp://10.0.0.12/live?password=x", "secret_in_address"),
        ("rtsp://${BARWATCH_ADMIN_TOKEN}@10.0.0.12/live", "service_variable"),
        ("rtsp://${AWS_SECRET_ACCESS_KEY}@10.0.0.12/live", "variable_not_allowed"),
        ("rtsp://${QUAD_PASSWORD}@10.0.0.12/live", "variable_not_allowed"),
        ("rtsp://169.254.169.254/live", "not_a_cameras_address"),
        ("rtsp://2852039166/live", "not_a_cameras_address"),
        ("rtsp://[::ffff:169.254.169.254]/live", "not_a_cameras_address"),
        ("/etc/passwd", "file_not_allowed"),
        ("rtsp://10.0.0.12/\n", "address_invalid"),
    ],
)
@pytest.mark.fault(21)
@pytest.mark.fault(36)
@pytest.mark.fault(37)
@pytest.mark.parametrize("call", ["/cameras/probe", "/lifts/my-lift/setup", "/lifts/my-lift"])
def test_an_address_is_refused_by_a_code(shared_house: House, url: str, code: str, call: str) -> None:
    """Whichever call it comes with; the address is not repeated."""
    if call == "/lifts/my-lift":
        camera = {"url": "rtsp://10.0.0.12/", "substream": url, "width": 640, "height": 480}
        answer = shared_house.call("PUT", call, json={"name": "A", "camera": camera})
        if answer.json()["code"] == "invalid_request":  # a secret in clear is refused by the lift's own form
            code = "invalid_request"
    else:
        answer = shared_house.call("POST", call, json={"url": url})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert "pass@" not in answer.text


@pytest.mark.fault(36)
def test_only_the_cameras_networks_may_be_stored(make_house: Any) -> None:
    """For a probe, a set-up and a lift alike, either stream, with the code and the address."""
    house: House = make_house(camera_networks="10.0.7.0/24")
    outside = {"url": "rtsp://10.0.8.12/live"}
    camera = {"url": "rtsp://10.0.7.12/", "substream": outside["url"], "width": 640, "height": 480}
    for method, path, body in (
        ("POST", "/cameras/probe", outside),
        ("POST", "/lifts/my-lift/setup", outside),
        ("PUT", "/lifts/my-lift", {"name": "A", "camera": camera}),
    ):
        answer = house.call(method, path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "outside_camera_networks")
        assert answer.json()["parameters"] == {"address": "10.0.8.12"}
    inside = {**camera, "substream": None}
    assert house.call("PUT", "/lifts/my-lift", json={"name": "A", "camera": inside}).status_code == 201


@pytest.mark.fault(37)
def test_a_lifts_own_variables_are_its_own(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its address and in a probe that names it; in another lift's, or of no lift, they are refused."""
    monkeypatch.setenv("MY_LIFT_PASSWORD", "word")
    url = "rtsp://${MY_LIFT_PASSWORD}@127.0.0.1:1/"
    camera = {"url": url, "width": 640, "height": 480}
    assert house.call("PUT", "/lifts/my-lift", json={"name": "A", "camera": camera}).status_code == 201
    refused = house.call("PUT", "/lifts/other", json={"name": "A", "camera": camera})
    assert (refused.status_code, refused.json()["code"]) == (422, "variable_not_allowed")
    assert refused.json()["parameters"] == {"name": "MY_LIFT_PASSWORD", "wanted": "OTHER_… or CAMERA_…"}
    assert house.call("POST", "/cameras/probe", json={"url": url}).status_code == 422
    found = house.call("POST", "/cameras/probe", json={"url": url, "lift_id": "my-lift"}).json()
    assert found["problem"] == "refused"

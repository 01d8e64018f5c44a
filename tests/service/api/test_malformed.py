"""schemathesis asks every operation of the description: nothing is 5xx, every answer is as described.

There is a lift with masks, a track, passages and an alarm, so that not everything ends with 404. Half of the
calls name these. A new route is asked like any other.
"""

import os
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lifts.schema import Lift
from service.api.routes import cameras
from service.domain.camera import ProbeResult
from service.domain.errors import ConflictError
from service.domain.people import Role
from service.store import lifts, masks
from tests.service.api.conftest import House

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TRACK = {
    name: {"x": x, "y": 90.0, "scale": 1.0} for name, x in (("begin", 80), ("middle", 160), ("end", 240))
}
CAMERA = {"url": "rtsp://camera.example/s", "width": 640, "height": 480}
FEW, MANY = 3, int(os.environ.get("BARWATCH_TEST_EXAMPLES", "150"))
READING = ("get", "head", "options")
ORDER = (*READING, "put", "patch", "post", "delete")


@pytest.fixture
def furnished(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A house with everything that a path may name; no camera is dialled and no set-up is started."""

    def nobody_answers(*_: Any, **__: Any) -> ProbeResult:
        return ProbeResult(reason="nobody answers")

    def running(*_: Any, **__: Any) -> Any:
        raise ConflictError("one runs", "setup_running")

    monkeypatch.setattr(cameras, "probe_apart", nobody_answers)
    monkeypatch.setattr(type(house.runtime.setup.board), "begin", running)
    return house


def furnish(house: House) -> Mapping[str, str]:
    """Put back what earlier calls have changed or deleted; returns what paths may name."""
    lift = Lift.model_validate({"id": "demo-quad", "name": "x", "track": TRACK, "camera": CAMERA})
    with house.store.reading() as session:
        stands = lift in lifts.listing(session) and lift.id in masks.active_versions(session)
    if not stands:
        house.store.write(lambda session: lifts.put(session, lift)).result()
        house.enrol()
    number = next(_NUMBERS)
    house.add_passage(f"p-{number}")
    alarm = house.raise_alarm(f"p-{number}")
    return {
        "lift_id": "demo-quad",
        "version": "1",
        "passage_id": f"p-{number}",
        "number": "1",
        "place": "middle",
        "which": "open",
        "alarm_id": alarm.id,
        "name": "demo-quad",
    }


def _count() -> Iterator[int]:
    yield from range(1_000_000)


_NUMBERS = _count()


def ask_everything(house: House, examples: int) -> int:
    """Ask each operation so often; returns how many calls were made."""
    schema = schemathesis.openapi.from_dict(house.app.openapi())
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    operations.sort(key=lambda each: (ORDER.index(each.method), each.path))
    assert len(operations) > 50
    asked, known = 0, furnish(house)
    for operation in operations:
        asked += ask_one(house, operation, examples, known)
        if operation.method not in READING:
            known = furnish(house)
    return asked


def ask_one(house: House, operation: Any, examples: int, known: Mapping[str, str]) -> int:
    """Ask one operation so often, of what is `known` to be there; returns how many calls were made."""
    asked = 0

    @settings(
        max_examples=examples,
        database=None,
        derandomize=True,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(mode) for mode in GenerationMode)), named=st.booleans())
    def ask(case: Any, named: bool) -> None:
        nonlocal asked
        if named:
            case.path_parameters = {**(case.path_parameters or {}), **_only(known, case.path_parameters)}
        sent = case.as_transport_kwargs(base_url="http://testserver")
        sent["headers"] = {**sent.get("headers", {}), **house.headers(Role.ADMIN)}
        answer = house.client.request(**_plain(sent))
        house.client.cookies.clear()
        unready = operation.path == "/health/ready" and answer.status_code == 503
        assert answer.status_code < 500 or unready, (operation.label, sent, answer.text)
        case.validate_response(answer, checks=CHECKS[1:] if unready else CHECKS)
        asked += 1

    ask()
    return asked


def _only(known: Mapping[str, str], given_parameters: Any) -> dict[str, str]:
    return {name: value for name, value in known.items() if name in (given_parameters or {})}


def _plain(sent: dict[str, Any]) -> dict[str, Any]:
    """Return a call as the test's client takes it; it was made for requests."""
    made = requests.Request(**{key: value for key, value in sent.items() if key in _PARTS}).prepare()
    return {"method": made.method, "url": made.url, "headers": dict(made.headers), "content": made.body}


_PARTS = {"method", "url", "headers", "params", "data", "json", "files"}


@pytest.mark.thorough
@pytest.mark.fault(25)
def test_no_malformed_request_is_a_fault_of_the_service(furnished: House) -> None:
    """Every operation, a few seeded examples of each, right and wrong ones: no 5xx, no mismatch."""
    assert ask_everything(furnished, FEW) > 100


@pytest.mark.thorough
@pytest.mark.parametrize("fault", ["500", "undescribed"])
def test_a_fault_would_be_noticed(furnished: House, fault: str) -> None:
    """One that is made here: an operation that fails, and an answer of another shape than described."""
    described = furnished.app.openapi()
    if fault == "500":
        furnished.cameras.by_lift = None  # type: ignore[assignment]
    else:
        described["components"]["schemas"]["LiftsOut"]["required"].append("never_there")
    schema = schemathesis.openapi.from_dict(described)
    with pytest.raises((AssertionError, FailureGroup)):
        ask_one(furnished, schema["/lifts"]["GET"], FEW, furnish(furnished))


@pytest.mark.slow
@pytest.mark.fault(25)
def test_very_many_malformed_requests(furnished: House) -> None:
    """The same at length: BARWATCH_TEST_EXAMPLES of each operation, 150 unless told."""
    assert ask_everything(furnished, MANY) > 40 * MANY

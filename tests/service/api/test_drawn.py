"""Masks of a set-up as a person has drawn them so far are kept by the service."""

from collections.abc import Callable
from typing import Any

import pytest

from service.domain.people import Role
from tests.service.api.conftest import House
from tests.service.api.test_setup import ask, await_end
from tests.service.usecases.setup import processes

LINE = {"lines": [{"points": [[50.0, 60.5], [150.0, 60.5]], "width": 6.0}]}
NONE: dict[str, object] = {"lines": []}


@pytest.fixture
def house(make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> House:
    """A set-up that is ready."""
    made = make_house(allow_file_cameras=True)
    monkeypatch.setattr(made.runtime.setup.board, "_main", processes.finding)
    assert ask(made, "POST", "", json={"url": "/tmp/a.mp4"}).status_code == 202
    assert await_end(made)["state"] == "ready"
    return made


def test_what_is_drawn_is_kept_with_the_set_up(house: House) -> None:
    """Another browser finds the lines; another set-up of the lift begins without them."""
    assert ask(house, "GET", "/drawn", Role.VIEWER).json()["code"] == "nothing_drawn"
    kept = ask(house, "PUT", "/drawn", json={"open": LINE, "close": NONE})
    assert kept.status_code == 200, kept.text
    assert ask(house, "GET", "/drawn", Role.VIEWER).json() == {"open": LINE, "close": NONE}
    assert ask(house, "POST", "?again=true", json={"url": "/tmp/a.mp4"}).status_code == 202
    assert ask(house, "GET", "/drawn").json()["code"] == "nothing_drawn"


def test_what_was_drawn_elsewhere_meanwhile_is_never_overwritten(house: House) -> None:
    """By its ETag: the second of two browsers is refused; either may win then."""
    other = {"lines": [{"points": [[50.0, 90.0], [150.0, 90.0]], "width": 6.0}]}

    def put(opened: object, **conditions: str) -> Any:
        headers = {**house.headers(Role.OPERATOR), **conditions}
        body = {"open": opened, "close": NONE}
        return house.client.put("/lifts/my-lift/setup/drawn", json=body, headers=headers)

    first = put(LINE, **{"If-None-Match": "*"})
    assert first.status_code == 200, first.text
    refused = put(other, **{"If-None-Match": "*"})
    assert (refused.status_code, refused.json()["code"]) == (412, "drawn_elsewhere")
    read = ask(house, "GET", "/drawn")
    assert (read.headers["etag"], read.json()["open"]) == (first.headers["etag"], LINE)
    second = put(other, **{"If-Match": first.headers["etag"]})
    assert second.status_code == 200
    assert put(LINE, **{"If-Match": first.headers["etag"]}).status_code == 412
    assert ask(house, "GET", "/drawn").json()["open"] == other
    assert put(LINE, **{"If-Match": second.headers["etag"]}).status_code == 200
    assert put(other).status_code == 200  # without a condition, as a script may
    assert ask(house, "POST", "?again=true", json={"url": "/tmp/a.mp4"}).status_code == 202
    await_end(house)
    assert put(LINE, **{"If-Match": ask(house, "GET", "").json()["job_id"]}).status_code == 412


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": [{"points": [], "width": 6.0}]},
        {"lines": [{"points": [[1e9, 0.0]], "width": 6.0}]},
        {"lines": [{"points": [[1.0, 1.0]], "width": 0.0}]},
        "a line",
    ],
)
def test_what_is_no_drawing_is_refused(house: House, wrong: object) -> None:
    """Nothing of it is kept, and what was there before stays."""
    assert ask(house, "PUT", "/drawn", json={"open": LINE, "close": LINE}).status_code == 200
    assert ask(house, "PUT", "/drawn", json={"open": LINE, "close": wrong}).status_code == 422
    assert ask(house, "GET", "/drawn").json()["close"] == LINE


def test_a_damaged_file_is_nothing_drawn(house: House) -> None:
    """It is said not to be there, and can be drawn again."""
    assert ask(house, "PUT", "/drawn", json={"open": LINE, "close": LINE}).status_code == 200
    (house.runtime.setup.board.kept.folder("my-lift") / "drawn.json").write_text("{")
    assert ask(house, "GET", "/drawn").json()["code"] == "nothing_drawn"
    assert ask(house, "PUT", "/drawn", json={"open": LINE, "close": LINE}).status_code == 200

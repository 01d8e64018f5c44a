"""Alarms and health have threads of their own, and uploads are refused before they pile up."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from service.api.threads import HEAVY, WAITING, is_vital
from service.domain.people import Role
from tests.service.api.conftest import House
from tests.tools.tiny_model import draw_picture, png

PICTURE = {"image": ("x.png", png(draw_picture(50)), "image/png")}
MORE = 24
"""Uploads beyond those that are worked on or may wait."""


class HeldDecoding:
    """Decodes nothing before `release` is set; `held` counts who waits for it."""

    def __init__(self) -> None:
        self.held = threading.Semaphore(0)
        self.release = threading.Event()

    def do(self, job: Callable[[], Any]) -> Any:
        self.held.release()
        self.release.wait(60)
        return job()


@contextmanager
def all_slots_held(house: House) -> Iterator[list[Future[Any]]]:
    """Send forty uploads of which none is decoded meanwhile; yields them once every slot is taken."""
    decoding = HeldDecoding()
    object.__setattr__(house.runtime, "decoding", decoding)
    count = HEAVY + WAITING + MORE

    def upload() -> Any:
        return house.call("POST", "/lifts/demo-quad/classify", Role.VIEWER, files=PICTURE)

    with ThreadPoolExecutor(count) as clients:
        sent = [clients.submit(upload) for _ in range(count)]
        for _ in range(HEAVY):
            assert decoding.held.acquire(timeout=60)
        refused = as_completed(sent, timeout=60)
        for _ in range(count - HEAVY - WAITING):
            next(refused)
        try:
            yield sent
        finally:
            decoding.release.set()


@pytest.mark.fault(28)
def test_while_every_decoder_is_held_alarms_and_health_answer(house: House) -> None:
    """Forty uploads, none of them decoded: health, the list, acknowledging and the feed answer meanwhile.

    Those that find no place are refused with 503, a code and Retry-After; the others are judged in the end.
    """
    house.enrol()
    house.add_passage()
    alarm = house.raise_alarm()
    with all_slots_held(house) as sent:
        assert house.client.get("/health/live").status_code == 200
        assert house.client.get("/health/ready").status_code in {200, 503}
        assert house.client.get("/metrics").status_code == 200
        assert house.call("GET", "/alarms", Role.VIEWER).json()["items"][0]["id"] == alarm.id
        done = house.call("POST", f"/alarms/{alarm.id}/acknowledge", Role.OPERATOR)
        assert done.json()["state"] == "acknowledged"
        with house.client.websocket_connect("/alarms?after=0", headers=house.headers()) as feed:
            assert feed.receive_json()["type"] == "hello"
            assert feed.receive_json()["alarm"]["id"] == alarm.id
        assert not any(upload.done() and upload.result().status_code == 200 for upload in sent)
    answers = [upload.result() for upload in sent]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert len(refused) == len(answers) - HEAVY - WAITING
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0


NOT_VITAL = {
    "/health/live",
    "/alarms/{alarm_id}/evidence",
    "/alarms/{alarm_id}/clip",
    "/alarms/{alarm_id}/clip.mp4",
    "/alarms/figures",
    "/alarms/export.csv",
}
"""The first takes no thread; the others pack pictures, open and delete clips, read the alarms of weeks: what
must hold up no alarm."""


@pytest.mark.fault(28)
def test_no_route_of_alarms_and_health_shares_its_threads(house: House) -> None:
    """Whoever adds a route there gives it these threads: it is `vital`, or said here not to be."""
    checked = 0
    for route in house.app.routes:
        if isinstance(route, APIRoute) and route.path.startswith(("/alarms", "/health", "/metrics")):
            assert is_vital(route.endpoint) or route.path in NOT_VITAL, route.path
            checked += 1
    assert checked >= 8


@pytest.mark.fault(28)
def test_ordinary_work_that_hangs_holds_up_no_alarm(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty calls that wait for ever for something else, on every thread that they can get."""
    alarm = house.raise_alarm(passage_id=None)
    waiting, release = threading.Semaphore(0), threading.Event()

    def hang() -> list[Any]:
        waiting.release()
        release.wait(60)
        return []

    monkeypatch.setattr(house.runtime.vault, "listing", hang)
    with ThreadPoolExecutor(60) as clients:
        sent = [clients.submit(house.call, "GET", "/cameras/secrets") for _ in range(60)]
        for _ in range(40):  # the framework's own number of threads
            assert waiting.acquire(timeout=60)
        try:
            assert house.call("POST", f"/alarms/{alarm.id}/acknowledge").status_code == 200
            assert house.client.get("/health/ready").status_code in {200, 503}
        finally:
            release.set()
    assert all(call.result().status_code == 200 for call in sent)


def test_for_an_unknown_lift_nothing_is_decoded(house: House) -> None:
    """404 while every decoder is held; a viewer may not enrol: 403 before anything is read."""
    decoding = HeldDecoding()
    object.__setattr__(house.runtime, "decoding", decoding)
    assert house.call("POST", "/lifts/nobody/classify", Role.VIEWER, files=PICTURE).status_code == 404
    masks = {"open": PICTURE["image"], "close": PICTURE["image"]}
    assert house.call("POST", "/lifts/nobody/masks", Role.VIEWER, files=masks).status_code == 403
    assert not decoding.held.acquire(blocking=False)


def test_while_the_description_is_made_everything_else_answers(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first to ask for `/openapi.json`, who may be anybody, holds up no alarm and no heartbeat."""
    begun, release = threading.Event(), threading.Event()

    def held(**known: Any) -> dict[str, Any]:
        begun.set()
        release.wait(60)
        return get_openapi(**known)

    monkeypatch.setattr("service.web.app.get_openapi", held)
    with ThreadPoolExecutor(2) as clients:
        described = clients.submit(house.client.get, "/openapi.json")
        assert begun.wait(60)
        alive = clients.submit(house.client.get, "/health/live")
        try:
            assert alive.result(20).status_code == 200
            assert not described.done()
        finally:
            release.set()
        assert described.result(120).json()["info"]["title"] == "Barwatch"

"""Stored passwords of cameras, by the API: written, referred to, never read."""

import logging
from typing import Any

import pytest

from service.domain.people import Role
from service.secrets.keys import KEY_FILE
from tests.service.api.conftest import House

SECRET = {"host": "127.0.0.1", "user": "CanaryUser", "password": "Canary#1"}
URL = "rtsp://127.0.0.1:1/live"


def store(house: House, name: str = "quad", **changed: Any) -> Any:
    return house.call("PUT", f"/cameras/secrets/{name}", Role.OPERATOR, json=SECRET | changed)


def configure(house: House, **camera: Any) -> Any:
    body = {"name": "A", "camera": {"url": URL, "width": 640, "height": 360, **camera}}
    return house.call("PUT", "/lifts/my-lift", json=body)


def test_no_answer_and_no_log_line_holds_a_stored_password(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    """Not the lists, not the lift, not a probe, not an error about the body that it came in."""
    with caplog.at_level(logging.DEBUG):
        answers = [
            store(house),
            store(house, password=["Canary#1"]),
            store(house, host="Canary host"),
            store(house, more="Canary"),
            configure(house, credentials="quad"),
            house.call("GET", "/lifts/my-lift"),
            house.call("GET", "/cameras/secrets"),
            house.call("POST", "/cameras/probe", json={"url": URL, "credentials": "quad"}),
            house.client.get("/metrics"),
            house.client.get("/health/ready"),
        ]
    assert [answer.status_code for answer in answers[:5]] == [201, 422, 422, 422, 201]
    assert "Canary" not in "".join(answer.text for answer in answers) + caplog.text
    listed = answers[6].json()["items"]
    assert [(one["name"], one["host"], one["state"], one["lifts"]) for one in listed] == [
        ("quad", "127.0.0.1", "ok", ["my-lift"])
    ]


def test_a_probe_says_what_is_wrong_with_a_password_as_a_code(house: House) -> None:
    """An answer, not an error: with what it is about, host and port and name."""
    store(house)
    store(house, "elsewhere", host="camera.example")
    probes = [("nobody", "no_such_secret"), ("elsewhere", "secret_of_another_host"), ("quad", "refused")]
    for name, problem in probes:
        answer = house.call("POST", "/cameras/probe", Role.OPERATOR, json={"url": URL, "credentials": name})
        assert answer.status_code == 200, answer.text
        assert answer.json()["problem"] == problem
        assert answer.json()["parameters"] == {"host": "127.0.0.1", "port": 1, "name": name}
    (house.runtime.settings.data / KEY_FILE).unlink()
    answer = house.call("POST", "/cameras/probe", json={"url": URL, "credentials": "quad"})
    assert answer.json()["problem"] == "secret_unreadable"
    assert house.call("GET", "/cameras/secrets").json()["items"][0]["state"] == "unreadable"
    assert house.call("GET", "/lifts").status_code == 200


def test_a_lift_cannot_refer_to_what_could_never_dial_it(house: House) -> None:
    """422 with the code: no such password, another host's, or an address with a user of its own."""
    assert configure(house, credentials="quad").json()["code"] == "no_such_secret"
    store(house, host="camera.example")
    assert configure(house, credentials="quad").json()["code"] == "secret_of_another_host"
    assert configure(house, credentials="quad", url="rtsp://${A}@127.0.0.1/").status_code == 422
    assert (
        configure(house, credentials="quad", url="rtsp://127.0.0.1/", substream="/dev/video0").status_code
        == 422
    )


def test_changing_who_dials_does_not_start_the_lift_over(house: House) -> None:
    """The view is the same: its arming keeps what was seen so far."""
    store(house)
    configure(house)
    with house.store.reading() as session:
        before = session.connection().exec_driver_sql("SELECT updated_at FROM lifts").scalar()
    assert configure(house, credentials="quad").status_code == 200
    with house.store.reading() as session:
        assert session.connection().exec_driver_sql("SELECT updated_at FROM lifts").scalar() == before

"""A webhook: signed, in order, through any outage; never redirected, never to a forbidden address."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import stamina

from service.domain.camera import CameraNetworks
from service.domain.errors import ConfigurationError
from service.outputs.base.problems import OutputProblem
from tests.service.outputs.conftest import OutputHouse, outages, outlast, until
from tests.service.outputs.receiver import HttpReceiver, Posted

KEY = bytes(range(32))
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Hook(HttpReceiver):
    """Checks each signature as the specification says, and drops what it has got already."""

    def got(self) -> list[tuple[int, Any]]:
        with self.lock:
            posts = list(self.posts)
        return [self._read(post) for post in posts]

    @staticmethod
    def _read(post: Posted) -> tuple[int, Any]:
        message_id, at = post.headers["webhook-id"], post.headers["webhook-timestamp"]
        assert abs(time.time() - int(at)) < 300
        signed = f"{message_id}.{at}.".encode() + post.body
        mac = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        assert f"v1,{mac}" in post.headers["webhook-signature"].split()
        told = json.loads(post.body)
        assert (told["type"], message_id) == ("alarm", f"{told['epoch']}_{told['seq']}")
        return told["seq"], told["alarm"]


@pytest.fixture(autouse=True)
def _soon() -> Iterator[None]:
    """Retries of one post are stamina's matter, and tested once below."""
    with stamina.set_testing(True, attempts=1):
        yield


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.go_away()


@outages
def test_every_alarm_arrives_as_committed(outputs_house: OutputHouse, hook: Hook, outage_s: float) -> None:
    """Through an outage of the receiver and a restart of the service: in order, none lost, none doubled."""
    outputs_house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    outlast(outputs_house, hook, outage_s)


@pytest.mark.parametrize(
    ("status", "headers", "problem"),
    [
        (302, {"Location": "http://169.254.169.254/"}, OutputProblem.REDIRECTED),
        (401, {}, OutputProblem.WRONG_PASSWORD),
        (500, {}, OutputProblem.REJECTED),
    ],
)
def test_what_is_refused_is_said_and_tried_again(
    outputs_house: OutputHouse, hook: Hook, status: int, headers: dict[str, str], problem: OutputProblem
) -> None:
    """Anything but success is a code; a redirect is not followed; the alarm stays the next one."""
    answers = [(status, headers), (status, headers)]
    hook.answer = lambda _: answers.pop() if answers else (200, {})
    outputs_house.add("webhook", {"url": hook.url}, {"secret": SECRET})
    outputs_house.raise_alarms(2)
    until(lambda: len(hook.got()) == 2)
    assert hook.got() == outputs_house.committed()
    assert outputs_house.problem == problem.value


def test_a_receiver_that_is_busy_is_asked_again_at_once(outputs_house: OutputHouse, hook: Hook) -> None:
    """Stamina retries what passes by itself, with the same id; the follower has seen no failure."""
    answers = [(503, {"Retry-After": "0"}), (429, {})]
    ids: list[str] = []

    def answer(post: Posted) -> tuple[int, dict[str, str]]:
        ids.append(post.headers["webhook-id"])
        return answers.pop() if answers else (200, {})

    hook.answer = answer
    with stamina.set_testing(True, attempts=5):
        outputs_house.add("webhook", {"url": hook.url}, {"secret": SECRET})
        outputs_house.raise_alarms(1)
        until(lambda: len(hook.got()) == 1)
    assert ids == ["epoch-1_1"] * 3
    assert outputs_house.problem == ""


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://10.1.2.3/"]
)
def test_forbidden_addresses_are_refused_when_they_are_stored(
    make_outputs: Callable[..., OutputHouse], url: str
) -> None:
    """Link-local whatever the networks, others outside of them: by a code, before anything is dialled."""
    house = make_outputs(networks=CameraNetworks((ip_network("10.9.0.0/16"),)))
    with pytest.raises(ConfigurationError) as refused:
        house.add("webhook", {"url": url}, {"secret": SECRET})
    assert refused.value.code == "output_forbidden_address"


def test_the_resolved_address_decides(make_outputs: Callable[..., OutputHouse], hook: Hook) -> None:
    """A name that leads to this machine is dialled only where this machine may be."""
    house = make_outputs(networks=CameraNetworks(loopback=False))
    house.add("webhook", {"url": f"http://localhost:{hook.port}/"}, {"secret": SECRET})
    house.raise_alarms(1)
    until(lambda: house.problem)
    assert house.problem == OutputProblem.FORBIDDEN_ADDRESS.value
    assert not hook.posts


def test_the_certificate_is_verified(
    outputs_house: OutputHouse, tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    """Nobody but whom the receiver's authority names gets an alarm; the name counts, not the address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    hook = Hook(tls=context)
    try:
        outputs_house.add("webhook", {"url": hook.url}, {"secret": SECRET})
        problem = outputs_house.outputs.test("o")
        assert problem is not None
        assert problem.problem is OutputProblem.TLS_FAILED
        outputs_house.outputs.delete("o")
        url = f"https://localhost:{hook.port}/alarms"
        settings = {"url": url, "certificate_authority": certificate[0].read_text()}
        outputs_house.add("webhook", settings, {"secret": SECRET})
        outputs_house.raise_alarms(1)
        until(lambda: len(hook.got()) == 1)
        settings["url"] = url.replace("localhost", "127.0.0.1")
        outputs_house.outputs.delete("o")
        outputs_house.add("webhook", settings, {"secret": SECRET})
        problem = outputs_house.outputs.test("o")
        assert problem is not None
        assert problem.problem is OutputProblem.TLS_FAILED
    finally:
        hook.go_away()


def test_a_secret_is_made_where_none_is_given(outputs_house: OutputHouse, hook: Hook) -> None:
    """It is shown once, kept encrypted, and signs; one of another form is refused."""
    with pytest.raises(ConfigurationError, match="misconfigured") as refused:
        outputs_house.add("webhook", {"url": hook.url}, {"secret": "whsec_short"})
    assert refused.value.parameters == {"where": "secrets.secret"}
    made = outputs_house.add("webhook", {"url": hook.url})
    assert len(base64.b64decode(made["secret"].removeprefix("whsec_"))) == 32
    stored, _ = outputs_house.outputs.get("o")
    assert stored.sealed is not None
    assert made["secret"].encode() not in stored.sealed
    assert outputs_house.outputs.secrets_of(stored) == ("secret",)
    assert outputs_house.outputs.test("o") is None
    assert json.loads(hook.posts[0].body)["type"] == "test"

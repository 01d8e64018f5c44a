"""Whichever process dials a camera: only where the service allowed it, and with what it was given."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lifts.schema import Camera, Lift
from service.domain.camera import CameraNetworks, CameraStatus, Credentials, DialTerms, WatchedLift
from service.domain.errors import ConfigurationError, StoreError
from service.setup.jobs.messages import SetupFailed, SetupOrder
from service.setup.jobs.process import set_up
from service.station.dialling import Dialling, TermsAnswer, TermsWanted, answer, find_terms, no_credentials
from service.station.probe import probe_apart
from service.station.supervisor import CameraSupervisor
from tests.faults.cameras import TRACK, Heard, lift_at

ELSEWHERE = CameraNetworks((ipaddress.ip_network("10.0.7.0/24"),))


@pytest.fixture
def dialled() -> Iterator[tuple[int, Callable[[], bool]]]:
    """A port of this machine, and whether anybody has connected to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def was_dialled() -> bool:
            try:
                server.accept()[0].close()
            except BlockingIOError:
                return False
            return True

        yield server.getsockname()[1], was_dialled


@pytest.mark.thorough
@pytest.mark.fault(36)
@pytest.mark.parametrize("scheme", ["rtsp", "rtsps", "http", "https"])
def test_a_probe_dials_only_the_networks(scheme: str, dialled: tuple[int, Callable[[], bool]]) -> None:
    """In its own process, by every protocol."""
    port, was_dialled = dialled
    with pytest.raises(ConfigurationError) as refused:
        probe_apart(f"{scheme}://127.0.0.1:{port}/", "tcp", DialTerms(networks=ELSEWHERE))
    assert refused.value.code == "outside_camera_networks"
    assert not was_dialled()


@pytest.mark.thorough
@pytest.mark.fault(36)
@pytest.mark.parametrize("stream", ["main", "sub"])
def test_a_running_camera_dials_only_the_networks(
    stream: str, dialled: tuple[int, Callable[[], bool]]
) -> None:
    """Either stream; its state says why."""
    port, was_dialled = dialled
    urls = {"url": "rtsp://10.0.7.1/", "substream": "rtsp://10.0.7.1/2"}
    urls |= {"main": {"url": f"rtsp://127.0.0.1:{port}/"}, "sub": {"substream": f"http://127.0.0.1:{port}/"}}[
        stream
    ]
    camera = Camera.model_validate({**urls, "stream": stream, "width": 320, "height": 180})
    lift, heard = Lift(id="a", name="a", camera=camera, track=TRACK), Heard()
    supervisor = CameraSupervisor(WatchedLift(lift, None, {}), heard, networks=ELSEWHERE)
    supervisor.start()
    try:
        heard.until(
            lambda event: isinstance(event, CameraStatus) and "BARWATCH_CAMERA_NETWORKS" in event.message
        )
    finally:
        supervisor.stop()
    assert not was_dialled()


@pytest.mark.fault(36)
def test_a_set_up_dials_only_the_networks(tmp_path: Path, dialled: tuple[int, Callable[[], bool]]) -> None:
    """It ends with the reason."""
    port, was_dialled = dialled
    lift = lift_at(f"http://127.0.0.1:{port}/").lift
    order = SetupOrder(tmp_path, 1, lift, 10.0, terms=DialTerms(networks=ELSEWHERE))
    done = set_up(order, lambda _: None)
    assert isinstance(done, SetupFailed)
    assert done.problem.code == "outside_camera_networks"
    assert not was_dialled()


@pytest.mark.fault(37)
@pytest.mark.fault(38)
def test_the_service_grants_a_lift_its_own_variables_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looked up when it is asked, so that a changed password needs no restart; a refusal is an answer."""
    monkeypatch.setenv("QUAD_PASSWORD", "one")
    monkeypatch.setenv("OTHER_PASSWORD", "canary")
    wanted = TermsWanted("quad", "rtsp://${QUAD_PASSWORD}@10.0.7.1/")
    assert find_terms(wanted, no_credentials).variables == {"QUAD_PASSWORD": "one"}
    monkeypatch.setenv("QUAD_PASSWORD", "two")
    granted = find_terms(wanted, no_credentials, ELSEWHERE)
    assert (granted.variables, granted.networks) == ({"QUAD_PASSWORD": "two"}, ELSEWHERE)
    assert "two" not in repr(granted)
    refused = answer(TermsWanted("quad", "rtsp://${OTHER_PASSWORD}@10.0.7.1/"), no_credentials)
    assert isinstance(refused, ConfigurationError)
    assert (refused.code, "canary" in str(refused)) == ("variable_not_allowed", False)


def test_a_process_gets_the_answer_or_the_reason() -> None:
    """What came too late for an earlier question is dropped; a database that fails is a reason too."""
    given: list[TermsAnswer] = [
        DialTerms(credentials=Credentials("a", "b")),
        ConfigurationError("gone"),
        StoreError("locked"),
    ]
    asked: list[TermsWanted] = []

    def ask(wanted: TermsWanted) -> None:
        asked.append(wanted)
        dialling.answer(given[len(asked) - 1])

    dialling = Dialling(ask)
    dialling.answer(ConfigurationError("too late"))
    wanted = TermsWanted("quad", "rtsp://10.0.7.1/", "quad")
    assert dialling.terms(wanted) is given[0]
    for reason in ("gone", "locked"):
        with pytest.raises(ConfigurationError, match=reason):
            dialling.terms(wanted)
    assert asked == [wanted] * 3

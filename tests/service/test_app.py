"""The whole service as a process: it starts, works, survives a restart, and refuses a bad model."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import connect

from service.host.lock import FolderLock
from service.host.watchdog import HANGS
from tests.tools.processes import ADMIN_TOKEN, environment, running
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png, release

SIGNED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that can be worked out by hand."""
    return release(tmp_path_factory.mktemp("model"))


def test_serve_from_an_empty_folder(tmp_path: Path, model: Path) -> None:
    """Ready, enrols, classifies, streams; stops cleanly; after a restart everything is still there."""
    arguments = ("--data", str(tmp_path / "data"), "--model", str(model))
    with (
        running(tmp_path, *arguments) as service,
        httpx.Client(base_url=service.url, headers=SIGNED) as client,
    ):
        sys.stdout.write(f"ready after {service.seconds:.2f} s from an empty data folder\n")
        assert client.get("/health/ready").json()["status"] == "ready"
        masks = {"open": png(draw_mask(OPEN_Y)), "close": png(draw_mask(CLOSE_Y))}
        assert client.post("/lifts/my-lift/masks", files=masks).status_code == 201
        picture = {"image": png(draw_picture(OPEN_Y))}
        judged = client.post("/lifts/my-lift/classify", files=picture).json()
        assert (judged["verdict"], judged["occupied"]) == ("open", True)
        with connect(service.feed, additional_headers=SIGNED) as feed:
            hello = json.loads(feed.recv(10))
        assert hello["type"] == "hello"
        assert service.stop() == 0
        assert "Traceback" not in service.output.read_text()
        assert ADMIN_TOKEN not in service.output.read_text()
    with (
        running(tmp_path, *arguments) as service,
        httpx.Client(base_url=service.url, headers=SIGNED) as client,
    ):
        lifts = client.get("/lifts").json()["items"]
        assert [(lift["id"], lift["mask_version"]) for lift in lifts] == [("my-lift", 1)]
        with connect(service.feed, additional_headers=SIGNED) as feed:
            assert json.loads(feed.recv(10))["epoch"] == hello["epoch"]


def test_a_service_that_hangs_ends(tmp_path: Path, model: Path) -> None:
    """Its watchdog is at work: stopped for longer than that may last, the process does not go on."""
    arguments = ("--data", str(tmp_path / "data"), "--model", str(model))
    with running(tmp_path, *arguments, BARWATCH_WATCHDOG_S="4") as service:
        service.process.send_signal(signal.SIGSTOP)
        with pytest.raises(subprocess.TimeoutExpired):
            service.process.wait(5)
        service.process.send_signal(signal.SIGCONT)
        assert service.process.wait(60) in {HANGS, -signal.SIGALRM}
        assert "(most recent call first)" in service.output.read_text()


def start_and_fail(tmp_path: Path, model: Path, *arguments: str, **variables: str) -> str:
    """Return what a start that must fail says."""
    line = [sys.executable, "-m", "service", "serve", "--data", str(tmp_path / "data")]
    found = subprocess.run(
        [*line, "--port", "0", "--model", str(model), *arguments],
        capture_output=True,
        text=True,
        env=environment(**variables),
        timeout=90,
        check=False,
    )
    assert found.returncode == 1, found.stderr
    assert "Traceback" not in found.stderr
    return found.stderr.strip()


@pytest.mark.parametrize("damage", ["flip", "missing", "golden", "manifest"])
def test_a_bad_model_stops_the_start(tmp_path: Path, model: Path, damage: str) -> None:
    """A flipped bit, a missing file, other golden vectors, a broken manifest: exit code 1 and the reason."""
    folder = tmp_path / "model"
    shutil.copytree(model.parent, folder)
    network, manifest = folder / "tiny.ts", folder / "tiny.json"
    if damage == "flip":
        content = bytearray(network.read_bytes())
        content[len(content) // 2] ^= 1
        network.write_bytes(content)
        said = "SHA-256"
    elif damage == "missing":
        network.unlink()
        said = "is missing"
    elif damage == "golden":
        data = json.loads(manifest.read_text())
        data["golden"]["embed"][7] += 0.5
        manifest.write_text(json.dumps(data))
        said = "golden vector"
    else:
        manifest.write_text("{}")
        said = "name: Field required"
    assert said in start_and_fail(tmp_path, manifest)


def test_a_port_that_is_taken_and_a_short_token_are_said(tmp_path: Path, model: Path) -> None:
    """Neither starts half a service; each is one line, with nothing before it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = start_and_fail(tmp_path, model, "--port", port, BARWATCH_ADMIN_TOKEN="")
        assert said == f"barwatch: cannot listen on 127.0.0.1:{port}: Address already in use"
    assert "BARWATCH_ADMIN_TOKEN" in start_and_fail(tmp_path, model, BARWATCH_ADMIN_TOKEN="a")


def test_a_folder_in_use_or_read_only_is_said_in_one_line(tmp_path: Path, model: Path) -> None:
    """With the process that holds it, or that nothing can be written there; exit code 1 both times."""
    lock = FolderLock(tmp_path / "data")
    said = start_and_fail(tmp_path, model)
    assert said.startswith(f"barwatch: the data folder {tmp_path / 'data'} is in use by another Barwatch")
    assert f"(process {os.getpid()})" in said
    assert "\n" not in said
    lock.release()
    assert "the data folder /proc cannot be written to" in start_and_fail(tmp_path, model, "--data", "/proc")

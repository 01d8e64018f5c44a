"""The whole service as a process: it starts, works, survives a restart, and refuses a bad model."""

import json
import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner
from websockets.sync.client import connect

from service.cli import app
from service.domain.errors import BarwatchError
from service.host.folders.lock import FolderLock
from service.host.watchdog import HANGS
from tests.tools.manifests import edit
from tests.tools.processes import ADMIN_TOKEN, SIGNED, Running, environment, running
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png, release


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that can be worked out by hand."""
    return release(tmp_path_factory.mktemp("model"))


@pytest.mark.fault(39)
@pytest.mark.fault(46)
def test_serve_from_an_empty_folder(tmp_path: Path, model: Path) -> None:
    """Ready, enrols, classifies, streams; stops cleanly; after a restart everything is still there.

    Who has signed out before it stays outside; what was learnt of a lift that is gone goes, too; a database
    that is removed is an alarm on an open feed.
    """
    arguments = ("--data", str(tmp_path / "data"), "--model", str(model))
    with (
        running(tmp_path, *arguments) as service,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client,
    ):
        sys.stdout.write(f"ready after {service.seconds:.2f} s from an empty data folder\n")
        assert client.get("/health/ready").json()["status"] == "ready"
        masks = {"open": png(draw_mask(OPEN_Y)), "close": png(draw_mask(CLOSE_Y))}
        assert client.post("/lifts/my-lift/masks", files=masks).status_code == 201
        picture = {"image": png(draw_picture(OPEN_Y))}
        judged = client.post("/lifts/my-lift/classify", files=picture).json()
        assert (judged["verdict"], judged["occupied"]) == ("open", True)
        with connect(service.feed, additional_headers=SIGNED, open_timeout=120) as feed:
            hello = json.loads(feed.recv(120))
        assert hello["type"] == "hello"
        signed_out, signed_in = _cookie_of(service.url), _cookie_of(service.url)
        with httpx.Client(base_url=service.url, cookies=signed_out, timeout=120) as person:
            assert person.get("/session").status_code == 200
            assert person.delete("/session", headers={"Origin": service.url}).status_code == 204
        assert service.stop() == 0
        assert "Traceback" not in service.output.read_text()
        assert ADMIN_TOKEN not in service.output.read_text()
    learnt = tmp_path / "data" / "learnt"
    learnt.mkdir(exist_ok=True)
    for name in ("my-lift.npz", "my-lift.setup.npz", "gone.npz", "gone.setup.npz"):
        (learnt / name).write_bytes(b"views of the station")
    with (
        running(tmp_path, *arguments) as service,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client,
    ):
        lifts = client.get("/lifts").json()["items"]
        assert [(lift["id"], lift["mask_version"]) for lift in lifts] == [("my-lift", 1)]
        assert sorted(file.name for file in learnt.iterdir()) == ["my-lift.npz", "my-lift.setup.npz"]
        with connect(service.feed, additional_headers=SIGNED, open_timeout=120) as feed:
            assert json.loads(feed.recv(120))["epoch"] == hello["epoch"]
        for cookie, status in ((signed_out, 401), (signed_in, 200)):
            assert httpx.get(f"{service.url}/session", cookies=cookie, timeout=120).status_code == status
        _remove_database(service, tmp_path / "data")


def _cookie_of(url: str) -> dict[str, str]:
    """Sign in as a browser does; return its cookie."""
    return dict(
        httpx.post(f"{url}/session", json={"token": ADMIN_TOKEN}, timeout=120).raise_for_status().cookies
    )


def _remove_database(service: Running, data: Path) -> None:
    """Remove it under the service: who follows the alarms hears of it within 10 s, as not stored."""
    with connect(service.feed, additional_headers=SIGNED, open_timeout=120) as feed:
        assert json.loads(feed.recv(120))["type"] == "hello"
        for file in data.glob("barwatch.db*"):
            file.unlink()
        until_s = time.monotonic() + 10.0
        kinds: set[str] = set()
        while "storage_damaged" not in kinds:
            told = json.loads(feed.recv(max(until_s - time.monotonic(), 0.0)))
            kinds |= {alarm["kind"] for alarm in told.get("alarms", ())}


@pytest.mark.thorough
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


@pytest.mark.thorough
def test_a_start_that_fails_says_why_in_its_last_line(tmp_path: Path, model: Path) -> None:
    """What only the embedder finds, other golden vectors: exit code 1, the reason, and no traceback."""
    shutil.copytree(model.parent, tmp_path / "model")
    manifest = tmp_path / "model" / "tiny.json"
    edit(manifest, "golden.embed.7", 0.5)
    line = [sys.executable, "-m", "service", "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    found = subprocess.run(
        [*line, "--model", str(manifest)],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=300,
        check=False,
    )
    assert found.returncode == 1, found.stderr
    assert "Traceback" not in found.stderr
    assert "golden vector" in found.stderr.strip().splitlines()[-1]


@pytest.fixture
def refusal(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Return what a start that must fail says, in this process; no thread and no process may stay."""
    for name in [name for name in os.environ if name.startswith("BARWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", ADMIN_TOKEN)
    before = set(threading.enumerate())

    def start(*arguments: object) -> str:
        usual = ("serve", "--data", tmp_path / "data", "--port", 0, "--model", model)
        result = CliRunner().invoke(app, [str(word) for word in (*usual, *arguments)])
        assert isinstance(result.exception, BarwatchError), result.output
        said = str(result.exception)
        assert ("\n" in said, result.output) == (False, "")  # one line, and nothing before it
        return said

    yield start
    assert set(threading.enumerate()) <= before
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("damage", ["flip", "missing", "manifest"])
def test_a_bad_model_stops_the_start(
    tmp_path: Path, model: Path, refusal: Callable[..., str], damage: str
) -> None:
    """A flipped bit, a missing file, a broken manifest: the reason."""
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
    else:
        manifest.write_text("{}")
        said = "no digest of the numbers that decide"
    assert said in refusal("--model", manifest)


def test_a_model_that_nobody_signed_stops_the_start(
    refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a key is set, nothing is served without its signature."""
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    monkeypatch.setenv("BARWATCH_MODEL_PUBLIC_KEY", pem)
    assert "the model is not signed" in refusal()


def test_a_port_that_is_taken_and_a_short_token_are_said(
    refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither starts half a service; each is one line, with nothing before it."""
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", "")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refusal("--port", port) == f"cannot listen on 127.0.0.1:{port}: Address already in use"
    monkeypatch.setenv("BARWATCH_ADMIN_TOKEN", "a")
    assert "BARWATCH_ADMIN_TOKEN" in refusal()


@pytest.mark.fault(35)
def test_a_folder_in_use_or_read_only_is_said(tmp_path: Path, refusal: Callable[..., str]) -> None:
    """With the process that holds it, or that nothing can be written there."""
    lock = FolderLock(tmp_path / "data")
    said = refusal()
    assert said.startswith(f"the data folder {tmp_path / 'data'} is in use by another Barwatch")
    assert f"(process {os.getpid()})" in said
    lock.release()
    assert "the data folder /proc cannot be written to" in refusal("--data", "/proc")

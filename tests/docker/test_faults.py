"""What the containers make of a bad secret, a full disk and an old volume; and the overrides as files."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet
from websockets.sync.client import connect

from tests.docker.conftest import free_port, say
from tests.docker.stack import IMAGE, PATIENCE_S, TOKEN, WORKER_PID, Stack, docker, until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

PRODUCTION = ("docker/production.yml",)
DOMAIN = {"BARWATCH_DOMAIN": "barwatch.test"}
FULL = """
try:
    with open('/data/heap', 'wb', buffering=0) as file:
        while True:
            file.write(bytes(65536))
except OSError:
    pass
"""
OLD = """
from pathlib import Path
from service.store.file.engine import make_engine, migrate
migrate(make_engine(Path('/data/barwatch.db'), write=True), '0001')
"""
PASSWORD = {"host": "10.0.0.12", "user": "barwatch", "password": "a-cameras-password"}
ENCRYPTED = """
import sqlite3
(found,), = sqlite3.connect('/data/barwatch.db').execute('SELECT sealed FROM camera_secrets')
print(found.decode())
"""
SCHEMA = """
import sqlite3
database = sqlite3.connect('/data/barwatch.db')
print(database.execute('PRAGMA integrity_check').fetchone()[0],
      database.execute('SELECT version_num FROM alembic_version').fetchone()[0])
"""


def refused(stack: Stack, *arguments: str) -> str:
    """Start what must fail, and return its message."""
    done = stack.compose("run", "--rm", "--no-deps", "-T", *arguments, check=False)
    assert done.returncode != 0
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_wrong_or_missing_secret_stops_the_start(clone: Stack, secrets: Path) -> None:
    """No file, an empty one, one too short, one that the container's user may not read: said in one line."""
    token = secrets / "admin_token"
    token.unlink()
    said = refused(clone, "barwatch")
    assert "admin_token" in said
    if token.is_dir():  # what docker-compose 1.29 makes where a secret's file is missing
        token.rmdir()
    for content, mode, due in (
        ("", 0o444, "expected one line of printable ASCII"),
        ("short", 0o444, "BARWATCH_ADMIN_TOKEN"),
        (TOKEN, 0o400, "cannot be read"),
    ):
        token.unlink(missing_ok=True)
        token.write_text(content)
        token.chmod(mode)
        said = refused(clone, "barwatch")
        assert due in said
        assert TOKEN not in said


def test_production_starts_with_its_secret(clone: Stack, secrets: Path) -> None:
    """By the guide's commands; no demonstration, no secret in the variables.

    A camera's password is encrypted with the given key, not with one beside the database.
    """
    secret = secrets / "admin_token"
    stack = replace(clone, project="barwatchtestproduction", port=free_port())
    try:
        stack.compose("up", "-d", "barwatch")
        until("healthy", stack.healthy)
        with httpx.Client(base_url=stack.url) as client:
            said = {"Authorization": f"Bearer {secret.read_text().strip()}"}
            assert client.get("/lifts", headers=said).json()["items"] == []
            assert client.get("/lifts", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 401
            assert client.put("/cameras/secrets/quad", headers=said, json=PASSWORD).status_code == 201
        assert "secret.key" not in stack.python("barwatch", "import os; print(os.listdir('/data'))")
        given = Fernet((secrets / "secret_key").read_text().strip())
        assert PASSWORD["password"].encode() in given.decrypt(stack.python("barwatch", ENCRYPTED).encode())
        seen = json.dumps(stack.inspect("barwatch")["Config"])
        assert secret.read_text().strip() not in seen
        assert (secrets / "secret_key").read_text().strip() not in seen
        assert stack.container("camera") == ""
    finally:
        stack.down()


def test_a_missing_key_is_said_and_stops_no_camera(clone: Stack, secrets: Path) -> None:
    """An upgrade without the new file: Docker names it, or the service's log says what is lost."""
    key = secrets / "secret_key"
    key.unlink()
    stack = replace(clone, project="barwatchtestproduction", port=free_port())
    try:
        started = stack.compose("up", "-d", "barwatch", check=False)
        if started.returncode != 0:
            assert "secret_key" in started.stdout + started.stderr
            return
        until("healthy", stack.healthy)
        assert key.is_dir()  # docker-compose 1.29 has made it
        said = stack.compose("logs", "--no-color", "barwatch").stdout.splitlines()
        assert [line for line in said if "cannot be stored or used" in line and key.name in line]
    finally:
        stack.down()


def test_production_asks_for_its_name(clone: Stack) -> None:
    """Without BARWATCH_DOMAIN nothing starts, and the message says what to set."""
    done = clone.compose("config", files=PRODUCTION, check=False)
    assert done.returncode != 0
    assert "set BARWATCH_DOMAIN" in done.stdout + done.stderr


@pytest.mark.parametrize("names", ["production", "gpu", "monitoring", "production cluster"])
def test_the_overrides_are_in_order(clone: Stack, names: str) -> None:
    """docker-compose takes each of them on top of the first file."""
    clone.compose("config", "-q", files=[f"docker/{name}.yml" for name in names.split()], variables=DOMAIN)


@pytest.fixture
def small_disk(clone: Stack) -> Iterator[tuple[str, int]]:
    """A service whose data folder has 24 MB, as strict as in the compose file; its container and port."""
    port = free_port()
    started = docker(
        "run", "-d", "--init", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        "--tmpfs=/tmp", "--tmpfs=/data:uid=10001,gid=10001,mode=0750,size=24m",
        f"--env=BARWATCH_ADMIN_TOKEN={TOKEN}", f"--publish=127.0.0.1:{port}:8000", IMAGE,
    )  # fmt: skip
    container = started.stdout.strip()
    yield container, port
    docker("rm", "-f", container, check=False)


def test_a_full_disk_is_said_and_alarms_go_on(small_disk: tuple[str, int]) -> None:
    """Health says so within seconds, an alarm is still committed and heard, the database stays whole."""
    container, port = small_disk
    stack = Stack(Path(), port)

    def ready() -> Any:
        return stack.ready() or {}

    def run(code: str) -> str:
        return docker("exec", container, "python3", "-c", code).stdout.strip()

    until("ready", lambda: ready().get("status") == "ready")
    until("a reserve is kept back", lambda: "reserve" in run("import os; print(os.listdir('/data'))"))
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with connect(stack.feed, additional_headers=headers) as feed:
        json.loads(feed.recv(PATIENCE_S))
        began = time.monotonic()
        run(FULL)
        until("health says so", lambda: ready().get("disk", "ready") != "ready")
        say(f"full disk: said after {time.monotonic() - began:.1f} s: {ready()['disk']}")
        run(f"import os; os.kill({WORKER_PID}, 9)")
        kinds: list[str] = []
        while "worker_down" not in kinds:
            message = json.loads(feed.recv(PATIENCE_S))
            kinds += [message["alarm"]["kind"]] if message["type"] == "alarm" else []
    run("import os; os.unlink('/data/heap')")
    until("room again", lambda: ready().get("disk") == "ready")
    assert run(SCHEMA).startswith("ok ")


def test_an_old_volume_opens_with_this_version(clone: Stack) -> None:
    """A volume that the first schema was written to comes up ready, on the newest."""
    volume, port = "barwatchtest-old", free_port()
    inside = ("--rm", "--volume", f"{volume}:/data", "--entrypoint", "python3", IMAGE, "-c")
    try:
        docker("run", *inside, OLD)
        assert docker("run", *inside, SCHEMA).stdout.split() == ["ok", "0001"]
        docker(
            "run", "-d", "--rm", "--name", volume, "--volume", f"{volume}:/data",
            f"--env=BARWATCH_ADMIN_TOKEN={TOKEN}", f"--publish=127.0.0.1:{port}:8000", IMAGE,
        )  # fmt: skip
        stack = Stack(Path(), port)
        until("ready", lambda: (stack.ready() or {}).get("status") == "ready")
        assert docker("exec", volume, "python3", "-c", SCHEMA).stdout.split()[1] > "0001"
    finally:
        docker("rm", "-f", volume, check=False)
        until("the volume is free", lambda: docker("volume", "rm", volume, check=False).returncode == 0)

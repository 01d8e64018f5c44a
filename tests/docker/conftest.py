"""One clone, built and started once for all tests of this folder; taken down with its volumes at the end."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.stack import IMAGE, ROOT, Stack, docker, until


def say(text: str) -> None:
    """Print a figure for whoever runs these tests with -s."""
    sys.stdout.write(f"\n[docker] {text}\n")
    sys.stdout.flush()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="session")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A fresh clone of what is committed, and its images built."""
    if shutil.which("docker") is None or docker("info", check=False).returncode != 0:
        pytest.fail("these tests need a Docker engine that answers")
    folder = tmp_path_factory.mktemp("clone") / "barwatch"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    os.chmod(folder, 0o755)  # noqa: PTH101
    stack = Stack(folder, free_port())
    began = time.monotonic()
    stack.compose("build")
    size = int(docker("image", "inspect", "-f", "{{.Size}}", IMAGE).stdout)
    base = int(docker("image", "inspect", "-f", "{{.Size}}", "python:3.11-slim-bookworm").stdout)
    say(f"built in {time.monotonic() - began:.0f} s; image {size / 1e9:.2f} GB, {base / 1e9:.2f} GB its base")
    yield stack
    stack.down()


@pytest.fixture(scope="session")
def stack(clone: Stack) -> Iterator[Stack]:
    """The demonstration, up and healthy."""
    began = time.monotonic()
    clone.compose("up", "-d")
    try:
        until("the service is healthy", clone.healthy)
        say(f"healthy {time.monotonic() - began:.1f} s after `up`")
        clone.await_cameras()
        say(f"each camera live {time.monotonic() - began:.1f} s after `up`")
        yield clone
    finally:
        logs = clone.compose("logs", "--no-color", "--tail=200", check=False)
        (clone.folder / "logs.txt").write_text(logs.stdout)
        clone.down()


@pytest.fixture
def secrets(clone: Stack) -> Iterator[Path]:
    """The clone's folder of secrets and its .env, made by the commands that the operations guide gives."""
    section = (ROOT / "docs/operations.md").read_text().partition("\n## Install at a lift\n")[2]
    commands, last = section.split("```\n")[1].rsplit("\n", 2)[:2]
    assert last == "docker compose up -d"
    subprocess.run(["bash", "-euc", commands], cwd=clone.folder, check=True)
    yield clone.folder / "secrets"
    shutil.rmtree(clone.folder / "secrets")
    (clone.folder / ".env").unlink()

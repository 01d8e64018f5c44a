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
from cryptography.fernet import Fernet

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
    """The clone's folder of secrets, still without the admin token."""
    folder = clone.folder / "secrets"
    folder.mkdir(mode=0o700)
    key = folder / "secret_key"
    key.write_bytes(Fernet.generate_key() + b"\n")
    key.chmod(0o444)
    yield folder
    shutil.rmtree(folder)

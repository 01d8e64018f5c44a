"""A real `barwatch serve` (or `demo`) in a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ADMIN_TOKEN = "an-admin-token-of-the-tests"
SIGNED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
"""Signs requests to such a service in."""

START_S = 600.0
"""Far more than a start takes: the machine may be busy with other things."""


@dataclass
class Running:
    """A running service, ready, and its address."""

    process: subprocess.Popen[str]
    url: str
    seconds: float
    output: Path

    @property
    def feed(self) -> str:
        """The address of its WebSocket."""
        return self.url.replace("http", "ws", 1) + "/alarms"

    def stop(self) -> int:
        """Ask it to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(120)


def children_of(pid: int) -> set[int]:
    """Return the processes that a process has started, and those that they have started."""
    try:
        tasks = [path.read_text().split() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return set()
    children = {int(child) for task in tasks for child in task}
    return children.union(*(children_of(child) for child in children))


def environment(**variables: str) -> dict[str, str]:
    """Return the environment with the tests' own settings in place of the person's."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("BARWATCH_")}
    return {**clean, "BARWATCH_ADMIN_TOKEN": ADMIN_TOKEN, **variables}


@contextlib.contextmanager
def running(folder: Path, *arguments: str, command: str = "serve", **variables: str) -> Iterator[Running]:
    """Start the service on a free port, wait until it says it is ready or a replica, stop it at the end."""
    output = folder / "output.txt"
    began = time.monotonic()
    line = [sys.executable, "-m", "service", command, "--port", "0", *arguments]
    with output.open("w") as file:
        process = subprocess.Popen(
            line, stdout=file, stderr=subprocess.STDOUT, text=True, env=environment(**variables)
        )
    try:
        while not (
            found := re.search(
                r"^(?:ready: |replica: |    )(http://[0-9.:]+)", output.read_text(), re.MULTILINE
            )
        ):
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < began + START_S, output.read_text()
            time.sleep(0.05)  # another process's file cannot be awaited
        yield Running(process, found[1], time.monotonic() - began, output)
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(120)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

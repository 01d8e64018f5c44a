"""A fresh clone of this repository under docker-compose, as a person at a resort has it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "an-admin-token-of-the-docker-tests"
IMAGE, CAMERA_IMAGE = "barwatch:test", "barwatch-camera:test"
PROJECT = "barwatchtest"
LIFTS = {"demo-double", "demo-quad", "demo-six"}
PATIENCE_S = 900.0
"""How long a state is awaited: only what hangs takes that long, however busy the machine is."""

MAIN_PID = "int(open('/proc/1/task/1/children').read().split()[0])"
"""The process that Docker's init has started: the service, or the camera."""
WORKER_PID = (
    "next(int(p) for p in sorted(os.listdir('/proc')) if p.isdigit() and p != str(os.getpid())"
    " and 'libtorch_cpu' in open(f'/proc/{p}/maps').read())"
)
"""The one process that has torch loaded."""


def compose_command() -> list[str]:
    """Return this machine's compose command: version 2's, or that of 1.29."""
    if shutil.which("docker-compose"):
        return ["docker-compose"]
    return ["docker", "compose"]


def docker(*arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run docker; return its exit status and what it printed."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def until(what: str, check: Callable[[], Any]) -> Any:
    """Wait until `check` returns something true, and return that; fail after `PATIENCE_S`, naming `what`."""
    end = time.monotonic() + PATIENCE_S
    while True:
        found = check()
        if found:
            return found
        assert time.monotonic() < end, f"{what}: not within {PATIENCE_S:.0f} s"
        time.sleep(0.1)  # Docker's state can only be asked for


@dataclass
class Stack:
    """The clone, and its containers once they are up."""

    folder: Path
    port: int
    project: str = PROJECT

    @property
    def url(self) -> str:
        """Where the service is published."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def feed(self) -> str:
        """Where its alarms come from."""
        return f"ws://127.0.0.1:{self.port}/alarms"

    @property
    def client(self) -> httpx.Client:
        """An API client with the admin token; it does not retry."""
        return httpx.Client(base_url=self.url, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)

    def compose(
        self,
        *arguments: str,
        files: Sequence[str] = (),
        check: bool = True,
        variables: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run docker-compose in the clone, with the overrides that `files` names on top."""
        chosen = [f"-f{name}" for name in ("docker-compose.yml", *files)] if files else []
        clean = {name: value for name, value in os.environ.items() if not name.startswith("BARWATCH_")}
        kept = {name: os.environ[name] for name in ("BARWATCH_TORCH",) if name in os.environ}
        own = {
            "COMPOSE_PROJECT_NAME": self.project,
            "BARWATCH_IMAGE": IMAGE,
            "BARWATCH_CAMERA_IMAGE": CAMERA_IMAGE,
            "BARWATCH_PORT": str(self.port),
            "BARWATCH_ADMIN_TOKEN": TOKEN,
        }
        done = subprocess.run(
            [*compose_command(), *chosen, *arguments],
            cwd=self.folder,
            env={**clean, **kept, **own, **(variables or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def down(self) -> None:
        """Remove every container, network and volume, those of the overrides too."""
        every = ("docker/production.yml",)
        self.compose(
            "down", "-v", "--remove-orphans", files=every, check=False, variables={"BARWATCH_DOMAIN": "none"}
        )

    def container(self, service: str) -> str:
        """Return the id of a service's container."""
        return self.compose("ps", "-q", service).stdout.strip()

    def inspect(self, service: str) -> Any:
        """Return what Docker knows of a service's container."""
        return json.loads(docker("inspect", self.container(service)).stdout)[0]

    def healthy(self, service: str = "barwatch") -> bool:
        """Say whether its health check has passed."""
        return bool(self.inspect(service)["State"].get("Health", {}).get("Status") == "healthy")

    def python(self, service: str, code: str) -> str:
        """Run Python in a service's container, as its own user; returns what it prints."""
        return docker("exec", self.container(service), "python3", "-c", code).stdout.strip()

    def kill(self, service: str, pid: str = MAIN_PID, number: int = signal.SIGKILL) -> None:
        """End a process in a container as a crash would: Docker must not take it for a stop by hand."""
        self.python(service, f"import os; os.kill({pid}, {int(number)})")

    def ready(self) -> Any:
        """Return the body of /health/ready whatever its status; None if nothing answers."""
        try:
            return httpx.get(f"{self.url}/health/ready", timeout=60).json()
        except (httpx.HTTPError, ValueError):
            return None

    def await_cameras(self) -> None:
        """Wait until the service can judge, and has seen each of its cameras since now.

        Each by itself: a busy machine may be too slow for all of them at one moment, and says so.
        """
        live: set[str] = set()

        def seen() -> bool:
            answer = self.ready() or {"status": "none"}
            if answer["status"] == "ready":
                live.update(name for name, state in answer["cameras"].items() if state == "live")
            return live == LIFTS

        until("each camera was live", seen)

    def alarms(self) -> dict[str, Any]:
        """Return every alarm of the history by its id."""
        found: dict[str, Any] = {}
        with self.client as client:
            page = client.get("/alarms?limit=500").json()
            while True:
                found |= {alarm["id"]: alarm for alarm in page["items"]}
                if not page["next"]:
                    return found
                page = client.get(f"/alarms?limit=500&cursor={page['next']}").json()

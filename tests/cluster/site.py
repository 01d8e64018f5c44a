"""A resort on three machines: cameras, PostgreSQL, a cluster's head and workers, two services."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from service.bench.cameras import CAMERAS, INTERVAL_S, RECORDINGS, recording
from service.usecases.samples import sample_folders, video_of
from tests.cluster.machines import Machines
from tests.end_to_end.conftest import PYTHON
from tests.postgres import Cluster, programs
from tests.tools.enrolled import enrol
from tests.tools.processes import SIGNED, children_of, environment

CAMERA_SERVER = Path(__file__).parents[2] / "docker" / "camera" / "server.py"
RTSP_PORT, RAY_PORT, FIRST_PORT = 8554, 6379, 8000
EVERY_S = INTERVAL_S
"""Between carriers at each camera."""

SAMPLE = next(folder for folder in sample_folders() if folder.name == "demo-quad")
LOOK_S = 0.1
START_S = 300.0
"""Far more than any start takes: the machine may be busy."""


@dataclass
class Part:
    """A program that runs on one of the machines, with all that it starts."""

    name: str
    command: list[str]
    output: Path
    variables: dict[str, str]
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _before: int = field(default=0, init=False)
    _killed: bool = field(default=False, init=False)

    def said(self) -> bytes:
        """Return what it has printed since it was started last."""
        return self.output.read_bytes()[self._before :]

    def start(self) -> None:
        """Start it; what it prints is added to its output."""
        self._killed = False
        self._before = self.output.stat().st_size if self.output.exists() else 0
        with self.output.open("ab") as file:
            self.process = subprocess.Popen(
                self.command,
                stdout=file,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=environment(**self.variables),
                start_new_session=True,
            )

    def kill(self) -> float:
        """Kill it with all that it has started, as if power were lost; return when (monotonic)."""
        assert self.process is not None
        self._killed = True
        doomed = {self.process.pid, *children_of(self.process.pid)}
        at_s = time.monotonic()
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what was started meanwhile
        self.process.wait()
        return at_s

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    @property
    def ended(self) -> bool:
        """Whether it was started, and ended by itself."""
        return self.process is not None and not self._killed and self.process.poll() is not None


class Site:
    """All of it. `start` brings it up, with so many lifts, each with a camera of its own.

    Args:
        machines: three: 0 has everything but the workers, 1 and 2 a worker each.
        lifts: how many.
        folder: for data and outputs.
    """

    def __init__(self, machines: Machines, lifts: int, folder: Path) -> None:
        self._machines, self._folder, self.restarts = machines, folder, 0
        found = programs()
        assert found is not None, "no PostgreSQL server: run tests/install-system"
        self.database = Cluster(found)
        self.database_name = self.database.empty()
        self.lift_ids = [f"lift-{number}" for number in range(lifts)]
        secret = folder / "cluster-token"
        secret.write_text(secrets.token_hex(32), encoding="ascii")
        secret.chmod(0o600)
        (folder / "evidence").mkdir()
        self._token = {"BARWATCH_RAY_TOKEN_FILE": str(secret)}
        head = machines.address(0)
        self.cameras = self._part(
            "cameras", 0, [PYTHON, str(CAMERA_SERVER), *self._videos()], RTSP_PORT=str(RTSP_PORT)
        )
        watched = [self._camera(lift_id) for lift_id in self.lift_ids]
        viewer = [sys.executable, "-m", "tests.cluster.viewer", *watched]
        self.viewer = self._part("viewer", 0, viewer)
        self.head = self._node("head", 0, "--head", "--port", str(RAY_PORT))
        self.workers = [
            self._node(f"worker-{number}", number, "--address", f"{head}:{RAY_PORT}") for number in (1, 2)
        ]
        self.services = [self._service(number) for number in range(2)]

    @property
    def urls(self) -> list[str]:
        """The addresses of the services."""
        return [f"http://{self._machines.address(0)}:{FIRST_PORT + number}" for number in range(2)]

    @property
    def feeds(self) -> list[str]:
        """The addresses of their WebSockets."""
        return [f"{url.replace('http', 'ws', 1)}/alarms" for url in self.urls]

    def start(self) -> None:
        """Bring everything up, and enrol the lifts."""
        for part in (self.cameras, self.head, *self.workers):
            part.start()
        until(lambda: b"rtsp://" in self.cameras.said(), "the cameras")
        self.viewer.start()
        for number, service in enumerate(self.services):
            service.start()
            until(lambda number=number: self.answers(number), f"service {number}")  # type: ignore[misc]
        with self.client(0) as client:
            for lift_id in self.lift_ids:
                enrol(client, SAMPLE, self._camera(lift_id), lift_id)

    def stop(self) -> None:
        """End everything that still runs."""
        for part in (*self.services, *self.workers, self.head, self.viewer, self.cameras):
            if part.alive:
                part.kill()
        self.database.remove()

    def keep(self, name: str, what: object) -> None:
        """Write something beside what the parts have printed."""
        (self._folder / f"{name}.json").write_text(json.dumps(what), encoding="utf-8")

    def client(self, number: int) -> httpx.Client:
        """Return a client that is signed in at a service."""
        return httpx.Client(base_url=self.urls[number], headers=SIGNED, timeout=30.0)

    def answers(self, number: int) -> bool:
        """Say whether a service answers that carriers are being judged.

        One that ended by itself, as a leader does when another has led since, is started again: what runs
        services, such as Docker, does so.
        """
        if self.services[number].ended:
            self.restarts += 1
            self.services[number].start()
        try:
            with self.client(number) as client:
                return client.get("/health/ready").status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def leader(self) -> int:
        """Return the number of the service that leads. Raises TimeoutError: none does."""
        found: list[int] = []

        def leads() -> bool:
            roles = [self._get(number, "/health/live").get("role") for number in range(2)]
            found[:] = [number for number, role in enumerate(roles) if role == "leader"]
            return bool(found)

        until(leads, "a leader")
        return found[0]

    def judged_by(self) -> str:
        """Return what judges, in the leader's words; empty if no service answers."""
        return next((found["device"] for found in self._from_any("/health/ready") if "device" in found), "")

    def whole(self) -> bool:
        """Say whether the cluster judges and all its nodes are up."""
        running = all(b"ready: " in part.said() for part in (self.head, *self.workers))
        return running and self.judged_by().startswith("cluster")

    def frames(self) -> dict[str, int]:
        """Return how many frames each lift that is watched has brought since its camera was opened."""
        listed: list[Any] = next(
            (found["items"] for found in self._from_any("/lifts") if "items" in found), []
        )
        statuses = {each["id"]: each["camera_status"] for each in listed if each["camera_status"]}
        return {
            lift_id: status["frames_read"]
            for lift_id, status in statuses.items()
            if status["state"] == "live"
        }

    def _get(self, number: int, path: str) -> dict[str, Any]:
        try:
            with self.client(number) as client:
                return dict(client.get(path, timeout=5.0).json())
        except (httpx.HTTPError, ValueError):
            return {}

    def _from_any(self, path: str) -> Iterator[dict[str, Any]]:
        return (self._get(number, path) for number in range(2))

    def _part(self, name: str, machine: int, command: list[str], **variables: str) -> Part:
        line = self._machines.command(machine, *command)
        return Part(name, line, self._folder / f"{name}.txt", variables)

    def _node(self, name: str, machine: int, *arguments: str) -> Part:
        command = [sys.executable, "-m", "service", "node", *arguments]
        cpus = "0" if "--head" in arguments else "2"
        command += ["--ip", self._machines.address(machine), "--cpus", cpus, "--gpus", "0"]
        return self._part(name, machine, command, **self._token)

    def _service(self, number: int) -> Part:
        data = self._folder / f"data-{number}"
        command = [sys.executable, "-m", "service", "serve", "--engine", "ray", "--data", str(data)]
        command += ["--host", self._machines.address(0), "--port", str(FIRST_PORT + number)]
        return self._part(
            f"service-{number}",
            0,
            command,
            BARWATCH_DATABASE_URL=self.database.url(self.database_name),
            BARWATCH_RAY_ADDRESS=f"{self._machines.address(0)}:{RAY_PORT}",
            BARWATCH_EVIDENCE_URL=(self._folder / "evidence").as_uri(),
            **self._token,
        )

    def _videos(self) -> list[str]:
        camera = next(each for each in CAMERAS if each.name == "720p25")
        video = recording(camera, video_of(SAMPLE), RECORDINGS).resolve()
        return [f"{lift_id}={video}" for lift_id in self.lift_ids]

    def _camera(self, lift_id: str) -> str:
        return f"rtsp://{self._machines.address(0)}:{RTSP_PORT}/{lift_id}"


def until(holds: Callable[[], bool], what: str, timeout_s: float = START_S) -> float:
    """Wait until something of another process holds, which cannot be awaited; return when (monotonic)."""
    give_up_s = time.monotonic() + timeout_s
    while not holds():
        if time.monotonic() > give_up_s:
            raise TimeoutError(f"{what}: not within {timeout_s:.0f} s")
        time.sleep(LOOK_S)
    return time.monotonic()


@contextlib.contextmanager
def site(machines: Machines, lifts: int, folder: Path) -> Iterator[Site]:
    """Give a site that is up, for a while."""
    made = Site(machines, lifts, folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()

"""Starts the service, starts it again when it ends, and knows when a camera was not being watched."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, NamedTuple

import httpx

from tests.soak.cameras import EndlessCamera
from tests.tools.processes import SIGNED, children_of, environment
from tests.tools.tiny_model import png

START_S = 120.0
FRESH_S = 1.5
SETTLED_S = 6.0
"""How long after its first frames a camera's carriers are not counted on."""


class Disturbance(NamedTuple):
    """From when to when a lift's carriers may go unseen, time.monotonic(); None: every lift's."""

    lift_id: str | None
    from_s: float
    to_s: float


class Watchman:
    """The service and what supervises it.

    Args:
        folder: where its output goes. data: its data folder. model: its network's manifest.
    """

    def __init__(self, folder: Path, data: Path, model: Path) -> None:
        self._folder, self.data, self._model = folder, data, model
        self.backups = folder / "backups"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.client = httpx.Client(base_url=self.url, headers=SIGNED, timeout=60.0)
        self.starts = 0
        self.offsets: list[tuple[float, float]] = [(time.monotonic(), 0.0)]
        """Since when the service's clock is off by how many seconds."""
        self.disturbances: list[Disturbance] = []
        self.troubles: list[str] = []
        """What did not come back, or ended by itself."""
        self._process: subprocess.Popen[str] | None = None

    @property
    def pid(self) -> int:
        """The service's process."""
        assert self._process is not None
        return self._process.pid

    @property
    def children(self) -> list[int]:
        """The processes that it has started, with a camera or the network, oldest first."""
        return sorted(children_of(self.pid))

    def start(self) -> None:
        """Start it; returns once it answers."""
        self.starts += 1
        command = [sys.executable, "-m", "tests.soak.house", *map(str, (self.data, self._model, self.port))]
        log: IO[str]
        with (self._folder / f"service-{self.starts}.log").open("w") as log:
            variables = environment(BARWATCH_PICTURES="3")
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, text=True, env=variables
            )
        self.set_clock(self.offsets[-1][1])
        self._until("it answers", lambda: self.ready() is not None)

    def register(self, cameras: list[EndlessCamera], address: str) -> None:
        """Enrol a lift for each camera, with the masks of the scripted line."""
        from tests.faults.scenes import lift  # noqa: PLC0415 - draws the scene

        self._until("it judges", lambda: (self.ready() or {}).get("status") == "ready")
        scripted = lift()
        assert scripted.masks is not None
        track = scripted.lift.model_dump(mode="json")["track"]
        masks = {"open": png(scripted.masks.open), "close": png(scripted.masks.close)}
        for number, camera in enumerate(cameras):
            url = {"url": f"{address}{number}", "width": 640, "height": 360}
            body = {"name": camera.lift_id, "seats": 2, "camera": url, "track": track}
            self.client.put(f"/lifts/{camera.lift_id}", json=body).raise_for_status()
            path = f"/lifts/{camera.lift_id}/masks"
            # 503: a busy machine's network takes longer than it may.
            self._until("masks are enrolled", lambda: self.client.post(path, files=masks).status_code == 201)  # noqa: B023

    def ready(self) -> dict[str, Any] | None:
        """Return what /health/ready says; None if nothing answers."""
        try:
            found: dict[str, Any] = self.client.get("/health/ready", timeout=2.0).json()
        except (httpx.TransportError, ValueError):
            return None
        return found

    def live(self, lift_id: str | None) -> bool:
        """Whether it judges, and frames of a lift's camera (None: of every camera) come, however slowly."""
        said = self.ready()
        if said is None or said["engine"] != "ready":
            return False
        try:
            lifts = self.client.get("/lifts").json()["items"]
        except (httpx.TransportError, ValueError, KeyError):
            return False
        ages_s = [
            (each["camera_status"] or {}).get("frame_age_s")
            for each in lifts
            if lift_id in {None, each["id"]}
        ]
        return bool(ages_s) and all(age_s is not None and age_s < FRESH_S for age_s in ages_s)

    def disturbed(self, lift_id: str | None, from_s: float) -> None:
        """Wait until what was disturbed since `from_s` works again, and note from when to when it was not."""
        what = f"{lift_id or 'every camera'} is watched again"
        if not self._holds_at_last(lambda: self.live(lift_id)):
            self.troubles.append(f"not within {START_S:.0f} s: {what}: {self.ready()}")
        self.disturbances.append(Disturbance(lift_id, from_s, time.monotonic() + SETTLED_S))

    def set_clock(self, offset_s: float) -> None:
        """Set the service's clock off by so much."""
        assert self._process is not None
        assert self._process.stdin is not None
        if self.offsets[-1][1] != offset_s:
            self.offsets.append((time.monotonic(), offset_s))
        print(offset_s, file=self._process.stdin, flush=True)

    def true_s(self, stated_s: float) -> float:
        """Return when it was, time.monotonic(), that the service's clock stood at a Unix time."""
        base_s = time.time() - time.monotonic()
        for (since_s, offset_s), until in zip(self.offsets, [*self.offsets[1:], None], strict=True):
            at_s = stated_s - base_s - offset_s
            if since_s - 1.0 <= at_s and (until is None or at_s <= until[0] + 1.0):
                return at_s
        return stated_s - base_s

    def kill(self) -> None:
        """SIGKILL, and start again."""
        assert self._process is not None
        children = self.children
        self._process.kill()
        self._let_go()
        for pid in children:  # those that were stopped, so that they can end with it
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.start()

    def stop(self) -> int:
        """SIGTERM; return its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        code = self._process.wait(60)
        self._let_go()
        return code

    def end(self) -> None:
        """Leave nothing running."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._let_go()
        self.client.close()

    def command(self, *words: str) -> str:
        """Run a command of `barwatch` on its data folder; return "ok", or what it says."""
        command = [sys.executable, "-m", "service", *words]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
        return "ok" if done.returncode == 0 else f"{done.stdout}{done.stderr}".strip()[-400:]

    def back_up(self) -> str:
        """Make a backup beside the data folder's volume while it runs; return "ok", or what is wrong."""
        where = ("--data", str(self.data), "--to", str(self.backups))
        return self.command(
            "backup", *where, "--keep", "2", "--pictures", "all"
        )  # so that all can be verified

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database itself."""
        with contextlib.closing(
            sqlite3.connect(f"file:{self.data}/barwatch.db?mode=ro", uri=True)
        ) as database:
            return database.execute(query).fetchall()

    def _let_go(self) -> None:
        assert self._process is not None
        self._process.wait()
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        assert self._holds_at_last(holds), f"not within {START_S:.0f} s: {what}; {self.ready()}"

    def _holds_at_last(self, holds: Callable[[], bool]) -> bool:
        limit_s = time.monotonic() + START_S
        while not holds():
            assert self._process is not None
            if (code := self._process.poll()) is not None:  # its own watchdog, or a start that failed
                self.troubles.append(f"the service ended by itself, with {code}")
                self._let_go()
                self.start()
            if time.monotonic() > limit_s:
                return False
            time.sleep(0.2)  # another process's state can only be asked for
        return True

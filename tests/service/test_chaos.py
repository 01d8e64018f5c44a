"""Any thread or process may die at any moment: the service recovers, or its readiness says what is down."""

import contextlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from service.host.watchdog import HANGS
from tests.service.capture.videos import write_video
from tests.tools.processes import ADMIN_TOKEN, children_of, environment
from tests.tools.struck_service import LIFT
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png, release

WITHIN_S = 10.0
"""Within so long it has recovered, or readiness says what is down, on a machine that has time for it."""

PATIENCE_S = 600.0
"""How long to wait for what must come in the end, however busy the machine is."""

FELT_WITHIN_S = 3.0
"""A thread that has not failed by then had caught the exception itself, or has had nothing to do since."""

WATCHDOG_S = 60
"""Far beyond what a step takes where others have the machine: it counts the time on the wall."""

LOOK_S = 0.2
FRESH_S = 1.0
"""A camera whose frames are no older is slow at most: other work on this machine costs it some frames."""

BLOWS = ("SystemExit", "RuntimeError", "MemoryError")
POSES = {
    name: {"x": x, "y": 90.0, "scale": 2.0} for name, x in (("begin", 80), ("middle", 160), ("end", 240))
}


class Struck:
    """A service with one camera, in a process of its own, to be struck."""

    module = "tests.tools.struck_service"

    def __init__(self, folder: Path, model: Path, within_s: float = WITHIN_S) -> None:
        self.folder, self.model, self.within_s = folder, model, within_s
        self.video = write_video(folder / "camera.mp4", list(range(0, 4000, 40)))
        self.starts = 0
        self.start()
        lift = {
            "name": "Struck",
            "camera": {"url": str(self.video), "width": 320, "height": 180},
            "track": POSES,
        }
        self.client.put(f"/lifts/{LIFT}", json=lift).raise_for_status()
        masks = {"open": png(draw_mask(OPEN_Y)), "close": png(draw_mask(CLOSE_Y))}
        while (said := self.client.post(f"/lifts/{LIFT}/masks", files=masks)).status_code == 503:
            time.sleep(LOOK_S)  # a busy machine's worker answered too late: whoever registers tries again
        said.raise_for_status()

    def start(self) -> None:
        if self.starts:
            self._let_go()
        self.starts += 1
        self.output = self.folder / f"output-{self.starts}.txt"
        program = [sys.executable, "-m", self.module]
        variables = {"BARWATCH_ALLOW_FILE_CAMERAS": "1", "BARWATCH_WATCHDOG_S": str(WATCHDOG_S)}
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [*program, str(self.folder / "data"), str(self.model)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                text=True,
                env=environment(**variables),
            )
        assert self.process.stdout is not None
        self.client = httpx.Client(
            base_url=json.loads(self.process.stdout.readline()),
            headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
            timeout=60.0,
        )
        self.frames = 0.0
        self.await_recovery()

    def command(self, *words: str) -> object:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print("\t".join(words), file=self.process.stdin, flush=True)
        if not (answer := self.process.stdout.readline()):
            raise BrokenPipeError("the service has ended")
        return json.loads(answer)

    @property
    def ended(self) -> bool:
        return self.process.poll() is not None

    def problems(self) -> list[str]:
        """Return what readiness says is down; no answer says so as well, and so does a camera's state."""
        try:
            answer = self.client.get("/health/ready")
            slow = self._slow()
        except httpx.TransportError as error:
            return [f"no answer: {error!r}"]
        said = answer.json()
        found: list[str] = said["problems"]
        assert answer.status_code == (503 if found else 200)
        return found + [
            f"camera {lift}: {state}"
            for lift, state in said["cameras"].items()
            if state != "live" and lift not in slow
        ]

    def _slow(self) -> set[str]:
        """Return the lifts whose frames come, though fewer than should."""
        states = {item["id"]: item["camera_status"] for item in self.client.get("/lifts").json()["items"]}
        return {
            lift
            for lift, status in states.items()
            if status and status["state"] == "degraded" and (status["frame_age_s"] or FRESH_S) < FRESH_S
        }

    def works(self) -> bool:
        """Say whether every part does its work: judging, watching, alarms from event to database."""
        try:
            return self._judges() and self._watches() and self._alarms("on") and self._alarms("off")
        except (httpx.TransportError, BrokenPipeError):
            return False

    def _judges(self) -> bool:
        if not self.client.get("/lifts").json()["items"]:
            return True  # before the first lift there is nothing to judge, watch or alarm about
        picture = {"image": png(draw_picture(OPEN_Y))}
        answer = self.client.post(f"/lifts/{LIFT}/classify", files=picture)
        return answer.status_code == 200 and answer.json()["verdict"] == "open"

    def _watches(self) -> bool:
        metrics = self.client.get("/metrics").text
        found = re.search(rf'^barwatch_camera_frames_total{{lift="{LIFT}"}} (\S+)$', metrics, re.MULTILINE)
        if found is None:
            return "barwatch_camera_state{" not in metrics
        before, self.frames = self.frames, float(found[1])
        return self.frames not in {before, 0.0}

    def _alarms(self, what: str) -> bool:
        wanted = {"active"} if what == "on" else set[str]()
        self.command("poke", what)
        until_s = time.monotonic() + self.within_s / 10
        while time.monotonic() < until_s:
            items = self.client.get("/alarms", params={"kind": "overloaded", "limit": 1}).json()["items"]
            if {alarm["state"] for alarm in items if alarm["state"] in {"active", "acknowledged"}} == wanted:
                return True
            time.sleep(LOOK_S / 4)
        return False

    def await_recovery(self) -> None:
        until_s = time.monotonic() + PATIENCE_S
        while self.problems() or not self.works():
            assert not self.ended, self.output.read_text()
            assert time.monotonic() < until_s, f"{self.problems()}\n{self.output.read_text()}"
            time.sleep(LOOK_S)

    def outcome(self, thread: bool) -> str:
        """Return how it took a blow to a thread or a process; fails if something is down in silence."""
        struck_s = time.monotonic()
        said = False
        while True:
            if self.ended:
                # The watchdog or its timer: whoever supervises the service starts it anew.
                assert self.process.returncode in {HANGS, -signal.SIGALRM}, self.output.read_text()
                self.start()
                return "process replaced"
            problems = self.problems()
            said = said or bool(problems)
            took_s = time.monotonic() - struck_s
            if not problems and self.works():
                if not thread or self.command("felt"):
                    return "said, then recovered" if said else "recovered"
                if took_s > FELT_WITHIN_S:
                    return "went on"
            assert problems or took_s < self.within_s, (
                f"down in silence for {took_s:.1f} s\n{self.output.read_text()}"
            )
            assert took_s < PATIENCE_S, f"{problems}\n{self.output.read_text()}"
            time.sleep(LOOK_S)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE_S) == 0

    def _let_go(self) -> None:
        self.client.close()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def __enter__(self) -> "Struck":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self._let_go()


def name_of(pid: int) -> str:
    """Return what a child process is, of those that have a name in their command line."""
    try:
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return "gone"
    names = ("resource_tracker", "forkserver", "spawn_main")
    return next((name for name in names if name in line), line.strip() or "gone")


def strike_once(struck: Struck, chance: random.Random) -> str:
    """Kill something at random; returns what."""
    children = sorted(children_of(struck.process.pid))
    if children and chance.random() < 0.4:
        pid = chance.choice(children)
        what = f"process {name_of(pid)}"
        os.kill(pid, signal.SIGKILL)
        return what
    threads = struck.command("threads")
    assert isinstance(threads, list)
    name, blow = chance.choice(sorted(threads)), chance.choice(BLOWS)
    struck.command("strike", name, blow)
    return f"thread {name} by {blow}"


@pytest.mark.thorough
@pytest.mark.fault(9)
@pytest.mark.fault(47)
@pytest.mark.parametrize(
    ("kills", "within_s"),
    [(2, PATIENCE_S), pytest.param(200, WITHIN_S, marks=[pytest.mark.slow, pytest.mark.timeout(7200)])],
)
def test_whatever_is_killed_the_service_recovers_or_says_so(
    tmp_path: Path, kills: int, within_s: float
) -> None:
    """Threads by an exception out of nowhere, processes by SIGKILL; each time all parts work afterwards."""
    (tmp_path / "model").mkdir()
    chance, outcomes = random.Random(kills), Counter[str]()
    with Struck(tmp_path, release(tmp_path / "model"), within_s) as struck:
        for number in range(kills):
            what = strike_once(struck, chance)
            began_s = time.monotonic()
            outcome = struck.outcome(thread=what.startswith("thread"))
            outcomes[outcome] += 1
            sys.stdout.write(f"{number:3} {what}: {outcome} after {time.monotonic() - began_s:.1f} s\n")
            sys.stdout.flush()
        sys.stdout.write(f"{kills} kills: {dict(outcomes)}\n")
        struck.close()

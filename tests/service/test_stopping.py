"""A signal at any moment ends the service within 10 s, with exit status 0 and without a trace of an error."""

import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service.host.signals import STOP_SIGNALS
from tests.tools.processes import children_of, environment
from tests.tools.tiny_model import release

WITHIN_S, PATIENCE_S = 10.0, 120.0
"""What is promised, and how long a machine may take that others keep busy."""
PAUSE_S = 0.01


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that loads in no time, beside torch."""
    return release(tmp_path_factory.mktemp("model"))


class Start:
    """A service on its way up; time counts from the moment in which it handles signals."""

    def __init__(self, folder: Path, model: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.output = folder / "output.txt"
        line = [sys.executable, "-m", "service", "serve", "--port", "0", "--model", str(model)]
        with self.output.open("w") as file:
            self.process = subprocess.Popen(
                [*line, "--data", str(folder / "data")], stdout=file, stderr=file, env=environment()
            )
        while not self._handles_signals():
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(PAUSE_S / 10)
        self.began_s = time.monotonic()

    def _handles_signals(self) -> bool:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        caught = re.search(r"^SigCgt:\s*([0-9a-f]+)$", status, re.MULTILINE)
        return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)

    def await_ready(self) -> float:
        """Return after how many seconds it was ready."""
        while "ready: " not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            time.sleep(PAUSE_S)
        return time.monotonic() - self.began_s

    def end(self, moment_s: float, signals: tuple[signal.Signals, ...], within_s: float) -> None:
        """Send signals at that moment; it must end in time, in order, and leave no process behind."""
        time.sleep(max(0.0, self.began_s + moment_s - time.monotonic()))
        family = children_of(self.process.pid)
        for each in signals:
            self.process.send_signal(each)
        sent_s = time.monotonic()
        try:
            status = self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        said = self.output.read_text()
        took_s = time.monotonic() - sent_s
        assert (status, "Traceback" in said) == (0, False), f"{signals} at {moment_s:.2f} s: {status}\n{said}"
        while any(Path(f"/proc/{pid}").exists() for pid in family):
            assert time.monotonic() < sent_s + within_s, f"left behind by {signals} at {moment_s:.2f} s"
            time.sleep(PAUSE_S)
        sys.stdout.write(f"{moment_s:6.2f} s: ended after {took_s:.2f} s\n")


@pytest.mark.thorough
@pytest.mark.fault(47)
@pytest.mark.parametrize(
    ("moments", "within_s"), [(2, PATIENCE_S), pytest.param(50, WITHIN_S, marks=pytest.mark.slow)]
)
def test_a_signal_at_any_moment_of_the_start_ends_it(
    tmp_path: Path, model: Path, moments: int, within_s: float
) -> None:
    """From the first line over imports, database and model to the first moments of its work.

    Whoever asks twice does not wait for the rest of an orderly end.
    """
    start = Start(tmp_path / "whole", model)
    ready_s = start.await_ready()
    start.end(0.0, (signal.SIGTERM, signal.SIGTERM), within_s)
    chance = random.Random(0)
    # A process inherits what its parent ignores: nohup ignores SIGHUP, a script's background job SIGINT.
    kinds = [each for each in STOP_SIGNALS if signal.getsignal(each) is not signal.SIG_IGN]
    for number in range(moments):
        moment_s = 1.1 * ready_s * (number + chance.random()) / moments
        Start(tmp_path / f"start-{number}", model).end(moment_s, (chance.choice(kinds),), within_s)

"""A service whose threads can be killed from outside: `python -m tests.tools.struck_service DATA MODEL`.

Commands come by stdin, one a line, each answered with one line of JSON:
`threads` lists the runners' names; `strike NAME EXCEPTION` raises a built-in exception in that thread,
wherever it is; `felt` says whether the last strike has reached its thread; `poke on|off` has the pipeline
raise or clear an alarm.
"""

from __future__ import annotations

import builtins
import ctypes
import json
import sys
from pathlib import Path

from service.app import Service
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.host.logs import set_up_logging
from service.host.runner import Runner, Runners
from service.host.signals import StopSignals
from service.inference.running.early import EarlyEngine
from service.settings import load_settings

LIFT = "struck"


class Blow:
    """An exception raised in a runner's thread, which feels it once it runs again."""

    def __init__(self, runner: Runner, kind: type[BaseException]) -> None:
        self._runner, self._failures, self._thread = runner, runner.failures, runner._thread
        ident = ctypes.c_ulong(runner.thread_id or 0)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ident, ctypes.py_object(kind))

    @property
    def felt(self) -> bool:
        """Whether the thread has failed or died of it."""
        runner, thread = self._runner, self._thread
        return runner.failures > self._failures or thread is None or not thread.is_alive()


blows: list[Blow] = []
pokes: list[int] = []


def obey(service: Service, line: str) -> object:
    """Do as a command says; returns the answer."""
    command, *words = line.split("\t")
    if command == "threads":
        return [runner.name for runner in service.runners if runner.thread_id is not None]
    if command == "strike":
        (runner,) = [runner for runner in service.runners if runner.name == words[0]][-1:]
        blows.append(Blow(runner, getattr(builtins, words[1])))
        return None
    if command == "felt":
        return blows[-1].felt
    begins = words[0] == "on"
    pokes.extend([len(pokes)] * begins)  # each with a cause of its own: none of them chatters
    cause = f"poke {len(pokes)}"
    service.pipeline.on_event(Health(AlarmKind.OVERLOADED, LIFT, begins, "a test pokes", cause))
    return None


def answer(what: object) -> None:
    """Write a line of JSON to stdout."""
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve, and obey until stdin ends."""
    set_up_logging("info", as_json=True)
    runners = Runners()
    signals = StopSignals(runners)
    settings = load_settings(data=Path(sys.argv[1]), model=Path(sys.argv[2]), port=0, device="cpu")
    service = Service(settings, EarlyEngine(settings, runners), loop_files=True)
    signals.hand_to(service.stop)
    answer(service.url)

    def listen() -> bool:
        for line in sys.stdin:
            answer(obey(service, line.strip()))
        return False

    Runner("obedience", listen).start()
    service.run()


if __name__ == "__main__":
    main()

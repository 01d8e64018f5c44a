"""The service under test, in a process of its own: `python -m tests.soak.house DATA MODEL PORT`.

Its wall clock can be set: each line of stdin is by how many seconds it is off. Cameras run as always.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import time_machine

from service.app import Service
from service.host.limits.heaps import keep_few_heaps
from service.host.logs import set_up_logging
from service.host.runner import Runner, Runners
from service.host.signals import StopSignals
from service.inference.running.early import EarlyEngine
from service.settings import load_settings


def main() -> None:
    """Serve, and set the clock, until SIGTERM."""
    set_up_logging("info", as_json=True)
    keep_few_heaps()
    runners = Runners()
    signals = StopSignals(runners)
    data, model, port = sys.argv[1:4]
    settings = load_settings(data=Path(data), model=Path(model), port=int(port), device="cpu")
    service = Service(settings, EarlyEngine(settings, runners))
    signals.hand_to(service.stop)
    true_s, travels = time.time() - time.monotonic(), list[time_machine.travel]()

    def listen() -> bool:
        for line in sys.stdin:
            while travels:
                travels.pop().stop()
            if offset_s := float(line):
                travels.append(time_machine.travel(true_s + time.monotonic() + offset_s))
                travels[0].start()
        return False

    Runner("clock of the soak", listen).start()
    service.run()


if __name__ == "__main__":
    main()

"""Three lifts that are well, served by a process of their own, which can be killed, restarted and stopped.

python -m tests.service.console.alone FOLDER PORT writes a link and serves until its standard input ends. For
each line that it reads it raises an alarm and writes its id.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from service.host.logs import set_up_logging
from service.store import lifts
from tests.service.api.conftest import houses
from tests.service.console import fleet
from tests.service.console.conftest import serving

MANY = 3


class Alone:
    """The process, which keeps its port and its data through its deaths. link: signs in, once a start."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data, self.port = folder, folder / "data0", 0
        self.start()

    def start(self) -> None:
        """Start it; returns once it can be reached."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.service.console.alone", str(self.folder), str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.link = next(line for line in self.process.stdout if line.startswith("http://")).strip()
        self.url = self.link.split("/#")[0]
        self.port = int(self.url.rsplit(":", 1)[1])

    def alarm(self) -> str:
        """Let it raise an alarm; return its id."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(file=self.process.stdin, flush=True)
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.communicate()

    def hang(self) -> None:
        """Let it say nothing and close nothing."""
        self.process.send_signal(signal.SIGSTOP)

    def wake(self) -> None:
        """Let it go on."""
        self.process.send_signal(signal.SIGCONT)


def main() -> None:
    """Serve the folder's lifts, which are made at the first start."""
    set_up_logging("warning", as_json=True)  # not among what whoever started it reads
    with houses(Path(sys.argv[1])) as make:
        house = make(heartbeat_s=0.5, serve=True)
        with house.store.reading() as session:
            ids = [lift.id for lift in lifts.listing(session)]
        if ids:
            fleet.watch(house, ids)
        else:
            fleet.fill(house, MANY)
        with serving(house, int(sys.argv[2])) as served:
            print(served.link(), flush=True)  # noqa: T201 - whoever started it waits for that
            for _ in sys.stdin:
                print(fleet.alarm(house, fleet.lift_id(1)).id, flush=True)  # noqa: T201 - the same


if __name__ == "__main__":
    main()

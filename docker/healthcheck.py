"""The container's health check: asks the service whether it can judge carriers, and says what it answered.

It is also the last resort. A service that has answered before, and then gives no answer for twice as long as
its own watchdog waits, is killed, so that Docker starts it again: its watchdog hangs with it, because the
process was stopped by a signal or starved. This needs Docker's init (`init: true`): process 1 cannot be
killed from inside.

It uses the standard library alone, because it runs every few seconds, on small computers too.
"""

import http.client
import os
import signal
import sys
import time
from pathlib import Path

TIMEOUT_S = 4.0
INIT = "docker-init"
ANSWERED = Path(os.environ.get("TMPDIR", "/tmp")) / "barwatch-answered"  # noqa: S108
"""When the service last answered; in memory, so that each start of the container begins anew."""


def ask(port: int) -> int | None:
    """Return the HTTP status of /health/ready, or None if there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        print(answer.read(4096).decode(errors="replace"))  # noqa: T201 - what Docker records
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error!r}")  # noqa: T201
        return None
    finally:
        connection.close()
    return answer.status


def silent_s() -> float:
    """Return the seconds since the last answer; 0 if there was none since the start."""
    try:
        return time.monotonic() - float(ANSWERED.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0


def end_service() -> None:
    """Kill what Docker's init has started, and the container with it; does nothing outside a container."""
    if Path("/proc/1/comm").read_text(encoding="ascii").strip() != INIT:
        print(f"not ended: process 1 is not {INIT}")  # noqa: T201
        return
    for pid in Path("/proc/1/task/1/children").read_text(encoding="ascii").split()[:1]:
        print(f"killing process {pid}")  # noqa: T201
        os.kill(int(pid), signal.SIGKILL)


def main() -> int:
    """Return 0 if /health/ready answers 200, else 1; `docker inspect` keeps what it answered."""
    status = ask(int(os.environ.get("BARWATCH_PORT") or 8000))
    patience_s = 2 * float(os.environ.get("BARWATCH_WATCHDOG_S") or 30)
    if status is not None:
        ANSWERED.write_text(str(time.monotonic()), encoding="ascii")
    elif patience_s and silent_s() > patience_s:
        end_service()
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())

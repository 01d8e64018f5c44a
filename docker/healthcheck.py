"""The container's health check: asks the service whether it can judge carriers, and says what it answered.

And the last resort: a service that has answered before and gives no answer at all for twice as long as its
own watchdog waits is ended, so that Docker starts it anew. That is a process whose watchdog hangs with it:
stopped by a signal, or starved. Needs Docker's init (`init: true`): process 1 cannot be killed from inside.

Standard library alone and no package of ours: it runs every few seconds, on a small computer too.
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
"""When it answered last; in memory, and new with each start of the container."""


def ask(port: int) -> int | None:
    """Return the status that /health/ready answers with, None where there is no answer."""
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
    """Return for how long it has not answered; 0 where it has not answered yet since it was started."""
    try:
        return time.monotonic() - float(ANSWERED.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0


def end_service() -> None:
    """Kill what Docker's init has started; the container ends with it. Nothing outside of a container."""
    if Path("/proc/1/comm").read_text(encoding="ascii").strip() != INIT:
        print(f"not ended: process 1 is not {INIT}")  # noqa: T201
        return
    for pid in Path("/proc/1/task/1/children").read_text(encoding="ascii").split()[:1]:
        print(f"killing process {pid}")  # noqa: T201
        os.kill(int(pid), signal.SIGKILL)


def main() -> int:
    """Return 0 where /health/ready answers 200, else 1; what it said is kept by `docker inspect`."""
    status = ask(int(os.environ.get("BARWATCH_PORT") or 8000))
    patience_s = 2 * float(os.environ.get("BARWATCH_WATCHDOG_S") or 30)
    if status is not None:
        ANSWERED.write_text(str(time.monotonic()), encoding="ascii")
    elif patience_s and silent_s() > patience_s:
        end_service()
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())

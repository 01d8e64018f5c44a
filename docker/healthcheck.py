"""The container's health check: asks the service whether it can judge carriers, and says what it answered.

Standard library alone and no package of ours: it runs every few seconds, on a small computer too.
"""

import http.client
import os
import sys

TIMEOUT_S = 4.0


def main() -> int:
    """Return 0 where /health/ready answers 200, else 1; what it said is kept by `docker inspect`."""
    port = int(os.environ.get("BARWATCH_PORT") or 8000)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        print(answer.read(4096).decode(errors="replace"))  # noqa: T201 - what Docker records
    except (OSError, http.client.HTTPException) as error:
        print(f"no answer: {error!r}")  # noqa: T201
        return 1
    finally:
        connection.close()
    return 0 if answer.status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())

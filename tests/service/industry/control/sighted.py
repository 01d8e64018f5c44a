"""The service that is struck, whose lifts count as armed: `python -m …sighted DATA MODEL`.

What is real: cameras, the network's process, the database, the threads between them, and the coil's process.
"""

from __future__ import annotations

from service.industry.sight import Sight
from tests.tools import struck_service


def armed(_: Sight, __: str) -> bool:
    """Return that a lift is armed: that takes an hour of carriers, and is tested elsewhere."""
    return True


if __name__ == "__main__":
    Sight.armed = armed  # type: ignore[method-assign]
    struck_service.main()

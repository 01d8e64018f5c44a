"""The service that is struck, whose lifts count as armed: `python -m …sighted DATA MODEL`.

What is real: cameras, the network's process, the database, the threads between them, and the coil's process.
"""

from __future__ import annotations

from service.composition import industry
from service.industry.sight import Sight
from tests.tools import struck_service


class ArmedSight(Sight):
    """Every lift is armed: to become so takes an hour of carriers, and is tested elsewhere."""

    def armed(self, lift_id: str) -> bool:
        return True


if __name__ == "__main__":
    setattr(industry, "Sight", ArmedSight)  # noqa: B010 - it is imported there
    struck_service.main()

"""The time zone of this machine, by its name: what has no name knows nothing of clocks that are changed."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

_LINK = Path("/etc/localtime")


def zone_named(name: str) -> ZoneInfo:
    """Return a zone of the IANA database, such as Europe/Paris. Raises ValueError: there is none."""
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise ValueError(f"expected a time zone such as Europe/Paris, got {name!r}") from None


def machine_zone(link: Path = _LINK) -> ZoneInfo:
    """Return the zone that this machine's clock shows; UTC where it has none with a name."""
    named = str(link.resolve()).partition("zoneinfo/")[2]
    for name in (os.environ.get("TZ", "").lstrip(":"), named):
        try:
            return zone_named(name)
        except ValueError:
            continue
    return ZoneInfo("UTC")

"""A service's first try to lead, and where it tells the others to reach it."""

from __future__ import annotations

import socket

from service.domain.leading.leader import Leader
from service.settings import Settings
from service.store.engines.base import OpenDatabase

_EVERY_ADDRESS = {"0.0.0.0", "::"}  # noqa: S104


def claimed(database: OpenDatabase, settings: Settings, listens: tuple[str, int]) -> Leader | None:
    """Return this service's claim; None while another one leads, or if it never may.

    listens: host and port of its socket. Raises ConfigurationError: the database does not answer.
    """
    if settings.standby == "never" and settings.database_address() is not None:
        return None
    return database.claim(settings.peer_url or address_of(*listens))


def address_of(host: str, port: int) -> str:
    """Return the URL of a socket as other machines reach it: by this machine's name where it hears all."""
    name = socket.gethostname() if host in _EVERY_ADDRESS else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"

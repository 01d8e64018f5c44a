"""The web server: a socket that listens, and uvicorn on it."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from functools import partial

import uvicorn
from starlette.types import ASGIApp

from service.domain.errors import ConfigurationError
from service.host.logs import write_counts
from service.web.connections import Connections, TimedFeed, TimedHttp

BACKLOG = 128
"""Connections that wait to be accepted: so many may be open beyond our own bound, for a moment."""

SWEEP_TICKS, COUNT_TICKS = 5, 50
"""Of a tenth of a second: between two looks at the connections, and at what the log has left out."""

GRACE_S = 2
"""How long open requests may still take once the service is stopping."""


class WebServer(uvicorn.Server):
    """uvicorn without its own handling of signals: `service.host.signals` calls `Service.stop`."""

    def __init__(self, app: ASGIApp, connections: Connections) -> None:
        self._connections = connections
        super().__init__(
            uvicorn.Config(
                app,
                http=partial(TimedHttp, connections),  # type: ignore[arg-type]  # called, as a class would be
                ws=partial(TimedFeed, connections),  # type: ignore[arg-type]
                backlog=BACKLOG,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # service.web.proxies reads them, from trusted proxies alone
                timeout_graceful_shutdown=GRACE_S,
                ws_max_size=4096,  # what clients of the feed send is ignored
                ws_per_message_deflate=False,
            )
        )

    async def on_tick(self, counter: int) -> bool:
        """Look at the connections and at the log, while uvicorn does what it does ten times a second."""
        if counter % SWEEP_TICKS == 0:
            self._connections.sweep()
        if counter % COUNT_TICKS == 0:
            write_counts()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End as uvicorn does, and cut who is still connected then, which uvicorn leaves to the process."""
        await super().shutdown(sockets)
        self._connections.end()
        await asyncio.sleep(0)  # asyncio closes them in the loop's next round

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # what follows repeats the address
        raise ConfigurationError(f"cannot listen on {host}:{port}: {reason}") from error

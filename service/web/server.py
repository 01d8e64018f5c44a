"""The web server: a socket that listens, and uvicorn on it."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from service.domain.errors import ConfigurationError

GRACE_S = 2
"""How long open requests may still take once the service is stopping."""


class WebServer(uvicorn.Server):
    """uvicorn without its own handling of signals: `service.host.signals` calls `Service.stop`."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # service.web.proxies reads them, from trusted proxies alone
                timeout_graceful_shutdown=GRACE_S,
                ws_max_size=4096,  # what clients of the feed send is ignored
                ws_per_message_deflate=False,
            )
        )

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there. Raises ConfigurationError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # what follows repeats the address
        raise ConfigurationError(f"cannot listen on {host}:{port}: {reason}") from error

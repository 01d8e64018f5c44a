"""Connections that cost nobody anything: bounded, timed, and closed when they do not get on.

uvicorn waits for ever for the end of a header, for a body that comes byte by byte, and for a client that does
not read. Here every connection is looked at twice a second (`Connections.sweep`). What takes too long is cut:

- a header that is not complete DEADLINE_S after the connection, or after the answer before;
- a body, or an answer on its way, that moves slower than LEAST_RATE after its first DEADLINE_S.

Where an address, or all together, have as many connections as they may, the oldest one that waits for a
header makes room for a new one; where none waits, the new one is answered 503. So a client that asks at once
gets its answer even from an address with a thousand half-open connections.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import h11
import structlog
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from service.variables.networks import Network
from service.web.proxies import address_of

log = structlog.get_logger(__name__)

DEADLINE_S = 10.0
LEAST_RATE = 10_000.0
"""Bytes a second."""

MOST = 1024
"""Connections in all, where the system gives the descriptors."""

MOST_OF_ONE = 256
"""Connections of one address, unless it is a trusted proxy's."""

KEPT = 32
"""Of all: for this machine's own, such as a health check."""

_FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/problem+json\r\nretry-after: 5\r\n"
    b"connection: close\r\n\r\n"
    b'{"type":"about:blank","title":"Service Unavailable","status":503,"code":"busy",'
    b'"detail":"too many connections","instance":"/"}'
)


class OpenConnection:
    """One connection: what it is at, and since when."""

    def __init__(self, transport: asyncio.Transport, address: str, now_s: float) -> None:
        self.transport, self.address = transport, address
        self.http: H11Protocol | None = None
        """Who speaks HTTP on it; None once it is a WebSocket."""
        self.received = 0
        self._header_since_s: float | None = now_s
        self._body: tuple[float, int] | None = None
        self._sending: tuple[float, int, int] | None = None
        self._cycle: object = None

    @property
    def waits(self) -> bool:
        """Whether it waits for a request, or for the rest of its header."""
        if self.http is None or self.transport.get_write_buffer_size():
            return False
        return self.http.conn.their_state is h11.IDLE

    def moved(self) -> None:
        """Note that the client has read most of what was sent."""
        self._sending = None

    def trouble(self, now_s: float, step_s: float) -> str:
        """Return why it must be cut; empty if it need not be. `step_s` is the time since the last look."""
        return self._request_trouble(now_s, step_s) or self._answer_trouble(now_s)

    def _request_trouble(self, now_s: float, step_s: float) -> str:
        if self.http is None:
            return ""
        if self._cycle is not self.http.cycle:
            self._cycle, self._header_since_s, self._body = self.http.cycle, None, None
        state = self.http.conn.their_state
        if state is h11.IDLE and not self.transport.get_write_buffer_size():
            self._header_since_s = now_s if self._header_since_s is None else self._header_since_s
            return "no header" if now_s - self._header_since_s > DEADLINE_S else ""
        self._header_since_s = None
        if state is not h11.SEND_BODY:
            self._body = None
            return ""
        since_s, before = self._body or (now_s, self.received)
        if self.http.flow.read_paused:
            since_s += step_s  # the service does not read: no fault of the client's
        self._body = since_s, before
        return "slow body" if now_s - since_s > DEADLINE_S + (self.received - before) / LEAST_RATE else ""

    def _answer_trouble(self, now_s: float) -> str:
        size = self.transport.get_write_buffer_size()
        if size == 0:
            self._sending = None
            return ""
        since_s, before, read = self._sending or (now_s, size, 0)
        read += max(before - size, 0)
        self._sending = since_s, size, read
        return "does not read" if now_s - since_s > DEADLINE_S + read / LEAST_RATE else ""


class Connections:
    """All open connections. Of one event loop.

    Args:
        most: in all; `KEPT` of them are for this machine's own.
        most_of_one: of one address.
        trusted: networks of proxies, behind which everybody has one address.
        clock: returns the time in seconds; a test may supply its own.
    """

    def __init__(
        self,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        trusted: tuple[Network, ...] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._most_of_one, self._trusted, self._clock = most, most_of_one, trusted, clock
        self._all: dict[asyncio.BaseTransport, OpenConnection] = {}
        self._by_address: defaultdict[str, dict[asyncio.BaseTransport, OpenConnection]] = defaultdict(dict)
        self._looked_s = clock()
        self.cut = 0
        """How many were cut or refused."""

    def __len__(self) -> int:
        return len(self._all)

    def take(self, transport: asyncio.Transport) -> OpenConnection | None:
        """Return a new connection; None, and it is being closed, if there are too many."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        own, proxy = self._kind_of(address)
        if not proxy and len(self._by_address[address]) >= self._most_of_one:
            room = self._make_room(self._by_address[address])
        else:
            room = len(self._all) < self._most - (0 if own else KEPT) or self._make_room(self._all)
        if not room:
            self._refuse(transport, address)
            return None
        taken = OpenConnection(transport, address, self._clock())
        self._all[transport] = self._by_address[address][transport] = taken
        return taken

    def find(self, transport: asyncio.BaseTransport) -> OpenConnection | None:
        """Return a connection that was taken and is not closed yet."""
        return self._all.get(transport)

    def forget(self, transport: asyncio.BaseTransport) -> None:
        """Note that a connection is closed."""
        gone = self._all.pop(transport, None)
        if gone is None:
            return
        of_one = self._by_address[gone.address]
        of_one.pop(transport, None)
        if not of_one:
            del self._by_address[gone.address]

    def sweep(self) -> None:
        """Cut every connection that does not get on."""
        now_s = self._clock()
        step_s, self._looked_s = now_s - self._looked_s, now_s
        for each in list(self._all.values()):
            if why := each.trouble(now_s, step_s):
                self._cut(each, why)

    def end(self) -> None:
        """Close every connection at once, whatever is on its way."""
        for each in list(self._all.values()):
            each.transport.abort()

    def _make_room(self, among: dict[asyncio.BaseTransport, OpenConnection]) -> bool:
        oldest = next((each for each in among.values() if each.waits), None)
        if oldest is None:
            return False
        self._cut(oldest, "room for another")
        return True

    def _cut(self, connection: OpenConnection, why: str) -> None:
        self.cut += 1
        log.warning("a connection was cut", reason=why, address=connection.address)
        self.forget(connection.transport)
        connection.transport.abort()

    def _refuse(self, transport: asyncio.Transport, address: str) -> None:
        self.cut += 1
        log.warning("a connection was refused: too many are open", address=address)
        transport.write(_FULL)
        transport.close()

    def _kind_of(self, address: str) -> tuple[bool, bool]:
        """Return whether an address is this machine's own, and whether it is a trusted proxy's."""
        found = address_of(address)
        if found is None:  # a socket of the file system
            return True, False
        return found.is_loopback, any(found in network for network in self._trusted)


class TimedHttp(H11Protocol):
    """uvicorn's HTTP/1.1, of which `Connections` knows what each connection is at."""

    def __init__(self, connections: Connections, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connections = connections
        self._open: OpenConnection | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a new connection, or refuse it."""
        super().connection_made(transport)
        self._open = self._connections.take(transport)
        if self._open is not None:
            self._open.http = self

    def data_received(self, data: bytes) -> None:
        """Handle what came."""
        if self._open is not None:
            self._open.received += len(data)
            super().data_received(data)

    def resume_writing(self) -> None:
        """Go on sending."""
        if self._open is not None:
            self._open.moved()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is closed."""
        self._connections.forget(self.transport)
        super().connection_lost(exc)


class TimedFeed(WebSocketsSansIOProtocol):
    """uvicorn's WebSockets, on connections that HTTP has upgraded."""

    def __init__(self, connections: Connections, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connections = connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take over a connection."""
        super().connection_made(transport)
        if (found := self._connections.find(transport)) is not None:
            found.http = None

    async def send(self, message: ASGISendEvent) -> None:
        """Send; who was refused has had an answer, and is no error that uvicorn need log."""
        await super().send(message)
        self.handshake_complete = self.handshake_complete or self.close_sent

    def resume_writing(self) -> None:
        """Go on sending."""
        if (found := self._connections.find(self.transport)) is not None:
            found.moved()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that it is closed."""
        self._connections.forget(self.transport)
        super().connection_lost(exc)

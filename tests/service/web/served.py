"""A web server on a thread, whose clock a test moves: ten seconds pass when the test says so."""

import asyncio
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.types import ASGIApp

from service.web.connections import Connections
from service.web.server import WebServer, listen

HANG_S = 60.0
"""Far more than anything here takes: a hang fails its test."""


class Clock:
    """Time as the test says."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Served:
    """A server that runs, and its connections."""

    connections: Connections
    port: int
    clock: Clock
    loop: asyncio.AbstractEventLoop
    opened: list[socket.socket] = field(default_factory=list)

    def client(self, send: bytes = b"", receive_buffer: int = 0) -> socket.socket:
        """Open a connection and send something."""
        client = socket.socket()
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.settimeout(HANG_S)
        client.connect(("127.0.0.1", self.port))
        client.sendall(send)
        self.opened.append(client)
        return client

    def on_loop(self, work: object) -> None:
        """Have the server's loop call something, and wait for it."""
        done = threading.Event()

        def call() -> None:
            work()  # type: ignore[operator]
            done.set()

        self.loop.call_soon_threadsafe(call)
        assert done.wait(HANG_S)

    def settle(self, count: int) -> None:
        """Wait until the server knows of so many connections."""
        pause = threading.Event()
        for _ in range(int(HANG_S / 0.02)):
            self.on_loop(lambda: None)
            if len(self.connections) == count:
                return
            pause.wait(0.02)
        raise AssertionError(f"{len(self.connections)} connections, expected {count}")

    def pass_time(self, seconds: float) -> None:
        """Let time pass, half a second after the other, as the server looks."""
        for _ in range(int(seconds * 2)):
            self.clock.now_s += 0.5
            self.on_loop(self.connections.sweep)


@contextmanager
def web_server(app: ASGIApp, most: int = 1024, most_of_one: int = 256) -> Iterator[Served]:
    """Serve an application."""
    clock = Clock()
    connections = Connections(most, most_of_one, clock=clock)
    server, listener = WebServer(app, connections), listen("127.0.0.1", 0)
    loops: list[asyncio.AbstractEventLoop] = []
    started = threading.Event()

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        started.set()
        await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    started.wait(HANG_S)
    served = Served(connections, listener.getsockname()[1], clock, loops[0])
    try:
        yield served
    finally:
        for client in served.opened:
            client.close()
        server.should_exit = True
        thread.join(HANG_S)
        assert not thread.is_alive()


def ended(client: socket.socket) -> bool:
    """Read to the end; say whether the server has closed the connection (a hang raises TimeoutError)."""
    try:
        while client.recv(65536):
            pass
    except ConnectionError:
        pass
    return True


def answer(client: socket.socket) -> bytes:
    """Return a short answer, head and body."""
    data = b""
    while not (found := re.search(rb"content-length: (\d+)(?:\r\n.*?)?\r\n\r\n(.*)", data, re.DOTALL)) or len(
        found[2]
    ) < int(found[1]):
        part = client.recv(65536)
        if not part:
            break
        data += part
    return data

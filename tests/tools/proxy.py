"""A reverse proxy that shows a service below a path: HTTP and WebSocket, one request a connection."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator


class Upgraded:
    """The WebSockets through a proxy: closed, or silent, while all else goes on. Safe from any thread."""

    def __init__(self) -> None:
        self.is_closed = self.is_silent = False
        self.writers: set[asyncio.StreamWriter] = set()
        self.loop: asyncio.AbstractEventLoop | None = None

    def close(self) -> None:
        """Close those that are open, and take no others."""
        self.is_closed = True
        assert self.loop is not None
        for writer in list(self.writers):
            self.loop.call_soon_threadsafe(writer.close)

    def hush(self) -> None:
        """Let nothing through from the service, and close nothing."""
        self.is_silent = True

    def go_on(self) -> None:
        """Let everything through again."""
        self.is_closed = self.is_silent = False


@contextlib.contextmanager
def proxied(
    port: int, prefix: str, *, cut: bool, own_host: bool, upgraded: Upgraded | None = None
) -> Iterator[str]:
    """Give the address of a proxy that shows 127.0.0.1:`port` below `prefix`, and nothing else.

    cut: whether it takes the prefix off (nginx: `proxy_pass http://host/`), or hands the path on as it is.
    own_host: whether it puts the service's own name into Host, as nginx does unless it is told otherwise.
    upgraded: what is to be done with WebSockets.
    """
    ready = threading.Event()
    address: list[int] = []

    # asyncio itself refers to a connection's task only weakly: it could be collected while it waits.
    tasks: set[asyncio.Task[None] | None] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())
        with contextlib.suppress(OSError, asyncio.IncompleteReadError), contextlib.closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
            method, path, version = head[0].split(" ")
            if not (path == prefix or path.startswith(f"{prefix}/")):
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
                return
            if cut:
                path = path[len(prefix) :] or "/"
            upgrade = any(line.lower().startswith("upgrade:") for line in head)
            feeds = upgraded if upgrade else None
            if feeds is not None and feeds.is_closed:
                return
            kept = [line for line in head[1:] if upgrade or not line.lower().startswith("connection:")]
            if own_host:
                kept = [line for line in kept if not line.lower().startswith("host:")]
                kept.append(f"Host: 127.0.0.1:{port}")
            if not upgrade:
                kept.append("Connection: close")
            theirs, ours = await asyncio.open_connection("127.0.0.1", port)
            with contextlib.closing(ours), kept_in(feeds, writer):
                ours.write("\r\n".join([f"{method} {path} {version}", *kept, "", ""]).encode("latin-1"))
                upward = asyncio.create_task(pump(reader, ours))
                await pump(theirs, writer, feeds)
                upward.cancel()

    async def pump(
        source: asyncio.StreamReader, sink: asyncio.StreamWriter, feeds: Upgraded | None = None
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65536):
                if feeds is None or not feeds.is_silent:
                    sink.write(data)
                    await sink.drain()

    @contextlib.contextmanager
    def kept_in(feeds: Upgraded | None, writer: asyncio.StreamWriter) -> Iterator[None]:
        if feeds is None:
            yield
            return
        feeds.loop = asyncio.get_running_loop()
        feeds.writers.add(writer)
        try:
            yield
        finally:
            feeds.writers.discard(writer)

    async def run() -> None:
        async with await asyncio.start_server(handle, "127.0.0.1", 0) as server:
            address.append(server.sockets[0].getsockname()[1])
            loop_and_stop.extend((asyncio.get_running_loop(), asyncio.Event()))
            ready.set()
            await loop_and_stop[1].wait()
            server.close()  # first: a connection taken after the others are gone would stay open
            while others := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in others:
                    task.cancel()
                await asyncio.gather(*others, return_exceptions=True)

    loop_and_stop: list = []  # type: ignore[type-arg]
    thread = threading.Thread(target=asyncio.run, args=(run(),))
    thread.start()
    ready.wait()
    try:
        yield f"http://127.0.0.1:{address[0]}{prefix}"
    finally:
        loop_and_stop[0].call_soon_threadsafe(loop_and_stop[1].set)
        thread.join()

"""A lift's control as a Modbus device, and a service of which nothing but its proofs is left."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from service.industry.control.link import CoilLink
from service.industry.control.terms import ControlTerms


class Device:
    """What was written: coil 7, and how often register 9 was."""

    def __init__(self) -> None:
        self.coil: bool | None = None
        self.counter = 0
        self.fell_s = 0.0
        self.port = 0
        self._changed = threading.Condition()

    def wait(self, until: Callable[[Device], bool], seconds: float = 60.0) -> None:
        """Wait until something holds of it."""
        with self._changed:
            assert self._changed.wait_for(lambda: until(self), seconds), (self.coil, self.counter)

    async def take(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Take a write (the library calls this)."""
        with self._changed:
            if values is not None and function == 5:
                assert address == 7
                if self.coil and not values[0]:
                    self.fell_s = time.monotonic()
                self.coil = bool(values[0])
            elif values is not None:
                self.counter = int(values[0])
            self._changed.notify_all()
        return None


@contextmanager
def device() -> Iterator[Device]:
    """Give a device that listens."""
    found = Device()
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> ModbusTcpServer:
        bits = [SimData(0, count=16, values=False, datatype=DataType.BITS)]
        words = [SimData(0, count=16, values=0, datatype=DataType.REGISTERS)]
        shape = SimDevice(id=0, simdata=(bits, list(bits), words, list(words)), action=found.take)
        server = ModbusTcpServer(shape, address=("127.0.0.1", 0))
        await server.serve_forever(background=True)
        return server

    server = asyncio.run_coroutine_threadsafe(listen(), loop).result(30)
    found.port = server.transport.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        asyncio.run_coroutine_threadsafe(server.shutdown(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


if __name__ == "__main__":  # a service that is healthy for as long as it lives
    link = CoilLink(
        "demo-quad", ControlTerms("127.0.0.1", int(sys.argv[1]), 1, 7, 9, steady_s=0.5), lambda: True
    )
    link.start()
    threading.Event().wait()

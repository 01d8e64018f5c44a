"""What runs in a server's own process: a Modbus or OPC UA server that shows what the service sends it.

A flood of requests, or a fault in a protocol's library, harms neither watching nor alarms. The process ends
when its pipe does, so that no server outlives the service; while the service says nothing, nothing is shown
as healthy.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Protocol

from service.industry.peers.messages import Changes, Listening, NotListening, Taken
from service.industry.report.nouns import Acknowledged, AcknowledgeWanted, PlantReport
from service.industry.report.terms import ModbusTerms, OpcUaTerms

STALE_S = 1.5
"""Without a report for so long, nothing is healthy."""


class PeerServer(Protocol):
    """A server as its process sees it."""

    async def start(self) -> int:
        """Listen; return the port. Raises OSError."""

    async def stop(self) -> None:
        """Close every connection."""

    async def report(self, report: PlantReport | None) -> None:
        """Show what is now; None: no reports come."""

    async def changes(self, news: Changes) -> None:
        """Send the next changes of alarms."""

    def acknowledged(self, answer: Acknowledged) -> None:
        """Take the answer to what `ask` was called with."""


Ask = Callable[[AcknowledgeWanted], None]


def run_modbus(pipe: Connection, terms: ModbusTerms, epoch: str) -> None:
    """Run a Modbus server until the pipe ends."""
    from service.industry.peers.registers import ModbusPeer  # noqa: PLC0415 - not in the service's process

    _run(pipe, lambda ask: ModbusPeer(terms, epoch, ask))


def run_opcua(pipe: Connection, terms: OpcUaTerms, epoch: str) -> None:
    """Run an OPC UA server until the pipe ends."""
    from service.industry.peers.opcua import OpcUaPeer  # noqa: PLC0415 - 50 MB

    _run(pipe, lambda ask: OpcUaPeer(terms, epoch, ask))


def _run(pipe: Connection, make: Callable[[Ask], PeerServer]) -> None:
    logging.getLogger("asyncua").setLevel(logging.ERROR)
    logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)
    asyncio.run(_Process(pipe, make).run())


class _Process:
    def __init__(self, pipe: Connection, make: Callable[[Ask], PeerServer]) -> None:
        self._pipe = pipe
        self._inbox: asyncio.Queue[Any] = asyncio.Queue()
        self._server = make(self._send)

    async def run(self) -> None:
        try:
            port = await self._server.start()
        except (OSError, RuntimeError) as error:
            self._send(NotListening(str(error)))
            return
        self._send(Listening(port))
        loop = asyncio.get_running_loop()
        loop.add_reader(self._pipe.fileno(), self._receive)
        try:
            await self._serve()
        finally:
            loop.remove_reader(self._pipe.fileno())
            await self._server.stop()

    async def _serve(self) -> None:
        fresh_until_s = asyncio.get_running_loop().time() + STALE_S
        while True:
            try:
                async with asyncio.timeout_at(fresh_until_s):
                    message = await self._inbox.get()
            except TimeoutError:
                await self._server.report(None)
                message = await self._inbox.get()
            match message:
                case None:
                    return
                case PlantReport():
                    fresh_until_s = asyncio.get_running_loop().time() + STALE_S
                    await self._server.report(message)
                    self._send(Taken())
                case Changes():
                    await self._server.changes(message)
                    self._send(Taken())
                case Acknowledged():
                    self._server.acknowledged(message)

    def _receive(self) -> None:
        try:
            while self._pipe.poll():
                self._inbox.put_nowait(self._pipe.recv())
        except (EOFError, OSError):
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._inbox.put_nowait(None)

    def _send(self, message: object) -> None:
        try:
            self._pipe.send(message)
        except OSError:
            self._inbox.put_nowait(None)

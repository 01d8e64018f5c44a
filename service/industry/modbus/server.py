"""A Modbus TCP server on the register map: whoever may connect reads, and acknowledges if that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

import structlog
from pymodbus.constants import ExcCodes
from pymodbus.pdu import ExceptionResponse, ModbusPDU
from pymodbus.server import ModbusTcpServer
from pymodbus.server.requesthandler import ServerRequestHandler
from pymodbus.simulator import DataType, SimData, SimDevice

from service.industry.modbus.registers import BITS, COILS, WORDS, RegisterImage
from service.industry.report.access import may_connect
from service.industry.report.terms import ModbusTerms

log = structlog.get_logger(__name__)

MOST_CLIENTS = 32
_READS_COILS, _WRITE_ONE, _WRITE_MANY = 1, 5, 15
_READS_BITS = 2
_READS_WORDS = {3, 4}
_FUNCTIONS = {_READS_COILS, _READS_BITS, *_READS_WORDS, _WRITE_ONE, _WRITE_MANY}
_PEER: ContextVar[str] = ContextVar("peer", default="")

OnAcknowledge = Callable[[int, str], None]
"""Called with the coil that a client has set, and the client's address."""


class ModbusOutput:
    """A running server; for one event loop.

    Args:
        image: what clients read.
        terms: see ModbusTerms.
        on_acknowledge: see OnAcknowledge.
    """

    def __init__(self, image: RegisterImage, terms: ModbusTerms, on_acknowledge: OnAcknowledge) -> None:
        self._image, self._terms, self._on_acknowledge = image, terms, on_acknowledge
        self._pending: set[int] = set()
        self._server: _GuardedServer | None = None

    async def start(self) -> int:
        """Listen; return the port. Raises OSError: the address cannot be listened on."""
        bits = [SimData(0, count=max(BITS, COILS), values=False, datatype=DataType.BITS)]
        words = [SimData(0, count=WORDS, values=0, datatype=DataType.REGISTERS)]
        coils = [SimData(0, count=COILS, values=False, datatype=DataType.BITS)]
        device = SimDevice(id=0, simdata=(coils, bits, words, list(words)), action=self._answer)
        server = _GuardedServer(device, self._terms)
        await server.serve_forever(background=True)
        self._server = server
        return int(server.transport.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close every connection."""
        if self._server is not None:
            await self._server.shutdown()

    def settle(self, coil: int) -> None:
        """Let a coil that was set fall back: what it asked for is done or refused."""
        self._pending.discard(coil)

    async def _answer(
        self,
        function: int,
        first: int,
        address: int,
        count: int,
        registers: list[int],
        values: list[int] | list[bool] | None,
    ) -> ExcCodes | None:
        """Fill in what is read; take what is written."""
        if values is not None:
            return self._write(function, address, values)
        if function in _READS_WORDS:
            at = address - first
            registers[at : at + count] = self._image.words[address : address + count]
        elif function in {_READS_BITS, _READS_COILS}:
            of_coils = function == _READS_COILS
            begin = address - address % 16
            for offset in range(count):
                at = begin + 16 * offset
                registers[at // 16 - first] = sum(self._bit(at + bit, of_coils) << bit for bit in range(16))
        return None

    def _bit(self, number: int, of_coils: bool) -> int:
        if of_coils:
            return int(number in self._pending)
        return self._image.bits[number] if number < BITS else 0

    def _write(self, function: int, address: int, values: list[int] | list[bool]) -> ExcCodes | None:
        if function not in {_WRITE_ONE, _WRITE_MANY} or not self._terms.acknowledges:
            return ExcCodes.ILLEGAL_FUNCTION
        peer = _PEER.get()
        for coil in (address + offset for offset, value in enumerate(values) if value):
            if coil not in self._pending:
                self._pending.add(coil)
                self._on_acknowledge(coil, peer)
        return None


class _GuardedServer(ModbusTcpServer):
    def __init__(self, device: SimDevice, terms: ModbusTerms) -> None:
        super().__init__(device, address=(terms.host, terms.port))
        self.terms = terms

    def callback_new_connection(self) -> ServerRequestHandler:
        return _GuardedHandler(self)


class _GuardedHandler(ServerRequestHandler):
    """One client's connection, closed at once if the client may not connect."""

    def __init__(self, owner: _GuardedServer) -> None:
        super().__init__(owner, None, _no_change, None)
        self._owner, self._peer = owner, ""

    def callback_connected(self) -> None:
        super().callback_connected()
        self._peer = str(self.transport.get_extra_info("peername")[0])
        if not may_connect(self._peer, self._owner.terms.networks):
            log.warning("a Modbus client is in no allowed network; it is refused", peer=self._peer)
            self.close()
        elif len(self._owner.active_connections) > MOST_CLIENTS:
            log.warning("too many Modbus clients; one is refused", peer=self._peer)
            self.close()

    async def handle_request(self) -> None:
        asked = self.last_pdu
        if asked and asked.function_code not in _FUNCTIONS:
            # The library knows many more: diagnostics that silence a server, files, queues.
            refusal = ExceptionResponse(asked.function_code, ExcCodes.ILLEGAL_FUNCTION)
            refusal.transaction_id, refusal.dev_id = asked.transaction_id, asked.dev_id
            self.server_send(refusal, self.last_addr)
            return
        _PEER.set(self._peer)
        await super().handle_request()


def _no_change(_: bool, pdu: ModbusPDU) -> ModbusPDU:
    return pdu

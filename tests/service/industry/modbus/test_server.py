"""A real Modbus client at the server."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from service.industry.modbus import server
from service.industry.modbus.registers import COILS, RING_AT, WORDS, RegisterImage
from service.industry.modbus.server import ModbusOutput
from service.industry.report.terms import ModbusTerms
from tests.service.industry.changes import change, lift, report

Visit = Callable[[AsyncModbusTcpClient], Awaitable[None]]


def visit(
    what: Visit,
    *,
    acknowledges: bool = False,
    image: RegisterImage | None = None,
    patience_s: float = 10.0,
) -> list[tuple[int, str]]:
    """Let a client do `what` at a server of one lift; return the coils it set, and from where."""
    shown = image or RegisterImage()
    shown.put_report(report(lift(5), newest_seq=9))
    asked: list[tuple[int, str]] = []

    async def run() -> None:
        terms = ModbusTerms(port=0, acknowledges=acknowledges)
        output = ModbusOutput(shown, terms, lambda coil, peer: asked.append((coil, peer)))
        port = await output.start()
        try:
            async with AsyncModbusTcpClient("127.0.0.1", port=port, timeout=patience_s, retries=0) as client:
                await what(client)
        finally:
            await output.stop()

    asyncio.run(run())
    return asked


def test_a_client_reads_what_the_image_holds() -> None:
    """Input and holding registers alike, discrete inputs bit by bit; beyond the map there is nothing."""
    image = RegisterImage("deadbeef")
    image.put_events((change(seq) for seq in range(1, 4)), 1, 3)

    async def read(client: AsyncModbusTcpClient) -> None:
        for registers in (client.read_input_registers, client.read_holding_registers):
            assert (await registers(0, count=16)).registers == list(image.words[:16])
            assert (await registers(RING_AT + 16, count=112)).registers == list(
                image.words[RING_AT + 16 : RING_AT + 128]
            )
        bits = (await client.read_discrete_inputs(81, count=9)).bits
        assert bits[:9] == [True, True, True, False, False, False, False, True, True]
        assert (await client.read_input_registers(WORDS, count=1)).exception_code == 2

    visit(read, image=image)


def test_nothing_can_be_written_unless_an_admin_allowed_acknowledging() -> None:
    """Neither registers nor coils; a client that tries hears that it is not allowed."""

    async def write(client: AsyncModbusTcpClient) -> None:
        for refused in (
            await client.write_coil(5, True),
            await client.write_coils(0, [True] * 8),
            await client.write_register(2, 1),
            await client.write_registers(0, [0, 0]),
            await client.readwrite_registers(write_address=0, values=[7], read_address=0, read_count=1),
            await client.mask_write_register(address=0, and_mask=0, or_mask=0xFFFF),
            await client.diag_force_listen_only(no_response_expected=False),
        ):
            assert refused.exception_code == 1, refused
        assert (await client.read_input_registers(0, count=3)).registers == [1, 1, 1]

    assert visit(write) == []


def test_a_coil_asks_once_until_it_is_settled() -> None:
    """It reads as set meanwhile; setting it twice does not ask twice, and writing 0 asks nothing."""

    async def press(client: AsyncModbusTcpClient) -> None:
        for value in (False, True, True):
            assert not (await client.write_coil(5, value)).isError()
        found = (await client.read_coils(0, count=COILS)).bits
        assert [number for number, bit in enumerate(found) if bit] == [5]
        assert (await client.write_coil(COILS + 15, True)).exception_code == 2

    assert visit(press, acknowledges=True) == [(5, "127.0.0.1")]


def test_a_client_of_another_network_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gets no answer at all."""
    monkeypatch.setattr(server, "may_connect", lambda peer, networks: False)

    async def read(client: AsyncModbusTcpClient) -> None:
        with pytest.raises(ModbusException):
            await client.read_input_registers(0, count=1)

    visit(read, patience_s=0.5)


def test_too_many_clients_are_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that are connected stay."""
    monkeypatch.setattr(server, "MOST_CLIENTS", 1)

    async def read(client: AsyncModbusTcpClient) -> None:
        port = client.comm_params.port
        async with AsyncModbusTcpClient("127.0.0.1", port=port, timeout=0.5, retries=0) as second:
            with pytest.raises(ModbusException):
                await second.read_input_registers(0, count=1)
        assert (await client.read_input_registers(0, count=1)).registers == [1]

    visit(read)

"""A PLC that is asked by Modbus TCP."""

from __future__ import annotations

import asyncio

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.exceptions import ModbusException

from service.domain.camera import CameraNetworks
from service.industry.inputs.settings import BitAt, CounterAt, ModbusInput, NumberAt
from service.industry.inputs.taking import Taking
from service.outputs.base.dialling import addresses
from service.outputs.base.problems import OutputError, OutputProblem

ANSWER_S = 2.0
_WORD = 0x10000


async def follow_modbus(source: ModbusInput, networks: CameraNetworks, taking: Taking) -> None:
    """Ask for ever. Raises OSError: the device is lost; OutputError: it refuses, or may not be dialled."""
    address = (await addresses(source.host, source.port, networks))[0]
    client = AsyncModbusTcpClient(address, port=source.port, timeout=ANSWER_S, retries=0, reconnect_delay=0)
    try:
        if not await client.connect():
            raise ConnectionRefusedError(f"{source.host}:{source.port} does not answer")
        while True:
            await _ask(client, source, taking)
            await asyncio.sleep(source.poll_s)
    except ModbusException as error:
        raise ConnectionResetError(str(error)) from error
    finally:
        client.close()


async def _ask(client: AsyncModbusTcpClient, source: ModbusInput, taking: Taking) -> None:
    if (running := source.line_running) is not None:
        taking.running(await _bit(client, source.unit, running), inverted=running.inverted)
    if (speed := source.speed) is not None:
        number, bits = await _number(client, source.unit, speed), 16 * speed.words
        negative = speed.signed and number >> (bits - 1)
        taking.speed(number - (1 << bits) if negative else number, speed.scale)
    if (counter := source.carrier_pulse) is not None:
        taking.counter(await _number(client, source.unit, counter), _WORD**counter.words)


async def _bit(client: AsyncModbusTcpClient, unit: int, at: BitAt) -> int:
    if at.table in {"coil", "discrete"}:
        read = client.read_coils if at.table == "coil" else client.read_discrete_inputs
        answer = await read(at.address, count=1, device_id=unit)
        _check(answer)
        return int(answer.bits[0])
    return (await _words(client, unit, at.table, at.address, 1))[0] >> at.bit & 1


async def _number(client: AsyncModbusTcpClient, unit: int, at: NumberAt | CounterAt) -> int:
    found = 0
    for word in await _words(client, unit, at.table, at.address, at.words):
        found = found * _WORD + word
    return found


async def _words(client: AsyncModbusTcpClient, unit: int, table: str, first: int, count: int) -> list[int]:
    read = client.read_holding_registers if table == "holding" else client.read_input_registers
    answer = await read(first, count=count, device_id=unit)
    _check(answer)
    return list(answer.registers)


def _check(answer: object) -> None:
    refused: bool = answer.isError()  # type: ignore[attr-defined]
    if refused:
        raise OutputError(OutputProblem.REJECTED, f"the device refuses: {answer}", status=str(answer))

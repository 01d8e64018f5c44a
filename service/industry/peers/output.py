"""Modbus TCP and OPC UA as outputs: each a server in a process of its own, which others read and follow."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

from pydantic import Field, field_validator

from service.domain.camera import CameraNetworks, Credentials
from service.industry.peers.link import LinkStatus, Main, PeerLink
from service.industry.peers.process import run_modbus, run_opcua
from service.industry.report.source import PeerChoice, PeerSource
from service.industry.report.terms import ModbusTerms, OpcUaTerms
from service.outputs.base.output import Delivery, Making, Output, OutputKind, OutputSettings, WordedSettings
from service.outputs.base.problems import OutputError, OutputProblem

OPEN_S, SHOW_S, LOOK_EVERY_S = 25.0, 30.0, 0.5
PASSWORD = "password"  # noqa: S105 - the secret's name
LEAST_PASSWORD = 12


class ServerSettings(OutputSettings):
    """Where a server listens, and who may do what.

    host: 127.0.0.1 is this machine alone. networks: of clients that may connect besides this machine.
    acknowledge: whether clients may acknowledge alarms.
    """

    host: str = Field(default="127.0.0.1", max_length=64)
    networks: tuple[IPv4Network | IPv6Network, ...] = Field(default=(), max_length=32)
    acknowledge: bool = False

    @field_validator("host")
    @classmethod
    def _address(cls, given: str) -> str:
        ipaddress.ip_address(given)
        return given


class ModbusSettings(ServerSettings):
    """A Modbus TCP server: docs/outputs-industrial.md has its registers."""

    port: int = Field(default=502, ge=0, le=65535)


class OpcUaSettings(ServerSettings, WordedSettings):
    """An OPC UA server. user: may sign in, with the secret `password`. anonymous: others may read as well."""

    port: int = Field(default=4840, ge=0, le=65535)
    user: str = Field(default="", max_length=64)
    anonymous: bool = False


class PeerOutput(Output):
    """A server as an output: what was committed is delivered once the server's process shows it.

    Args:
        host: where it listens.
        link: makes one life of its process.
    """

    def __init__(self, host: str, link: Callable[[], PeerLink]) -> None:
        self._host, self._make = host, link
        self._link: PeerLink | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None while it does not."""
        return None if self._link is None else self._link.status.port

    @property
    def pid(self) -> int | None:
        """Its process, if it runs."""
        return None if self._link is None else self._link.pid

    async def open(self) -> None:
        """Start the process; return once it listens."""
        self._link = link = await asyncio.to_thread(self._make)
        link.start()
        status = await asyncio.to_thread(link.wait, lambda now: now.port is not None, OPEN_S)
        if status.port is None:
            raise _lost(status)

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Wait until the process shows the last of them."""
        seq, link = deliveries[-1].seq, self._running
        link.note(seq)
        status = await asyncio.to_thread(link.wait, lambda now: now.seq >= seq, SHOW_S)
        if status.seq < seq:
            raise _lost(status)
        return len(deliveries)

    async def watch(self) -> None:
        """Raise once the process has ended."""
        link = self._running
        while not link.status.reason:
            await asyncio.sleep(LOOK_EVERY_S)
        raise _lost(link.status)

    async def test(self) -> None:
        """Connect to the server, as a client would."""
        status = self._running.status
        if status.port is None:
            raise _lost(status)
        here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)  # noqa: S104
        _, writer = await asyncio.open_connection(here, status.port)
        writer.close()

    async def close(self) -> None:
        """End the process."""
        if self._link is not None:
            await asyncio.to_thread(self._link.stop)

    @property
    def _running(self) -> PeerLink:
        if self._link is None:
            raise OutputError(OutputProblem.CLOSED)
        return self._link


def _lost(status: LinkStatus) -> OutputError:
    if status.busy:
        return OutputError(OutputProblem.IN_USE, status.reason)
    return OutputError(OutputProblem.CLOSED if status.reason else OutputProblem.TIMED_OUT, status.reason)


def _modbus(making: Making[ModbusSettings]) -> Output:
    settings = making.settings
    networks = CameraNetworks(settings.networks)
    terms = ModbusTerms(settings.host, settings.port, networks, settings.acknowledge)
    return _made(making, lambda _: (run_modbus, terms))


def _opcua(making: Making[OpcUaSettings]) -> Output:
    settings, password = making.settings, making.secrets.get(PASSWORD, "")
    if bool(settings.user) != bool(password) or not (settings.user or settings.anonymous):
        raise OutputError(OutputProblem.MISCONFIGURED, where="user")
    if password and len(password) < LEAST_PASSWORD:
        raise OutputError(OutputProblem.MISCONFIGURED, where=PASSWORD)

    def terms(source: PeerSource) -> tuple[Main, OpcUaTerms]:
        identity = source.identity()
        return run_opcua, OpcUaTerms(
            settings.host,
            settings.port,
            identity.uri,
            identity.certificate,
            identity.key,
            Credentials(settings.user, password) if settings.user else None,
            CameraNetworks(settings.networks),
            settings.anonymous,
            settings.acknowledge,
            making.words,
        )

    return _made(making, terms)


def _made(making: Making[Any], what: Callable[[PeerSource], tuple[Main, Any]]) -> Output:
    source = making.surroundings.plant
    if source is None:
        raise OutputError(OutputProblem.MISCONFIGURED, where="plant")
    return PeerOutput(making.settings.host, lambda: _link(making, source, *what(source)))


def _link(making: Making[Any], source: PeerSource, main: Main, terms: Any) -> PeerLink:
    choice = PeerChoice(making.chosen.lifts, making.wants)
    return PeerLink(f"output {making.id} server", main, terms, making.surroundings.epoch, source, choice)


MODBUS = OutputKind(ModbusSettings, _modbus)
OPCUA = OutputKind(OpcUaSettings, _opcua, frozenset({PASSWORD}))

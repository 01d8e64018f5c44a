"""An OPC UA server whose variables are subscribed to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256
from asyncua.crypto.uacrypto import CertProperties

from service.domain.camera import CameraNetworks, Credentials
from service.industry.inputs.settings import OpcUaInput
from service.industry.inputs.taking import Taking
from service.industry.report.terms import ServerIdentity
from service.outputs.base.dialling import addresses

ANSWER_S = 5.0
PUBLISH_MS = 200
READ_EVERY_S = 4.0
"""How often the variables are read besides: a value that does not change is not published."""


async def follow_opcua(
    source: OpcUaInput,
    networks: CameraNetworks,
    taking: Taking,
    credentials: Credentials | None,
    identity: ServerIdentity,
) -> None:
    """Follow for ever. Raises OSError: the server is lost or refuses; OutputError: it may not be dialled."""
    address = (await addresses(source.host, source.port, networks))[0]
    host = f"[{address}]" if ":" in address else address
    client = Client(f"opc.tcp://{host}:{source.port}{source.path}", timeout=ANSWER_S)
    client.application_uri = identity.uri
    if credentials is not None:
        client.set_user(credentials.user)
        client.set_password(credentials.password)
    try:
        if source.secure:
            certificate = CertProperties(identity.certificate, "pem")
            await client.set_security(
                SecurityPolicyBasic256Sha256, certificate, CertProperties(identity.key, "pem")
            )
        async with client:
            await _follow(client, source, taking)
    except ua.UaError as error:
        raise ConnectionResetError(str(error)) from error


async def _follow(client: Client, source: OpcUaInput, taking: Taking) -> None:
    takers: dict[Any, Callable[[float], None]] = {}
    if (running := source.line_running) is not None:
        takers[client.get_node(running.node)] = lambda value: taking.running(value, inverted=running.inverted)
    if (speed := source.speed) is not None:
        takers[client.get_node(speed.node)] = lambda value: taking.speed(value, speed.scale)
    if source.carrier_pulse is not None:
        takers[client.get_node(source.carrier_pulse.node)] = taking.counter
    subscription = await client.create_subscription(PUBLISH_MS, _Changes(takers))
    await subscription.subscribe_data_change(list(takers))
    while True:
        for node, take in takers.items():
            _give(take, await node.read_data_value())
        await asyncio.sleep(READ_EVERY_S)


class _Changes:
    def __init__(self, takers: dict[Any, Callable[[float], None]]) -> None:
        self._takers = takers

    def datachange_notification(self, node: Any, _: Any, change: Any) -> None:
        """Take a change (the library calls this)."""
        _give(self._takers[node], change.monitored_item.Value)

    def status_change_notification(self, _: Any) -> None:
        """Do nothing: the connection's end is seen by reading."""


def _give(take: Callable[[float], None], found: ua.DataValue) -> None:
    """Take a value that is good: an uncertain one is what a server knew last of a source that may be dead."""
    value = None if found.Value is None else found.Value.Value
    good = found.StatusCode is None or found.StatusCode.is_good()
    if good and isinstance(value, bool | int | float):
        take(float(value))

"""A connection to a broker. Imported when one is dialled: few have a broker."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Iterator

import aiomqtt
from aiomqtt.exceptions import MqttConnectError

from service.outputs.base.dialling import addresses, trusted
from service.outputs.base.output import Making
from service.outputs.base.problems import OutputError, OutputProblem, caused_by
from service.outputs.mqtt.settings import MqttSettings

ANSWER_S = 10.0
"""How long the broker may take to answer, in seconds."""

KEEPALIVE_S = 15
"""A broker that hears nothing for half as long again publishes the will."""

_WRONG_PASSWORD = frozenset({4, 5, 134, 135})
"""Reason codes of MQTT 3.1.1 and 5: bad user name or password, not authorised."""


class Broker:
    """A broker that is connected to; every method raises OutputError. Make it with `connected`."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client

    @classmethod
    async def connected(cls, making: Making[MqttSettings], name: str, will: tuple[str, str]) -> Broker:
        """Return the broker of these settings.

        Args:
            making: settings, password and networks.
            name: what the broker knows this client by.
            will: the topic and the payload that it publishes, retained, once this client is gone.
        """
        settings = making.settings
        authority = settings.certificate_authority
        context = None
        if settings.tls:
            context = trusted(() if authority is None else (authority,), settings.host)
        problem = OutputError(OutputProblem.REFUSED)
        for address in await addresses(settings.host, settings.port, making.surroundings.networks):
            client = aiomqtt.Client(
                address,
                settings.port,
                identifier=name,
                username=settings.user,
                password=making.secrets.get("password"),
                will=aiomqtt.Will(*will, qos=1, retain=True),
                timeout=ANSWER_S,
                keepalive=KEEPALIVE_S,
                tls_context=context,
            )
            try:
                return cls(await client.__aenter__())
            except aiomqtt.MqttError as error:
                problem = _explained(error)
        raise problem

    async def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish with QoS 1; return once the broker has said that it has it."""
        with _explaining():
            await self._client.publish(topic, payload.encode(), qos=1, retain=retain)

    async def subscribe(self, topic: str) -> None:
        """Subscribe."""
        with _explaining():
            await self._client.subscribe(topic, qos=1)

    async def messages(self) -> AsyncIterator[tuple[str, bytes]]:
        """Yield topic and payload of what comes, until the broker is gone."""
        with _explaining():
            async for message in self._client.messages:
                yield str(message.topic), message.payload if isinstance(message.payload, bytes) else b""

    async def leave(self) -> None:
        """Say goodbye: no will is published."""
        with contextlib.suppress(aiomqtt.MqttError):  # it was gone already
            await self._client.__aexit__(None, None, None)


@contextlib.contextmanager
def _explaining() -> Iterator[None]:
    try:
        yield
    except aiomqtt.MqttError as error:
        raise _explained(error) from error


def _explained(error: aiomqtt.MqttError) -> OutputError:
    if isinstance(error, MqttConnectError) and getattr(error.rc, "value", error.rc) in _WRONG_PASSWORD:
        return OutputError(OutputProblem.WRONG_PASSWORD)
    if "timed out" in str(error):
        return OutputError(OutputProblem.TIMED_OUT)
    return caused_by(error) or OutputError(OutputProblem.CLOSED)

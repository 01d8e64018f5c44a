"""A broker whose topics are subscribed to."""

from __future__ import annotations

import aiomqtt

from service.domain.camera import CameraNetworks, Credentials
from service.industry.inputs.settings import MqttInput, TopicAt
from service.industry.inputs.taking import Taking, number_in
from service.outputs.base.dialling import addresses, trusted

ANSWER_S, KEEPALIVE_S = 10.0, 15


async def follow_mqtt(
    source: MqttInput, networks: CameraNetworks, taking: Taking, credentials: Credentials | None
) -> None:
    """Follow for ever. Raises OSError: the broker is lost or refuses; OutputError: it may not be dialled."""
    address = (await addresses(source.host, source.port, networks))[0]
    client = aiomqtt.Client(
        address,
        source.port,
        username=None if credentials is None else credentials.user,
        password=None if credentials is None else credentials.password,
        timeout=ANSWER_S,
        keepalive=KEEPALIVE_S,
        tls_context=trusted((), source.host) if source.tls else None,
    )
    wanted = [each for each in (source.line_running, source.speed, source.carrier_pulse) if each is not None]
    try:
        async with client:
            for topic in sorted({each.topic for each in wanted}):
                await client.subscribe(topic, qos=1)
            async for message in client.messages:
                if message.retain:  # the broker's memory of whoever published, who may be dead
                    continue
                payload = message.payload if isinstance(message.payload, bytes) else b""
                _take(source, str(message.topic), payload, taking)
    except aiomqtt.MqttError as error:
        raise ConnectionResetError(str(error)) from error


def _take(source: MqttInput, topic: str, payload: bytes, taking: Taking) -> None:
    def value(at: TopicAt | None) -> float | None:
        return None if at is None or at.topic != topic else number_in(payload, at.field)

    if source.line_running is not None and (running := value(source.line_running)) is not None:
        taking.running(running, inverted=source.line_running.inverted)
    if source.speed is not None and (speed := value(source.speed)) is not None:
        taking.speed(speed, source.speed.scale)
    pulse = source.carrier_pulse
    if pulse is not None and pulse.topic == topic:
        if not pulse.counter:
            taking.pulse()
        elif (counted := value(pulse)) is not None:
            taking.counter(counted)

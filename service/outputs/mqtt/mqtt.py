"""MQTT: each alarm on a topic, the lifts' states retained, a last will; Home Assistant finds them by itself.

barwatch/status                        online, or offline (the will): retained
barwatch/alarms                        {"epoch", "seq", "alarm"} of each alarm
barwatch/lifts/demo-quad/bar_open      ON, OFF: retained; so are blind, standing
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

from service.outputs.base.loops import together
from service.outputs.base.output import Delivery, Making, Output, OutputKind
from service.outputs.base.problems import OutputError, OutputProblem
from service.outputs.mqtt.settings import MqttSettings
from service.outputs.mqtt.states import OFFLINE, ONLINE, Topics, discovery, node_of, states, status_topic

if TYPE_CHECKING:
    from service.outputs.mqtt.broker import Broker

REFRESH_S = 10.0
"""How often the states are looked at although no alarm came: a lift may be new or gone."""


class Mqtt(Output):
    """Publishes to one broker, with QoS 1: it has said that it has an alarm before the next one goes."""

    def __init__(self, making: Making[MqttSettings]) -> None:
        if "password" in making.secrets and making.settings.user is None:
            raise OutputError(OutputProblem.MISCONFIGURED, where="settings.user")
        self._making, self._settings = making, making.settings
        self._opened: Broker | None = None
        self._published: dict[str, str] = {}
        self._publishing = asyncio.Lock()

    async def open(self) -> None:
        """Connect, and say what there is now."""
        from service.outputs.mqtt.broker import Broker  # noqa: PLC0415 - few have a broker

        settings, node = self._settings, node_of(self._making.id)
        status = status_topic(settings.topic)
        self._opened = await Broker.connected(self._making, node, (status, OFFLINE))
        await self._opened.publish(status, ONLINE, retain=True)
        await self._say_states()
        await self._opened.subscribe(f"{settings.topic}/lifts/+/+")
        if settings.discovery is not None:
            await self._opened.subscribe(f"{settings.discovery}/+/{node}/+/config")

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Publish the first, then the states that follow from it."""
        first = deliveries[0]
        content = first.content(self._making.describe)
        await self._broker.publish(f"{self._settings.topic}/alarms", json.dumps(content, ensure_ascii=False))
        await self._say_states()
        return 1

    async def watch(self) -> None:
        """Look at the states now and then; notice a broker that is gone, and lifts that are."""
        await together(self._refresh(), self._tidy())

    async def test(self) -> None:
        """Publish a test, which the broker says that it has."""
        await self._broker.publish(f"{self._settings.topic}/test", json.dumps({"type": "test"}))

    async def close(self) -> None:
        """Say that nobody is here any more: with a farewell the broker does not publish the will."""
        if self._opened is not None:
            try:
                await self._opened.publish(status_topic(self._settings.topic), OFFLINE, retain=True)
            finally:
                await self._opened.leave()

    @property
    def _broker(self) -> Broker:
        if self._opened is None:
            raise OutputError(OutputProblem.CLOSED)
        return self._opened

    async def _say_states(self) -> None:
        """Publish those that have changed, all of them at first."""
        async with self._publishing:
            for topic, payload in self._wanted().items():
                if self._published.get(topic) != payload:
                    await self._broker.publish(topic, payload, retain=True)
                    self._published[topic] = payload

    def _wanted(self) -> Topics:
        settings, making = self._settings, self._making
        lifts = [lift for lift in making.surroundings.lifts() if making.chosen.shows(lift.id)]
        now = states(settings.topic, lifts, making.surroundings.standing(), making.wants)
        if settings.discovery is None:
            return now
        return {**discovery(settings.discovery, settings.topic, making.id, lifts, making.words), **now}

    async def _refresh(self) -> None:
        while True:
            await asyncio.sleep(REFRESH_S)
            await self._say_states()

    async def _tidy(self) -> None:
        """Take away what is retained of lifts that are gone; ends with the connection."""
        async for topic, payload in self._broker.messages():
            if payload and topic not in self._wanted():
                await self._broker.publish(topic, "", retain=True)


MQTT = OutputKind(MqttSettings, Mqtt, frozenset({"password"}))

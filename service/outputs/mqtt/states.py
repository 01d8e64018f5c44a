"""What retained topics hold: the state of each lift, and what Home Assistant is told of them. Pure.

A blind lift stays blind whatever somebody shelved: only what is over has ended.
"""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lifts.schema import Lift
from service.domain.alarm import BLIND, OVER, Alarm, AlarmKind, AlarmState
from service.words.catalogue import Words

ONLINE, OFFLINE = "online", "offline"
ON, OFF = "ON", "OFF"
SEEN = frozenset({AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED})
"""States in which an open bar is shown as open."""

Topics = Mapping[str, str]
"""Payloads by topic."""


def status_topic(base: str) -> str:
    """Return the topic that says whether the service is there; the broker itself says when it is not."""
    return f"{base}/status"


def states(
    base: str,
    lifts: Sequence[Lift],
    standing: Sequence[Alarm],
    wants: Callable[[Alarm], bool] = lambda _: True,
) -> Topics:
    """Return the state of each lift and of the whole; what belongs to no lift blinds all of them.

    wants: which alarms are counted. It makes no lift look better than it is: open and blind are as they are.
    """
    found = {f"{base}/standing": str(sum(map(wants, standing)))}
    for lift in lifts:
        mine = [alarm for alarm in standing if alarm.lift_id == lift.id]
        bar = any(alarm.kind is AlarmKind.BAR_OPEN and alarm.state in SEEN for alarm in mine)
        everywhere = [alarm for alarm in standing if alarm.lift_id in {None, lift.id}]
        blind = any(alarm.kind in BLIND and alarm.state not in OVER for alarm in everywhere)
        place = f"{base}/lifts/{lift.id}"
        found[f"{place}/bar_open"] = ON if bar else OFF
        found[f"{place}/blind"] = ON if blind else OFF
        found[f"{place}/standing"] = str(sum(map(wants, mine)))
    return found


def discovery(prefix: str, base: str, output_id: str, lifts: Sequence[Lift], words: Words) -> Topics:
    """Return what Home Assistant is told: a device for each lift, and one for the whole.

    words: what people read; topics, payloads and ids are the same in every language.

    Source: https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery
    """
    node = node_of(output_id)
    names = words["homeAssistant"]
    whole = {"identifiers": [node], "name": "Barwatch", "manufacturer": "Barwatch"}
    found = dict([_entity(prefix, base, node, "sensor", "standing", f"{base}/standing", whole, names)])
    for lift in lifts:
        device = {
            "identifiers": [f"{node}_{lift.id}"],
            "name": lift.name,
            "manufacturer": "Barwatch",
            "model": names["chairlift"],
            "via_device": node,
        }
        for component, what in (
            ("binary_sensor", "bar_open"),
            ("binary_sensor", "blind"),
            ("sensor", "standing"),
        ):
            topic = f"{base}/lifts/{lift.id}/{what}"
            name, payload = _entity(prefix, base, node, component, what, topic, device, names, lift.id)
            found[name] = payload
    return found


def node_of(output_id: str) -> str:
    """Return what Home Assistant calls an output; its announcements are found by it."""
    return f"barwatch_{output_id}"


_CLASSES = {"bar_open": "safety", "blind": "problem"}


def _entity(
    prefix: str,
    base: str,
    node: str,
    component: str,
    what: str,
    topic: str,
    device: Mapping[str, Any],
    names: Mapping[str, str],
    lift_id: str = "",
) -> tuple[str, str]:
    name = f"{lift_id}_{what}" if lift_id else what
    content: dict[str, Any] = {
        "name": names[what],
        "unique_id": f"{node}_{name}",
        "state_topic": topic,
        "qos": 1,
        "availability_topic": status_topic(base),
        "payload_available": ONLINE,
        "payload_not_available": OFFLINE,
        "device": device,
        "origin": {"name": "Barwatch", "sw_version": importlib.metadata.version("barwatch")},
    }
    if component == "binary_sensor":
        content |= {"device_class": _CLASSES[what], "payload_on": ON, "payload_off": OFF}
    else:
        content |= {"state_class": "measurement", "unit_of_measurement": names["alarms"]}
    return f"{prefix}/{component}/{node}/{name}/config", json.dumps(content)

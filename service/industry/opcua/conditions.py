"""Alarms as conditions of OPC UA Part 9: one condition per alarm, one event per change of it.

The event of one change has the same EventId for ever, live, refreshed or read from history, so that a client
that was away knows what it has. What the standard has no field for is added by BarwatchAlarmType.
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from asyncua import Server, ua
from asyncua.common.events import Event

from service.domain.alarm import HIDDEN, MOMENTS, OVER, Alarm, AlarmChange, AlarmKind, AlarmState
from service.domain.telling.alarms import message_of
from service.words.catalogue import Words, translated

_EXTRA = (
    ("Seq", ua.VariantType.UInt64),
    ("AlarmId", ua.VariantType.String),
    ("Kind", ua.VariantType.String),
    ("Cause", ua.VariantType.String),
    ("State", ua.VariantType.String),
    ("LiftId", ua.VariantType.String),
    ("PassageId", ua.VariantType.String),
    ("RaisedAt", ua.VariantType.DateTime),
    ("Evidence", ua.VariantType.String),
)
_URGENCY = {1: 900, 2: 800, 3: 600, 4: 400}
_ID = "alarm/"
_TIMED_SHELVED = ua.ObjectIds.ShelvedStateMachineType_TimedShelved


def retained(alarm: Alarm) -> bool:
    """Say whether a client has to show the alarm: it stands, or nobody has acknowledged it."""
    over = alarm.kind in MOMENTS or not _is_active(alarm)
    return alarm.state is not AlarmState.CLEARED and not (over and _is_acknowledged(alarm))


def urgency(alarm: Alarm) -> int:
    """Return OPC UA's severity, 1..1000: blind before open, both before the rest."""
    return _URGENCY[alarm.priority]


def _is_active(alarm: Alarm) -> bool:
    return alarm.state not in OVER and alarm.ended_at is None


def _is_acknowledged(alarm: Alarm) -> bool:
    settled = {AlarmState.ACKNOWLEDGED, AlarmState.CLEARED}
    return alarm.acknowledged_at is not None or alarm.state in settled


class Conditions:
    """Makes events. Use `Conditions.make`; for one server and its event loop.

    Args:
        template: an event of BarwatchAlarmType, with what is the same in all of them.
        namespace: index of our namespace.
        epoch: identity of the alarms' sequence.
        words: what people read; what programs read is the same in every language.
    """

    def __init__(self, template: Event, namespace: int, epoch: str, words: Words) -> None:
        self._template, self._namespace, self._epoch = template, namespace, epoch
        self._words, self._states = words, words["opcua"]

    @classmethod
    async def make(cls, server: Server, namespace: int, epoch: str, words: Words) -> Conditions:
        """Add BarwatchAlarmType to the server's types, and let the server object say that it sends it."""
        kind = await server.create_custom_event_type(
            namespace, "BarwatchAlarmType", ua.ObjectIds.AlarmConditionType, list(_EXTRA)
        )
        template = (await server.get_event_generator(kind)).event
        template.add_property("ShelvingState/CurrentState", None, ua.VariantType.LocalizedText)
        template.add_property("ShelvingState/CurrentState/Id", None, ua.VariantType.NodeId)
        return cls(template, namespace, epoch, words)

    def node_of(self, alarm_id: str) -> ua.NodeId:
        """Return the ConditionId of an alarm."""
        return ua.NodeId(_ID + alarm_id, self._namespace)

    def alarm_of(self, node: ua.NodeId) -> str | None:
        """Return the alarm that a ConditionId names, None if it is none of ours."""
        name = node.Identifier
        ours = node.NamespaceIndex == self._namespace and isinstance(name, str) and name.startswith(_ID)
        return str(name).removeprefix(_ID) if ours else None

    def event_id(self, seq: int) -> bytes:
        """Return the EventId of the change with this seq."""
        return f"{self._epoch[:8]}:{seq}".encode()

    def event(self, change: AlarmChange, source: ua.NodeId, source_name: str) -> Event | None:
        """Return the event of a change; None where the outbox's entry is damaged."""
        alarm = change.alarm
        if alarm is None:
            return None
        event = copy.copy(self._template)
        for name, value in self._fields(change, alarm).items():
            setattr(event, name, value)
        event.SourceNode, event.SourceName = source, source_name
        return event

    def _fields(self, change: AlarmChange, alarm: Alarm) -> dict[str, Any]:
        active, acked = _is_active(alarm), _is_acknowledged(alarm)
        shelved, out = alarm.state is AlarmState.SHELVED, alarm.state is AlarmState.OUT_OF_SERVICE
        suppressed = alarm.state is AlarmState.SUPPRESSED
        about_bar = alarm.kind is AlarmKind.BAR_OPEN
        timed, unshelved = _TIMED_SHELVED, ua.ObjectIds.ShelvedStateMachineType_Unshelved
        process, system = ua.ObjectIds.ProcessConditionClassType, ua.ObjectIds.SystemConditionClassType
        return {
            "EventId": self.event_id(change.seq),
            "Time": change.at,
            "ReceiveTime": datetime.now(UTC),
            "LocalTime": ua.TimeZoneDataType(),
            "Message": ua.LocalizedText(message_of(alarm, self._words), self._words.language),
            "Severity": urgency(alarm),
            "LastSeverity": urgency(alarm),
            "ConditionClassId": ua.NodeId(process if about_bar else system),
            "ConditionClassName": self._state("process" if about_bar else "system"),
            "ConditionName": f"{alarm.kind}: {alarm.cause}" if alarm.cause else str(alarm.kind),
            "BranchId": ua.NodeId(),
            "NodeId": self.node_of(alarm.id),
            "Retain": retained(alarm),
            "EnabledState": self._state("enabled"),
            "EnabledState/Id": True,
            "Quality": ua.StatusCode(),
            "Comment": self._comment(change),
            "ClientUserId": change.actor,
            "AckedState": self._state("acknowledged" if acked else "unacknowledged"),
            "AckedState/Id": acked,
            "ActiveState": self._state("active" if active else "inactive"),
            "ActiveState/Id": active,
            "OutOfServiceState": self._state("out_of_service" if out else "in_service"),
            "OutOfServiceState/Id": out,
            "SuppressedState": self._state("suppressed" if suppressed else "unsuppressed"),
            "SuppressedState/Id": suppressed,
            "SuppressedOrShelved": alarm.state in HIDDEN,
            "ShelvingState/CurrentState": self._state("timed_shelved" if shelved else "unshelved"),
            "ShelvingState/CurrentState/Id": ua.NodeId(timed if shelved else unshelved),
            "Seq": change.seq,
            "AlarmId": alarm.id,
            "Kind": str(alarm.kind),
            "Cause": alarm.cause,
            "State": str(alarm.state),
            "LiftId": alarm.lift_id or "",
            "PassageId": alarm.passage_id or "",
            "RaisedAt": alarm.raised_at,
            "Evidence": list(alarm.evidence),
        }

    def _comment(self, change: AlarmChange) -> ua.LocalizedText:
        """Return what was noted: the service's own words in the language, people's as they wrote them."""
        if change.actor != "system":
            return ua.LocalizedText(change.note)
        return ua.LocalizedText(translated(change.note, self._words), self._words.language)

    def _state(self, code: str) -> ua.LocalizedText:
        return ua.LocalizedText(self._states[code], self._words.language)

"""The OPC UA server: lifts as objects, alarms as conditions, Acknowledge and ConditionRefresh."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from asyncua import ua

from service.domain.alarm import AlarmChange
from service.industry.opcua.access import CALLER, GuardedServer
from service.industry.opcua.conditions import Conditions
from service.industry.opcua.history import EventHistory
from service.industry.opcua.plant import PlantNodes
from service.industry.report.nouns import PlantReport
from service.industry.report.terms import OpcUaTerms

NAMESPACE = "urn:barwatch:alarms"
_ACKNOWLEDGE = ua.NodeId(ua.ObjectIds.AcknowledgeableConditionType_Acknowledge)
_SECURE = [
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    ua.SecurityPolicyType.Aes128Sha256RsaOaep_SignAndEncrypt,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
]
_REFUSALS = {
    "": ua.StatusCodes.Good,
    "conflict": ua.StatusCodes.BadConditionBranchAlreadyAcked,
    "not_found": ua.StatusCodes.BadNodeIdUnknown,
}

Acknowledge = Callable[[str, str, str], Awaitable[str]]
"""Acknowledges an alarm for an actor with a comment; returns the code of a refusal, empty if it was done."""


class OpcUaOutput:
    """A running server; for one event loop.

    Args:
        terms: see OpcUaTerms.
        epoch: identity of the alarms' sequence.
        acknowledge: see Acknowledge.
    """

    def __init__(self, terms: OpcUaTerms, epoch: str, acknowledge: Acknowledge) -> None:
        self._terms, self._epoch, self._acknowledge = terms, epoch, acknowledge
        self._server = GuardedServer(terms, self._call)
        self._plant: PlantNodes | None = None
        self._conditions: Conditions | None = None
        self._history = EventHistory(self._event)

    async def start(self) -> int:
        """Listen; return the port. Raises OSError: the address cannot be listened on."""
        server, terms = self._server, self._terms
        server.iserver.bind_condition_methods = 100  # the severity of a refresh's own events
        await server.init()
        server.set_server_name("Barwatch")
        await server.set_application_uri(terms.uri)
        server.application_type = ua.ApplicationType.Server
        server.set_endpoint(f"opc.tcp://{terms.host}:{terms.port}/")
        await server.load_certificate(terms.certificate, "pem")
        await server.load_private_key(terms.key, format="pem")
        open_too = [ua.SecurityPolicyType.NoSecurity] if terms.anonymous else []
        server.set_security_policy([*_SECURE, *open_too])
        namespace = await server.register_namespace(NAMESPACE)
        self._conditions = await Conditions.make(server, namespace, self._epoch, terms.words)
        self._plant = await PlantNodes.make(server, namespace)
        server.iserver.history_manager.set_storage(self._history)
        notifies = [ua.EventNotifier.SubscribeToEvents, ua.EventNotifier.HistoryRead]
        await server.nodes.server.set_event_notifier(notifies)
        await server.start()
        return int(server.bserver.port) if server.bserver is not None else terms.port

    async def stop(self) -> None:
        """Close every connection."""
        await self._server.stop()

    async def put_report(self, report: PlantReport | None) -> None:
        """Show what is now; None: no reports come any more."""
        if self._plant is not None:
            await self._plant.put_report(report)

    async def put_events(self, changes: Iterable[AlarmChange]) -> None:
        """Send the next changes of alarms to who has subscribed, in the order of their seq."""
        for change in changes:
            self._history.put(change)
            event = self._event(change)
            if event is not None:
                await self._server.iserver.subscription_service.trigger_event(event)

    def _event(self, change: AlarmChange) -> Any:
        if self._conditions is None or self._plant is None:
            return None
        lift_id = None if change.alarm is None else change.alarm.lift_id
        return self._conditions.event(change, *self._plant.source_of(lift_id))

    async def _call(self, asked: ua.CallMethodRequest) -> ua.CallMethodResult | None:
        """Answer Acknowledge on one of our conditions; None: it is another method."""
        alarm_id = None if self._conditions is None else self._conditions.alarm_of(asked.ObjectId)
        if alarm_id is None:
            return None
        answer = ua.CallMethodResult()
        answer.StatusCode = ua.StatusCode(await self._answer(alarm_id, asked))
        answer.InputArgumentResults = [ua.StatusCode() for _ in asked.InputArguments or ()]
        return answer

    async def _answer(self, alarm_id: str, asked: ua.CallMethodRequest) -> ua.UInt32:
        if asked.MethodId != _ACKNOWLEDGE:
            return ua.StatusCodes.BadNotSupported
        user = CALLER.get()
        if not self._terms.acknowledges or user.name is None:
            return ua.StatusCodes.BadUserAccessDenied
        match [each.Value for each in asked.InputArguments or ()]:
            case [bytes() as event_id, ua.LocalizedText() as comment]:
                pass
            case _:
                return ua.StatusCodes.BadInvalidArgument
        if not self._is_of(event_id, alarm_id):
            return ua.StatusCodes.BadEventIdUnknown
        refusal = await self._acknowledge(alarm_id, f"opc-ua:{user.name}", comment.Text or "")
        return _REFUSALS.get(refusal, ua.StatusCodes.BadUnexpectedError)

    def _is_of(self, event_id: bytes, alarm_id: str) -> bool:
        _, _, seq = event_id.decode("ascii", "replace").partition(":")
        change = self._history.at(int(seq)) if seq.isdecimal() else None
        known = change is not None and change.alarm is not None and change.alarm.id == alarm_id
        return known and self._conditions is not None and self._conditions.event_id(int(seq)) == event_id

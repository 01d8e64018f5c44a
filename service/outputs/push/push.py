"""Web Push: a notification in each browser whose owner subscribed and may see the lift."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import stamina
import structlog

from service.domain.alarm import AlarmState
from service.domain.telling.alarms import kind_of, message_of
from service.outputs.base.http import HttpAnswer, HttpDoor, refusal
from service.outputs.base.output import Delivery, Making, Output, OutputKind, PushSubscriber
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError
from service.outputs.push.settings import PushSettings, fresh_key
from service.words.catalogue import Words

if TYPE_CHECKING:
    from service.outputs.push.encrypted import VapidKey

log = structlog.get_logger(__name__)

POST_S = 10.0
ATTEMPTS, RETRIED_FOR_S = 3, 15.0
GONE = frozenset({404, 410})
"""What a push service answers for a browser that is no longer there (RFC 8030)."""

URGENT = 2
"""Up to this priority a device is woken for it."""


class WebPush(Output):
    """Posts to browsers' push services. A browser that cannot be reached keeps no other waiting."""

    def __init__(self, making: Making[PushSettings]) -> None:
        from service.outputs.push.encrypted import VapidKey  # noqa: PLC0415 - few push

        self._making, self._settings = making, making.settings
        self._key: VapidKey = VapidKey(making.secrets.get("private_key", ""))
        self._names: dict[str, str] = {}
        self._door: HttpDoor | None = None

    async def open(self) -> None:
        """Nothing is dialled before there is something to push."""
        networks = self._making.surroundings.networks
        self._door = HttpDoor(networks, POST_S, self._settings.certificate_authority)
        self._names = {lift.id: lift.name for lift in self._making.surroundings.lifts()}

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Push the first to all; raise only if nobody was reached. Who missed it hears so with the next.

        It is refused for good only if every browser's push service refuses it so.
        """
        first = deliveries[0]
        self.told = False
        if self._settings.only_raised and first.alarm.state is not AlarmState.ACTIVE:
            return 1
        to = [each for each in self._subscribers() if each.sees(first.alarm.lift_id)]
        headers = {
            "TTL": str(self._settings.ttl_s),
            "Urgency": "high" if first.alarm.priority <= URGENT else "normal",
            "Topic": first.alarm.id[:32],
        }
        sent = [self._push(each, self._notice(first, self._words(each)), headers) for each in to]
        problems = [problem for problem in await asyncio.gather(*sent) if problem is not None]
        if problems and len(problems) == len(to):
            raise next((each for each in problems if not isinstance(each, RefusedForGoodError)), problems[0])
        return 1

    async def test(self) -> None:
        """Push a test to every browser; all must be reached."""
        headers = {"TTL": "60", "Urgency": "high"}
        sent = [
            self._push(each, {"type": "test", "message": self._words(each)["push"]["test"]}, headers)
            for each in self._subscribers()
        ]
        if problems := [problem for problem in await asyncio.gather(*sent) if problem is not None]:
            raise problems[0]

    async def close(self) -> None:
        """Close the connections."""
        if self._door is not None:
            await self._door.close()

    def _subscribers(self) -> Sequence[PushSubscriber]:
        book = self._making.surroundings.push
        return () if book is None else book.subscribers(self._making.id)

    def _words(self, to: PushSubscriber) -> Words:
        making = self._making
        return making.words if to.language is None else making.surroundings.words(to.language)

    def _notice(self, delivery: Delivery, words: Words) -> dict[str, Any]:
        alarm = delivery.alarm
        lift = None if alarm.lift_id is None else self._names.get(alarm.lift_id, alarm.lift_id)
        place = words.say("alarms.wholeService", {}) if lift is None else lift
        return {
            "type": "alarm",
            "epoch": delivery.epoch,
            "seq": delivery.seq,
            "id": alarm.id,
            "kind": alarm.kind.value,
            "severity": alarm.severity.value,
            "state": alarm.state.value,
            "lift_id": alarm.lift_id,
            "lift": lift,
            "raised_at": alarm.raised_at.isoformat(),
            "title": words.say("alarms.where", {"kind": kind_of(alarm, words), "place": place}),
            "message": message_of(alarm, words)[:1000],
            "url": self._making.surroundings.link(alarm),
        }

    async def _push(
        self, to: PushSubscriber, notice: dict[str, Any], headers: dict[str, str]
    ) -> OutputError | None:
        """Push to one browser; return why it does not have it."""
        from service.outputs.push.encrypted import encrypted  # noqa: PLC0415 - few push

        notice["missed"] = missed = len(to.missed - {notice.get("seq", 0)})
        if missed:
            words = self._words(to)
            notice["note"] = words.fill(words["push"]["missed"], {"count": missed})
        body = encrypted(json.dumps(notice, ensure_ascii=False).encode(), to.p256dh, to.auth)
        sent = {
            **headers,
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "Authorization": self._key.authorization(to.endpoint, self._settings.contact),
        }
        try:
            async for attempt in stamina.retry_context(on=_again, attempts=ATTEMPTS, timeout=RETRIED_FOR_S):
                with attempt:
                    answer = await self._post(to, body, sent)
        except OutputError as error:
            to.missed.add(notice.get("seq", 0))
            log.warning("a browser was not reached", output=self._making.id, to=to.id, code=error.code)
            return error
        to.missed.clear()
        self.told = self.told or answer.status not in GONE
        if answer.status in GONE:
            book = self._making.surroundings.push
            if book is not None:
                book.gone(to.id, "browser")
        return None

    async def _post(self, to: PushSubscriber, body: bytes, headers: dict[str, str]) -> HttpAnswer:
        if self._door is None or not self._settings.serves(to.endpoint):
            raise OutputError(OutputProblem.FORBIDDEN_ADDRESS)
        answer = await self._door.post(to.endpoint, body, headers)
        refused = refusal(answer)
        if refused is not None and answer.status not in GONE:
            raise refused
        return answer


def _again(error: Exception) -> bool:
    if not isinstance(error, OutputError):
        return False
    status = error.parameters.get("status", 0)
    transient = {OutputProblem.TIMED_OUT, OutputProblem.CLOSED, OutputProblem.UNREACHABLE}
    return error.problem in transient or status == 429 or float(status) >= 500


WEB_PUSH = OutputKind(PushSettings, WebPush, frozenset({"private_key"}), fresh_key)

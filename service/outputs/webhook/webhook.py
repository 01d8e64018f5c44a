"""A webhook: each alarm posted as JSON, signed after the Standard Webhooks specification.

    POST /alarms
    webhook-id: 5e0f…_412
    webhook-timestamp: 1796000000
    webhook-signature: v1,K5oZ…
    {"type": "alarm", "epoch": "5e0f…", "seq": 412, "alarm": {…}}

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

import stamina

from service.outputs.base.http import HttpAnswer, HttpDoor, refusal
from service.outputs.base.output import Delivery, Making, Output, OutputKind
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError
from service.outputs.webhook.settings import WebhookSettings, fresh_secret, signing_key

ATTEMPTS, RETRIED_FOR_S = 4, 30.0
"""Of one alarm, before the follower makes a longer pause."""

LONGEST_WISH_S = 20.0
"""A receiver that asks for patience (Retry-After) gets at most so much at once."""

_LATER = frozenset({408, 425, 429, *range(500, 600)})
_TRANSIENT = frozenset(
    {OutputProblem.REFUSED, OutputProblem.CLOSED, OutputProblem.TIMED_OUT, OutputProblem.UNREACHABLE}
)


def signature(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of webhook-signature: HMAC-SHA256 over id, time and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii")


class Webhook(Output):
    """Posts to one receiver.

    Raises:
        OutputError: its secret is missing or unusable.
    """

    def __init__(self, making: Making[WebhookSettings]) -> None:
        self._making, self._surroundings = making, making.surroundings
        self._authorization = making.secrets.get("authorization")
        try:
            self._key = signing_key(making.secrets["secret"])
        except (KeyError, ValueError):
            raise OutputError(OutputProblem.MISCONFIGURED, where="secrets.secret") from None
        self._settings = making.settings
        self._door: HttpDoor | None = None

    async def open(self) -> None:
        """Nothing is dialled before there is something to post."""
        settings = self._settings
        self._door = HttpDoor(
            self._surroundings.networks,
            settings.timeout_s,
            settings.certificate_authority,
            encrypted=settings.url.lower().startswith("https:"),
        )

    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Post the first; a receiver that is busy or away for a moment is asked again."""
        first = deliveries[0]
        about = first.content(self._making.describe)
        async for attempt in stamina.retry_context(on=_again, attempts=ATTEMPTS, timeout=RETRIED_FOR_S):
            with attempt:
                await self._post(first.id, {"type": "alarm", **about})
        return 1

    async def test(self) -> None:
        """Post a test, once."""
        await self._post(f"test_{secrets.token_hex(8)}", {"type": "test", "epoch": self._surroundings.epoch})

    async def close(self) -> None:
        """Close the connection."""
        if self._door is not None:
            await self._door.close()

    async def _post(self, message_id: str, content: Mapping[str, Any]) -> None:
        assert self._door is not None  # noqa: S101 - opened before
        body, timestamp = json.dumps(content, ensure_ascii=False).encode(), int(time.time())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Barwatch",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._key, message_id, timestamp, body),
        }
        if self._authorization is not None:
            headers["Authorization"] = self._authorization
        answer = await self._door.post(self._settings.url, body, headers)
        refused = refusal(answer)
        if isinstance(refused, RefusedForGoodError):
            raise refused
        if refused is not None:
            raise _PostRefusedError(refused, answer)


class _PostRefusedError(OutputError):
    def __init__(self, refused: OutputError, answer: HttpAnswer) -> None:
        super().__init__(refused.problem, str(refused), **refused.parameters)
        self.answer = answer


def _again(error: Exception) -> bool | float:
    """Say whether to try again soon, or after how many seconds."""
    if isinstance(error, _PostRefusedError):
        if error.answer.status not in _LATER:
            return False
        wish = error.answer.headers.get("retry-after", "")
        return min(float(wish), LONGEST_WISH_S) if wish.isascii() and wish.isdigit() else True
    return isinstance(error, OutputError) and error.problem in _TRANSIENT


WEBHOOK = OutputKind(WebhookSettings, Webhook, frozenset({"secret", "authorization"}), fresh_secret)

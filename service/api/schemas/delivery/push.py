"""Subscribing a browser to alarms, as JSON."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from service.api.schemas.base import Body, Shape
from service.words.catalogue import Language


class PushKeysIn(Body):
    """What a message to a browser is encrypted with (PushSubscription.toJSON)."""

    p256dh: str = Field(max_length=200, pattern=r"^[A-Za-z0-9_-]+=*$")
    auth: str = Field(max_length=100, pattern=r"^[A-Za-z0-9_-]+=*$")


class PushSubscriptionIn(Body):
    """A browser, as it describes itself (PushSubscription.toJSON)."""

    endpoint: str = Field(max_length=2000, examples=["https://fcm.googleapis.com/fcm/send/…"])
    expirationTime: float | None = None  # noqa: N815 - the browser's name for it
    keys: PushKeysIn
    language: Language | None = Field(
        default=None, description="Of the messages; null: by Accept-Language, else the output's."
    )


class PushSubscriptionOut(Shape):
    """A browser that is pushed to; never its address."""

    id: str
    agent: str
    created_at: datetime


class PushOut(BaseModel):
    """What a browser subscribes with, and one's own that have."""

    key: str | None = Field(description="applicationServerKey; null where nothing is pushed.")
    subscriptions: list[PushSubscriptionOut]

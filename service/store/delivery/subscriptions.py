"""Browsers that alarms are pushed to, as stored; what is sealed is service.outputs.push's business."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from service.domain.errors import ConflictError, NotFoundError
from service.domain.people import SYSTEM, Principal, highest
from service.store import tokens
from service.store.audit import entries
from service.store.damage import readable
from service.store.people import users
from service.store.tables import PushSubscriptionRow, UserRow

MOST_OF_ONE, MOST = 20, 500
"""Browsers of one person, and of all."""


@dataclass(frozen=True, slots=True, repr=False)
class StoredSubscription:
    """A browser as stored. endpoint: SHA-256 of its address. user_id, token_id: whose it is."""

    id: str
    output_id: str
    endpoint: str
    sealed: bytes
    user_id: str | None
    token_id: str | None
    name: str
    agent: str
    created_at: datetime


_STORED = TypeAdapter(StoredSubscription)
_FIELDS = tuple(StoredSubscription.__dataclass_fields__)


def put(
    session: Session, output_id: str, endpoint: str, sealed: bytes, owner: Principal, agent: str
) -> StoredSubscription:
    """Store a browser, in place of the same one. Raises ConflictError: there are too many."""
    same = (PushSubscriptionRow.output_id == output_id, PushSubscriptionRow.endpoint == endpoint)
    session.execute(delete(PushSubscriptionRow).where(*same))
    mine = select(func.count()).select_from(PushSubscriptionRow)
    own = mine.where(
        PushSubscriptionRow.user_id.is_(owner.user_id), PushSubscriptionRow.token_id.is_(owner.token_id)
    )
    if (session.scalar(own) or 0) >= MOST_OF_ONE or (session.scalar(mine) or 0) >= MOST:
        raise ConflictError("too many browsers have subscribed", "too_many_subscriptions")
    row = PushSubscriptionRow(
        id=secrets.token_hex(8),
        output_id=output_id,
        endpoint=endpoint,
        sealed=sealed,
        user_id=owner.user_id,
        token_id=owner.token_id,
        name=owner.name[:200],
        agent=agent[:200],
        created_at=datetime.now(UTC),
    )
    session.add(row)
    entries.record(session, "push.subscribe", row.id, output=output_id)
    return _record(row)


def listing(session: Session, output_id: str | None = None) -> tuple[StoredSubscription, ...]:
    """Return every readable one, of one output or of all, by id."""
    query = select(PushSubscriptionRow).order_by(PushSubscriptionRow.id)
    if output_id is not None:
        query = query.where(PushSubscriptionRow.output_id == output_id)
    return tuple(found for _, found in readable(session, query, PushSubscriptionRow.id, _record) if found)


def delete_own(session: Session, subscription_id: str, owner: Principal) -> None:
    """Delete one of the owner's. Raises NotFoundError."""
    for each in listing(session):
        if each.id == subscription_id and is_of(each, owner):
            session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id == subscription_id))
            entries.record(session, "push.unsubscribe", subscription_id)
            return
    raise NotFoundError(f"no subscription {subscription_id!r}", "no_subscription")


def gone(session: Session, subscription_id: str, why: str) -> None:
    """Delete one whose browser or owner is gone."""
    session.execute(delete(PushSubscriptionRow).where(PushSubscriptionRow.id == subscription_id))
    entries.record(session, "push.gone", subscription_id, by=SYSTEM, why=why)


def reseal(session: Session, subscription_id: str, sealed: bytes) -> None:
    """Store the same, encrypted with another key."""
    here = update(PushSubscriptionRow).where(PushSubscriptionRow.id == subscription_id)
    session.execute(here.values(sealed=sealed))


def is_of(subscription: StoredSubscription, owner: Principal) -> bool:
    """Say whose it is."""
    return (subscription.user_id, subscription.token_id) == (owner.user_id, owner.token_id)


def owner_of(session: Session, subscription: StoredSubscription, now: datetime) -> Principal | None:
    """Return whose it is, with what they may see now; None: shut out, revoked, or nobody any more."""
    if subscription.user_id is not None:
        if session.scalar(select(UserRow.id).where(UserRow.id == subscription.user_id)) is None:
            return None
        user = users.get(session, subscription.user_id)
        if user.disabled_at is not None:
            return None
        return Principal(user.name, highest(user.grants.values()), grants=user.grants)
    token = None if subscription.token_id is None else tokens.get(session, subscription.token_id)
    if token is None or not token.is_good(now):
        return None
    return Principal(token.name, token.role, token.id, grants=token.grants)


def _record(row: PushSubscriptionRow) -> StoredSubscription:
    return _STORED.validate_python({name: getattr(row, name) for name in _FIELDS})

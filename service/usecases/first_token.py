"""The first admin token: from the environment, or made when the service starts on a terminal."""

from __future__ import annotations

import sys
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.settings import Settings
from service.store import tokens
from service.store.database import Store

log = structlog.get_logger(__name__)

ENVIRONMENT_TOKEN = "environment"  # noqa: S105 - a token's name


def first_token(store: Store, settings: Settings, *, shown: bool) -> str | None:
    """Store the environment's admin token; if there is no token at all, make one for a terminal to show.

    Args:
        store: where tokens are kept.
        settings: may name a token.
        shown: whether a new token would be shown; the demonstration signs in by its link.

    Returns:
        The new token, or None if none was made.

    Raises:
        ConfigurationError: the environment's token cannot be read or used.
        StoreError: the database does not answer.
    """
    given = settings.first_admin_token()
    if given is not None:
        store.write(partial(adopt_token, token=given)).result()
        return None
    with store.reading() as session:
        if any(record.revoked_at is None for record in tokens.listing(session)):
            return None
    if not shown:
        return None
    if not sys.stdout.isatty():
        log.warning(
            "no API token exists: make one with `barwatch token create --role admin`, "
            "or set BARWATCH_ADMIN_TOKEN"
        )
        return None
    return store.write(partial(tokens.create, name="first admin", role=Role.ADMIN)).result()[0]


def adopt_token(session: Session, token: str) -> None:
    """Make the environment's token the one admin token of that name: a former one ends with its variable.

    Raises:
        ConfigurationError: too short.
    """
    try:
        kept = tokens.put(session, token, ENVIRONMENT_TOKEN, Role.ADMIN)
    except ValueError as error:
        raise ConfigurationError(f"BARWATCH_ADMIN_TOKEN: {error}") from error
    for record in tokens.listing(session):
        if record.name == ENVIRONMENT_TOKEN and record.id != kept.id and record.revoked_at is None:
            tokens.revoke(session, record.id)

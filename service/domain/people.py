"""Who may do what, and who does something from where."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Who may do what: viewer reads, operator acts, admin configures; each includes the one before."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"


@dataclass(slots=True)
class Origin:
    """Who does something, and from where; for the audit. A request's is filled in as it is recognised.

    role: a Role, or "" where nobody was recognised. identity: the id of the token or session, never itself.
    address: the sender's. request_id: the same as in the log.
    """

    name: str
    role: str = ""
    identity: str = ""
    address: str = ""
    request_id: str = ""


SYSTEM = Origin("system")
"""The service itself."""

ORIGIN: ContextVar[Origin | None] = ContextVar("origin", default=None)
"""Who asked for what is being done; the database's jobs take it along."""

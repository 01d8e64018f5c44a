"""Who may do what, and who does something from where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
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


_RANK = {Role.VIEWER: 0, Role.OPERATOR: 1, Role.ADMIN: 2}

EVERYWHERE = "*"
"""In place of a lift's id: every lift, and what belongs to none."""


def highest(roles: Iterable[Role]) -> Role:
    """Return the role that includes the others; a viewer where there is none."""
    return max(roles, key=_RANK.__getitem__, default=Role.VIEWER)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who was recognised; `name` is written beside what they do.

    role: the highest that they have anywhere. grants: roles by lift; None: that role everywhere. token_id,
    user_id: by what they are known, if by either. session_id: of their sign-in. proven: whether they have
    lately shown who they are, which dangerous actions ask for.
    """

    name: str
    role: Role
    token_id: str | None = None
    grants: Mapping[str, Role] | None = None
    user_id: str | None = None
    session_id: str | None = field(default=None, compare=False)
    proven: bool = field(default=True, compare=False)

    def may(self, role: Role, lift_id: str = EVERYWHERE) -> bool:
        """Say whether they have at least `role` on a lift, or everywhere: each includes the one before."""
        if self.grants is None:
            return _RANK[self.role] >= _RANK[role]
        given = (self.grants.get(EVERYWHERE), self.grants.get(lift_id))
        return any(each is not None and _RANK[each] >= _RANK[role] for each in given)

    @property
    def lifts(self) -> frozenset[str] | None:
        """The only lifts that they may see; None: all, and what belongs to none."""
        if self.grants is None or EVERYWHERE in self.grants:
            return None
        return frozenset(self.grants)

    def sees(self, lift_id: str | None) -> bool:
        """Say whether they may see a lift. What belongs to no lift may blind any: everybody sees that."""
        return lift_id is None or self.may(Role.VIEWER, lift_id)

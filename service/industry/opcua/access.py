"""Who may do what at the OPC UA server: signing in, and what a session is allowed to ask for."""

# ruff: noqa: ARG002 - the library says which arguments there are
from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import structlog
from asyncua import Server, ua
from asyncua.common.utils import ServiceError
from asyncua.crypto.permission_rules import USER_TYPES, PermissionRuleset, User, UserRole
from asyncua.crypto.security_policies import SecurityPolicyNone
from asyncua.server.binary_server_asyncio import BinaryServer, OPCUAProtocol
from asyncua.server.internal_server import InternalServer
from asyncua.server.internal_session import InternalSession

from service.domain.camera import ANY_NETWORK
from service.industry.report.access import may_connect
from service.industry.report.terms import OpcUaTerms

log = structlog.get_logger(__name__)

MOST_CLIENTS = 32
WRONG_IN_A_ROW, PAUSE_S = 10, 60.0
"""After so many wrong passwords in a row none is accepted for so long."""

CALLER: ContextVar[User] = ContextVar("opcua_caller")
Call = Callable[[ua.CallMethodRequest], Awaitable[ua.CallMethodResult | None]]

_READING = frozenset(
    ua.NodeId(each) for each in USER_TYPES if each != ua.ObjectIds.WriteRequest_Encoding_DefaultBinary
)


class ReadingOnly(PermissionRuleset):
    """Lets every signed-in session read, subscribe and call; nothing can be written or added.

    anonymous: of the channel without encryption, which no session with a password may use.
    """

    def __init__(self, *, anonymous: bool) -> None:
        self._anonymous = anonymous

    def check_validity(self, user: User, action_type_id: ua.NodeId, body: Any) -> bool:
        """Say whether the request is allowed."""
        known = user.role is UserRole.User and not (self._anonymous and user.name)
        return known and action_type_id in _READING


class OneUser:
    """Recognises the one user, and anonymous sessions if they are allowed."""

    def __init__(self, terms: OpcUaTerms, now_s: Callable[[], float] = time.monotonic) -> None:
        self._terms, self._now_s = terms, now_s
        self._wrong, self._until_s = 0, 0.0

    def get_user(
        self,
        iserver: InternalServer,
        username: str | None = None,
        password: str | None = None,
        certificate: Any = None,
    ) -> User | None:
        """Return who signs in; None refuses."""
        if username is None:
            return User(UserRole.User) if self._terms.anonymous else None
        if self._now_s() < self._until_s:
            return None
        wanted = self._terms.credentials
        given = (username.encode(), (password or "").encode())
        if wanted is not None and hmac.compare_digest(given[0], wanted.user.encode()) & hmac.compare_digest(
            given[1], wanted.password.encode()
        ):
            self._wrong = 0
            return User(UserRole.User, wanted.user)
        self._wrong += 1
        if self._wrong >= WRONG_IN_A_ROW:
            log.warning("too many wrong passwords at the OPC UA server", pause_s=PAUSE_S)
            self._wrong, self._until_s = 0, self._now_s() + PAUSE_S
        return None


_NOBODY = User(role=UserRole.Anonymous)


class GuardedInside(InternalServer):
    """The library's server, with methods on alarms that are no nodes, and without what nobody needs."""

    def __init__(self, user_manager: OneUser, on_call: Call) -> None:
        super().__init__(user_manager=user_manager)
        self.on_call = on_call
        self.max_connections, self.max_subscriptions = MOST_CLIENTS, 4 * MOST_CLIENTS
        self.max_unacked_messages_per_subscription = 500
        self.allow_remote_admin = False
        self.supported_tokens = (ua.AnonymousIdentityToken, ua.UserNameIdentityToken)

    def create_session(self, name: str, user: User = _NOBODY, external: bool = False) -> InternalSession:
        """Return a session that says who calls a method."""
        return KnownSession(self, self.aspace, self.subscription_service, name, user=user, external=external)

    def register_server(self, server: Any, conf: Any = None) -> None:
        """Refuse: this is no discovery server, and whoever asks has not signed in."""
        raise ServiceError(ua.StatusCodes.BadServiceUnsupported)


class KnownSession(InternalSession):
    """A session whose calls of methods are known as its own."""

    async def call(self, params: list[ua.CallMethodRequest]) -> list[ua.CallMethodResult]:
        """Answer ours, and leave the rest to the library."""
        CALLER.set(self.user)
        results: list[ua.CallMethodResult] = []
        for each in params:
            inside = self.iserver
            ours = await inside.on_call(each) if isinstance(inside, GuardedInside) else None
            results += await super().call([each]) if ours is None else [ours]
        return results


class GuardedServer(Server):
    """The library's server, open to the allowed networks alone."""

    def __init__(self, terms: OpcUaTerms, on_call: Call) -> None:
        super().__init__(iserver=GuardedInside(OneUser(terms), on_call))
        self._terms = terms

    async def start(self) -> None:
        """Listen. Raises OSError: the address cannot be listened on."""
        await self._setup_server_nodes()
        for policy in self._policies:
            policy.permission_ruleset = ReadingOnly(anonymous=policy.cls is SecurityPolicyNone)
        await self.iserver.start()
        self.bserver = _GuardedSockets(self.iserver, self._terms, self.limits)
        self.bserver.set_policies(self._policies)
        await self.bserver.start()


class _GuardedSockets(BinaryServer):
    def __init__(self, inside: InternalServer, terms: OpcUaTerms, limits: Any) -> None:
        super().__init__(inside, terms.host, terms.port, limits)
        self.terms = terms

    def _make_protocol(self) -> OPCUAProtocol:
        made = _GuardedSocket(self.iserver, self._policies, self.clients, self.closing_tasks, self.limits)
        made.networks = self.terms.networks
        return made


class _GuardedSocket(OPCUAProtocol):
    networks = ANY_NETWORK

    def connection_made(self, transport: Any) -> None:
        peer = str(transport.get_extra_info("peername")[0])
        if may_connect(peer, self.networks):
            super().connection_made(transport)
        else:
            log.warning("an OPC UA client is in no allowed network; it is refused", peer=peer)
            transport.close()

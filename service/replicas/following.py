"""A replica's ties to the leader: whether it answers, and what it shows beside the alarms that are stored."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import Any

import httpx
import structlog
from pydantic import TypeAdapter, ValidationError

from service.alarms.hub import AlarmHub
from service.domain.alarm import Alarm, AlarmStatus
from service.domain.errors import StoreError
from service.domain.leading.leader import Leader
from service.domain.people import Principal
from service.host.runner import Runner, Runners
from service.replicas.role import ServiceRole
from service.store.database import Store

log = structlog.get_logger(__name__)

SECRET, CLIENT, SCHEME = "x-barwatch-claim", "x-barwatch-client", "x-barwatch-scheme"
"""Headers of what a replica asks: the leader's own secret, and for whom it asks."""

STANDING, TICKETS = "/internal/standing", "/internal/tickets"
"""What only replicas may ask; no route, and in no description."""

EVERY_S, TIMEOUT_S = 0.5, 2.0
READY_S = 5.0


@dataclass(frozen=True, slots=True)
class Standing:
    """What a leader shows its clients beside what is stored."""

    fence: int
    unstored: tuple[Alarm, ...] = ()
    status: AlarmStatus = field(default_factory=AlarmStatus)


STANDING_JSON = TypeAdapter(Standing)
PRINCIPAL_JSON = TypeAdapter(Principal | None)


class LeaderWatch:
    """Asks the leader twice a second, on a thread of its own, until this service leads.

    Args:
        store: says who leads.
        hub: shows this service's clients what the leader shows its own; lets them go while nobody answers.
        role: what is known is noted there.
        runners: owns the thread.
        transport: reaches leaders; by HTTP unless a test says otherwise.
    """

    def __init__(
        self,
        store: Store,
        hub: AlarmHub,
        role: ServiceRole,
        runners: Runners,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._store, self._hub, self._role = store, hub, role
        self._shown: tuple[Alarm, ...] = ()
        self._client = httpx.Client(timeout=TIMEOUT_S, trust_env=False, transport=transport)
        self._runner = runners.add(Runner("leader", self.step, every_s=EVERY_S))

    def start(self) -> None:
        """Begin."""
        self._runner.start()

    def stop(self) -> None:
        """End."""
        self._runner.stop()
        self._client.close()

    def step(self) -> bool:
        """Ask once; return whether to go on."""
        if self._role.mine is not None:
            if self._hub.unstored is self._shown:  # else this service's own pipeline has said what is
                self._hub.show_unstored(())
            return False
        # Where it does not answer, whoever led when it last did is asked.
        with contextlib.suppress(StoreError), self._store.reading() as session:
            self._role.leader = self._store.database.leader(session)
        leader = self._role.leader
        answer = None if leader is None else self._asked(leader)
        if answer is not None and leader is not None:
            self._role.answered(leader)
            if self._role.mine is None:
                self._shown = answer.unstored
                self._hub.show_unstored(answer.unstored)
                self._hub.show_status(answer.status)
        elif not self._role.watched and self._role.mine is None:
            self._hub.let_go("nobody is known to watch: subscribe again with the last seq seen")
        return True

    def ticket(self, key: str) -> Principal | None:
        """Use a ticket up that the leader gave; return whom it names, or None."""
        leader = self._role.leader
        if self._role.mine is not None or leader is None:
            return None
        try:
            answer = self._ask(leader, "POST", TICKETS, content=key)
            return PRINCIPAL_JSON.validate_json(answer.content) if answer.is_success else None
        except (httpx.HTTPError, ValidationError):
            return None

    def readiness(self) -> bytes | None:
        """Return the leader's answer to /health/ready; None if it does not answer."""
        leader = self._role.leader
        if leader is None:
            return None
        try:
            answer = self._ask(leader, "GET", "/health/ready", timeout=READY_S)
        except httpx.HTTPError:
            return None
        return answer.content if answer.status_code in (200, 503) else None

    def _asked(self, leader: Leader) -> Standing | None:
        try:
            answer = self._ask(leader, "GET", STANDING)
            standing = STANDING_JSON.validate_json(answer.content) if answer.is_success else None
        except (httpx.HTTPError, ValidationError) as error:
            log.warning("the leader does not answer", leader=leader.address, reason=str(error))
            return None
        return standing if standing is not None and standing.fence == leader.fence else None

    def _ask(self, leader: Leader, method: str, path: str, **how: Any) -> httpx.Response:
        return self._client.request(method, leader.address + path, headers={SECRET: leader.secret}, **how)

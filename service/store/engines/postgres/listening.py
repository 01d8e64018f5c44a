"""A connection of its own to a database that several services share: what others say, and who leads.

One service leads: it holds a lock for as long as its connection stands. Two would judge every carrier and
raise every alarm twice. The others try for the lock at each look, so that one of them leads a moment after
the leader's connection has ended. A leader whose connection is lost makes it anew and takes the lock again,
unless another service has led meanwhile: then it is no leader any more, and never again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from service.domain.errors import ConfigurationError, StoreError
from service.domain.leading.leader import Leader
from service.store.engines.postgres import claims
from service.store.engines.postgres.connecting import KEEPALIVES

CHANNEL = "barwatch_alarms"
LEADER_LOCK = 0x6261_7277_0000_0001
"""The number of the advisory lock of the service that leads."""

LOOK_S = 0.5
"""How often is looked whether the connection stands, whether to lead, and whether to stop."""

SILENT_S = 10
"""A service that has looked at nothing for so long is cut off by the server: stopped, hung or swapped out,
its connection would stand, and nobody would watch. A multiple of LOOK_S that a busy machine keeps."""


class SupersededLeaderError(ConfigurationError):
    """Another service has led since this one did."""


class OwnLine:
    """The connection. `claim` and `listen` are called one after the other, each from one thread."""

    def __init__(self, address: URL) -> None:
        self._url = address.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[Any] | None = None
        self._announced: str | None = None
        self.leader: Leader | None = None
        """This service's own claim, once it has made one."""

    def claim(self, address: str) -> Leader | None:
        """Lead if nobody does, now or as soon as that is so; address: where this service is reached.

        Returns the claim, None while another service leads. Raises StoreError.
        """
        self._announced = address
        self._tried(self._connected())
        return self.leader

    def listen(
        self,
        called: Callable[[], object],
        stopping: Callable[[], bool],
        leads: Callable[[Leader], object] = lambda _: None,
    ) -> None:
        """Call `called` for each notice, and once at the start: what was said before was not heard.

        leads: called if this service has come to lead. Returns when `stopping` says so. Raises StoreError if
        the connection cannot be made, or is lost; SupersededLeaderError if this service led, and another has
        since.
        """
        connection = self._connected()
        try:
            connection.execute(f"LISTEN {CHANNEL}")
            called()
            while not stopping():
                for _ in connection.notifies(timeout=LOOK_S, stop_after=1):
                    called()
                if self._tried(connection) and self.leader is not None:
                    leads(self.leader)
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"nothing is heard of other processes: {error}") from error

    def close(self) -> None:
        """Close the connection, and let another service lead."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            options = f"{KEEPALIVES} -c idle_session_timeout={SILENT_S}s"
            try:
                made = psycopg.connect(
                    self._url, autocommit=True, connect_timeout=5, tcp_user_timeout=10_000, options=options
                )
            except psycopg.Error as error:
                raise StoreError(f"the database cannot be reached: {error}") from error
            self._connection = made
            if self.leader is not None:
                self._take_again(made, self.leader)
        return self._connection

    def _tried(self, connection: psycopg.Connection[Any]) -> bool:
        """Look whether the connection stands; return whether this service has just come to lead."""
        if self._announced is None or self.leader is not None:
            connection.execute("SELECT 1")  # one that was cut says nothing by itself
            return False
        try:
            if _locked(connection):
                self.leader = claims.take(connection, self._announced)
                return True
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"the database cannot be reached: {error}") from error
        return False

    def _take_again(self, connection: psycopg.Connection[Any], mine: Leader) -> None:
        try:
            locked, stands = _locked(connection), claims.stands(connection, mine)
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"the database cannot be reached: {error}") from error
        if locked and stands:
            return
        self.close()
        if not stands:
            raise SupersededLeaderError("another service has led with this database since this one did")
        # The server may not have noticed yet that the connection before has ended.
        raise StoreError("the claim to lead is not free yet")


def _locked(connection: psycopg.Connection[Any]) -> bool:
    return connection.execute("SELECT pg_try_advisory_lock(%s)", (LEADER_LOCK,)).fetchone() == (True,)

"""A connection of its own to a database that several processes share: what others say, and who may watch.

One service alone watches: it holds a lock for as long as its connection stands. Two would judge every carrier
and raise every alarm twice. A connection that is lost is made anew, and the lock taken again, unless another
service has it by then.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
from sqlalchemy.engine import URL

from service.domain.errors import ConfigurationError, StoreError
from service.store.engines.postgres.connecting import KEEPALIVES

CHANNEL = "barwatch_alarms"
WATCH_LOCK = 0x6261_7277_0000_0001
"""The number of the advisory lock of the service that watches."""

LOOK_S = 1.0
"""How often is looked whether the connection stands, and whether to stop."""

CLAIM_S = 3.0
"""How long is waited for the lock: the server may not have noticed yet that a service before has ended."""


class DatabaseTakenError(ConfigurationError):
    """Another service watches with this database."""


class OwnLine:
    """The connection. `claim` and `listen` are called one after the other, each from one thread."""

    def __init__(self, address: URL) -> None:
        self._url = address.set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection: psycopg.Connection[Any] | None = None
        self._claims = False

    def claim(self) -> None:
        """Become the service that watches. Raises DatabaseTakenError, StoreError."""
        self._claims = True
        self._connected()

    def listen(self, called: Callable[[], object], stopping: Callable[[], bool]) -> None:
        """Call `called` for each notice, and once at the start: what was said before was not heard.

        Returns when `stopping` says so. Raises StoreError if the connection cannot be made, or is lost;
        DatabaseTakenError if another service took over meanwhile.
        """
        connection = self._connected()
        try:
            connection.execute(f"LISTEN {CHANNEL}")
            called()
            while not stopping():
                for _ in connection.notifies(timeout=LOOK_S, stop_after=1):
                    called()
                connection.execute("SELECT 1")  # one that was cut says nothing by itself
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"nothing is heard of other processes: {error}") from error

    def close(self) -> None:
        """Close the connection, and let another service watch."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            try:
                made = psycopg.connect(
                    self._url, autocommit=True, connect_timeout=5, tcp_user_timeout=10_000, options=KEEPALIVES
                )
            except psycopg.Error as error:
                raise StoreError(f"the database cannot be reached: {error}") from error
            self._connection = made
            if self._claims:
                self._lock(made)
        return self._connection

    def _lock(self, connection: psycopg.Connection[Any]) -> None:
        until = time.monotonic() + CLAIM_S
        try:
            while connection.execute("SELECT pg_try_advisory_lock(%s)", (WATCH_LOCK,)).fetchone() != (True,):
                if time.monotonic() > until:
                    self.close()
                    raise DatabaseTakenError("another service watches with this database: stop it first")
                time.sleep(0.1)
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"the database cannot be reached: {error}") from error

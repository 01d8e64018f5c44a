"""A PostgreSQL database, for which several processes may share one history."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import stamina
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, event, text
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from service.domain.errors import ConfigurationError, StoreError
from service.domain.leading.leader import Leader
from service.host.private import private_folder
from service.store.audit import guard
from service.store.audit.heads import HeadFile
from service.store.engines.postgres import claims, functions, sealing
from service.store.engines.postgres.connecting import address_of, connect, shown, take_lock
from service.store.engines.postgres.copying import copy_to_file
from service.store.engines.postgres.listening import CHANNEL, OwnLine
from service.store.file.engine import brief, migrate, revisions
from service.store.file.moved import moved

OLDEST = 15
"""The oldest major version of the server that the tests ran with."""

WAIT_S = 20.0
"""How long a start waits for a server that does not answer yet: after a loss of power both start at once."""

guard.SEAL_SQL["postgresql"] = guard.SealSql(
    sealing.columns_of, sealing.key_of, sealing.values_of, sealing.seal_of
)


class ServerPresence:
    """Nothing lies in our files: whether the server answers, each read and write says for itself."""

    def trouble(self) -> str:
        """Return nothing."""
        return ""

    def check(self) -> None:
        """Return."""

    def close(self) -> None:
        """Return."""


class OpenServer:
    """An open database of a server; see OpenDatabase."""

    unchecked = False

    def __init__(self, address: URL, writer: Engine, reader: Engine) -> None:
        self.writer, self.reader, self.presence = writer, reader, ServerPresence()
        self._line = OwnLine(address)
        # From now on, for there are tables: whoever leads looks at the newest claim with each transaction.
        event.remove(writer, "begin", take_lock)
        event.listen(writer, "begin", claims.take_lock_and_look)

    def recheck(self) -> None:
        """Do nothing: the server checks its pages (data checksums), `barwatch verify` rows and chain."""

    def checkpoint(self) -> None:
        """Do nothing: the server does so aside."""

    def size_bytes(self) -> int:
        """Ask the server."""
        try:
            with self.reader.connect() as connection:
                size = connection.exec_driver_sql("SELECT pg_database_size(current_database())").scalar()
        except SQLAlchemyError as error:
            raise StoreError(f"the database cannot answer: {brief(error)}") from error
        return int(size or 0)

    def free_pages(self, session: Session) -> int:  # noqa: ARG002
        """Return 0: the server vacuums by itself."""
        return 0

    def give_back(self, session: Session, pages: int) -> None:
        """Do nothing."""

    def tell(self, session: Session, seq: int) -> None:
        """Notify whoever listens, with the commit."""
        session.execute(text(f"SELECT pg_notify('{CHANNEL}', :seq)"), {"seq": str(seq)})

    def claim(self, address: str) -> Leader | None:
        """Take the lock of the service that leads, if it is free."""
        try:
            return self._line.claim(address)
        except StoreError as error:
            raise ConfigurationError(str(error)) from error

    def check_claim(self, session: Session) -> None:
        """Compare the newest claim with this service's."""
        if self._line.leader is not None:
            claims.check(session, self._line.leader)

    def leader(self, session: Session) -> Leader | None:
        """Read the newest claim."""
        return claims.read(session)

    def close(self) -> None:
        """Close all connections."""
        self._line.close()
        self.reader.dispose()
        self.writer.dispose()

    def hear(
        self,
        called: Callable[[], object],
        stopping: Callable[[], bool],
        leads: Callable[[Leader], object] = lambda _: None,
    ) -> bool:
        """Listen on a connection of its own."""
        self._line.listen(called, stopping, leads)
        return True


class PostgresEngine:
    """The database at a URL. data: the data folder, for pictures and the audit's head."""

    def __init__(self, data: Path, url: str) -> None:
        self._data, self._address = Path(data), address_of(url)

    def open(self, backups: Path | None) -> OpenServer:  # noqa: ARG002 - its backups are its own
        """See DatabaseEngine. An empty database is filled; one that holds something else is refused."""
        where = shown(self._address)
        writer = connect(self._address, write=True)
        with ExitStack() as otherwise:
            otherwise.callback(writer.dispose)
            try:
                private_folder(self._data)
                for attempt in stamina.retry_context(
                    on=_not_there_yet, attempts=None, timeout=WAIT_S, wait_initial=0.2, wait_max=2.0
                ):
                    with attempt, writer.begin() as connection:
                        _fits(connection, self._data, where)
                prepare(writer, HeadFile(self._data))
            except (OSError, SQLAlchemyError) as error:
                raise ConfigurationError(f"{where}: the database cannot be opened: {brief(error)}") from error
            otherwise.pop_all()
        return OpenServer(self._address, writer, connect(self._address, write=False))

    @contextmanager
    def as_file(self, beside: Path) -> Iterator[Path]:
        """Copy one state of it."""
        where, reader = shown(self._address), connect(self._address, write=False)
        try:
            private_folder(beside)
            with TemporaryDirectory(dir=beside, prefix=".database-") as work:
                path = Path(work) / "barwatch.db"
                try:
                    copy_to_file(reader, path, where)
                except (SQLAlchemyError, sqlite3.Error) as error:
                    raise ConfigurationError(
                        f"{where}: the database cannot be read: {brief(error)}"
                    ) from error
                yield path
        finally:
            reader.dispose()


def prepare(writer: Engine, head: HeadFile | None) -> None:
    """Bring a database to the newest schema, with its functions and what seals its rows.

    head: the newest entry of the chain as it is known elsewhere; None: of a database that is being filled.
    """
    with writer.begin() as connection:
        patiently(connection)
        functions.ensure(connection)
    migrate(writer, before=patiently)
    if head is None:
        return
    guard.begin(writer, head.read(), before=patiently)
    with Session(writer) as session, session.begin():
        patiently(session.connection())
        sealing.watch(session.connection(), guard.read_forms(session)[0])


def patiently(connection: Connection) -> None:
    """Let what follows in this transaction take its time, and seal nothing of what it moves about."""
    connection.exec_driver_sql(f"SET LOCAL {sealing.WRITES} = off")
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = 0")


def _fits(connection: Connection, data: Path, where: str) -> None:
    """Raise ConfigurationError for a server or a database that cannot be ours."""
    version = int(str(connection.exec_driver_sql("SHOW server_version_num").scalar())) // 10000
    if version < OLDEST:
        raise ConfigurationError(f"{where}: PostgreSQL {version} is too old: {OLDEST} or newer is needed")
    if connection.exec_driver_sql("SHOW server_encoding").scalar() != "UTF8":
        raise ConfigurationError(
            f"{where}: the database's encoding is not UTF8: create it with ENCODING 'UTF8'"
        )
    tables = set(sealing.columns_of(connection))
    if "alembic_version" not in tables:
        if tables:
            raise ConfigurationError(f"{where}: the database holds something else ({min(tables)})")
        if (data / "barwatch.db").exists() and moved(data) is None:
            raise ConfigurationError(
                f"{where}: the database is empty, and {data} holds one of SQLite: move it with"
                " `barwatch migrate-data`, or take the file barwatch.db out of the folder to begin anew"
            )
        return
    if "moving" in tables:
        raise ConfigurationError(f"{where}: a move into this database has not ended: go on with migrate-data")
    revision = MigrationContext.configure(connection).get_current_revision()
    if revision is not None and revision not in revisions():
        raise ConfigurationError(f"{where}: the database was made by a newer version ({revision})")


def _not_there_yet(error: Exception) -> bool:
    """Say whether a server may answer soon: it does not answer at all, or is still starting."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(error, OperationalError) and (state is None or state == "57P03")

"""PostgreSQL as the store's database: made from nothing, refused where it is not ours, lost and found."""

import shutil
import threading
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lifts.schema import Lift
from service.audit.verification import verify
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import BackupError, ConfigurationError, StoreError, SupersededError
from service.store import alarms, lifts
from service.store.audit.guard import row_seal
from service.store.database import Store
from service.store.engines.postgres import connecting
from service.store.engines.postgres.connecting import WRITE_LOCK
from service.store.engines.postgres.dialect import StoredDialect
from service.store.file.moved import note_moved
from service.store.tables import Base
from service.store.upkeep import backup
from tests import postgres
from tests.postgres import Cluster
from tests.service.store.postgres.conftest import Opened

pytestmark = pytest.mark.postgres


def _raise(store: Store, passage: str) -> int:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=passage)
    alarm = store.write(lambda session: alarms.raise_alarm(session, draft)).result()
    assert alarm is not None
    return alarm.seq


def test_the_migrations_build_the_tables_and_a_second_start_changes_nothing(
    server: Cluster, open_store: Opened
) -> None:
    """From an empty database to exactly what the tables say, in the types that SQLite's contents need."""
    name = server.empty()
    for _ in range(2):
        open_store(name).close()
    columns = set(
        server.execute(
            "SELECT table_name, column_name, data_type, is_nullable = 'YES' FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name != 'alembic_version'",
            name,
        )
    )
    dialect = StoredDialect()  # type: ignore[no-untyped-call]
    expected = {
        (
            table.name,
            column.name,
            column.type.compile(dialect).lower().replace("float", "double precision"),
            column.nullable,
        )
        for table in Base.metadata.tables.values()
        for column in table.columns
    }
    assert columns == expected
    indexes = {index for (index,) in server.execute("SELECT indexname FROM pg_indexes", name)}
    assert indexes >= {index.name for table in Base.metadata.tables.values() for index in table.indexes}
    references = server.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f'", name)
    assert references == [
        (sum(len(table.foreign_key_constraints) for table in Base.metadata.tables.values()),)
    ]
    assert server.execute("SELECT count(*) FROM audit WHERE action = 'audit.form'", name) == [(1,)]


def test_its_owner_needs_no_other_right(server: Cluster, tmp_path: Path) -> None:
    """A user that may do nothing on the server but use a database of its own."""
    name = server.empty()
    server.execute(f"CREATE ROLE owner_of_{name} LOGIN")
    server.execute(f"ALTER DATABASE {name} OWNER TO owner_of_{name}")
    url = server.url(name).replace("barwatch@", f"owner_of_{name}@")
    with closing(Store.open(tmp_path, url=url)) as store:
        assert store.database.claim("http://here") is not None
        assert _raise(store, "p") == 1
    assert verify(tmp_path, url=url).broken == []


def test_a_writer_that_waits_too_long_is_refused(
    server: Cluster, open_store: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SQLite refuses after its busy timeout: nobody hangs behind another process that holds the lock."""
    shorter = connecting._OF_WRITERS.replace("lock_timeout=10s", "lock_timeout=200ms")
    monkeypatch.setattr(connecting, "_OF_WRITERS", shorter)
    name = server.fresh()
    store = open_store(name)
    with psycopg.connect(server.url(name)) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
        with pytest.raises(StoreError, match="lock timeout"):
            _raise(store, "p")
    assert _raise(store, "p") == 1


def test_a_database_that_holds_something_else_is_refused(server: Cluster, tmp_path: Path) -> None:
    name = server.empty()
    server.execute("CREATE TABLE somebody_elses (a int)", name)
    with pytest.raises(ConfigurationError, match="something else"):
        Store.open(tmp_path, url=server.url(name))


def test_one_of_a_newer_version_is_refused(server: Cluster, tmp_path: Path) -> None:
    name = server.fresh()
    server.execute("UPDATE alembic_version SET version_num = '9999'", name)
    with pytest.raises(ConfigurationError, match="newer version"):
        Store.open(tmp_path, url=server.url(name))


def test_nobody_begins_anew_by_mistake(server: Cluster, tmp_path: Path) -> None:
    """An empty database beside a full file would watch no lift; a file that was moved is an old one."""
    Store.open(tmp_path).close()
    with pytest.raises(ConfigurationError, match="migrate-data"):
        Store.open(tmp_path, url=server.url(server.empty()))
    note_moved(tmp_path, "postgresql://host/db")
    with pytest.raises(ConfigurationError, match="BARWATCH_DATABASE_URL"):
        Store.open(tmp_path)
    Store.open(tmp_path, url=server.url(server.empty())).close()


def test_no_password_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Store.open(tmp_path, url="mysql://a:geheim@host/db")
    assert "geheim" not in str(refused.value)


TEXTS = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
KINDS = {"text": "text", "integer": "bigint", "real": "double precision", "blob": "bytea"}


def _kind(value: object) -> str:
    return {str: "text", int: "integer", float: "real", bytes: "blob"}[type(value)]


@given(
    some.lists(
        some.one_of(
            TEXTS,
            some.integers(-(2**63), 2**63 - 1),
            some.floats(-(2.0**53), 2.0**53),
            some.binary(max_size=9),
        ),
        min_size=1,
        max_size=25,
    ),
    TEXTS,
)
@settings(max_examples=40)
def test_a_row_has_the_same_seal_as_in_sqlite(
    digests: psycopg.Connection[Any], row: list[Any], key: str
) -> None:
    """Whatever it holds: so seals made in one hold in the other, and one program checks both."""
    columns = ", ".join(f"barwatch_digest(%s::{KINDS[_kind(value)]})" for value in row)
    query = f"SELECT barwatch_row('lifts', %s, ARRAY[{columns}, barwatch_digest(NULL::text)])"
    (found,) = digests.execute(query.encode(), (key, *row)).fetchone() or (None,)
    pairs: list[Any] = []
    for value in row:
        pairs += [_kind(value), value.encode() if isinstance(value, str) else value]
    assert found == row_seal("lifts", key, *pairs, "null", None)


@pytest.mark.parametrize(
    "number", [0.0, -0.0, 1.0, 1e15, 1.5e15, 1234567890123456.7, 9.999e15, 1e16, 1e-4, 1e-5, 5e-324, 8.999e15]
)
def test_numbers_read_as_in_python(digests: psycopg.Connection[Any], number: float) -> None:
    for each in (number, -number):
        assert digests.execute("SELECT barwatch_real(%s)", (each,)).fetchone() == (repr(each),)


@pytest.fixture(scope="module")
def digests() -> Any:
    server = postgres.cluster()
    with psycopg.connect(server.url(server.fresh()), autocommit=True) as connection:
        yield connection


@pytest.mark.fault(49)
def test_a_lost_server_refuses_and_comes_back_by_itself(server: Cluster, open_store: Opened) -> None:
    """As a full disk: each write and read says so, at once; nothing that was committed is gone."""
    store = open_store(server.fresh())
    assert _raise(store, "before") == 1
    server.stop()
    try:
        for _ in range(2):
            with pytest.raises(StoreError):
                _raise(store, "meanwhile")
            with pytest.raises(StoreError), store.reading() as session:
                alarms.last_seq(session)
            with pytest.raises(StoreError):
                store.check()
    finally:
        server.start()
    assert _raise(store, "meanwhile") == 2
    store.check()


def test_others_hear_of_alarms_at_once(server: Cluster, open_store: Opened) -> None:
    name = server.fresh()
    one, other = open_store(name), open_store(name)
    heard, stop = threading.Semaphore(0), threading.Event()
    listening = threading.Thread(target=one.database.hear, args=(heard.release, stop.is_set))
    listening.start()
    try:
        assert heard.acquire(timeout=60), "what was there when it began to listen"
        assert _raise(other, "a") == 1
        assert heard.acquire(timeout=60)
        assert _raise(one, "b") == 2
        assert heard.acquire(timeout=60)
    finally:
        stop.set()
        _raise(other, "c")  # ends the wait
        listening.join(60)
    assert not listening.is_alive()


@pytest.mark.fault(50)
def test_one_service_alone_leads(server: Cluster, open_store: Opened) -> None:
    """Two would judge each carrier twice. Who lost the lock with its connection takes it again, if it may."""
    name = server.fresh()
    one, other = open_store(name), open_store(name)
    first = one.database.claim("http://one")
    assert first is not None
    assert other.database.claim("http://other") is None
    _cut_leader_off(server, name)
    with pytest.raises(StoreError):
        one.database.hear(lambda: None, lambda: False)
    assert one.database.hear(lambda: None, lambda: True), "nobody led meanwhile: it goes on under its claim"
    assert _raise(one, "before") == 1
    _cut_leader_off(server, name)
    with pytest.raises(StoreError):
        one.database.hear(lambda: None, lambda: False)
    assert _raise(one, "still") == 2, "nobody else leads"
    came = threading.Event()
    other.database.hear(lambda: None, came.is_set, lambda _: came.set())
    with other.reading() as session:
        second = other.database.leader(session)
    assert second is not None
    assert (second.fence, second.address) == (first.fence + 1, "http://other")
    with pytest.raises(SupersededError):
        _raise(one, "too late")
    assert _raise(other, "after") == 3
    other.close()
    with pytest.raises(ConfigurationError, match="another service has led"):
        one.database.hear(lambda: None, lambda: False)
    with pytest.raises(SupersededError):
        _raise(one, "too late")


@pytest.mark.fault(50)
def test_what_waits_for_the_lock_while_another_claims_is_refused(server: Cluster, open_store: Opened) -> None:
    """The claim is looked at once the writers' lock is held, not before: what waited saw the old one."""
    name = server.fresh()
    one, other = open_store(name), open_store(name)
    assert one.database.claim("http://one") is not None
    with psycopg.connect(server.url(name)) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s)", (WRITE_LOCK,))
        _cut_leader_off(server, name)
        claiming = threading.Thread(target=other.database.claim, args=("http://other",))
        claiming.start()
        _await_waiting(server, name, 1)
        waiting = one.write(lambda session: lifts.put(session, Lift(id="late", name="late")))
        _await_waiting(server, name, 2)
    with pytest.raises(SupersededError):  # the lock is given in the order in which it was asked for
        waiting.result(60)
    claiming.join(60)
    with other.reading() as session:
        assert not lifts.listing(session)


def _cut_leader_off(server: Cluster, name: str) -> None:
    server.execute(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1"
        " AND granted",
        name,
    )


def _await_waiting(server: Cluster, name: str, count: int) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while server.execute(waiting, name) != [(count,)]:
        pass


def test_a_backup_is_a_file_of_sqlite_that_is_checked_and_restored(
    server: Cluster, open_store: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = server.fresh()
    store = open_store(name)
    store.write(partial(lifts.put, lift=Lift(id="a", name="Ä"))).result()
    seqs = [_raise(store, passage) for passage in "abc"]
    assert verify(store.data, url=store.url).broken == []
    made = backup.make(store.data, tmp_path / "backups", url=store.url, now=datetime.now(UTC))
    backup.restore(made, tmp_path / "restored")
    assert verify(tmp_path / "restored").broken == []
    with closing(Store.open(tmp_path / "restored")) as restored, restored.reading() as session:
        assert lifts.get(session, "a").name == "Ä"
        assert [entry.seq for entry in alarms.outbox(session, 0)] == seqs
    with pytest.raises(BackupError, match="cannot be read"):
        backup.make(store.data, tmp_path / "backups", url=server.url("there_is_no_such"))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(BackupError, match="too little room"):
        backup.make(store.data, tmp_path / "backups", url=store.url)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["UPDATE lifts SET config = '{}'"], "it is not what the service wrote"),
        (["DROP TRIGGER audit_refuses_delete ON audit"], "audit_refuses_delete is gone"),
        (
            ["ALTER TABLE audit DISABLE TRIGGER ALL", "UPDATE audit SET actor = 'x' WHERE seq = 1"],
            "audit entry 1",
        ),
    ],
)
def test_what_another_tool_does_is_found(
    server: Cluster, open_store: Opened, changes: Sequence[str], said: str
) -> None:
    name = server.fresh()
    store = open_store(name)
    store.write(partial(lifts.put, lift=Lift(id="a", name="a"))).result()
    store.close()
    for change in changes:
        server.execute(change, name)
    broken = [str(one) for one in verify(store.data, url=server.url(name)).broken]
    assert any(said in one for one in broken), broken

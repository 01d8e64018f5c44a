"""The chain: who did what is written with what was done, cannot be changed, and covers every row."""

import threading
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import NotFoundError, StoreError
from service.domain.people import ORIGIN, Origin, Role
from service.store import alarms, lifts, tokens
from service.store.audit import entries, guard
from service.store.database import Store
from service.store.file.engine import make_engine, migrate
from service.store.tables import AuditRow, SealRow
from tests.service.conftest import GivenDatabases

DRAFT = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id="p")


def _entries(store: Store) -> list[AuditRow]:
    with store.reading() as session:
        return list(session.scalars(select(AuditRow).order_by(AuditRow.seq)))


def test_an_entry_says_who_and_from_where(store: Store) -> None:
    """What a request does is written with its sender, though the database works on another thread."""
    origin = Origin("Jo", Role.ADMIN.value, "0123", "192.0.2.7", "r-1")

    def ask() -> None:
        ORIGIN.set(origin)
        store.write(lambda s: tokens.create(s, "new", Role.VIEWER)).result()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    store.write(lambda s: alarms.raise_alarm(s, DRAFT)).result()
    *_, made, raised = _entries(store)
    assert (made.action, made.actor, made.role) == ("token.create", "Jo", "admin")
    assert (made.identity, made.address, made.request_id) == ("0123", "192.0.2.7", "r-1")
    assert (raised.action, raised.actor, raised.address) == ("alarm.raise", "system", "")


def test_the_chain_can_be_recomputed(store: Store) -> None:
    """Each hash follows from the entry and the hash before; each entry covers the seals since the last."""
    for n in range(3):
        store.write(partial(lifts.put, lift=Lift(id=f"lift-{n}", name="x"))).result()
    before, covered = entries.NOTHING, 0
    with store.reading() as session:
        seals = [tuple(row) for row in session.execute(select(SealRow.__table__).order_by(SealRow.id))]
        for number, row in enumerate(session.scalars(select(AuditRow).order_by(AuditRow.seq)), 1):
            body = entries.body_digest([getattr(row, name) for name in entries.COVERED])
            assert (row.seq, row.hash) == (number, entries.link(before, body))
            mine = [seal for seal in seals if covered < seal[0] <= row.last_seal]
            assert row.seals == entries.digest_of_seals(mine)
            before, covered = row.hash, row.last_seal
        assert entries.head(session).hash == before
    assert covered == seals[-1][0]


def test_a_job_that_fails_leaves_no_entry(store: Store) -> None:
    """An entry stands and falls with what it records."""
    count = len(_entries(store))

    def half(session: Session) -> None:
        entries.record(session, "lift.create", "never")
        raise NotFoundError("stop")

    with pytest.raises(NotFoundError):
        store.write(half).result()
    assert len(_entries(store)) == count


@pytest.mark.fault(26)
@pytest.mark.parametrize(
    "change",
    ["UPDATE audit SET actor = 'x'", "DELETE FROM audit", "UPDATE seals SET key = ''", "DELETE FROM seals"],
)
def test_entries_and_seals_cannot_be_changed(
    store: Store, tmp_path: Path, change: str, database: GivenDatabases
) -> None:
    """The database itself refuses to change what the audit holds, whoever asks it."""
    store.write(lambda s: lifts.put(s, Lift(id="a", name="a"))).result()
    with pytest.raises(StoreError, match="only ever grows"):
        store.write(lambda s: s.execute(text(change))).result()
    with pytest.raises(Exception, match="only ever grows"):
        database.as_another_tool(tmp_path / "data", change)


def test_every_row_that_is_written_is_sealed(store: Store, database: GivenDatabases) -> None:
    """Also by a statement for many rows, and by a deletion that takes others along."""
    store.write(lambda s: lifts.put(s, Lift(id="a", name="a"))).result()
    store.write(lambda s: s.execute(text("UPDATE lifts SET config = '{}'"))).result()
    store.write(lambda s: lifts.delete(s, "a")).result()
    with store.reading() as session:
        mine = session.execute(select(SealRow.key, SealRow.digest).where(SealRow.tbl == "lifts")).all()
    assert [key for key, _ in mine] == ['["a"]'] * 3
    first, second, gone = (digest for _, digest in mine)
    assert first != second
    assert gone is None
    # What another connection writes is not: it is found because it has no seal.
    with store.reading() as session:
        seals = session.execute(text("SELECT count(*) FROM seals")).scalar_one()
    insert = "INSERT INTO lifts VALUES ('b', '{}', '2026-01-01 00:00:00.000000')"
    database.as_another_tool(store.data, insert)
    with store.reading() as session:
        assert session.execute(text("SELECT count(*) FROM seals")).scalar_one() == seals


def _with_lift(path: Path, revision: str) -> Engine:
    engine = make_engine(path, write=True)
    migrate(engine, revision)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO lifts VALUES ('old', '{}', '2026-01-01 00:00:00.000000')"))
    return engine


@pytest.mark.sqlite
def test_what_was_there_before_is_sealed_once(tmp_path: Path) -> None:
    """Rows of an older version get their seals when it is brought up to date, and not again at each start."""
    _with_lift(tmp_path / "barwatch.db", "0008").dispose()
    for _ in range(2):
        store = Store.open(tmp_path)
        with store.reading() as session:
            assert session.scalars(select(SealRow.key).where(SealRow.tbl == "lifts")).all() == ['["old"]']
        store.close()


def test_a_new_column_takes_a_new_form(tmp_path: Path, database: GivenDatabases) -> None:
    """A later version's column is covered from the next write on; the old seals stay good."""
    store = Store.open(tmp_path)
    store.write(lambda s: lifts.put(s, Lift(id="a", name="a"))).result()
    store.close()
    database.as_another_tool(tmp_path, "ALTER TABLE lifts ADD COLUMN later TEXT DEFAULT 'x'")
    store = Store.open(tmp_path)
    store.write(lambda s: s.execute(text("UPDATE lifts SET config = '{}'"))).result()
    with store.reading() as session:
        forms, number = guard.read_forms(session)
        sealed = session.scalars(
            select(SealRow.form).where(SealRow.tbl == "lifts").order_by(SealRow.id)
        ).all()
    store.close()
    assert "later" in forms["lifts"].columns
    assert sealed == [number - 1, number]

"""A database moves from SQLite to PostgreSQL while somebody writes to it; nothing is lost or unproven."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from lifts.schema import Lift
from service.audit.verification import verify
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.store import alarms, lifts, tokens
from service.store.alarms import history
from service.store.audit.compaction import compact
from service.store.database import Store
from service.store.engines import chosen
from service.store.moving import move as moving
from service.store.moving.move import DatabaseMove
from tests.postgres import Cluster

pytestmark = pytest.mark.postgres


def _raise(store: Store, passage: str) -> None:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "a", "öffen \\ \n", passage_id=passage)
    store.write(lambda session: alarms.raise_alarm(session, draft)).result()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a little history."""
    with closing(Store.open(tmp_path / "data")) as store:
        store.write(history.ensure_epoch).result()
        for name in ("a", "b", "goes"):
            store.write(partial(lifts.put, lift=Lift(id=name, name=name))).result()
        store.write(partial(tokens.create, name="t", role=Role.ADMIN)).result()
        for n in range(12):
            _raise(store, f"p{n}")
    return tmp_path / "data"


def _content(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: sorted(database.execute(f"SELECT * FROM {name}").fetchall(), key=repr)
            for name in names
            if name != "sqlite_sequence"
        }


def test_all_that_was_and_came_meanwhile_is_there(
    server: Cluster, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small chunks, with changes between them, broken off twice: both hold the same, byte for byte."""
    monkeypatch.setattr(moving, "CHUNK", 3)
    url = server.url(server.empty())
    running = Store.open(data)
    chunks: list[str] = []

    def between(table: str, _: int) -> None:
        n = len(chunks)
        chunks.append(table)
        _raise(running, f"q{n}")
        running.write(partial(lifts.put, lift=Lift(id=f"new-{n}", name="x"))).result()
        running.write(partial(lifts.put, lift=Lift(id="a", name=f"name {n}"))).result()
        if n == 1:
            running.write(partial(lifts.delete, lift_id="goes")).result()
        if n in (2, 5):
            raise KeyboardInterrupt

    for goes_on in (False, True, True):
        with closing(DatabaseMove(data, url)) as move:
            assert move.begin() is not goes_on
            with pytest.raises(ConfigurationError, match="has not ended"):
                Store.open(data / "elsewhere", url=url)
            try:
                move.copy_rows(between)
            except KeyboardInterrupt:
                continue
            assert move.copy_changes() > 0
            assert move.differing() == []
            running.write(partial(compact, now=datetime.now(UTC) + timedelta(days=60))).result()
            _raise(running, "last")
            running.close()
            check = move.finish()
    assert len(chunks) > 5
    assert check.rows["alarms"] == len(chunks) + 13
    before = _content(data / "barwatch.db")
    with pytest.raises(ConfigurationError, match="BARWATCH_DATABASE_URL"):
        Store.open(data)
    moved = Store.open(data, url=url)
    with chosen.engine_of(data, url).as_file(data) as file:
        assert _content(file) == before
    _raise(moved, "first of the new")
    with moved.reading() as session:
        seqs = [entry.seq for entry in alarms.outbox(session, 0, 10_000)]
    moved.close()
    assert seqs == list(range(1, len(chunks) + 15))
    assert verify(data, url=url).broken == []


def test_only_an_empty_database_is_filled(server: Cluster, data: Path) -> None:
    move = DatabaseMove(data, server.url(server.fresh()))
    with closing(move), pytest.raises(ConfigurationError, match="not empty"):
        move.begin()


def test_another_move_is_not_gone_on_with(server: Cluster, data: Path, tmp_path: Path) -> None:
    url = server.url(server.empty())
    with closing(DatabaseMove(data, url)) as move:
        move.begin()
    with closing(Store.open(tmp_path / "other")) as other:
        other.write(history.ensure_epoch).result()
    with (
        closing(DatabaseMove(tmp_path / "other", url)) as move,
        pytest.raises(ConfigurationError, match="another"),
    ):
        move.begin()


def test_a_row_that_is_lost_on_the_way_keeps_the_file_in_use(server: Cluster, data: Path) -> None:
    """Counts are compared before anything changes over."""
    name = server.empty()
    with closing(DatabaseMove(data, server.url(name))) as move:
        move.begin()
        move.copy_rows(lambda *_: None)
        move.copy_changes()
        server.execute("DELETE FROM alarms WHERE row = 3", name)
        with pytest.raises(ConfigurationError, match="alarms: 12 rows in the file, 11"):
            move.finish()
    Store.open(data).close()


def test_a_row_that_differs_is_named(server: Cluster, data: Path) -> None:
    name = server.empty()
    with closing(DatabaseMove(data, server.url(name))) as move:
        move.begin()
        move.copy_rows(lambda *_: None)
        move.copy_changes()
        server.execute("UPDATE lifts SET config = '{}' WHERE id = 'a'", name)
        assert move.differing() == ['lifts ["a"]']

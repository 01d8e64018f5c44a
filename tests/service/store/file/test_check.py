"""A damaged database is said at the start, in one line, and nothing of it is changed."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import stamina

from lifts.schema import Lift
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import DatabaseDamagedError, StoreError
from service.store import alarms, lifts
from service.store.database import Store
from service.store.file import archive, check
from tests.service.store.empty import open_empty
from tests.service.store.test_plans import BIG

pytestmark = pytest.mark.sqlite


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a database of lifts and alarms, closed in order, and a backup beside it."""
    data = tmp_path_factory.mktemp("good")
    store = open_empty(data)
    for n in range(40):
        store.write(partial(lifts.put, lift=Lift(id=f"lift-{n}", name="A lift " * 20))).result()
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open " * 50, passage_id=f"p{n}")
        store.write(partial(alarms.raise_alarm, draft=draft)).result()
    store.close()
    (data / "backups").mkdir()
    name = "barwatch-20261128T030000Z.tar"
    archive.write(data / "backups" / name, [("barwatch.db", data / "barwatch.db")], {})
    return data


@pytest.fixture(autouse=True)
def _asks_again_at_once() -> Iterator[None]:
    """What is damaged is looked at three times; a second between them is for other processes."""
    with stamina.set_testing(True, attempts=3, cap=True):
        yield


def copy_of(good: Path, to: Path) -> Path:
    shutil.copytree(good, to)
    return to / "barwatch.db"


@pytest.mark.fault(33)
@pytest.mark.parametrize("files", [12, pytest.param(40, marks=pytest.mark.slow)])
def test_flipped_bits_are_said_or_hit_nothing(good: Path, tmp_path: Path, files: int) -> None:
    """Files with 8 flipped bits each: refused in a line that names the backup, unchanged, or works."""
    refused, rng = 0, random.Random(33)
    for n in range(files):
        path = copy_of(good, tmp_path / str(n))
        content = bytearray(path.read_bytes())
        for _ in range(8):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
        try:
            store = Store.open(path.parent)
        except DatabaseDamagedError as error:
            refused += 1
            said = str(error)
            assert "\n" not in said
            assert "barwatch-20261128T030000Z.tar" in said
            assert "barwatch restore" in said
            assert f"{check.IN_COMPOSE})" in said
            assert path.read_bytes() == bytes(content)
        else:  # what a row holds is its reader's matter: it says so, or reads another letter
            try:
                with store.reading() as session:
                    alarms.listing(session)
                    lifts.listing(session)
            except StoreError as error:
                raise AssertionError(f"opened, yet damaged: {error}") from error
            finally:
                store.close()
    assert refused >= files // 4


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DROP INDEX ix_alarms_raised_at", "schema is damaged: index ix_alarms_raised_at"),
        ("DROP TRIGGER audit_refuses_delete", "schema is damaged: trigger audit_refuses_delete"),
        ("ALTER TABLE lifts RENAME COLUMN config TO konfig", "schema is damaged: column lifts config"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer version"),
        ("UPDATE alembic_version SET version_num = '0!'", "version is damaged"),
        ("DROP TABLE alembic_version", "there is no version"),
        ("UPDATE alarm_events SET alarm = '!'", "newest 20 alarms"),
        (
            (
                "INSERT INTO audit SELECT seq + 1000, at, actor, role, identity, address, request_id, "
                "action, subject, '!', last_seal, seals, hash FROM audit WHERE action = 'audit.form'"
            ),
            "which columns the audit covers cannot be read",
        ),
    ],
)
def test_a_schema_that_the_migrations_did_not_make_is_refused(
    good: Path, tmp_path: Path, damage: str, said: str
) -> None:
    """A missing index, trigger or column, an unknown version, and a history nobody can read."""
    path = copy_of(good, tmp_path / "data")
    connection = sqlite3.connect(path)
    connection.execute(damage)
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(DatabaseDamagedError, match=said):
        Store.open(path.parent)
    assert path.read_bytes() == before


@pytest.mark.fault(33)
def test_one_that_was_cut_short_or_is_gone_is_refused(good: Path, tmp_path: Path) -> None:
    """Half a file; none where backups are; without a backup the line says that as well. A new one is new."""
    path = copy_of(good, tmp_path / "data")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 - 100])
    with pytest.raises(DatabaseDamagedError, match=r"cut short.*nothing was changed.*restore"):
        Store.open(path.parent)
    path.unlink()
    with pytest.raises(DatabaseDamagedError, match=r"missing.*although there are backups"):
        Store.open(path.parent)
    assert not path.exists()
    shutil.rmtree(path.parent / "backups")
    path.write_bytes(b"SQLite format 3\0" + bytes(2000))
    with pytest.raises(DatabaseDamagedError, match="There is no good backup"):
        Store.open(path.parent)
    path.unlink()
    Store.open(path.parent).close()


def test_a_damaged_backup_is_not_recommended(good: Path, tmp_path: Path) -> None:
    """The newest good one is named, not the newest."""
    path = copy_of(good, tmp_path / "data")
    newer = path.parent / "backups" / "barwatch-20261129T030000Z.tar"
    newer.write_bytes(archive.listing(path.parent / "backups")[0].read_bytes()[:-200])
    path.write_bytes(b"x" * 4096)
    with pytest.raises(DatabaseDamagedError, match=r"newest good backup is .*20261128T030000Z"):
        Store.open(path.parent)


def test_a_large_file_is_checked_within_the_time(
    good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the time does not allow is left for later and said to be; the small tables are always checked."""
    path = copy_of(good, tmp_path / "data")
    monkeypatch.setattr(check, "WHOLE_BYTES", 0)
    asked: list[str] = []
    expect_ok = check._expect_ok

    def listen(connection: sqlite3.Connection, query: str) -> None:
        asked.append(query)
        expect_ok(connection, query)

    monkeypatch.setattr(check, "_expect_ok", listen)
    assert check.check_file(path, tmp_path)
    assert "PRAGMA quick_check('lifts')" in asked
    growing = {f"PRAGMA quick_check('{name}')" for name in BIG}
    assert not growing & set(asked), "a table that grows with time is checked for as long as it takes"
    monkeypatch.setattr(check, "BUDGET_S", 0.001)
    connection = sqlite3.connect(path)
    filler = "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 20000)"
    columns = "(tbl, key, form, digest)"
    connection.execute(f"INSERT INTO seals {columns} {filler} SELECT '', n, 1, zeroblob(2000) FROM s")
    connection.commit()
    connection.close()
    store = Store.open(path.parent)
    assert store.database.unchecked
    store.close()
    assert check.inspect(path, whole=True)

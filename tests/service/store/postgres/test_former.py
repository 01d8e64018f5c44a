"""A PostgreSQL database of the schema before is opened by the service of now, and all of it is read."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from service.audit.verification import verify
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms
from service.store.database import Store
from service.store.engines.postgres import functions
from service.store.engines.postgres.connecting import address_of, connect
from service.store.engines.postgres.engine import patiently
from service.store.file.engine import migrate, revisions
from service.store.moving.move import _go_on_counting
from tests.postgres import Cluster
from tests.service.store.postgres.conftest import Opened
from tests.tools.former import ARCHIVE

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

BEFORE = revisions()[1]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """What a service of that schema wrote, as a file of SQLite: the rows are the same in both."""
    shutil.unpack_archive(ARCHIVE, tmp_path)
    return tmp_path / f"{BEFORE}.db"


def fill(url: str, written: Path) -> dict[str, int]:
    """Make the schema before in an empty database and put the rows there; return how many, by table."""
    engine = connect(address_of(url), write=True)
    with engine.begin() as connection:
        functions.ensure(connection)
    migrate(engine, BEFORE, before=patiently)
    counts: dict[str, int] = {}
    with closing(sqlite3.connect(written)) as file, engine.begin() as connection:
        patiently(connection)
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")  # in any order
        names = connection.exec_driver_sql(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        )
        for name in names.scalars().all():
            cursor = file.execute(f'SELECT * FROM "{name}"')
            columns = ", ".join(f'"{column}"' for column, *_ in cursor.description)
            places = ", ".join(["%s"] * len(cursor.description))
            connection.exec_driver_sql(f'DELETE FROM "{name}"')
            rows = cursor.fetchall()
            counts[name] = len(rows)
            for row in rows:
                connection.exec_driver_sql(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', row)
        _go_on_counting(file, connection)
    engine.dispose()
    return counts


def test_a_database_of_the_schema_before_is_brought_up_to_date(
    server: Cluster, open_store: Opened, written: Path
) -> None:
    """Its rows are there, each as its seal says as far as in the file; history goes on without a gap."""
    name = server.empty()
    before = fill(server.url(name), written)
    assert before["passages"] >= 4
    store = open_store(name)
    with store.reading() as session:
        replayed = [entry.seq for entry in alarms.outbox(session, 0)]
    assert len(replayed) == before["alarm_events"] >= 2
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "open", passage_id="next")
    alarm = store.write(lambda session: alarms.raise_alarm(session, draft)).result()
    assert alarm is not None
    assert alarm.seq == replayed[-1] + 1
    after = {table: server.execute(f'SELECT count(*) FROM "{table}"', name)[0][0] for table in before}
    assert {table: count for table, count in before.items() if int(str(after[table])) < count} == {}
    assert server.execute("SELECT version_num FROM alembic_version", name) == [(revisions()[0],)]
    data = written.parent / "file"
    data.mkdir()
    written.rename(data / "barwatch.db")
    Store.open(data).close()
    # What the archive was made smaller by is missing in both.
    assert verify(store.data, url=server.url(name)).broken == verify(data).broken

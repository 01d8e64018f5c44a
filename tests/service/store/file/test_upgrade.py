"""Data that the service of every earlier schema wrote is opened by the service of now, and all of it is read.

`former.tar.xz` holds a database of each: what a demonstration of the time wrote until its second alarm, with
the masks of one lift (`python -m tests.tools.former` adds the present one).
"""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.domain.people import Role
from service.store import alarms
from service.store.database import Store
from service.store.file.engine import make_engine, revisions
from service.store.tables import Base
from tests.service.api import conftest
from tests.service.api.conftest import House
from tests.service.api.conftest import make_house as make_house  # noqa: PLC0414 - a fixture
from tests.tools.former import ARCHIVE

EARLIER = [f"{number:04}" for number in range(1, int(revisions()[0]))]
LISTS = ("/lifts", "/alarms", "/passages", "/overview", "/setups", "/tokens", "/users", "/audit")
OF_A_LIFT = ("", "/masks", "/tracks", "/site-calibrations", "/candidates", "/reviews", "/accuracy", "/budget")


@pytest.fixture(scope="module")
def former(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of each earlier schema, by its revision."""
    folder = tmp_path_factory.mktemp("former")
    shutil.unpack_archive(ARCHIVE, folder)
    return folder


def rows(path: Path) -> dict[str, int]:
    """Count the rows of each table."""
    with closing(sqlite3.connect(path)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: database.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


def test_no_schema_is_left_out(former: Path) -> None:
    """Whoever adds a migration keeps a database of the schema before it."""
    assert sorted(path.stem for path in former.iterdir()) == sorted(revisions())[:-1] == EARLIER


@pytest.mark.thorough
@pytest.mark.parametrize(
    "revision",
    [
        pytest.param(each, marks=[] if each in {EARLIER[0], EARLIER[-1]} else pytest.mark.slow)
        for each in EARLIER
    ],
)
@pytest.mark.sqlite
def test_the_service_reads_all_that_an_earlier_one_wrote(
    revision: str, former: Path, make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every row is there and none is unreadable: lifts, masks, carriers, alarms and their record, tokens."""
    before = rows(former / f"{revision}.db")

    def open_former(data: Path) -> Store:
        data.mkdir(parents=True)
        (data / "barwatch.db").write_bytes((former / f"{revision}.db").read_bytes())
        return Store.open(data)

    monkeypatch.setattr(conftest, "open_empty", open_former)
    house = make_house()
    asked = {path: house.call("GET", path, Role.ADMIN) for path in LISTS}
    for lift in asked["/lifts"].json()["items"]:
        asked |= {
            path: house.call("GET", path, Role.ADMIN)
            for path in (f"/lifts/{lift['id']}{each}" for each in OF_A_LIFT)
        }
    assert {path: answer.status_code for path, answer in asked.items() if answer.status_code >= 300} == {}
    assert len(asked["/lifts"].json()["items"]) == before["lifts"] == 3
    assert len(asked["/alarms"].json()["items"]) == before["alarms"] >= 2
    assert len(asked["/passages"].json()["items"]) == before["passages"] >= 4
    assert len(asked["/lifts/demo-double/masks"].json()["items"]) == 1
    assert [answer.json().get("unreadable", 0) for answer in asked.values()] == [0] * len(asked)
    with house.store.reading() as session:
        assert len(alarms.outbox(session, 0)) == before["alarm_events"]
    assert house.client.get("/health/ready").json()["damaged_records"] == {}
    assert_complete(house.runtime.settings.data / "barwatch.db", before)


@pytest.mark.slow
def test_every_earlier_schema_becomes_that_of_now(former: Path, tmp_path: Path) -> None:
    """Exactly the tables of now, and no row of the old ones is lost."""
    for revision in EARLIER:
        data = tmp_path / revision
        data.mkdir()
        (data / "barwatch.db").write_bytes((former / f"{revision}.db").read_bytes())
        Store.open(data).close()
        assert_complete(data / "barwatch.db", rows(former / f"{revision}.db"))


def assert_complete(path: Path, before: dict[str, int]) -> None:
    """The file has the schema of now, and at least the rows that were there before."""
    engine = make_engine(path, write=False)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()
    after = rows(path)
    assert {name: count for name, count in before.items() if after.get(name, 0) < count} == {}

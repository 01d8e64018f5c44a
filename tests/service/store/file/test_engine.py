"""The migrations are looked at only where a database needs them."""

from pathlib import Path

import pytest
from alembic import command

from service.store.database import Store
from service.store.file import engine
from tests.service.store.empty import open_empty

pytestmark = pytest.mark.sqlite


def test_a_database_of_the_newest_schema_loads_no_migration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most starts find one: they take nothing of alembic's; an older one is still brought up."""
    open_empty(tmp_path).close()
    asked: list[str] = []
    monkeypatch.setattr(command, "upgrade", lambda config, revision: asked.append(revision))
    Store.open(tmp_path).close()
    assert asked == []
    writer = engine.make_engine(tmp_path / "barwatch.db", write=True)
    with writer.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.migrate(writer)
    writer.dispose()
    assert asked == ["head"]

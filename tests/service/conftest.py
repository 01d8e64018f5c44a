"""What several of the service's rooms test with: a tiny model and a database, of each kind."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path

import pytest

from service.inference.artefact import read_manifest
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.store.database import Store
from service.store.engines import chosen
from tests import postgres
from tests.service.store.empty import open_empty
from tests.service.tiny_model import write_artefact
from tests.tools.warm import warm_processes as warm_processes  # noqa: PLC0414 - a fixture


class DatabaseKind(StrEnum):
    """A kind of database."""

    SQLITE = "sqlite"
    POSTGRES = "postgres"


@pytest.fixture(scope="session")
def tiny_artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file with its manifest beside it. Copy it before changing it."""
    return write_artefact(tmp_path_factory.mktemp("artefact"))


@pytest.fixture(scope="session")
def inline_engine(tiny_artefact: Path) -> InlineEngine:
    """The tiny model in this process."""
    return InlineEngine(EmbeddingModel.load(tiny_artefact, "cpu", threads=1), read_manifest(tiny_artefact))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what uses a database on both kinds, but for what is marked as a matter of SQLite's file."""
    if "database" in metafunc.fixturenames:
        both = [DatabaseKind.SQLITE, pytest.param(DatabaseKind.POSTGRES, marks=pytest.mark.postgres)]
        alone = metafunc.definition.get_closest_marker("sqlite") is not None
        metafunc.parametrize("database", both[:1] if alone else both, indirect=True)


class GivenDatabases:
    """The databases of a test's data folders: files, or one of the test server's for each folder."""

    def __init__(self, kind: DatabaseKind) -> None:
        self.kind = kind
        self._names: dict[Path, str] = {}

    def url_of(self, data: Path) -> str | None:
        """Return the URL of a folder's database, which is made when it is first asked for; None: a file."""
        if self.kind is DatabaseKind.SQLITE:
            return None
        server, place = postgres.cluster(), data.resolve()
        if place not in self._names:
            self._names[place] = server.fresh()
        return server.url(self._names[place])

    def as_another_tool(self, data: Path, statement: str) -> None:
        """Run a statement on a folder's database as somebody would who is not the service."""
        url = self.url_of(data)
        if url is not None:
            postgres.cluster().execute(statement, url.removeprefix("postgresql://barwatch@/").split("?")[0])
            return
        with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as file:
            file.execute(statement)


@pytest.fixture
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> GivenDatabases:
    """What this test's data folders have for a database."""
    given = GivenDatabases(DatabaseKind(request.param))
    if given.kind is DatabaseKind.POSTGRES:
        postgres.cluster()
        choose = chosen.engine_of
        monkeypatch.setattr(chosen, "engine_of", lambda data, url: choose(data, url or given.url_of(data)))
    return given


@pytest.fixture
def store(tmp_path: Path, database: GivenDatabases) -> Iterator[Store]:
    """An empty database of its own."""
    opened = open_empty(tmp_path / "data")
    yield opened
    opened.close()

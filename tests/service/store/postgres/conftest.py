"""What is about PostgreSQL alone runs with the other tests of it; its databases are made by hand."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from itertools import count
from pathlib import Path

import pytest

from service.store.database import Store
from tests import postgres
from tests.postgres import Cluster

Opened = Callable[..., Store]


@pytest.fixture(autouse=True)
def _on_both() -> None:
    """Instead of the one above: none of these runs on SQLite."""


@pytest.fixture
def server() -> Cluster:
    """The running server."""
    return postgres.cluster()


@pytest.fixture
def open_store(server: Cluster, tmp_path: Path) -> Iterator[Opened]:
    """Open stores on databases of the server, each with a data folder of its own; closed at the end."""
    number = count()
    with ExitStack() as opened:

        def open_store(database: str) -> Store:
            folder = tmp_path / f"data-{next(number)}"
            store = Store.open(folder, url=server.url(database))
            return opened.enter_context(closing(store))

        yield open_store

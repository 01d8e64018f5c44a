"""Empty databases at a fifth of what the migrations cost; that these work is test_database's matter."""

from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from service.store.database import Store
from service.store.engines import chosen
from service.store.engines.sqlite import SqliteEngine


@lru_cache(maxsize=1)
def _content() -> bytes:
    with TemporaryDirectory() as folder:
        Store.open(Path(folder)).close()
        return (Path(folder) / "barwatch.db").read_bytes()


def open_empty(data: Path) -> Store:
    """Open a new database in a folder without one: a copy of what the migrations made, once a process."""
    data.mkdir(parents=True, exist_ok=True)
    if isinstance(
        chosen.engine_of(data, None), SqliteEngine
    ):  # else a test's databases are made of a template
        (data / "barwatch.db").write_bytes(_content())
    return Store.open(data)

"""Keeps a database of the present schema, before the next migration: python -m tests.tools.former.

A demonstration of this checkout runs until it has raised two alarms. What it wrote joins the databases of
earlier schemas, which every later version must open (tests/service/store/file/test_upgrade.py).
"""

import argparse
import sqlite3
import tarfile
import tempfile
import time
from contextlib import closing
from pathlib import Path

from service.store.file.engine import revisions
from tests.tools.processes import running

ARCHIVE = Path(__file__).resolve().parents[1] / "service" / "store" / "file" / "former.tar.xz"
LIFT = "demo-double"
"""Whose masks are kept; those of the others would make the archive three times as large."""


def main() -> None:
    """Add or replace the database of the present schema."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with running(folder, "--data", str(folder / "data"), command="demo"):
            while alarms(folder / "data" / "barwatch.db") < 2:
                time.sleep(1)  # another process's file cannot be awaited
        kept = folder / "kept"
        kept.mkdir()
        if ARCHIVE.exists():
            with tarfile.open(ARCHIVE) as archive:
                archive.extractall(kept, filter="data")
        slim(folder / "data" / "barwatch.db", kept / f"{revisions()[0]}.db")
        with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
            for path in sorted(kept.iterdir()):
                archive.add(path, path.name)


def alarms(path: Path) -> int:
    """Count the alarms of open bars."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        query = "SELECT count(*) FROM alarms WHERE kind = 'bar_open'"
        return int(database.execute(query).fetchone()[0])


def slim(database: Path, out: Path) -> None:
    """Copy a database without most of its masks."""
    out.unlink(missing_ok=True)
    with closing(sqlite3.connect(database)) as whole:
        whole.execute("VACUUM INTO ?", (str(out),))
    with closing(sqlite3.connect(out)) as copy:
        copy.execute(
            "DELETE FROM mask_references WHERE rowid NOT IN"
            " (SELECT rowid FROM mask_references ORDER BY length(png) LIMIT 1)"
        )
        copy.execute("DELETE FROM mask_versions WHERE lift_id != ?", (LIFT,))
        copy.commit()
        copy.execute("VACUUM")


if __name__ == "__main__":
    main()

"""A PostgreSQL server of one test process: a private cluster in a temporary folder, on a socket alone."""

from __future__ import annotations

import atexit
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from service.store.database import Store

PORT = 5432
"""Part of the socket's name: nothing listens on the network."""

OPTIONS = (
    "-c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB"
)
TEMPLATE = "empty"

_number = itertools.count()


class Cluster:
    """A running server, which ends with the process."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.folder = Path(tempfile.mkdtemp(prefix="barwatch-postgres-"))
        self._as: list[str] = []
        if os.getuid() == 0:  # the server refuses to run as root
            owner = pwd.getpwnam("postgres")
            os.chown(self.folder, owner.pw_uid, owner.pw_gid)
            self._as = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
        self.run("initdb", "-U", "barwatch", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        atexit.register(self.remove)
        self.start()

    def run(self, program: str, *arguments: str) -> None:
        """Run one of the server's programs on the cluster."""
        command = [*self._as, str(self._programs / program), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=self.folder, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server and wait until it answers."""
        log = str(self.folder / "log")
        self.run("pg_ctl", "-w", "-s", "-l", log, "-o", f"-k {self.folder} -p {PORT} {OPTIONS}", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it; "immediate": as if it had been killed."""
        self.run("pg_ctl", "-w", "-s", "-m", mode, "stop")

    def remove(self) -> None:
        """Stop it and remove its files."""
        subprocess.run(
            [
                *self._as,
                str(self._programs / "pg_ctl"),
                "-D",
                str(self.folder / "data"),
                "-m",
                "immediate",
                "stop",
            ],
            capture_output=True,
            check=False,
            cwd="/",
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str) -> str:
        """Return a database's URL."""
        return f"postgresql://barwatch@/{database}?host={self.folder}&port={PORT}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as another tool would."""
        import psycopg  # noqa: PLC0415 - an extra

        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    def empty(self) -> str:
        """Make a database with nothing in it; return its name."""
        name = f"d{os.getpid()}_{next(_number)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        return name

    def fresh(self) -> str:
        """Make a database with the newest schema; return its name."""
        _template(self)
        name = f"d{os.getpid()}_{next(_number)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY file_copy")
        return name


@cache
def _template(cluster: Cluster) -> None:
    cluster.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
    with tempfile.TemporaryDirectory() as folder:
        Store.open(Path(folder), url=cluster.url(TEMPLATE)).close()


@cache
def programs() -> Path | None:
    """Return the folder of the newest server's programs; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    if found:
        return found[-1].parent
    return Path(on_path).parent if on_path else None


@cache
def _started() -> Cluster | None:
    found = programs()
    return None if found is None else Cluster(found)


def cluster() -> Cluster:
    """Return this process's server, started when it is first asked for; skips where there is none."""
    pytest.importorskip("psycopg", reason="the extra `postgres` is not installed")
    found = _started()
    if found is None:
        pytest.skip("no PostgreSQL server: run tests/install-system")
    return found

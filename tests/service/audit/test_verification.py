"""What `barwatch verify` finds in a data folder: every single change, and nothing in an honest one."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.audit.findings import Report
from service.audit.rows import check_rows
from service.audit.verification import open_read_only, verify
from service.cli import app
from service.domain.errors import ConfigurationError
from service.store.database import Store
from tests.service.audit.changes import all_changes
from tests.service.audit.history import make_history

FEW, MANY = 40, 1000


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that nobody may change: copy it."""
    data = tmp_path_factory.mktemp("history") / "data"
    make_history(data)
    return data


@pytest.fixture
def data(history: Path, tmp_path: Path) -> Path:
    """A copy of the history."""
    shutil.copytree(history, tmp_path / "data")
    return tmp_path / "data"


def test_an_honest_history_is_whole(data: Path) -> None:
    """Nothing is found where nobody changed anything, at rest and while the service has the database open."""
    report = verify(data)
    assert report.broken == []
    assert report.entries == 15
    assert report.rows > 10
    assert (report.pictures, report.unnoted, report.uncovered) == (24, 0, 0)
    assert report.self_tests == 2
    store = Store.open(data)
    assert verify(data).broken == []
    store.close()


@pytest.mark.thorough
def test_four_times_the_rows_take_about_four_times_the_work(tmp_path: Path) -> None:
    """An hour of eight cameras, 26,000 rows, was not checked in half an hour: each row met each seal."""

    def steps(passages: int) -> int:
        make_history(tmp_path / str(passages), passages)
        with closing(open_read_only(tmp_path / str(passages) / "barwatch.db")) as database:
            counted = []
            database.set_progress_handler(lambda: counted.append(1), 100)
            assert list(check_rows(database, Report())) == []
        return len(counted)

    assert steps(80) < 6 * steps(20)


@pytest.mark.thorough
@pytest.mark.fault(40)
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.slow)])
def test_every_single_change_is_found(history: Path, tmp_path: Path, count: int) -> None:
    """Of many single changes to rows, the audit itself and pictures, each is found."""
    changes = all_changes(history, seed=count)
    assert len(changes) >= MANY
    missed = []
    for number, (name, change) in enumerate(changes[:count]):
        copy = tmp_path / str(number)
        shutil.copytree(history, copy)
        change(copy)
        if verify(copy).ok:
            missed.append(name)
        shutil.rmtree(copy)
    assert missed == []


@pytest.mark.fault(26)
@pytest.mark.fault(40)
def test_the_broken_link_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Row, column, entry and picture are named, the exit code says so too, and JSON has the same."""
    command = ["verify", "--data", str(data)]
    assert CliRunner().invoke(app, command).exit_code == 0
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute("UPDATE passages SET verdict = 'closed' WHERE id = 'lift-2'")
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 1
    assert 'first broken link: passages ["lift-2"]: it is not what the service wrote (verdict)' in told.output
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute("UPDATE passages SET verdict = 'open' WHERE id = 'lift-2'")
        database.execute("DROP TRIGGER audit_refuses_update")
        database.execute("UPDATE audit SET actor = 'x' WHERE seq = 3")
    told = CliRunner().invoke(app, [*command, "--json"])
    assert told.exit_code == 1
    links = [broken["link"] for broken in json.loads(told.output)["broken"]]
    assert links == ["the audit", "audit entry 3"]
    next((data / "pictures").rglob("*_2.jpg")).write_bytes(b"another")
    assert any("picture 2 of passage lift-" in broken.link for broken in verify(data).broken)


def test_an_end_that_was_cut_off_is_missed(data: Path) -> None:
    """Whoever removes the last entry with all it covers leaves a chain that holds: the kept head does not."""
    head = verify(data).head_hash
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
    assert any("was the head once" in broken.differs for broken in verify(data).broken)
    (data / "audit.head").unlink()
    assert not any("head" in broken.differs for broken in verify(data).broken)
    assert any("no entry has the hash" in broken.differs for broken in verify(data, head).broken)


def test_a_service_that_starts_on_a_cut_history_says_so_for_ever(data: Path) -> None:
    """The next start writes down that the end is missing: going on does not cover it up."""
    store = Store.open(data)
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        query = "SELECT sql FROM sqlite_master WHERE name = 'audit_refuses_delete'"
        (trigger,) = database.execute(query).fetchone()
        database.execute("DROP TRIGGER audit_refuses_delete")
        database.execute("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        database.execute(trigger)
    store.close()
    Store.open(data).close()
    assert any("was missing or another at" in broken.differs for broken in verify(data).broken)


def test_the_head_is_printed_and_checked(data: Path) -> None:
    """`verify --head` prints the hash to keep; `verify --head HASH` accepts it later, and no other."""
    command = ["verify", "--data", str(data), "--head"]
    printed = CliRunner().invoke(app, command).output.strip()
    assert printed == verify(data).head_hash
    store = Store.open(data)
    store.close()
    assert CliRunner().invoke(app, [*command, printed]).exit_code == 0
    assert CliRunner().invoke(app, [*command, "0" * 64]).exit_code == 1


def test_a_folder_without_a_history_is_refused(tmp_path: Path) -> None:
    """No database, or one of before the audit: one plain line, and nothing is made there."""
    with pytest.raises(ConfigurationError, match="no such database"):
        verify(tmp_path)
    assert list(tmp_path.iterdir()) == []
    sqlite3.connect(tmp_path / "barwatch.db").execute("CREATE TABLE lifts (id)").connection.close()
    with pytest.raises(ConfigurationError, match="no audit yet"):
        verify(tmp_path)


def test_a_forged_sign_in_is_found(data: Path) -> None:
    """A session that somebody wrote into the database is named; mere use of a token is no change."""
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute("UPDATE tokens SET used_at = '2026-01-31 12:00:00.000000'")
    assert verify(data).broken == []
    with closing(sqlite3.connect(data / "barwatch.db", isolation_level=None)) as database:
        database.execute(
            "INSERT INTO sessions (sha256, name, role, expires_at, address, agent)"
            " VALUES ('00', 'me', 'admin', '2099-01-01 00:00:00.000000', '', '')"
        )
    assert [broken.link for broken in verify(data).broken] == ['sessions ["00"]']

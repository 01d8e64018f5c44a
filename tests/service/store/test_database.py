"""The database: built from nothing, written by one at a time, read by many, never half."""

import ctypes
import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.orm import Session
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from lifts.schema import Lift
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.errors import ConfigurationError, NotFoundError, StoreError
from service.host.disk import LOG_BYTES
from service.host.runner import Runners
from service.store import alarms, database, lifts, site_calibrations
from service.store.alarms import history
from service.store.database import CHECKPOINT_EVERY, Store
from service.store.file.engine import make_engine, migrate
from service.store.records import OutboxEntry
from service.store.tables import Base, MetaRow, terms
from tests.service.conftest import GivenDatabases
from tests.service.store.empty import open_empty

VERSIONS = Path(database.__file__).parent / "migrations" / "versions"


def _draft(passage_id: str) -> AlarmDraft:
    return AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=passage_id)


@pytest.mark.sqlite
def test_the_migrations_build_the_tables(tmp_path: Path) -> None:
    """From an empty file to exactly what the tables say; a second run changes nothing."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine)
    migrate(engine)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    engine.dispose()
    assert revision == max(path.name[:4] for path in VERSIONS.glob("0*.py"))


@pytest.mark.sqlite
def test_an_older_database_opens_with_what_is_in_it(tmp_path: Path) -> None:
    """Built by the first schema, with a lift: brought to the tables of now, and the lift is still there."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine, "0001")
    with engine.begin() as connection:
        row = {"id": "old", "config": "{}", "at": "2026-01-31 12:00:00.000000"}
        connection.execute(text("INSERT INTO lifts (id, config, updated_at) VALUES (:id, :config, :at)"), row)
    migrate(engine)
    with engine.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        assert connection.execute(text("SELECT id FROM lifts")).scalars().all() == ["old"]
    engine.dispose()


@pytest.mark.sqlite
def test_a_site_calibration_of_an_older_release_is_read(tmp_path: Path) -> None:
    """Found before there were prototypes: it is read with its threshold between the clusters."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine, "0002")
    row = {
        "heaps": '{"open_mean": -0.2, "closed_mean": 0.6, "spread": 0.1, "open_share": 0.25}',
        "at": "2026-01-31 12:00:00.000000",
    }
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO lifts (id, config, updated_at) VALUES ('old', '{}', :at)"), row)
        connection.execute(
            text("INSERT INTO thresholds VALUES ('old', 1, 1, 'm', :heaps, '[0.5]', 0, 1, :at)"), row
        )
    migrate(engine)
    with Session(engine) as session:
        (found,) = site_calibrations.history(session, "old").items
        assert site_calibrations.most_used(session, "old", 1, "m") == (1, 0)
    engine.dispose()
    assert found.calibration.fit.threshold == pytest.approx(0.2)
    known = found.calibration
    assert (known.background_embedding, known.prototypes, found.active) == (None, None, True)
    assert not known.adapted


@pytest.mark.sqlite
def test_alarms_of_an_older_release_stand_and_are_replayed(tmp_path: Path) -> None:
    """Raised before alarms named a cause and a departure: they are read, sent and kept apart as they were."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine, "0003")
    alarm = {
        "id": "a",
        "seq": 1,
        "kind": "camera_lost",
        "severity": "warning",
        "lift_id": "lift",
        "passage_id": None,
        "raised_at": "2026-01-31T12:00:00Z",
        "state": "active",
        "verdict": None,
        "evidence": [],
        "message": "no frames",
    }
    row = {"alarm": json.dumps(alarm), "at": "2026-01-31 12:00:00.000000"}
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO alarms"
                " (id, seq, kind, severity, lift_id, place, raised_at, state, evidence, message)"
                " VALUES ('a', 1, 'camera_lost', 'warning', 'lift', 'lift', :at, 'active', '[]', 'no frames')"
            ),
            row,
        )
        connection.execute(
            text("INSERT INTO alarm_events VALUES (1, 'a', :at, 'raise', 'system', '', :alarm)"), row
        )
    migrate(engine)
    with Session(engine) as session:
        (old,) = alarms.standing(session)
        assert alarms.outbox(session, 0) == (OutboxEntry(1, old),)
    engine.dispose()
    assert (old.id, old.cause, old.left_at) == ("a", "", None)


@pytest.mark.sqlite
def test_what_stood_before_alarms_had_an_end_gets_one(tmp_path: Path) -> None:
    """What stands is sorted by importance and will end; what was done long ago is left as it was."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine, "0012")
    stood = (
        ("bar_open", "active"),
        ("bar_open", "acknowledged"),
        ("camera_lost", "acknowledged"),
    )
    with engine.begin() as connection:
        for n, (kind, state) in enumerate(stood):
            row = {"n": n, "kind": kind, "state": state, "at": "2026-01-31 12:00:00.000000"}
            connection.execute(
                text(
                    "INSERT INTO alarms (id, seq, kind, severity, lift_id, place, passage_id, raised_at,"
                    " state, evidence, message)"
                    " VALUES (:n, :n, :kind, 'warning', 'l', 'l', :n, :at, :state, '[]', 'm')"
                ),
                row,
            )
    migrate(engine)
    with engine.begin() as connection:
        found = connection.execute(text("SELECT urgency, announced_at IS NULL FROM alarms ORDER BY id")).all()
        on_the_way = connection.execute(text(f"SELECT id FROM alarms WHERE {terms.ON_THE_WAY}")).all()
    engine.dispose()
    assert found == [(3, 0), (1, 1), (4, 0)]
    assert on_the_way == [("0",)]


@pytest.mark.sqlite
def test_a_new_file_that_another_process_writes_to_is_waited_for(tmp_path: Path) -> None:
    """SQLite refuses to turn such a file to WAL at once, whatever the timeout: it is tried again."""
    path = tmp_path / "barwatch.db"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE x (a)")
    other.execute("BEGIN IMMEDIATE")
    retries = []

    def other_ends(details: RetryDetails) -> None:
        retries.append(details)
        other.execute("COMMIT")

    set_on_retry_hooks([other_ends])
    engine = make_engine(path, write=True)
    try:
        with engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    finally:
        set_on_retry_hooks(None)
        engine.dispose()
        other.close()
    assert len(retries) == 1


@pytest.mark.sqlite
def test_the_pragmas_hold_on_every_connection(store: Store) -> None:
    """WAL, FULL and foreign keys are what an alarm's safety rests on; readers cannot write."""
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    written = store.write(lambda s: [s.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]).result()
    with store.reading() as session:
        read = [session.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas]
    assert written == read == ["wal", 2, 1]
    with pytest.raises(StoreError, match="readonly"), store.reading() as session:
        session.execute(text("DELETE FROM meta"))


@pytest.mark.sqlite
def test_the_log_stays_short(tmp_path: Path) -> None:
    """As long as the reserve has room for, however much is written; a long reader's share is given back."""
    log = tmp_path / "barwatch.db-wal"

    def write(store: Store, times: int) -> int:
        for _ in range(times):
            store.write(replaced).result()
        return log.stat().st_size

    def replaced(session: Session) -> None:
        session.execute(text("DROP TABLE IF EXISTS large"))
        session.execute(text("CREATE TABLE large AS SELECT zeroblob(1000000) AS content"))

    with closing(open_empty(tmp_path)) as store:
        assert write(store, 20) <= LOG_BYTES + 2_000_000
        with store.reading() as session:
            session.execute(text("SELECT count(*) FROM meta"))
            assert write(store, 12) > LOG_BYTES + 2_000_000, "nothing is overwritten that somebody reads"
        assert write(store, 3) <= LOG_BYTES + 2_000_000


@pytest.mark.sqlite
def test_the_log_is_moved_after_some_commits(tmp_path: Path) -> None:
    """Long before a commit would have to do it, and without waiting for a minute to pass."""
    file = tmp_path / "barwatch.db"
    with closing(open_empty(tmp_path)) as store:
        before, end_s = file.stat().st_mtime_ns, time.monotonic() + 60.0
        for n in range(CHECKPOINT_EVERY):
            assert file.stat().st_mtime_ns == before
            store.write(partial(_note, n=n)).result()
        while file.stat().st_mtime_ns == before:
            assert time.monotonic() < end_s, "the log is not moved"
            time.sleep(0.01)


def _note(session: Session, n: int) -> None:
    session.merge(MetaRow(key="note", value=str(n)))


@pytest.mark.sqlite
def test_no_commit_waits_until_the_log_is_in_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six megabytes stay in the log when they are committed; a thread of its own moves them soon."""
    file, large = tmp_path / "barwatch.db", 6_000_000

    def job(session: Session) -> None:
        session.execute(text("CREATE TABLE large AS SELECT zeroblob(:large) AS content"), {"large": large})

    with closing(open_empty(tmp_path)) as store:
        store.write(job).result()
        assert file.stat().st_size < large
    monkeypatch.setattr(database, "CHECKPOINT_EVERY_S", 0.01)
    other = tmp_path / "other"
    with closing(open_empty(other)) as store:
        store.write(job).result()
        end_s = time.monotonic() + 60.0
        while (other / "barwatch.db").stat().st_size < large:
            assert time.monotonic() < end_s, "the log is not moved"
            time.sleep(0.01)


def test_the_epoch_stays(tmp_path: Path) -> None:
    """The alarm sequence keeps its identity for as long as the file lives, and another file has another."""
    epochs = []
    for name in ("a", "a", "b"):
        store = Store.open(tmp_path / name)
        epochs.append(store.write(history.ensure_epoch).result())
        with store.reading() as session:
            assert session.get_one(MetaRow, history.EPOCH).value == epochs[-1]
        store.close()
    assert epochs[0] == epochs[1] != epochs[2]


def test_a_job_that_fails_leaves_nothing_and_stops_nobody(store: Store) -> None:
    """Our own errors come through, everything of the job is rolled back, the next one is served."""

    def half(session: Session) -> None:
        lifts.put(session, Lift(id="half", name="Half"))
        raise NotFoundError("stop")

    with pytest.raises(NotFoundError, match="stop"):
        store.write(half).result()
    with pytest.raises(StoreError, match=r"no such table|does not exist"):
        store.write(lambda s: s.execute(text("SELECT * FROM nowhere"))).result()
    assert store.write(lambda s: lifts.exists(s, "half")).result() is False


def test_only_committed_alarms_are_told(store: Store) -> None:
    """Listeners hear of an alarm once it can be read by others, in order, and never of a rolled back one."""
    heard: list[tuple[int, int]] = []

    def listen(told: tuple[Alarm, ...]) -> None:
        with store.reading() as session:
            heard.extend((alarm.seq, alarms.get(session, alarm.id).seq) for alarm in told)

    def refused(session: Session) -> None:
        alarms.raise_alarm(session, _draft("never"))
        raise NotFoundError("stop")

    def broken(told: tuple[Alarm, ...]) -> None:
        raise RuntimeError(f"{len(told)} heard by a broken listener")

    store.on_alarms(broken)
    store.on_alarms(listen)
    store.write(lambda s: [alarms.raise_alarm(s, _draft(p)) for p in "ab"]).result()
    with pytest.raises(NotFoundError):
        store.write(refused).result()
    store.write(lambda s: alarms.raise_alarm(s, _draft("c"))).result()
    assert heard == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.thorough
def test_a_full_queue_refuses_and_counts(tmp_path: Path) -> None:
    """With the writer busy and its queue full, a write fails at once; what was queued still runs."""
    gate = threading.Event()
    started = threading.Event()
    store = Store.open(tmp_path)

    def hold(_: Session) -> None:
        started.set()
        gate.wait(120)

    held = store.write(hold)
    started.wait(120)
    queued: list[Future[int]] = []
    while store.rejected_jobs == 0:
        queued.append(store.write(alarms.last_seq))
    gate.set()
    with pytest.raises(StoreError, match="too many"):
        queued[-1].result()
    held.result()
    assert {future.result() for future in queued[:-1]} == {0}
    store.close()
    with pytest.raises(StoreError):
        store.write(alarms.last_seq).result()


def test_every_job_is_answered_whoever_closes_meanwhile(tmp_path: Path) -> None:
    """Eight threads write without pause while the store is closed: no future is left without an answer."""
    for number in range(5):
        store = Store.open(tmp_path / str(number))
        handed: list[list[Future[int]]] = [[] for _ in range(8)]
        running = threading.Barrier(9)

        def hammer(
            own: list[Future[int]], store: Store = store, running: threading.Barrier = running
        ) -> None:
            running.wait(30)
            for _ in range(400):
                own.append(store.write(alarms.last_seq))
                if own[-1].done() and own[-1].exception() is not None:
                    return

        with ThreadPoolExecutor(8) as pool:
            for own in handed:
                pool.submit(hammer, own)
            running.wait(30)
            store.close()
        outcomes = [future.exception(0) for own in handed for future in own]
        assert outcomes
        assert {type(outcome) for outcome in outcomes} <= {type(None), StoreError}


def test_a_job_that_hangs_is_answered_when_the_store_is_closed(tmp_path: Path) -> None:
    """It had its time; so had those behind it."""
    store = Store.open(tmp_path)
    inside, let_go = threading.Event(), threading.Event()

    def hang(_: Session) -> None:
        inside.set()
        let_go.wait(60)

    hanging, behind = store.write(hang), store.write(alarms.last_seq)
    assert inside.wait(120)
    store.close(timeout_s=0.05)
    for future in (hanging, behind):
        with pytest.raises(StoreError, match="the service stopped before"):
            future.result(0)
    let_go.set()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.parametrize("blow", [SystemExit, MemoryError])
def test_no_job_is_lost_with_its_thread(tmp_path: Path, blow: type[BaseException]) -> None:
    """Killed while it waits or while it works: each job is done or answered, and the next ones are done."""
    runners = Runners()
    store = Store.open(tmp_path, runners)
    runner = next(each for each in runners if each.name == "database")
    inside, let_go = threading.Event(), threading.Event()

    def hold(_: Session) -> None:
        inside.set()
        let_go.wait(60)

    def strike() -> None:
        ident = runner.thread_id
        assert ident is not None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(blow))

    def answered(future: Future[Any]) -> BaseException | None:
        while not wait([future], 0.01).done:
            runners.revive()
        return future.exception()

    strike()  # while it waits: the blow falls when the next job wakes it
    assert answered(store.write(alarms.last_seq)) is None
    held, behind = store.write(hold), store.write(alarms.last_seq)
    assert inside.wait(120)
    strike()
    let_go.set()
    assert isinstance(answered(held), (StoreError, blow))
    assert answered(behind) is None
    store.close()


@pytest.mark.fault(46)
@pytest.mark.sqlite
def test_a_file_that_was_removed_is_noticed(tmp_path: Path) -> None:
    """SQLite would write on into a file without a name; another file in its place is no better."""
    store = Store.open(tmp_path)
    store.check()
    (tmp_path / "barwatch.db").unlink()
    with pytest.raises(StoreError, match="removed or replaced"):
        store.check()
    (tmp_path / "barwatch.db").write_bytes(b"")
    with pytest.raises(StoreError, match="removed or replaced"):
        store.check()
    store.close()


@pytest.mark.sqlite
def test_a_folder_that_cannot_be_is_a_configuration_error(tmp_path: Path) -> None:
    """A file where the folder should be, or a database that is none, stops the start with its name."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigurationError, match="file"):
        Store.open(tmp_path / "file")
    (tmp_path / "barwatch.db").write_bytes(b"this is not a database, whatever its name says" * 100)
    with pytest.raises(ConfigurationError, match=r"barwatch\.db.*not a database"):
        Store.open(tmp_path)


WRITER = """
import os
import sys
from pathlib import Path
from service.host.imports import importing
with importing():
    from service.store import alarms
    from service.store.database import CHECKPOINT_EVERY, Store
    from service.domain.alarm import AlarmDraft, AlarmKind, Severity


def say(*words):
    # At once: what `print` puts together piece by piece, another thread's flush takes apart.
    os.write(1, (" ".join(map(str, words)) + "\\n").encode())


def write(name, count):
    store = Store.open(Path(sys.argv[1]), url=sys.argv[4] or None)
    for n in range(count):
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=f"{name}-{n}")
        alarm = store.write(lambda s: alarms.raise_alarm(s, draft)).result()
        say(alarm.seq, alarm.passage_id)
    store.close()


# Forked, because importing takes a hundred times longer than what is to be done or interrupted.
if sys.argv[2] != "victims":
    for name in sys.argv[2]:
        if os.fork() == 0:
            write(name, int(sys.argv[3]))
            sys.exit()
    sys.exit(any([os.wait()[1] for name in sys.argv[2]]))
else:
    for line in sys.stdin:
        if (child := os.fork()) == 0:
            say("pid", os.getpid())
            write(line.strip(), 100_000)
        os.waitpid(child, 0)
        say("dead", line.strip())
"""


def _writer(data: Path, names: str, count: int, url: str | None) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", WRITER, str(data), names, str(count), url or ""]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@pytest.mark.thorough
@pytest.mark.parametrize("count", [60, pytest.param(6000, marks=pytest.mark.slow)])
@pytest.mark.fault(11)
def test_four_processes_write_at_once(tmp_path: Path, count: int, database: GivenDatabases) -> None:
    """No caller sees that the database is locked, and the common sequence has no gap and no duplicate."""
    writers = _writer(tmp_path, "abcd", count, database.url_of(tmp_path))
    output, errors = writers.communicate(timeout=300)
    assert (writers.returncode, errors) == (0, "")
    told = [line.split() for line in output.splitlines()]
    assert {passage[0] for _, passage in told} == set("abcd")
    assert sorted(int(seq) for seq, _ in told) == list(range(1, 4 * count + 1))


def _kill_once(writer: "subprocess.Popen[str]", name: str, after: int) -> list[str]:
    """Let a writer raise alarms, kill it after `after` of them; returns the lines it could still say."""
    assert writer.stdin is not None
    assert writer.stdout is not None
    print(name, file=writer.stdin, flush=True)
    _, pid = writer.stdout.readline().split()
    told = [writer.stdout.readline() for _ in range(after)]
    os.kill(int(pid), signal.SIGKILL)
    while not (line := writer.stdout.readline()).startswith("dead"):
        told.append(line)
    return told


@pytest.mark.thorough
@pytest.mark.parametrize("rounds", [5, pytest.param(200, marks=pytest.mark.slow)])
@pytest.mark.fault(13)
def test_killed_at_any_moment_no_committed_alarm_is_lost(
    tmp_path: Path, rounds: int, database: GivenDatabases
) -> None:
    """SIGKILL while alarms are raised: all that were published are there, once each, without a gap in seq."""
    writer = _writer(tmp_path, "victims", 0, database.url_of(tmp_path))
    told = [line for n in range(rounds) for line in _kill_once(writer, f"round{n}", 7 * n % 23)]
    assert writer.communicate(timeout=120)[1] == ""
    store = Store.open(tmp_path)
    with store.reading() as session:
        kept = [entry.alarm for entry in alarms.outbox(session, 0, 1_000_000) if entry.alarm is not None]
    store.database.recheck()
    store.close()
    assert [alarm.seq for alarm in kept] == list(range(1, len(kept) + 1))
    assert {(int(a), b) for a, b in (line.split() for line in told)} <= {(a.seq, a.passage_id) for a in kept}
    assert len({alarm.passage_id for alarm in kept}) == len(kept)


def test_readers_do_not_wait_for_the_writer(store: Store) -> None:
    """A long write transaction does not hold up reads: they see what was committed before it."""
    gate, inside = threading.Event(), threading.Event()

    def long(session: Session) -> None:
        alarms.raise_alarm(session, _draft("x"))
        inside.set()
        gate.wait(120)

    def count(_: int) -> int:
        with store.reading() as session:
            return alarms.last_seq(session)

    writing = store.write(long)
    inside.wait(120)
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(count, range(64))) == {0}
    assert time.monotonic() - began < 5.0
    gate.set()
    writing.result()
    assert count(0) == 1

"""A backup is complete, verified and private; one that is not whole is refused; restored, it is the same."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from lifts.schema import Lift
from service.audit.verification import verify
from service.cli import app as command_line
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.errors import BackupError, ConfigurationError
from service.domain.health import Health
from service.host.folders.lock import FolderLock
from service.store import alarms, lifts, masks, passages
from service.store.alarms import history
from service.store.database import Store
from service.store.file import archive
from service.store.pictures import Pictures
from service.store.records import PictureRecord
from service.store.upkeep import backup as backups
from service.store.upkeep import scheduled
from service.store.upkeep.plan import BackupPlan, PictureChoice
from service.store.upkeep.scheduled import ScheduledBackups
from tests.service.host.clocks.test_wall_clock import NOW, Machine
from tests.service.kept_pictures import keep
from tests.service.store.empty import open_empty
from tests.service.store.test_repositories import _passage, _version

pytestmark = pytest.mark.sqlite


def alarm(store: Store, name: str) -> None:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=name)
    store.write(partial(alarms.raise_alarm, draft=draft)).result()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Store]:
    """A data folder in use: a lift with masks, two passages with pictures, one of them with an alarm."""
    data = tmp_path / "data"
    store, kept = open_empty(data), Pictures(data)
    store.write(partial(lifts.put, lift=Lift(id="lift", name="l"))).result()
    store.write(partial(masks.add, version=_version(active=True))).result()
    for name in ("alarmed", "plain"):
        (file,) = keep(kept, NOW, [np.zeros((200, 200, 3), np.uint8)], name)
        record = _passage(name, pictures=(PictureRecord(file, 0.0, 1.0, None),))
        store.write(partial(passages.add, record=record)).result()
    alarm(store, "alarmed")
    for file in ("learnt/lift.npz", "setup/new/clip.bin", "secret.key"):
        (data / file).parent.mkdir(parents=True, exist_ok=True)
        (data / file).write_bytes(b"content of " + file.encode())
    yield store
    store.close()


def content(store: Store) -> tuple[object, ...]:
    with store.reading() as session:
        version = masks.active(session, "lift")
        return (
            alarms.listing(session).items,
            passages.listing(session).items,
            lifts.listing(session),
            None if version is None else version.embeddings.tolist(),
            alarms.last_seq(session),
        )


def test_what_is_restored_elsewhere_is_what_was_there(running: Store, tmp_path: Path) -> None:
    """Of a running service: alarms, passages, masks, lifts, set-ups, an alarm's picture; another sequence."""
    before = content(running)
    epoch = running.write(history.ensure_epoch).result()
    made = backups.make(tmp_path / "data", tmp_path / "backups")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    alarm(running, "later")
    assert backups.restore(made, tmp_path / "there") is None
    there = tmp_path / "there"
    assert (there / "setup/new/clip.bin").read_bytes() == b"content of setup/new/clip.bin"
    assert (there / "learnt/lift.npz").exists()
    assert not (there / "secret.key").exists()
    assert len(list((there / "pictures").rglob("*.jpg"))) == 1
    restored = Store.open(there)
    try:
        assert content(restored) == before
        assert restored.write(history.ensure_epoch).result() != epoch
        alarm(restored, "later")
    finally:
        restored.close()
    assert [path.name for path in there.glob(".restore*")] == []


@pytest.mark.fault(40)
def test_what_is_restored_is_no_forgery(running: Store, tmp_path: Path) -> None:
    """The new epoch is sealed, and it is in the audit: `verify` finds it whole before any start."""
    running.write(history.ensure_epoch).result()
    running.write(
        lambda session: session.execute(
            text("INSERT INTO meta (key, value) VALUES ('clock', '{}') ON CONFLICT DO NOTHING")
        )
    ).result()
    made = backups.make(tmp_path / "data", tmp_path / "backups", pictures=PictureChoice.ALL)
    backups.restore(made, tmp_path / "there")
    told = CliRunner().invoke(command_line, ["verify", "--data", str(tmp_path / "there")])
    assert told.exit_code == 0, told.output


@pytest.mark.fault(40)
@pytest.mark.parametrize(("choice", "left_out"), [(PictureChoice.ALARMS, 1), (PictureChoice.NONE, 2)])
def test_pictures_left_out_on_purpose_are_not_broken(
    running: Store, tmp_path: Path, choice: PictureChoice, left_out: int
) -> None:
    """The restore's entry in the audit says what the backup had; what is lost beside that is still found."""
    kept = Pictures(tmp_path / "data")
    with running.reading() as session:
        named = {one.id: one.pictures[0].file or "" for one in passages.listing(session).items}
    digests = {name: {file: kept.digest(file) or ""} for name, file in named.items()}
    running.write(partial(passages.note_digests, digests=digests)).result()
    there = tmp_path / "there"
    backups.restore(backups.make(tmp_path / "data", tmp_path / "backups", pictures=choice), there)
    report = verify(there)
    assert (report.broken, report.left_out, report.pictures) == ([], left_out, 2 - left_out)
    told = CliRunner().invoke(command_line, ["verify", "--data", str(there)])
    assert f"{left_out} files of pictures were left out" in told.output
    if choice is PictureChoice.ALARMS:
        (there / "pictures" / named["alarmed"]).unlink()
        assert [one.link.split(" (")[0] for one in verify(there).broken] == ["picture 1 of passage alarmed"]
    with closing(Store.open(there)) as store:  # what comes after the restore was not left out
        file = keep(Pictures(there), NOW, [np.zeros((200, 200, 3), np.uint8)], "later")[0]
        assert file is not None
        digest = Pictures(there).digest(file)
        record = _passage("later", pictures=(PictureRecord(file, 0.0, 1.0, None, sha256=digest),))
        store.write(partial(passages.add, record=record)).result()
    (there / "pictures" / file).unlink()
    assert "picture 1 of passage later" in str(verify(there).broken[-1])


def test_pictures_and_keys_are_a_choice(running: Store, tmp_path: Path) -> None:
    """All pictures, those of alarms, or none; the key only where it is asked for."""
    assert running.data.exists()
    for n, (choice, count) in enumerate(zip(PictureChoice, (2, 1, 0), strict=True)):
        made = backups.make(tmp_path / "data", tmp_path / str(n), pictures=choice, with_keys=True)
        backups.restore(made, tmp_path / f"there{n}")
        assert len(list((tmp_path / f"there{n}").rglob("*.jpg"))) == count
        assert (tmp_path / f"there{n}" / "secret.key").exists()


def test_the_copy_is_one_state_although_somebody_writes(
    running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer that never rests neither delays the backup nor gets into it halfway, nor waits for it."""
    monkeypatch.setattr(backups, "PAGES", 1)
    done, written = threading.Event(), list[int]()

    def write() -> None:
        while not done.is_set():
            alarm(running, f"p{len(written)}")
            written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = backups.make(tmp_path / "data", tmp_path / "backups")
    finally:
        done.set()
        writer.join()
    assert len(written) > 1
    backups.restore(made, tmp_path / "there")


@pytest.mark.parametrize("place", [0, 300, 5000, -30, -200, -2000])
def test_a_backup_with_a_flipped_bit_is_refused(running: Store, tmp_path: Path, place: int) -> None:
    """Wherever it is: in a name, the database, padding, or the digest itself. Nothing is put anywhere."""
    assert running.data.exists()
    made = backups.make(tmp_path / "data", tmp_path / "backups")
    damaged = bytearray(made.read_bytes())
    damaged[place] ^= 4
    made.write_bytes(damaged)
    with pytest.raises(BackupError):
        backups.restore(made, tmp_path / "there")
    assert not (tmp_path / "there" / "barwatch.db").exists()


def test_a_backup_that_was_cut_short_is_refused(running: Store, tmp_path: Path) -> None:
    """Also by a single byte, or to nothing; another file is none."""
    assert running.data.exists()
    made = backups.make(tmp_path / "data", tmp_path / "backups")
    whole = made.read_bytes()
    for short in (whole[:-1], whole[: len(whole) // 2], b"", b"x" * 5000):
        made.write_bytes(short)
        with pytest.raises(BackupError, match="not a backup, or cut short"):
            backups.restore(made, tmp_path / "there")


def test_nothing_is_overwritten(running: Store, tmp_path: Path) -> None:
    """Refused where data is, and where a service runs; with force what was there is moved aside."""
    data = tmp_path / "data"
    made = backups.make(data, tmp_path / "backups")
    with pytest.raises(ConfigurationError, match="--force moves it aside"):
        backups.restore(made, data)
    lock = FolderLock(data)
    with pytest.raises(ConfigurationError, match="in use by another Barwatch"):
        backups.restore(made, data, force=True)
    lock.release()
    running.close()
    before = (data / "barwatch.db").read_bytes()
    aside = backups.restore(made, data, force=True)
    assert aside is not None
    assert (aside / "barwatch.db").read_bytes() == before
    assert (data / "secret.key").exists()
    Store.open(data).close()


def test_old_backups_go_by_number_after_the_new_one_is_good(running: Store, tmp_path: Path) -> None:
    """The newest N stay; files of other names, and all of them when the new one fails, as well."""
    assert running.data.exists()
    folder = tmp_path / "backups"
    for day in range(4):
        backups.make(tmp_path / "data", folder, keep=3, now=NOW + timedelta(days=day))
    (folder / "mine.tar").write_text("x")
    assert [archive.made_at(path).day for path in archive.listing(folder)] == [3, 2, 1]
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "barwatch.db").write_bytes(b"SQLite format 3\0" + bytes(4080))
    with pytest.raises(BackupError):
        backups.make(tmp_path / "broken", folder, keep=1, now=NOW + timedelta(days=9))
    assert len(archive.listing(folder)) == 3
    assert (folder / "mine.tar").exists()
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_a_backup_a_day_and_an_alarm_where_it_fails(
    running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At its hour, or at any once it is overdue; a failure is told, and so is its end."""
    assert running.data.exists()
    machine, told = Machine(), list[Health]()
    hour = machine.wall.astimezone().hour
    plan = BackupPlan(tmp_path / "backups", hour=hour, keep=2)
    tended = ScheduledBackups(tmp_path / "data", plan, machine.clock(), told.append)
    tended.step()
    assert len(archive.listing(plan.folder)) == 1
    told.clear()
    for hours, due in ((1, False), (22, False), (24, True), (29, False), (31, True)):
        assert tended.due(machine.wall + timedelta(hours=hours)) is due
    never = ScheduledBackups(tmp_path / "data", BackupPlan(plan.folder, None), machine.clock(), told.append)
    assert not never.due(machine.wall + timedelta(days=9))

    def fail(*_: object, **__: object) -> Path:
        raise BackupError("no room")

    machine.pass_s(40 * 3600)
    with monkeypatch.context() as broken:
        broken.setattr(scheduled, "make", fail)
        tended.step()
    tended.step()
    assert [(health.kind, health.active) for health in told] == [
        (AlarmKind.BACKUP_FAILED, True),
        (AlarmKind.BACKUP_FAILED, False),
    ]


def test_both_are_commands(running: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`barwatch backup` prints the file, which `barwatch restore` takes."""
    assert running.data.exists()
    runner = CliRunner()
    made = runner.invoke(command_line, ["backup", "--data", str(tmp_path / "data"), "--keep", "2"])
    assert made.exit_code == 0, made.output
    file = Path(made.output.strip())
    assert file.parent == tmp_path / "data" / "backups"
    assert archive.made_at(file) <= datetime.now(UTC)
    done = runner.invoke(command_line, ["restore", str(file), "--data", str(tmp_path / "new")])
    assert done.exit_code == 0, done.output
    Store.open(tmp_path / "new").close()

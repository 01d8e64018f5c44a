"""Clips on the disk: private, whole, recorded in the chain, and gone when they are to go."""

import stat
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from service.audit.verification import verify
from service.clips.desk import MOST_MADE, ClipDesk
from service.clips.keeper import ClipKeeper
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.arrays import Image
from service.domain.evidence.clip import ClipMade, ClipRules, NoClip, StoredClip
from service.host.clocks.wall_clock import WallClock
from service.host.disk import DiskSpace
from service.host.runner import Runners
from service.store import alarms
from service.store.audit import entries
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from service.store.clips.missing import note_missing
from service.store.database import Store
from service.store.upkeep import backup, holds
from service.store.upkeep.plan import ClipChoice
from tests.service.store.empty import open_empty

CONTENT = np.arange(200, dtype=np.uint8)
RULES = ClipRules(None, 30.0, 1_000_000)


class Keeping:
    """A store, a folder and what keeps clips there; its thread is never started."""

    def __init__(
        self, data: Path, rules: ClipRules = RULES, free: int = 10**12, stop_s: float = 20.0
    ) -> None:
        there = (data / "barwatch.db").exists()
        self.data, self.folder = data, ClipFolder(data)
        self.store = Store.open(data) if there else open_empty(data)
        space = DiskSpace(data, lambda _: (free, 10**12))
        space.check(quietly=True)
        self.desk = ClipDesk()
        self.keeper = ClipKeeper(
            self.store,
            self.folder,
            self.desk,
            lambda _: rules,
            rules.most_bytes,
            space,
            WallClock(),
            Runners(),
            stop_s,
        )

    def alarm(self, number: int = 1) -> Alarm:
        draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "quad", "open", f"p-{number}", Verdict.OPEN)
        alarm = self.store.write(partial(alarms.raise_alarm, draft=draft)).result()
        assert alarm is not None
        return alarm

    def keep(self, number: int = 1, content: np.ndarray | None = CONTENT) -> Alarm:
        """Raise an alarm and let its clip come."""
        alarm = self.alarm(number)
        self.desk.on_alarms([alarm])
        none = NoClip.CODEC if content is None else None
        self.desk.made(ClipMade(alarm.id, content, "h264", -8.4, 3.9, none))
        outcome = self.desk.take()
        assert outcome is not None
        self.keeper._store_one(outcome)
        return alarm

    def clip(self, alarm: Alarm) -> StoredClip:
        with self.store.reading() as session:
            clip = rows.find(session, alarm.id)
        assert clip is not None
        return clip

    def evidence(self, alarm: Alarm) -> tuple[str, ...]:
        with self.store.reading() as session:
            return alarms.get(session, alarm.id).evidence

    def actions(self) -> list[str]:
        with self.store.reading() as session:
            return [entry.action for entry in entries.listing(session, action="clip.")]


@pytest.fixture
def kept(tmp_path: Path) -> Keeping:
    return Keeping(tmp_path / "data")


def test_a_clip_is_private_whole_and_in_the_chain(kept: Keeping) -> None:
    """The file is its owner's alone, the alarm names it, and its digest is sealed by an entry of its own."""
    alarm = kept.keep()
    clip = kept.clip(alarm)
    path = kept.folder.path(clip.file or "")
    assert path.read_bytes() == CONTENT.tobytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (clip.begins_s, clip.ends_s, clip.bytes, clip.none) == (-8.4, 3.9, 200, None)
    assert kept.evidence(alarm) == (f"/alarms/{alarm.id}/clip.mp4",)
    with kept.store.reading() as session:
        (entry,) = entries.listing(session, action="clip.store")
    assert (clip.sha256 or "none") in entry.details
    report = verify(kept.data)
    assert (report.broken, report.clips) == ([], 1)
    path.write_bytes(b"another")
    (broken,) = verify(kept.data).broken
    assert broken.link.startswith(f"clip of alarm {alarm.id}")


def test_an_alarm_without_a_clip_says_why(kept: Keeping) -> None:
    """Nothing is named in its evidence, and the reason is recorded."""
    alarm = kept.keep(content=None)
    assert (kept.clip(alarm).none, kept.evidence(alarm), kept.actions()) == (NoClip.CODEC, (), ["clip.none"])


def test_a_disk_with_little_room_keeps_no_clip(tmp_path: Path) -> None:
    """Alarms and pictures need it more."""
    kept = Keeping(tmp_path / "data", free=10**8)
    alarm = kept.keep()
    assert kept.clip(alarm).none is NoClip.DISK
    assert not any(kept.folder.folder.rglob("*.mp4"))


def test_a_write_that_fails_leaves_nothing(kept: Keeping) -> None:
    """No half of a file, no record that names it; the alarm says why it has no clip."""
    kept.folder.folder.write_bytes(b"in the way")
    alarm = kept.keep()
    assert kept.clip(alarm).none is NoClip.DISK


def test_a_slow_disk_holds_up_no_alarm(kept: Keeping, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a clip is written, alarms are committed; of many that wait some are given up, and say so."""
    writing, may_go = threading.Event(), threading.Event()
    save = kept.folder.save

    def slowly(file: str, content: Image) -> str:
        writing.set()
        assert may_go.wait(120)
        return save(file, content)

    monkeypatch.setattr(kept.folder, "save", slowly)
    kept.keeper.start()
    alarm = kept.alarm()
    kept.desk.on_alarms([alarm])
    kept.desk.made(ClipMade(alarm.id, CONTENT, "h264", -8.0, 4.0))
    assert writing.wait(120)
    more = [kept.alarm(number) for number in range(2, MOST_MADE + 4)]
    kept.desk.on_alarms(more)
    for each in more:
        kept.desk.made(ClipMade(each.id, CONTENT, "h264", -8.0, 4.0))
    may_go.set()
    while kept.desk.is_waiting:
        writing.wait(0.01)
    kept.keeper.stop()
    found = [kept.clip(each).none for each in (alarm, *more)]
    assert found == [None] * (1 + MOST_MADE) + [NoClip.BUSY] * 2


def test_old_clips_go_and_held_ones_stay(tmp_path: Path) -> None:
    """Their digests stay in the record, and nothing is called broken that the service itself deleted."""
    kept = Keeping(tmp_path / "data", ClipRules(None, 3.0, 1_000_000))
    first, second = kept.keep(1), kept.keep(2)
    kept.store.write(partial(holds.hold, alarm_id=first.id, held=True)).result()
    later = datetime.now(UTC) + timedelta(days=4)
    assert kept.keeper.retain(later) == 1
    assert kept.clip(first).file is not None
    gone = kept.clip(second)
    assert (gone.none, gone.file, len(gone.sha256 or "")) == (NoClip.EXPIRED, None, 64)
    assert [path.stem for path in kept.folder.folder.rglob("*.mp4")] == [first.id]
    assert verify(kept.data).broken == []


def test_a_lift_keeps_its_clips_as_long_as_its_people_may_be_seen(tmp_path: Path) -> None:
    """Three days on a lift that hides people, beside others that keep them for a month."""
    keeping = Keeping(tmp_path / "data")
    keeping.keeper._rules_of = lambda lift_id: ClipRules(None, 3.0 if lift_id == "quad" else 30.0)
    alarm = keeping.keep()
    assert keeping.keeper.retain(alarm.raised_at + timedelta(days=2)) == 0
    assert keeping.keeper.retain(alarm.raised_at + timedelta(days=4)) == 1


def test_clips_take_so_much_room_at_most(tmp_path: Path) -> None:
    """The oldest go first."""
    kept = Keeping(tmp_path / "data", ClipRules(None, 30.0, 500))
    kept_alarms = [kept.keep(number) for number in range(4)]
    assert kept.keeper.retain(datetime.now(UTC)) == 2
    assert [kept.clip(alarm).file is not None for alarm in kept_alarms] == [False, False, True, True]


def test_clips_are_given_up_first(kept: Keeping) -> None:
    """While the disk has little room they make way for pictures; once there are none, pictures go."""
    kept.keep()
    assert kept.keeper.make_room()
    assert not kept.keeper.make_room()


def test_files_that_nobody_names_go(kept: Keeping) -> None:
    """A service that was killed may have written one without recording it."""
    kept.folder.save("quad/2026-01-31/stranger.mp4", CONTENT)
    alarm = kept.keep()
    kept.keeper.retain(datetime.now(UTC))
    assert [path.stem for path in kept.folder.folder.rglob("*.mp4")] == [alarm.id]


def test_a_clip_that_is_gone_is_noted(kept: Keeping) -> None:
    """No link stays broken, held or not, and the audit says since when."""
    alarm = kept.keep()
    kept.store.write(partial(holds.hold, alarm_id=alarm.id, held=True)).result()
    kept.folder.path(kept.clip(alarm).file or "").unlink()
    assert len(verify(kept.data).broken) == 1
    assert note_missing(kept.store, kept.folder) == 1
    assert (kept.clip(alarm).none, kept.evidence(alarm)) == (NoClip.MISSING, ())
    assert "clip.missing" in kept.actions()
    assert verify(kept.data).broken == []


@pytest.mark.parametrize(
    ("choice", "names"), [(ClipChoice.ALL, 2), (ClipChoice.HELD, 1), (ClipChoice.NONE, 0)]
)
def test_a_backup_holds_the_clips_that_are_wanted(
    kept: Keeping, tmp_path: Path, choice: ClipChoice, names: int
) -> None:
    """The others are noted as gone where it is restored, and nothing else is broken there."""
    first, second = kept.keep(1), kept.keep(2)
    kept.store.write(partial(holds.hold, alarm_id=first.id, held=True)).result()
    made = backup.make(kept.data, tmp_path / "backups", clips=choice)
    kept.store.close()
    backup.restore(made, tmp_path / "restored")
    folder = ClipFolder(tmp_path / "restored")
    assert len(list(folder.folder.rglob("*.mp4"))) == names
    assert verify(tmp_path / "restored").broken == []
    store = Store.open(tmp_path / "restored")
    with store.reading() as session:
        clip = rows.find(session, second.id)
    store.close()
    assert clip is not None
    assert (clip.none is None) is (choice is ClipChoice.ALL)

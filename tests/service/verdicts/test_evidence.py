"""Evidence: pictures come after the commit, and no address leads nowhere for good."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from lifts.decision.verdict import Judgement, Verdict
from service.domain.alarm import Alarm
from service.domain.arrays import Image
from service.domain.errors import NotFoundError
from service.host.disk import DiskSpace
from service.store import alarms, passages
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.verdicts.counters import PassageCounters
from service.verdicts.evidence import EvidenceWriter
from service.verdicts.recorder import Recorder
from service.verdicts.recording import draft_of
from tests.service.tiny_model import OPEN, passage, picture

BAR_OPEN = Judgement(Verdict.OPEN, 0.99, -0.5, True, 0.9, (), 1, "m")
EVIDENCE = tuple(f"/passages/p/pictures/{n}.jpg" for n in (1, 2, 3))


class Kept(Pictures):
    """Pictures that are written when `may` is set; no room for those whose name ends with `fails`."""

    fails = "never"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.may = threading.Event()
        self.may.set()

    def save(self, file: str, image: Image) -> str | None:
        assert self.may.wait(120)
        if file.endswith(self.fails):
            self.space = DiskSpace(self.folder.parent, lambda _: (1, 10**12))
            self.space.check()
        saved = super().save(file, image)
        self.space = DiskSpace(self.folder.parent)
        return saved


class Bench:
    """What writes evidence, and the recorder that hands it over."""

    def __init__(self, store: Store, folder: Path, max_waiting: int = 64) -> None:
        self.store, self.pictures, self.tally = store, Kept(folder), PassageCounters()
        self.writer = EvidenceWriter(store, self.pictures, self.tally, max_waiting)
        self.recorder = Recorder(store, self.pictures, self.writer, self.tally, lambda *_: None)

    def record(self, name: str = "p") -> None:
        shown = passage(name, [picture(OPEN)] * 3, time.monotonic())
        self.recorder.add(draft_of(shown, BAR_OPEN, None, self.pictures))

    def kept(self, name: str = "p") -> tuple[PassageRecord, Alarm]:
        with self.store.reading() as session:
            (alarm,) = [each for each in alarms.listing(session).items if each.passage_id == name]
            return passages.get(session, name), alarm


def _await(found: Callable[[], object], what: str) -> None:
    until = time.monotonic() + 120
    while not found():
        assert time.monotonic() < until, f"timed out waiting for {what}"
        time.sleep(0.005)


@pytest.fixture
def bench(store: Store, tmp_path: Path) -> Bench:
    return Bench(store, tmp_path / "kept")


def test_an_alarm_does_not_wait_for_its_pictures(bench: Bench) -> None:
    """It is committed and published while the disk hangs; meanwhile its pictures are marked as pending."""
    heard = threading.Event()
    bench.store.on_alarms(lambda _: heard.set())
    bench.pictures.may.clear()
    bench.writer.start()
    bench.record()
    assert heard.wait(120)
    record, alarm = bench.kept()
    assert alarm.evidence == EVIDENCE
    files = [shown.file or "" for shown in record.pictures]
    with pytest.raises(NotFoundError, match="is being written: ask again"):
        bench.pictures.path(files[2])
    bench.pictures.may.set()
    _await(lambda: all((bench.pictures.folder / file).exists() for file in files), "the pictures")
    bench.writer.stop()
    assert [bench.pictures.path(file).name for file in files] == [Path(file).name for file in files]


def test_a_picture_that_could_not_be_written_is_noted(bench: Bench) -> None:
    """The record and the alarm name it no longer; subscribers hear of the change; it is counted."""
    bench.pictures.fails = "_2.jpg"
    bench.record()
    bench.recorder.stop()
    bench.writer.stop()
    record, alarm = bench.kept()
    assert [bool(shown.file) for shown in record.pictures] == [True, False, True]
    assert alarm.evidence == (EVIDENCE[0], EVIDENCE[2])
    assert alarm.seq == 2
    assert bench.tally.snapshot()["pictures_lost"] == 1
    with bench.store.reading() as session, pytest.raises(NotFoundError):
        passages.picture_file(session, "p", 2)


@pytest.mark.parametrize("change", ["DELETE FROM passages", "UPDATE passages SET pictures = '{'"])
def test_a_record_that_is_gone_or_damaged_does_not_block_the_others(bench: Bench, change: str) -> None:
    """Its missing pictures are given up; those of the next passage are noted."""
    bench.pictures.fails = "_2.jpg"
    for name in "ab":
        bench.record(name)
    bench.recorder.stop()
    bench.store.write(lambda session: session.execute(text(f"{change} WHERE id = 'a'"))).result(120)
    bench.writer.stop()
    assert [bool(shown.file) for shown in bench.kept("b")[0].pictures] == [True, False, True]


def test_pictures_do_not_fill_the_memory(store: Store, tmp_path: Path) -> None:
    """While the disk hangs two passages' pictures wait; those of the third are given up, and noted."""
    bench = Bench(store, tmp_path / "kept", max_waiting=2)
    for name in "abc":
        bench.record(name)
    bench.recorder.stop()
    bench.writer.stop()
    assert [len(bench.kept(name)[1].evidence) for name in "abc"] == [3, 3, 0]
    assert len(list(bench.pictures.folder.rglob("*.jpg"))) == 6


def test_what_a_killed_service_did_not_write_is_noted_at_the_next_start(bench: Bench) -> None:
    """Committed, then killed: the next run takes the addresses back that lead nowhere."""
    bench.record()
    bench.recorder.stop()  # and the writer never starts
    folder = bench.pictures.folder.parent
    after = EvidenceWriter(bench.store, Pictures(folder), PassageCounters())
    after.start()
    _await(lambda: bench.kept()[1].evidence == (), "the addresses to go")
    after.stop()
    assert [shown.file for shown in bench.kept()[0].pictures] == [None] * 3


def test_the_same_passage_again_leaves_no_files_behind(bench: Bench) -> None:
    """It is known already: its pictures are neither written twice nor expected for ever."""
    for _ in range(2):
        bench.record()
    bench.recorder.stop()
    bench.writer.stop()
    assert len(list(bench.pictures.folder.rglob("*.jpg"))) == 3
    assert not bench.pictures._expected


def test_the_digest_of_each_picture_is_noted(bench: Bench) -> None:
    """What was written can be recognised later; what a killed service wrote is noted by the next one."""
    bench.record()
    bench.recorder.stop()
    bench.writer._write_all()  # and the service is killed: nothing is noted
    assert [shown.sha256 for shown in bench.kept()[0].pictures] == [None] * 3
    again = EvidenceWriter(bench.store, bench.pictures, bench.tally)
    again.start()
    again.stop()
    record, _ = bench.kept()
    assert all(shown.sha256 == bench.pictures.digest(shown.file or "") for shown in record.pictures)
    assert all(shown.sha256 for shown in record.pictures)

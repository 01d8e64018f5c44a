"""Evidence on a shared store: nobody waits for it, nothing is lost on its way, what is deleted is gone."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from starlette.requests import Request

from service.api.serving.parts import part_of
from service.audit.evidence import export_evidence
from service.audit.signing import SigningKey
from service.audit.verification import verify
from service.domain.alarm import AlarmKind
from service.domain.errors import BackupError, ConfigurationError, EvidenceUnreachableError, NotFoundError
from service.domain.health import Health
from service.host.clocks.wall_clock import WallClock
from service.host.runner import Runners
from service.store import alarms
from service.store.clips import rows
from service.store.clips.missing import note_missing
from service.store.database import Store
from service.store.evidence import shared
from service.store.evidence.files import LocalFiles, Removals
from service.store.evidence.remote import MARK, EvidenceAddress, RemoteStore
from service.store.evidence.shared import SharedFiles
from service.store.kept import shipping
from service.store.kept.shipping import EvidenceShipper
from service.store.kept.whole import Evidence
from service.store.upkeep import backup
from service.store.upkeep.plan import ClipChoice, PictureChoice
from service.verdicts.trouble import MachineTroubles
from tests.service.audit.history import make_history
from tests.service.kept_pictures import keep
from tests.service.store.empty import open_empty
from tests.service.tiny_model import OPEN, picture

pytest.importorskip("fsspec")
pytestmark = pytest.mark.sqlite

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CLIP = np.arange(200, dtype=np.uint8)


def until(what: str, check: Callable[[], object]) -> None:
    end = time.monotonic() + 120
    while not check():
        assert time.monotonic() < end, what
        time.sleep(0.005)


class Place:
    """A service's evidence on a shared store, and what sends it there."""

    def __init__(
        self, data: Path, root: Path, spool_bytes: int = 10**9, address: EvidenceAddress | None = None
    ) -> None:
        self.root = root
        self.store = Store.open(data) if (data / "barwatch.db").exists() else open_empty(data)
        self.address = address or EvidenceAddress(root.as_uri())
        self.evidence = Evidence.of(data, self.address, spool_bytes)
        self.pictures, self.clips = self.evidence.pictures, self.evidence.clips
        self.shipper = EvidenceShipper(self.store, self.evidence, Runners(), said_after_s=0.0)

    def files(self) -> list[str]:
        """Return what is on the store, by name."""
        found = (path for path in self.root.rglob("*") if path.is_file() and path.name != MARK)
        return sorted(path.relative_to(self.root).as_posix() for path in found)

    def spooled(self) -> list[Path]:
        folders = (self.pictures.folder, self.clips.folder)
        return [path for folder in folders for path in folder.rglob("*") if path.is_file()]

    def sent(self) -> None:
        """Wait until nothing is left to do."""
        until("everything is sent", lambda: self.shipper.is_up and not self.shipper.waiting)
        until(
            "everything is deleted", lambda: not self.evidence.removals or not self.evidence.removals.notes()
        )

    def close(self) -> None:
        self.shipper.stop()
        self.store.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "shared").mkdir()
    made = Place(tmp_path / "data", tmp_path / "shared")
    yield made
    made.close()


@pytest.fixture
def run(place: Place) -> Place:
    place.shipper.start()
    return place


def take_away(root: Path) -> Callable[[], object]:
    """The store is gone; return what brings it back."""
    away = root.with_name("away")
    root.rename(away)
    return lambda: away.rename(root)


def unmount(root: Path) -> Callable[[], object]:
    """As if a file system were not mounted: an empty folder, which takes files."""
    back = take_away(root)
    root.mkdir()

    def mount() -> None:
        root.rmdir()  # fails if anything was written there
        back()

    return mount


def test_what_is_written_here_ends_there_and_is_read_from_there(run: Place) -> None:
    """Pictures, numbers and clips; here nothing is left, and another service reads the same."""
    (file,) = keep(run.pictures, NOW, [picture(OPEN)], "p")
    assert file is not None
    assert run.pictures.save_numbers(file, CLIP) is not None  # also after the picture has left
    clip = run.clips.name("lift", NOW, "a-1")
    digest = run.clips.save(clip, CLIP)
    run.sent()
    assert run.spooled() == []
    stem = file.removesuffix(".jpg")
    assert run.files() == sorted([f"clips/{clip}", f"pictures/{stem}.jpg", f"pictures/{stem}.num"])
    other = Evidence.of(run.store.data.parent / "other", run.address)
    assert other.pictures.content(file) == run.pictures.content(file)
    assert other.pictures.read(file).shape == (200, 200, 3)
    assert other.clips.content(clip) == CLIP.tobytes()
    assert (len(digest), other.pictures.exists("lift/2026-01-31/none_1.jpg")) == (64, False)
    with pytest.raises(NotFoundError, match="gone"):
        other.pictures.there("lift/2026-01-31/none_1.jpg")


def test_what_is_deleted_here_is_deleted_there(run: Place) -> None:
    """By name, with its numbers and its folders."""
    (file,) = keep(run.pictures, NOW, [picture(OPEN)], "p")
    assert file is not None
    run.pictures.save_numbers(file, CLIP)
    run.sent()
    run.pictures.remove([file])
    run.sent()
    assert (run.files(), run.pictures.content(file)) == ([], None)
    assert run.pictures.save_numbers(file, CLIP) is None  # nothing comes after it was deleted
    assert [path.name for path in run.root.rglob("*")] == [MARK, "pictures"]


@pytest.mark.parametrize("strike", [take_away, unmount])
def test_a_store_that_is_away_delays_nothing_and_loses_nothing(
    run: Place, strike: Callable[[Path], Callable[[], object]]
) -> None:
    """Written here meanwhile and readable here; said; deleted and sent once it is back."""
    (old,) = keep(run.pictures, NOW, [picture(OPEN)], "old")
    assert old is not None
    run.sent()
    back = strike(run.root)
    (file,) = keep(run.pictures, NOW, [picture(OPEN)], "p")
    run.pictures.remove([old])
    assert file is not None
    said: list[Health] = []
    troubles = MachineTroubles(run.store, run.pictures, WallClock(), said.append)
    until("it is known", lambda: run.pictures.files.trouble)
    troubles.step()
    told = {(each.kind, each.cause, each.active) for each in said}
    assert (AlarmKind.EVIDENCE_BEHIND, "evidence_unreachable", True) in told
    assert run.shipper.waiting == 1
    assert run.pictures.there(file)
    with pytest.raises(EvidenceUnreachableError):
        run.pictures.there(old)  # not: it is gone
    run.close()
    after = Place(run.store.data, run.root)
    after.shipper.start()
    assert after.shipper.waiting == 1
    back()
    after.sent()
    assert after.files() == [f"pictures/{file}"]
    until("it is over", lambda: after.pictures.files.trouble is None)
    after.close()


@pytest.mark.parametrize("strike", [take_away, unmount])
def test_a_store_that_goes_just_after_it_was_looked_at_gets_and_loses_nothing(
    place: Place, strike: Callable[[Path], Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at its mark and the first file nothing is written below it, nor forgotten."""
    assert place.evidence.remote is not None
    assert place.evidence.removals is not None
    assert place.shipper.owns(place.evidence.remote)
    (file,) = keep(place.pictures, NOW, [picture(OPEN)], "p")
    place.pictures.remove(["lift/2026-01-31/old_1.jpg"])
    owns, back = place.shipper.owns, list[Callable[[], object]]()

    def then_gone(remote: RemoteStore) -> bool:
        found = owns(remote)
        if not back:
            back.append(strike(place.root))
        return found

    monkeypatch.setattr(place.shipper, "owns", then_gone)
    place.shipper.start()
    until("it is known", lambda: place.pictures.files.trouble)
    assert place.shipper.waiting == 1
    assert list(place.evidence.removals.notes())
    back[0]()
    place.sent()
    assert place.files() == [f"pictures/{file}"]


@pytest.mark.parametrize("strike", [take_away, unmount])
def test_what_is_written_below_a_store_that_goes_meanwhile_is_not_taken_for_sent(
    place: Place, strike: Callable[[Path], Callable[[], object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a batch the files after that are not written, and none counts; nor does what was deleted."""
    store = place.evidence.remote
    assert store is not None
    assert place.shipper.owns(store)
    store.put({"pictures/lift/2026-01-31/a": b"a"})
    pipe, written = store._files.pipe_file, list[str]()

    def strikes(path: str, content: bytes) -> None:
        if not written:
            strike(place.root)
        written.append(path)
        pipe(path, content)

    monkeypatch.setattr(store._files, "pipe_file", strikes)
    with pytest.raises(EvidenceUnreachableError, match="mounted"):
        store.put({"pictures/lift/2026-01-31/b": b"b", "pictures/lift/2026-01-31/c": b"c"})
    assert len(written) == 1
    with pytest.raises(EvidenceUnreachableError, match="mounted"):
        store.delete(["pictures/lift/2026-01-31/a"])


def test_a_spool_that_is_full_takes_no_more(tmp_path: Path) -> None:
    """Counted, and said by another cause; clips give way first."""
    (tmp_path / "shared").mkdir()
    place = Place(tmp_path / "data", tmp_path / "shared", spool_bytes=4000)
    place.clips.save(place.clips.name("lift", NOW, "a-1"), np.zeros(3000, np.uint8))
    with pytest.raises(OSError, match="too much"):
        place.clips.save(place.clips.name("lift", NOW, "a-2"), CLIP)
    noisy = np.random.default_rng(1).integers(0, 255, (200, 200, 3), np.uint8)
    assert keep(place.pictures, NOW, [noisy], "p") != [None]
    assert keep(place.pictures, NOW, [noisy], "q") == [None]
    assert place.pictures.failed_writes == 1
    place.root.rmdir()
    place.shipper.start()
    until("it is said", lambda: (place.pictures.files.trouble or ("",))[0] == "evidence_spool_full")
    place.close()


def test_another_installations_store_is_left_alone(run: Place, tmp_path: Path) -> None:
    """Two databases with one address would delete each other's evidence as strangers."""
    keep(run.pictures, NOW, [picture(OPEN)], "p")
    run.sent()
    before = run.files()
    other = Place(tmp_path / "other", run.root)
    keep(other.pictures, NOW, [picture(OPEN)], "q")
    other.pictures.remove([name.removeprefix("pictures/") for name in before])
    other.shipper.start()
    until("it is said", lambda: (other.pictures.files.trouble or ("",))[0] == "evidence_not_ours")
    assert (run.files(), other.shipper.waiting) == (before, 1)
    other.close()


def test_two_services_that_begin_at_once_claim_it_together(run: Place) -> None:
    """Two replicas of one database: whoever is first names it, and neither takes it for another's."""
    elsewhere = Evidence.of(run.store.data.parent / "elsewhere", run.address)
    second = EvidenceShipper(run.store, elsewhere, Runners())
    second.start()
    keep(run.pictures, NOW, [picture(OPEN)], "p")
    run.sent()
    until("both are up", lambda: run.shipper.is_up and second.is_up)
    second.stop()
    with run.store.reading() as session:
        owner = RemoteStore(run.address).owner()
        assert shipping._claim(session, run.root.as_uri(), "another") == owner


def test_what_is_deleted_on_its_way_does_not_arrive(tmp_path: Path) -> None:
    """Deleted while the store was taking it: it is deleted there as well."""
    root = tmp_path / "shared"
    root.mkdir()
    (root / MARK).write_text("{}")

    class Slow(RemoteStore):
        during: Callable[[], object] = staticmethod(lambda: None)

        def put(self, files: Mapping[str, bytes]) -> None:
            super().put(files)
            self.during()

    store, removals = Slow(EvidenceAddress(root.as_uri())), Removals(tmp_path / "removals")
    (tmp_path / "pictures").mkdir()
    kept = SharedFiles(
        "pictures", LocalFiles(tmp_path / "pictures"), store, removals, 10**9, threading.Event()
    )
    kept.write("lift/2026-01-31/a_1.jpg", b"a")
    store.during = lambda: kept.remove(["lift/2026-01-31/a_1.jpg"])
    assert kept.ship()
    assert shared.delete_removed(store, removals) > 0
    assert [path.name for path in root.rglob("*") if path.is_file()] == [MARK]
    assert not kept.written("lift/2026-01-31/a_1.jpg")


def test_old_files_that_nobody_names_go(run: Place) -> None:
    """On the store as here: of a record that was damaged, of a service that was killed."""
    for name in ("named", "nobody"):
        keep(run.pictures, NOW - timedelta(days=9), [picture(OPEN)], name)
    keep(run.pictures, NOW, [picture(OPEN)], "new")
    run.sent()
    assert run.pictures.remove_unnamed(NOW, {"named"}) == 1
    run.sent()
    assert len(run.files()) == 2


def _moved(tmp_path: Path) -> Place:
    """Return a history whose evidence has gone to a shared store."""
    make_history(tmp_path / "data")
    (tmp_path / "shared").mkdir()
    place = Place(tmp_path / "data", tmp_path / "shared")
    place.shipper.start()
    place.sent()
    assert place.spooled() == []
    return place


def test_evidence_is_verified_where_it_lies(tmp_path: Path) -> None:
    """As on this disk: whole, then changed; and a store that is away makes nothing good."""
    place = _moved(tmp_path)
    data = place.store.data
    honest = verify(data, evidence=place.address)
    assert (honest.broken, honest.pictures, honest.clips) == ([], 24, 1)
    assert len(verify(data).broken) == 25
    next(place.root.rglob("*_2.jpg")).write_bytes(b"another")
    assert ["not the file" in str(one) for one in verify(data, evidence=place.address).broken] == [True]
    back = take_away(place.root)
    assert all("cannot be read" in str(one) for one in verify(data, evidence=place.address).broken)
    back()
    assert note_missing(place.store, place.clips) == 0
    place.close()


@pytest.mark.thorough
def test_a_pack_and_a_backup_hold_what_lies_on_the_store(tmp_path: Path) -> None:
    """Restored to a folder, all of it is there again; without the store neither is made by halves."""
    place = _moved(tmp_path)
    data, whole = place.store.data, {"pictures": PictureChoice.ALL, "clips": ClipChoice.ALL}
    with place.store.reading() as session:
        alarm = alarms.listing(session).items[0]
    pack = partial(export_evidence, place.store, place.pictures, alarm.id, {}, place.clips, SigningKey(data))
    assert b"pictures/3.jpg" in pack()
    made = backup.make(data, tmp_path / "backups", evidence=place.address, **whole)  # type: ignore[arg-type]
    backup.restore(made, tmp_path / "restored")
    assert verify(tmp_path / "restored").broken == []
    back = take_away(place.root)
    with pytest.raises(EvidenceUnreachableError):
        pack()
    with pytest.raises(BackupError):
        backup.make(data, tmp_path / "backups", evidence=place.address, **whole)  # type: ignore[arg-type]
    # Clips that the backup has not are not gone: the store has them.
    back()
    few = backup.make(data, tmp_path / "few", clips=ClipChoice.NONE, evidence=place.address)
    backup.restore(few, tmp_path / "again", shared=True)
    again = Store.open(tmp_path / "again")
    with again.reading() as session:
        assert len(rows.named(session)) == 1
    again.close()
    place.close()


@pytest.mark.parametrize(
    ("asked", "status", "content"),
    [
        (None, 200, bytes(CLIP)),
        ("bytes=10-19", 206, bytes(CLIP[10:20])),
        ("bytes=190-", 206, bytes(CLIP[190:])),
        ("bytes=-5", 206, bytes(CLIP[-5:])),
        ("bytes=190-900", 206, bytes(CLIP[190:])),
        ("bytes=200-", 416, b""),
    ],
)
def test_a_clip_is_played_in_parts(run: Place, asked: str | None, status: int, content: bytes) -> None:
    """A browser seeks by asking for parts, wherever the clip lies."""
    clip = run.clips.name("lift", NOW, "a-1")
    run.clips.save(clip, CLIP)
    run.sent()
    headers = [] if asked is None else [(b"range", asked.encode())]
    request = Request({"type": "http", "headers": headers})
    answer = part_of(run.clips, clip, "video/mp4", {"Cache-Control": "private, no-store"}, request)
    assert (answer.status_code, answer.body) == (status, content)
    assert answer.headers["cache-control"] == "private, no-store"


def test_the_mark_is_json_and_an_address_is_checked(run: Place) -> None:
    """A mistake in the address is said at the start, not when evidence is missed."""
    keep(run.pictures, NOW, [picture(OPEN)], "p")
    run.sent()
    assert set(json.loads((run.root / MARK).read_text())) == {"installation"}
    for wrong in ("/srv/evidence", "file://host/x", "s3:///x", "s3://user:secret@bucket/x", "http://x/y"):
        with pytest.raises(ConfigurationError, match="BARWATCH_EVIDENCE_URL"):
            RemoteStore(EvidenceAddress(wrong))

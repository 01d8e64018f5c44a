"""Who leads next has what the leader learnt of the lines, and nobody waits for it."""

from __future__ import annotations

import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.domain.errors import EvidenceUnreachableError
from service.host.runner import JOIN_S, Runners
from service.store.evidence.remote import MARK, EvidenceAddress, RemoteStore
from service.store.kept.lines import FOLDER, MOST_BYTES, SharedLines

pytest.importorskip("fsspec")

Serve = Callable[[str, bool], "Service"]


class Service:
    """One of several services of one database; `look` is a turn of its thread."""

    def __init__(self, folder: Path, root: Path, leads: bool) -> None:
        self.folder, self.leads, self.owned = folder, leads, True
        self.lift_ids = {"l", "m", "z", "led", "old"}
        folder.mkdir(exist_ok=True)
        store = RemoteStore(EvidenceAddress(root.as_uri()))
        self.lines = SharedLines(
            folder, store, lambda: self.leads, self._owns, lambda: self.lift_ids, Runners()
        )

    def look(self) -> None:
        self.lines._turn()

    def learn(self, content: bytes, at_ns: int, lift: str = "l") -> None:
        (self.folder / f"{lift}.npz").write_bytes(content)
        os.utime(self.folder / f"{lift}.npz", ns=(at_ns, at_ns))

    def knows(self, lift: str = "l") -> bytes | None:
        path = self.folder / f"{lift}.npz"
        return path.read_bytes() if path.exists() else None

    def _owns(self) -> bool:
        if not self.owned:
            raise EvidenceUnreachableError("its mark is not there")
        return True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / MARK).write_text("{}")
    return tmp_path / "shared"


@pytest.fixture
def serve(tmp_path: Path, root: Path) -> Serve:
    return lambda name, leads: Service(tmp_path / name, root, leads)


@contextmanager
def a_disk_that_takes(most_bytes: int) -> Iterator[None]:
    """No file of this process becomes longer meanwhile."""
    before, told = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, told)


def there(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "learnt").glob("*"))


def test_the_next_leader_has_what_the_last_one_learnt(serve: Serve, root: Path) -> None:
    """Each change goes over, one file a lift stays, and after a change of leaders it goes the other way."""
    first, second = serve("first", True), serve("second", False)
    first.learn(b"a line", 1_000_000_000)
    first.learn(b"another", 5, lift="m")
    (first.folder / "l.setup.npz").write_bytes(b"a set-up's")
    first.look()
    second.look()
    assert (second.knows(), second.knows("m")) == (b"a line", b"another")
    assert there(root) == ["l.1000000000.npz", "m.5.npz"]
    first.learn(b"the line later", 2_000_000_001)
    first.look()
    second.look()
    assert second.knows() == b"the line later"
    assert there(root) == ["l.2000000001.npz", "m.5.npz"]
    first.leads, second.leads = False, True
    second.look()
    assert there(root) == ["l.2000000001.npz", "m.5.npz"]  # it is what it brought: nothing to send
    second.learn(b"by the next one, whose clock is behind", 1_500_000_000)
    second.look()
    first.look()
    assert first.knows() == b"by the next one, whose clock is behind"
    assert there(root) == ["l.1500000000.npz", "m.5.npz"]


def test_nothing_is_sent_or_brought_twice(serve: Serve, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of megabytes goes once, also over a restart of either."""
    asked: list[str] = []
    for name in ("put", "get"):
        old = getattr(RemoteStore, name)

        def counted(
            self: RemoteStore, *what: object, name: str = name, old: Callable[..., object] = old
        ) -> object:
            asked.append(name)
            return old(self, *what)

        monkeypatch.setattr(RemoteStore, name, counted)
    first, second = serve("first", True), serve("second", False)
    first.learn(b"a line", 7)
    for _ in range(3):
        first.look()
        second.look()
    assert asked == ["put", "get"]
    for service in (first, second):
        service.lines._held.clear()  # as after a restart
        service.look()
    assert asked == ["put", "get"]


@pytest.mark.parametrize("leads", [False, True])
def test_a_store_that_is_away_or_not_ours_is_left_alone(serve: Serve, root: Path, leads: bool) -> None:
    """Nothing is written into a folder where nothing is mounted; once it is back, all goes on."""
    other, service = serve("other", not leads), serve("service", leads)
    for each in (other, service):
        each.learn(b"a line", 7, lift="led" if each.leads else "old")
    service.owned = False
    service.look()
    if leads:
        assert not (root / "learnt").exists()
    other.look()
    service.owned = True
    service.look()
    other.look()
    assert (service if other.leads else other).knows("led") == b"a line"


def test_names_that_are_no_lifts_are_left_alone(serve: Serve, root: Path) -> None:
    """Whatever else lies there is neither brought nor deleted, and leads nowhere else."""
    (root / "learnt").mkdir()
    strange = ["..%2Fx.1.npz", "l.npz", "L.1.npz", "l.-1.npz", "l.1.npz.part", f"a.{2**63}.npz", "a.1.2.npz"]
    for name in strange:
        (root / "learnt" / name).write_bytes(b"?")
    second, first = serve("second", False), serve("first", True)
    second.look()
    assert list(second.folder.iterdir()) == []
    first.learn(b"a line", 7)
    first.look()
    assert there(root) == sorted([*strange, "l.7.npz"])


def test_a_leader_that_goes_on_for_a_moment_takes_nothing_from_the_next(serve: Serve, root: Path) -> None:
    """It was stopped while another one took over, and sends what it had: the next one sends its own again."""
    first, second = serve("first", True), serve("second", True)
    first.learn(b"long ago", 2_000_000_000)
    second.learn(b"now, by a clock that is behind", 1_000_000_000)
    second.look()
    first.look()
    assert there(root) == ["l.2000000000.npz"]
    second.look()
    first.leads = False
    first.look()
    assert first.knows() == b"now, by a clock that is behind"
    assert there(root) == ["l.1000000000.npz"]


def test_a_leader_that_was_away_takes_nothing_from_who_led_meanwhile(serve: Serve, root: Path) -> None:
    """What it knew before is older; what it learns from then on is not, whatever its clock says."""
    folder = root.parent / "first"
    folder.mkdir()
    (folder / "l.npz").write_bytes(b"long ago")
    os.utime(folder / "l.npz", ns=(5, 5))
    second = serve("second", True)
    second.learn(b"meanwhile", 2_000_000_000)
    second.look()
    first = serve("first", True)
    second.leads = False
    first.look()
    second.look()
    assert (there(root), second.knows()) == (["l.2000000000.npz"], b"meanwhile")
    first.learn(b"now, by a clock that is behind", 1_000_000_000)
    first.look()
    second.look()
    assert second.knows() == b"now, by a clock that is behind"
    assert there(root) == ["l.1000000000.npz"]


def test_a_file_that_cannot_be_read_holds_up_no_other(serve: Serve, root: Path) -> None:
    """Neither one that leads nowhere nor what is no file."""
    first, second = serve("first", True), serve("second", False)
    first.learn(b"a line", 7, lift="z")
    (first.folder / "a.npz").symlink_to("nowhere")
    (first.folder / "b.npz").mkdir()
    first.look()
    second.look()
    assert second.knows("z") == b"a line"


def test_a_file_too_large_to_hold_is_not_brought(serve: Serve, root: Path) -> None:
    """Who may write to the store fills nobody's memory; others come, and so does it once it is smaller."""
    first, second = serve("first", True), serve("second", False)
    first.learn(b"a line", 7, lift="z")
    first.look()
    large = root / FOLDER / "m.9.npz"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    second.look()
    assert (second.knows("m"), second.knows("z")) == (None, b"a line")
    os.truncate(large, 3)
    second.look()
    assert second.knows("m") == bytes(3)


def test_what_was_learnt_of_a_deleted_lift_goes_everywhere(serve: Serve, root: Path) -> None:
    """From the store and from the disks of those that do not lead; its leader's cameras delete their own."""
    first, second = serve("first", True), serve("second", False)
    first.learn(b"a line", 7)
    first.learn(b"another", 5, lift="m")
    for each in (first, second):
        each.look()
    (second.folder / "m.setup.npz").write_bytes(b"of a set-up, when it led")
    first.lift_ids = second.lift_ids = {"l"}
    second.look()
    assert [path.name for path in second.folder.iterdir()] == ["l.npz"]
    second.look()
    assert second.knows("m") is None  # though the store still has it
    first.look()
    assert there(root) == ["l.7.npz"]
    first.look()
    assert there(root) == ["l.7.npz"]  # what its cameras had yet to delete is not sent again


def test_a_store_without_room_keeps_no_halves(serve: Serve, root: Path) -> None:
    """What did not fit leaves nothing there, and goes once there is room."""
    first = serve("first", True)
    first.learn(b"a line" * 100_000, 7)
    with a_disk_that_takes(50_000):
        first.look()
    assert there(root) == []
    first.look()
    assert there(root) == ["l.7.npz"]


@pytest.mark.parametrize("leads", [False, True])
def test_the_service_s_end_waits_for_no_store(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, leads: bool
) -> None:
    """One that hangs holds up neither the last records nor the note of who is accounted for."""
    asked, over = threading.Event(), threading.Event()

    def hang(*_: object) -> list[str]:
        asked.set()
        over.wait()
        return []

    monkeypatch.setattr(RemoteStore, "names", hang)
    service = serve("service", leads)
    service.lines.start()
    assert asked.wait(60)
    began_s = time.monotonic()
    service.lines.stop()
    took_s = time.monotonic() - began_s
    over.set()
    service.lines.runner.stop()
    assert took_s < JOIN_S / 2

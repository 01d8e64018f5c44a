"""Evidence on a store that several services share: it lies on this machine's disk first, and is sent then."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Collection, Iterator
from pathlib import Path

import structlog

from service.domain.errors import EvidenceUnreachableError
from service.store.evidence.files import PART, EvidenceFiles, LocalFiles, Removals
from service.store.evidence.remote import RemoteStore

log = structlog.get_logger(__name__)

BATCH_FILES, BATCH_BYTES = 32, 8_000_000
"""What is on its way at once: a passage's nine files, a clip."""

RECENT = 4096
"""Files of which is remembered that they were sent: those of some hundred passages."""

LIST_EVERY_S = 86_400.0
"""So often the store itself is looked through: a thousand lifts are tens of thousands of requests."""


class SharedFiles(EvidenceFiles):
    """One kind of evidence: written to `spool`, sent to the store by `ship`, and deleted here then.

    Args:
        kind: the folder at the store.
        spool: this machine's folder.
        store: the shared one.
        removals: what is to be deleted there.
        most_bytes: beyond it no more is written while the store does not take any.
        wake: set when there is something to send or to delete.
    """

    is_shared = True

    def __init__(
        self,
        kind: str,
        spool: LocalFiles,
        store: RemoteStore,
        removals: Removals,
        most_bytes: int,
        wake: threading.Event,
    ) -> None:
        self.kind, self.folder = kind, spool.folder
        self._spool, self._store, self._removals = spool, store, removals
        self._most_bytes, self._wake = most_bytes, wake
        self._lock = threading.Lock()
        """Held while this disk's files change: no folder goes between its making and a file in it."""
        self._new: deque[str] = deque()
        self._old: Iterator[str] = iter(())
        self._again: list[str] = []
        self._unnoted: list[str] = []
        self._sent: OrderedDict[str, None] = OrderedDict()
        self._next_listing_mono_s = 0.0
        self.waiting = self.waiting_bytes = self.shipped = 0
        self.said: tuple[str, dict[str, float | str]] | None = None

    @property
    def has_room(self) -> bool:
        """Whether the spool may grow."""
        return self.waiting_bytes < self._most_bytes

    @property
    def trouble(self) -> tuple[str, dict[str, float | str]] | None:
        """What the last attempts to send met."""
        if self.said is not None and not self.has_room:
            return "evidence_spool_full", self.said[1]
        return self.said

    def count_waiting(self) -> None:
        """Count what an earlier run left here; it is sent with the rest. Before anything is written."""
        with self._lock:
            sizes = [_size(self.folder / name) for name in self._spool.listing()]
            self.waiting, self.waiting_bytes = len(sizes), sum(sizes)
            self._new.clear()
            self._old = self._spool.listing()

    def write(self, name: str, content: bytes | memoryview, *, synced: bool = False) -> None:
        """Write to this disk; it is sent at once, by another thread."""
        with self._lock:
            self._spool.write(name, content, synced=synced)
            self._sent.pop(name, None)
            self._new.append(name)
            self.waiting, self.waiting_bytes = self.waiting + 1, self.waiting_bytes + len(content)
        self._wake.set()

    def read(self, name: str) -> bytes | None:
        """Return a file from here, else from the store. In this order: it is gone here once it is there."""
        content = self._spool.read(name)
        return self._store.get(self._named(name)) if content is None else content

    def written(self, name: str) -> bool:
        """Say whether it is here still, or was sent lately."""
        with self._lock:
            return name in self._sent or self._spool.written(name)

    def exists(self, name: str) -> bool:
        """Say whether it is here or there."""
        return self._spool.written(name) or self._store.exists(self._named(name))

    def here(self, name: str) -> Path | None:
        """Return its path if it was not sent yet."""
        return self._spool.here(name)

    def remove(self, names: Collection[str]) -> None:
        """Delete files here at once, there as soon as the store answers."""
        if not names:
            return
        with self._lock:
            self._forget([self._named(name) for name in names])  # first: a crash forgets none
            for name in names:
                self._sent.pop(name, None)
                self._drop(name)
        self._wake.set()

    def listing(self, before: str | None = None) -> Iterator[str]:
        """Give what is here, and once a day what is there of the days before `before`."""
        yield from self._spool.listing(before)
        if before is None or time.monotonic() < self._next_listing_mono_s:
            return
        self._next_listing_mono_s = time.monotonic() + LIST_EVERY_S
        try:
            yield from self.remote(before)
        except EvidenceUnreachableError as error:
            log.warning("old evidence is not looked for", kind=self.kind, reason=str(error))
            self._next_listing_mono_s = 0.0

    def remote(self, before: str | None = None) -> Iterator[str]:
        """Give what is at the store. Raises EvidenceUnreachableError."""
        for lift_id in self._store.folders(self.kind):
            for day in self._store.folders(f"{self.kind}/{lift_id}"):
                if before is None or day < before:
                    for file in self._store.names(f"{self.kind}/{lift_id}/{day}"):
                        yield f"{lift_id}/{day}/{file}"

    def everything(self) -> Iterator[str]:
        """Give the names of all files, here and there. Raises EvidenceUnreachableError."""
        return iter(dict.fromkeys((*self._spool.listing(), *self.remote())))

    def ship(self) -> bool:
        """Send some of what waits; return whether there was any. Raises EvidenceUnreachableError."""
        batch = self._again or self._next_batch()
        if not batch:
            with self._lock:
                if not self._new:  # whatever was counted and is gone, by whomever
                    self.waiting = self.waiting_bytes = 0
            return False
        self._again = batch
        with self._lock:  # none that is being written
            found = {name: content for name in batch if (content := self._spool.read(name)) is not None}
        if found:
            self._store.put({self._named(name): content for name, content in found.items()})
        with self._lock:
            late = [self._named(name) for name in found if not self._spool.written(name)]
            self._forget(late)  # removed while they were on their way
            for name in found:
                if self._drop(name):
                    self._sent[name] = None
            while len(self._sent) > RECENT:
                self._sent.popitem(last=False)
            self.shipped += len(found) - len(late)
            self._again = []
        return True

    def _next_batch(self) -> list[str]:
        batch: list[str] = []
        size = 0
        while len(batch) < BATCH_FILES and size < BATCH_BYTES:
            name = self._new.popleft() if self._new else next(self._old, None)
            if name is None:
                break
            if not name.endswith(PART):
                batch.append(name)
                size += _size(self.folder / name)
        return batch

    def _forget(self, named: list[str]) -> None:
        """Note what is to be deleted there; without room for a note, remember it for now."""
        self._unnoted += named
        if self._unnoted:
            try:
                self._removals.note(self._unnoted)
            except OSError as error:
                log.warning(
                    "no room to note what is to be deleted", files=len(self._unnoted), reason=str(error)
                )
                return
            self._unnoted = []

    def _drop(self, name: str) -> bool:
        """Delete a file here, and no longer count it; return whether it was here."""
        path = self.folder / name
        if not path.is_file():
            return False
        size = _size(path)
        self._spool.remove([name])
        self.waiting = max(self.waiting - 1, 0)
        self.waiting_bytes = max(self.waiting_bytes - size, 0)
        return True

    def _named(self, name: str) -> str:
        return f"{self.kind}/{name}"


def delete_removed(store: RemoteStore, removals: Removals) -> int:
    """Delete what is noted, a batch at a time; return how many files. Raises EvidenceUnreachableError."""
    count = 0
    for note, names in removals.notes():
        for first in range(0, len(names), BATCH_FILES):
            some = names[first : first + BATCH_FILES]
            store.delete(some)
            count += len(some)
        note.unlink(missing_ok=True)
    return count


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0

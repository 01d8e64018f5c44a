"""What was learnt of lines, on the shared store: who leads next follows them from the first frame.

The leader sends its files (`learnt/LIFT.npz`) as `learnt/LIFT.STAMP.npz`, STAMP being when it wrote them, in
ns since 1970; every other service brings them to its own disk, with that time, long before it is to lead.
Nobody waits for any of it: without the store a line is learnt anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import structlog

from service.domain.errors import EvidenceUnreachableError, StoreError
from service.host.runner import Runner, Runners
from service.store.evidence.files import LocalFiles
from service.store.evidence.remote import RemoteStore

log = structlog.get_logger(__name__)

FOLDER = "learnt"
MOST_BYTES = 32 << 20
"""Of a file that is brought, many times what one takes: it is held in memory, and others may write there."""
EVERY_S = 15.0
"""How often is looked; a file changes every quarter of an hour at most (service.station.carried)."""

STOP_S = 0.5
"""How long the service's end waits: a store that hangs must not take the time that records have."""

_NAME = re.compile(r"([a-z0-9-]{1,64})\.([0-9]{1,19})\.npz")
_MOST_NS = 2**63 - 1
"""The latest time that a file can have."""


def learnt_folder(data: Path) -> Path:
    """Return where what was learnt of lines is, below the data folder."""
    return data / FOLDER


def learnt_file(data: Path, lift_id: str) -> Path:
    """Return a lift's file there; what a set-up has learnt lies beside it."""
    return learnt_folder(data) / f"{lift_id}.npz"


def forget_others(folder: Path, lift_ids: Collection[str]) -> None:
    """Delete all other lifts' files, of their set-ups too: each holds a blurred view of the station."""
    for path in folder.glob("*.npz"):
        if path.name.split(".")[0] not in lift_ids:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                log.warning("what was learnt of a deleted lift is still there", reason=str(error))


class SharedLines:
    """Owns the thread that sends or brings them. Who reads a file checks it, brought or not.

    Args:
        folder: of this machine, with a file for each lift.
        store: the shared one.
        leads: whether this service leads now; one that does sends, every other one brings.
        owns: asks the store whether it is this installation's; raises EvidenceUnreachableError, StoreError.
        lift_ids: gives the lifts that there are; what was learnt of others goes. Raises StoreError.
        runners: the list to which the thread is added.
    """

    def __init__(
        self,
        folder: Path,
        store: RemoteStore,
        leads: Callable[[], bool],
        owns: Callable[[], bool],
        lift_ids: Callable[[], Collection[str]],
        runners: Runners,
    ) -> None:
        self._folder, self._store, self._leads, self._owns = Path(folder), store, leads, owns
        self._lift_ids = lift_ids
        self._files = LocalFiles(self._folder)
        self._held: dict[str, int] = {}
        """The stamp that this service has brought of each lift."""
        self._found = dict(self._written())
        """Those of an earlier run: whoever led since has sent later ones, perhaps."""
        self._failing = False
        self.runner = runners.add(Runner("learnt lines", self._turn, every_s=EVERY_S))

    def start(self) -> None:
        """Begin to look."""
        self.runner.start()

    def stop(self) -> None:
        """End; what was written last is on this disk, and sent after the next start."""
        self.runner.stop(STOP_S)

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():  # for a store that may be slow
            try:
                if self._owns():  # asked each time: a folder that is not mounted looks like an empty store
                    (self._send if self._leads() else self._bring)(self._lift_ids())
            except (EvidenceUnreachableError, StoreError, OSError) as error:
                if not self._failing:
                    log.warning("what was learnt of lines is not shared", reason=str(error))
                self._failing = True
            else:
                self._failing = False

    def _send(self, lift_ids: Collection[str]) -> None:
        there = self._there()  # each time: who led before goes on for a moment, perhaps, and deletes others'
        for lift_id in there.keys() - lift_ids:
            self._store.delete([_named(lift_id, stamp) for stamp in there[lift_id]])
        for lift_id, stamp in self._written():
            if lift_id not in lift_ids:
                continue
            stamps = there.get(lift_id, [])
            if stamps == [stamp] or (self._found.get(lift_id) == stamp and max(stamps, default=0) > stamp):
                continue
            if self.runner.stopping.is_set() or not self._leads():
                return
            if stamp not in stamps:
                if (content := self._files.read(self._path(lift_id).name)) is None:
                    continue
                self._store.put({_named(lift_id, stamp): content})
            self._store.delete([_named(lift_id, old) for old in stamps if old != stamp])

    def _bring(self, lift_ids: Collection[str]) -> None:
        forget_others(self._folder, lift_ids)
        mine = dict(self._written())
        for lift_id, stamps in self._there().items():
            newest = max(stamps)
            if lift_id not in lift_ids or newest in {self._held.get(lift_id), mine.get(lift_id)}:
                continue
            content = self._store.get(_named(lift_id, newest), MOST_BYTES)
            if self.runner.stopping.is_set() or self._leads():
                return
            if content is not None:
                self._files.write(self._path(lift_id).name, content, synced=True)
                os.utime(self._path(lift_id), ns=(newest, newest))
                self._held[lift_id] = newest

    def _there(self) -> dict[str, list[int]]:
        """Return the stamps at the store, by lift; two where a leader was lost before it deleted one."""
        found: dict[str, list[int]] = {}
        for name in self._store.names(FOLDER):
            if (parts := _NAME.fullmatch(name)) is not None and int(parts[2]) <= _MOST_NS:
                found.setdefault(parts[1], []).append(int(parts[2]))
        return found

    def _written(self) -> Iterator[tuple[str, int]]:
        """Give the lifts that have a file here, each with when that was written, in ns since 1970."""
        for path in self._folder.glob("*.npz"):
            if "." not in path.stem and path.is_file():  # no set-up's: that is of the service that sets up
                yield path.stem, path.stat().st_mtime_ns

    def _path(self, lift_id: str) -> Path:
        return self._folder / f"{lift_id}.npz"


def _named(lift_id: str, stamp: int) -> str:
    return f"{FOLDER}/{lift_id}.{stamp}.npz"

"""Writes the pictures of committed passages, so that an alarm never waits for them."""

from __future__ import annotations

import threading
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

import structlog

from lifts.pictures.privacy import hide, shown_area
from service.domain.arrays import Image
from service.domain.errors import DamagedError, EngineUnavailableError, NotFoundError, StoreError
from service.host.runner import Runner
from service.inference.protocol import Engine
from service.store import lifts, passages
from service.store.database import Store
from service.store.pictures import Pictures, numbers_beside
from service.verdicts.counters import Event, PassageCounters
from service.verdicts.recording import PassageDraft, drop_evidence

T = TypeVar("T")
log = structlog.get_logger(__name__)

MAX_WAITING = 64
"""Passages whose pictures wait in memory, about 400 kB each; beyond that they are given up."""

RECENT = 256
"""Passages that are checked at the start: more than can have been waiting when the service was killed."""

NOTE_EVERY_S = 1.0
"""Digests of pictures are noted this often at most: each time takes a commit, for which alarms wait."""

NUMBERS_S, MOST_BEHIND = 1.0, 8
"""How long to wait for what the network makes of a passage, and with how many waiting it is not asked."""

DROP_S = 5.0
"""How long to wait for the database when the service stops."""


class EvidenceWriter:
    """Writes the pictures of passages that have been committed, on a thread of its own.

    A picture that cannot be written is removed from the record and the alarm, so that no link stays broken.

    Args:
        store: has the records.
        pictures: where to write.
        tally: counts what was lost.
        max_waiting: passages whose pictures may wait at once.
        engine: what it makes of pictures before people are hidden in them is kept, unless it takes long.
            None: nothing is kept.
        hides: whether people are hidden in the pictures of lifts that do not say it themselves.
    """

    def __init__(
        self,
        store: Store,
        pictures: Pictures,
        tally: PassageCounters,
        max_waiting: int = MAX_WAITING,
        engine: Engine | None = None,
        *,
        hides: bool = False,
    ) -> None:
        self._store, self._pictures, self._tally, self._engine = store, pictures, tally, engine
        self._max_waiting, self._hides = max_waiting, hides
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._waiting: deque[PassageDraft] = deque()
        self._missing: deque[tuple[str, frozenset[str]]] = deque()
        self._digests: dict[str, dict[str, str]] = {}
        self._next_note_mono_s = 0.0
        self.runner = Runner("evidence", self._turn, wake=self._wake.set)

    def start(self) -> None:
        """Finish the newest records: remove the pictures that the last run did not write, then start.

        Those that it wrote without noting their digests get them.

        Raises:
            StoreError: the database cannot answer.
        """
        with self._store.reading() as session:
            newest = passages.listing(session, limit=RECENT).items
        for record in newest:
            named = {name for kept in record.pictures for name in (kept.file, kept.why) if name}
            # Of a shared store nobody here can say that: another service may have it on its own disk still.
            shared = self._pictures.files.is_shared
            gone = set() if shared else {name for name in named if not self._pictures.exists(name)}
            if gone:
                self._note_missing(record.id, gone)
            noted = {kept.file for kept in record.pictures if kept.sha256}
            noted |= {kept.why for kept in record.pictures if kept.why_sha256}
            found = {name: digest for name in named - gone - noted if (digest := self._pictures.digest(name))}
            if found:
                self._digests[record.id] = found
        self.runner.start()

    def add(self, draft: PassageDraft) -> None:
        """Write the passage's pictures soon; returns at once. Safe from any thread."""
        if not draft.files:
            return
        with self._lock:
            full = len(self._waiting) >= self._max_waiting
            if not full:
                self._waiting.append(draft)
        if full:
            self._pictures.give_up(draft.files)
            self._note_missing(draft.record.id, draft.files)
        self._wake.set()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self.runner.stop()
        self._write_all()
        try:
            self._drop_missing(DROP_S)
            self._note_digests(DROP_S)
        except (StoreError, TimeoutError) as error:
            log.warning("the records of pictures are finished at the next start", reason=str(error))

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            self._wake.wait(NOTE_EVERY_S if self._digests else None)
        self._wake.clear()
        self._write_all()
        self._drop_missing()
        if self._digests and time.monotonic() >= self._next_note_mono_s:
            self._note_digests()
            self._next_note_mono_s = time.monotonic() + NOTE_EVERY_S

    def _write_all(self) -> None:
        while self._waiting:
            self.runner.heartbeat.begin()
            waiting = self._waiting[0]
            passage_id = waiting.record.id
            shown = self._shown(waiting)
            looks = {} if shown is None else self._look(waiting)
            stored = _hidden(waiting.files, shown)
            saved = {name: self._pictures.save(name, image) for name, image in stored.items()}
            lost = {name for name, digest in saved.items() if digest is None}
            if lost:
                self._note_missing(passage_id, lost)
            written = {name: digest for name, digest in saved.items() if digest is not None}
            written |= self._save_numbers(looks)
            if written:
                self._digests.setdefault(passage_id, {}).update(written)
            self._take_out(self._waiting, waiting)

    def _shown(self, draft: PassageDraft) -> Image | None:
        """Return where the pictures stay as they are, uint8[200, 200]; None: everywhere."""
        if draft.masks is None:
            return None
        try:
            with self._store.reading() as session:
                hides = lifts.hides_people(session, draft.record.lift_id, self._hides)
        except StoreError:
            hides = True
        return shown_area(draft.masks.open, draft.masks.close) if hides else None

    def _look(self, draft: PassageDraft) -> dict[str, Future[Image]]:
        """Ask what the network makes of the pictures in which people will be hidden; nothing if many wait.

        One by one: a passage that is to be judged meanwhile waits for one picture at most.
        """
        if self._engine is None or len(self._waiting) > MOST_BEHIND:
            return {}
        shown = {name: image for name, image in draft.files.items() if name.endswith(".jpg")}
        return {name: self._engine.submit_look(image[None]) for name, image in shown.items()}

    def _save_numbers(self, looks: dict[str, Future[Image]]) -> dict[str, str]:
        """Keep what the network made of pictures, if it answers soon; return the digests by file."""
        written, until_mono_s = {}, time.monotonic() + NUMBERS_S
        for file, look in looks.items():
            try:
                packed = look.result(max(until_mono_s - time.monotonic(), 0.0))[0]
            except (EngineUnavailableError, TimeoutError) as error:
                look.cancel()
                log.debug("a lift will learn from the picture", file=file, reason=str(error))
                continue
            digest = self._pictures.save_numbers(file, packed) if len(packed) else None
            if digest is not None:
                written[numbers_beside(file)] = digest
        return written

    def _drop_missing(self, timeout_s: float | None = None) -> None:
        while self._missing:
            self.runner.heartbeat.begin()
            missing = self._missing[0]
            passage_id, files = missing
            job = partial(drop_evidence, passage_id=passage_id, files=files)
            try:
                self._store.write(job).result(timeout_s)
            except (NotFoundError, DamagedError) as error:  # those behind it must not wait for ever
                log.warning("missing pictures stay in a record", passage=passage_id, reason=str(error))
            self._take_out(self._missing, missing)

    def _note_digests(self, timeout_s: float | None = None) -> None:
        """Put the digests of what was written into the records, all in one transaction."""
        if self._digests:
            self.runner.heartbeat.begin()
            digests = dict(self._digests)
            self._store.write(partial(passages.note_digests, digests=digests)).result(timeout_s)
            for passage_id in digests:
                self._digests.pop(passage_id, None)

    def _take_out(self, items: deque[T], first: T) -> None:
        """Remove the first item, unless another thread has: `stop` does not wait for one that hangs."""
        with self._lock:
            if items and items[0] is first:
                items.popleft()

    def _note_missing(self, passage_id: str, files: set[str] | dict[str, Image]) -> None:
        self._tally.add(Event.PICTURES_LOST, len(files))
        self._missing.append((passage_id, frozenset(files)))
        self._wake.set()


def _hidden(files: dict[str, Image], shown: Image | None) -> dict[str, Image]:
    """Return a passage's files as they are stored: people apart from what is shown cannot be recognised."""
    if shown is None:
        return files
    return {name: hide(image, shown) if name.endswith(".jpg") else image for name, image in files.items()}

"""Commits passages and their alarms, and counts and logs each one that is lost.

A write that the database refuses is repeated until it succeeds, and once more when the service stops. Memory
stays bounded: the first refused passages keep their pictures, later ones keep only their record. When even
records are too many, the passages of a lift are merged into one record that says how many carriers it stands
for; those with an alarm go last, and into a record with an alarm. While anything waits, readiness says so,
and operators see the alarms that are not stored yet.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.alarms.policy import passage_alarm
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import Severity
from service.domain.errors import FencedError, StoreError
from service.domain.passage import PassageTest
from service.domain.reason_texts import counted
from service.host.runner import Runner, settle
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.verdicts.counters import Event, PassageCounters
from service.verdicts.evidence import EvidenceWriter
from service.verdicts.recording import PassageDraft, coalesced, crowd_of, is_crowd, store_passage, store_test

log = structlog.get_logger(__name__)

RETRY_EVERY_S = 1.0
MAX_WITH_PICTURES, MAX_REFUSED = 32, 2048
LAST_TRY_S = 4.0
"""How long the last try may take: the process must end within 10 s."""


class Recorder:
    """Hands drafts to the store's writer until they are committed. Safe from any thread.

    Args:
        store: where the records are committed.
        pictures: receives the names of the files that will be written.
        evidence: gets each draft once it is committed.
        tally: counts the records retried, merged and lost.
        on_recorded: called with each committed record and its `decided_mono_s`, on the store's thread.
        unstored: gets the alarms that are refused.
        max_refused: how many refused drafts are kept individually.
        last_try_s: how long `stop` waits for the database, twice at most.
    """

    def __init__(
        self,
        store: Store,
        pictures: Pictures,
        evidence: EvidenceWriter,
        tally: PassageCounters,
        on_recorded: Callable[[PassageRecord, float], None],
        *,
        unstored: UnstoredAlarms | None = None,
        max_refused: int = MAX_REFUSED,
        last_try_s: float = LAST_TRY_S,
    ) -> None:
        self._store, self._pictures, self._evidence = store, pictures, evidence
        self._tally, self._on_recorded = tally, on_recorded
        self._unstored = unstored or UnstoredAlarms()
        self._max_refused, self._last_try_s = max_refused, last_try_s
        self._lock = threading.Lock()
        self._settled = threading.Condition(self._lock)
        self._open = 0
        self._refused: deque[PassageDraft] = deque()
        self._crowds: dict[tuple[str, Severity | None, int | None], PassageDraft] = {}
        self._last_try = False
        self.runner = Runner("records", self._try_again, every_s=RETRY_EVERY_S)

    def add(self, draft: PassageDraft, *, again: bool = False) -> None:
        """Commit the passage and its alarm; returns at once. again: it was refused before."""
        self._pictures.expect(draft.files)
        with self._lock:
            self._open += 1
        outcome = self._store.write(partial(self._store_draft, draft=draft))
        outcome.add_done_callback(partial(self._finish, draft, again))

    def _store_draft(self, session: Session, draft: PassageDraft) -> bool:
        record = draft.record
        complete = draft.complete and not self._tally.passes_over(record.lift_id, record.id)
        return store_passage(session, record, sighting=draft.sighting, complete=complete)

    def add_test(self, draft: PassageDraft, test: PassageTest) -> None:
        """Commit a self-test's passage the same way; what it came to is answered to whoever waits for it."""
        outcome = self._store.write(partial(store_test, record=draft.record, test=test))
        outcome.add_done_callback(lambda done: settle(test.committed, done.result))

    def coalesce(self, draft: PassageDraft) -> None:
        """Merge the passage into the one record that stands for its lift's carriers during an overload.

        Those of one lease only: whether they count is decided by the first of them.
        """
        fence = None if draft.sighting is None else draft.sighting.fence
        bare, key = draft.record, (draft.record.lift_id, draft.severity, fence)
        if not is_crowd(bare):
            self._tally.add(Event.PASSAGES_COALESCED)
        with self._lock:
            crowd = self._crowds.get(key)
            record = crowd_of(bare) if crowd is None else coalesced(crowd.record, bare)
            first = draft if crowd is None else crowd
            complete = first.complete and draft.complete
            at_s, sighting = draft.decided_mono_s, first.sighting
            if crowd is not None and sighting is not None:
                sighting = replace(sighting, seen=True)  # one that is stored already refuses no other
            self._crowds[key] = PassageDraft(record, at_s, sighting=sighting, complete=complete)
            if record.id != bare.id:
                self._unstored.discard(bare.id)
                self._tally.begin(record.lift_id, record.id)
                self._tally.end(bare.lift_id, bare.id)
            self._unstored.add(record.id, passage_alarm(record, ()))

    def stop(self) -> None:
        """Retry refused records one last time, before the store is closed; what fails now is lost."""
        self.runner.stop()
        with self._settled:
            self._settled.wait_for(lambda: self._open == 0, self._last_try_s)
            self._last_try = True
        self._try_again()
        with self._settled:
            self._settled.wait_for(lambda: self._open == 0, self._last_try_s)

    def _try_again(self) -> None:
        with self._lock:
            refused, crowds = list(self._refused), list(self._crowds.values())
            self._refused.clear()
            self._crowds.clear()
        if refused:
            self._tally.add(Event.RECORDS_RETRIED, len(refused))
            log.warning("records that the database refused are tried again", count=len(refused))
        for draft in (*refused, *crowds):
            self.add(draft, again=True)

    def _finish(self, draft: PassageDraft, again: bool, outcome: Future[bool]) -> None:
        try:
            self._settle(draft, again, outcome)
        finally:
            with self._settled:
                self.runner.unfinished = self._waiting()
                self._open -= 1
                self._settled.notify_all()

    def _waiting(self) -> str:
        """Return what waits for the database, for people; empty if nothing does."""
        drafts = (*self._refused, *self._crowds.values())
        carriers = sum(draft.record.carriers for draft in drafts)
        alarms = sum(draft.record.carriers for draft in drafts if draft.has_alarm)
        refused = f"the database refuses the records of {counted(carriers, 'carrier')}"
        return f"{refused}, {alarms} of them with an alarm" if drafts else ""

    def _settle(self, draft: PassageDraft, again: bool, outcome: Future[bool]) -> None:
        error, record = outcome.exception(), draft.record
        if error is None or isinstance(error, FencedError):
            self._tally.end(record.lift_id, record.id)
        if error is None:
            self._unstored.discard(draft.record.id)
            # A server that was lost in a commit may have done it: it refused what it has.
            if outcome.result() or again:
                self._evidence.add(draft)
                self._on_recorded(draft.record, draft.decided_mono_s)
            else:  # a duplicate: its pictures were written with the first one
                self._pictures.give_up(draft.files)
        elif isinstance(error, StoreError):
            self._refuse(draft, error)
        elif isinstance(error, FencedError):
            self._unstored.discard(draft.record.id)
            self._pictures.give_up(draft.files)
            self._tally.add(Event.PASSAGES_FENCED, draft.record.carriers)
            log.warning("a carrier is not this owner's", passage=draft.record.id, reason=str(error))
        else:
            # The record itself is at fault: it would fail the same way every time.
            self._lose(draft, error)

    def _refuse(self, draft: PassageDraft, error: StoreError) -> None:
        with self._lock:
            last_try, kept = self._last_try, len(self._refused)
            if not last_try and kept < self._max_refused and not is_crowd(draft.record):
                bare = kept >= MAX_WITH_PICTURES
                self._refused.append(draft.without_pictures() if bare else draft)
                self._unstored.add(draft.record.id, passage_alarm(draft.record, ()))
                crowded = None
            else:
                bare, crowded = True, draft
                if not last_try and draft.has_alarm and not is_crowd(draft.record):
                    # This draft has an alarm: it takes the place of a refused one without, if there is any.
                    crowded = next((other for other in self._refused if not other.has_alarm), draft)
                    if crowded is not draft:
                        self._refused.remove(crowded)
                        self._refused.append(draft.without_pictures())
                        self._unstored.add(draft.record.id, passage_alarm(draft.record, ()))
        if bare:
            self._pictures.give_up(draft.files)
        if crowded is None:
            log.debug("record refused; it will be tried again", reason=str(error))
        elif last_try:
            self._lose(crowded, error)
        else:
            self.coalesce(crowded)

    def _lose(self, draft: PassageDraft, error: BaseException) -> None:
        self._unstored.discard(draft.record.id)
        self._pictures.give_up(draft.files)
        self._tally.add(Event.RECORDS_LOST, draft.record.carriers)
        self._tally.end(draft.record.lift_id, draft.record.id)
        if draft.has_alarm:
            self._tally.add(Event.ALARMS_LOST, draft.record.carriers)
        log.error(
            "record given up",
            passage=draft.record.id,
            alarm=draft.has_alarm,
            reason=repr(error),
        )

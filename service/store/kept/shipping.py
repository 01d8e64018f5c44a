"""Sends evidence from this machine's disk on to the shared store, and deletes there what was deleted here.

Nobody waits for it: not an alarm, not a picture that is written. What it cannot send stays on the disk.
"""

from __future__ import annotations

import time
import uuid
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.domain.errors import EvidenceUnreachableError, StoreError
from service.host.runner import Runner, Runners
from service.store.audit import entries
from service.store.database import Store
from service.store.evidence.remote import RemoteStore
from service.store.evidence.shared import delete_removed
from service.store.kept.whole import Evidence
from service.store.tables import MetaRow

log = structlog.get_logger(__name__)

AGAIN_S, IDLE_S = 2.0, 30.0
"""The pause after a failure; and after which a store is looked at to which nothing is to be sent."""

SAID_AFTER_S = 10.0
"""So long the store may fail before operators hear of it: one that is restarted is no trouble."""

LAST_S = 5.0
"""How long the service's end waits for what is still to be sent; the rest is sent after the next start."""


class EvidenceShipper:
    """Owns the thread that sends.

    Args:
        store: knows which installation this is.
        evidence: what to send where; without a shared store there is nothing to do.
        runners: the list to which the thread is added.
        said_after_s: how long the store may fail before operators hear of it.
    """

    def __init__(
        self, store: Store, evidence: Evidence, runners: Runners, said_after_s: float = SAID_AFTER_S
    ) -> None:
        self._store, self._evidence, self._said_after_s = store, evidence, said_after_s
        self._failing_since_mono_s: float | None = None
        self._logged = False
        self.failures = 0
        self.runner = Runner("evidence store", self._turn, wake=evidence.wake.set)
        if evidence.remote is not None:
            runners.add(self.runner)

    @property
    def waiting(self) -> int:
        """Files that wait on this disk."""
        return sum(each.waiting for each in self._evidence.shared)

    @property
    def waiting_bytes(self) -> int:
        """Their bytes."""
        return sum(each.waiting_bytes for each in self._evidence.shared)

    @property
    def shipped(self) -> int:
        """Files that reached the store since the start."""
        return sum(each.shipped for each in self._evidence.shared)

    @property
    def is_up(self) -> bool:
        """Whether the store took what was sent last."""
        return self._failing_since_mono_s is None

    def start(self) -> None:
        """Count what the last run left here, and begin to send."""
        if self._evidence.remote is not None:
            for each in self._evidence.shared:
                each.count_waiting()
            self._evidence.wake.set()
            self.runner.start()

    def stop(self) -> None:
        """Send what is left, for as long as LAST_S allows."""
        if self._evidence.remote is None:
            return
        until_mono_s = time.monotonic() + LAST_S
        while self.waiting and self.is_up and self.runner.thread_id and time.monotonic() < until_mono_s:
            self._evidence.wake.set()
            time.sleep(0.05)
        self.runner.stop()

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():  # for a store that may be slow: nobody waits for this thread
            remote = self._evidence.remote
            if remote is None:
                return
            try:
                self._send(remote)
            except (EvidenceUnreachableError, StoreError, OSError) as error:
                self._failed("evidence_unreachable", str(error))
                self.runner.stopping.wait(AGAIN_S)
                return
            self._evidence.wake.wait(IDLE_S)
            self._evidence.wake.clear()

    def _send(self, remote: RemoteStore) -> None:
        """Send all that waits, in turns; raises what the store raises."""
        if not self.owns(remote):
            self._failed("evidence_not_ours", "the shared store is another installation's", at_once=True)
            self.runner.stopping.wait(IDLE_S)
            return
        while not self.runner.stopping.is_set():
            sent = [each.ship() for each in self._evidence.shared]
            if self._evidence.removals is not None:
                delete_removed(remote, self._evidence.removals)
            if not any(sent):
                break
            self._succeeded()
        self._succeeded()

    def owns(self, remote: RemoteStore) -> bool:
        """Say whether the store is this installation's, and claim it if it is nobody's.

        The mark is looked at each time: a folder that is no longer mounted would be filled here, unseen.
        Raises EvidenceUnreachableError, StoreError.
        """
        with self._store.reading() as session:
            known = _known(session, remote.url)
        owner = remote.owner()
        if known is None:
            if owner is not None:
                return False
            # Two services that begin at once claim it by one name: the first one's.
            known = self._store.write(partial(_claim, url=remote.url, fresh=str(uuid.uuid4()))).result()
        if known.startswith(CLAIMING):
            known = known.removeprefix(CLAIMING)
            if owner is None:
                remote.own(known)
                owner = remote.owner()
            if owner == known:
                self._store.write(partial(_note_claimed, url=remote.url, installation=known)).result()
        elif owner is None:
            raise EvidenceUnreachableError(f"{remote.url}: its mark is not there: is the store mounted?")
        return owner == known

    def _failed(self, code: str, reason: str, *, at_once: bool = False) -> None:
        now_mono_s = time.monotonic()
        self.failures += 1
        if self._failing_since_mono_s is None:
            self._failing_since_mono_s = now_mono_s
        if at_once or now_mono_s - self._failing_since_mono_s >= self._said_after_s:
            if not self._logged:
                log.error("evidence waits on this disk", waiting=self.waiting, reason=reason)
            self._logged = True
            told: dict[str, float | str] = {
                "waiting": self.waiting,
                "waiting_mb": self.waiting_bytes // 1_000_000,
            }
            self._say((code, told))

    def _succeeded(self) -> None:
        if self._logged:
            log.info("evidence goes to the shared store again", waiting=self.waiting)
        self._failing_since_mono_s, self._logged = None, False
        self._say(None)

    def _say(self, trouble: tuple[str, dict[str, float | str]] | None) -> None:
        for each in self._evidence.shared:
            each.said = trouble


CLAIMING = "claiming:"
_KEY = "evidence"


def _known(session: Session, url: str) -> str | None:
    """Return which installation the store at `url` is to name; None: it was not asked yet."""
    row = session.get(MetaRow, _KEY)
    found = None if row is None else row.value.partition(" ")
    return found[0] if found is not None and found[2] == url else None


def _claim(session: Session, url: str, fresh: str) -> str:
    """Note that the store at `url` is being claimed by a name, `fresh` unless it has one; return it."""
    known = _known(session, url)
    if known is None:
        known = CLAIMING + fresh
        session.merge(MetaRow(key=_KEY, value=f"{known} {url}"))
    return known


def _note_claimed(session: Session, url: str, installation: str) -> None:
    if _known(session, url) == CLAIMING + installation:
        session.merge(MetaRow(key=_KEY, value=f"{installation} {url}"))
        entries.record(session, "evidence.claim", url)

"""Runs self-tests: what happened yesterday must come out of today's live path as it did then.

    passages of both states ──▶ worker ──▶ decider ──▶ policy ──▶ commit ──▶ outbox ──▶ feed, outputs
    the camera's view ──▶ the enrolled one                 (marked: nobody is alarmed)

The result is signed by the installation and its digest is an entry of the audit.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import structlog

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import Verdict
from lifts.pictures.privacy import hide_view
from service.audit.signing import SigningKey
from service.domain.alarm import AlarmKind
from service.domain.errors import (
    BarwatchError,
    BusyError,
    ConflictError,
    DamagedError,
    EngineUnavailableError,
    StoreError,
)
from service.domain.health import Health
from service.domain.masks import MaskVersion
from service.domain.trials.selftest import (
    SelfTest,
    SelfTestCheck,
    SelfTestCode,
    SelfTestResult,
)
from service.host.awaited import Awaited
from service.host.clocks.wall_clock import WallClock
from service.inference.protocol import Engine
from service.selftest.checks import check_alarms, check_feed, check_masks, check_outputs, check_state
from service.selftest.parts import CameraStates, Feed, LivePath, ProbedOutputs
from service.selftest.recorded import RecordedPassage, find_recorded
from service.selftest.sending import PassageSender
from service.selftest.view import check_view, newest_pictures
from service.store import lifts, tracks
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.trials import self_tests

log = structlog.get_logger(__name__)

MISSED, FAILED = "missed", "failed"
"""Causes of the two alarms."""


@dataclass(frozen=True, slots=True)
class SelfTestPatience:
    """How long a self-test waits, in seconds: for a commit, for the feed, for the camera's pictures."""

    commit_s: float = 15.0
    feed_s: float = 10.0
    pictures_s: float = 5.0


class SelfTester:
    """Tests one lift after the other, on the caller's thread.

    Args:
        store, kept: database and pictures.
        engine: its model judges.
        live: the live path. cameras: their states. feed: what publishes. outputs: what is switched on.
        key: signs the records.
        clock: the believed time.
        take: takes changes in health: a test that failed is an alarm until one does not.
        patience: how long to wait.
        hides: whether people are hidden in what is stored of a lift.
    """

    def __init__(
        self,
        store: Store,
        kept: Pictures,
        engine: Engine,
        live: LivePath,
        cameras: CameraStates,
        feed: Feed,
        outputs: ProbedOutputs,
        key: SigningKey,
        clock: WallClock,
        take: Callable[[Health], object],
        patience: SelfTestPatience | None = None,
        hides: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._store, self._kept, self._engine = store, kept, engine
        self._live, self._cameras, self._feed, self._outputs = live, cameras, feed, outputs
        self._key, self._clock, self._take = key, clock, take
        self._patience, self._hides = patience or SelfTestPatience(), hides
        self._busy = threading.Lock()
        self.waits = Awaited()
        """What a test waits with: its end gives up a test that runs."""
        self._sender = PassageSender(live, engine, self.waits, self._patience.commit_s)

    def run(self, lift_id: str, by: str, *, accept_view: bool = False) -> SelfTest:
        """Test a lift and store the signed record; blocks for some seconds, up to a minute where things hang.

        accept_view: take what the camera shows now for the enrolled view, because a person says that it is.

        Raises:
            NotFoundError: there is no such lift.
            ConflictError: a test is running already.
            BusyError: the service ends, so the test was given up; the next one is due as before.
            StoreError: the record cannot be stored: then there was no test.
            ConfigurationError: it cannot be signed.
        """
        with self._store.reading() as session:
            lifts.get(session, lift_id)
        with self._alone(lift_id):
            done = self._tested(lift_id, by, accept_view)
            if self.waits.ended:  # what was not seen meanwhile says nothing: neither a pass nor a failure
                raise BusyError("the service ends: the self-test was given up", "self_test_given_up")
            add = partial(self_tests.add, done=done, sign=self._sign)
            stored = self._store.write(add).result()
        self._tell(stored)
        return stored

    def _tell(self, done: SelfTest) -> None:
        failed = done.result is SelfTestResult.FAILED
        log.log(
            logging.ERROR if failed else logging.INFO, "self-test", lift_id=done.lift_id, result=done.result
        )
        over = "The lift was tested again"
        self._take(Health(AlarmKind.SELF_TEST_MISSED, done.lift_id, False, over, MISSED))
        message = f"The self-test failed: {done.failures()}" if failed else over
        bad = [check for check in done.checks if check.result is SelfTestResult.FAILED]
        about: dict[str, float | str] = {"number": done.number, "codes": ", ".join(one.code for one in bad)}
        about |= {"checks": ", ".join(one.name for one in bad)}
        told = about if failed else {}
        self._take(Health(AlarmKind.SELF_TEST_FAILED, done.lift_id, failed, message, FAILED, told))

    def _tested(self, lift_id: str, by: str, accept_view: bool) -> SelfTest:
        started_at, test_id = self._clock.now(), uuid.uuid4().hex
        active = self._live.active_masks(lift_id)
        recorded = [] if active is None else self._recorded(active)
        tested, seq = ([], None) if active is None else self._sender.send(test_id, active, recorded)
        occupied = {one.id: one.occupied for one in recorded}
        checks = [
            check_masks(self._arming(lift_id)),
            check_state(Verdict.OPEN, tested),
            check_state(Verdict.CLOSED, tested),
            check_alarms(tested, occupied),
            self._committed(test_id, sum(one.verdict is not None for one in tested)),
            check_feed(seq, self._published(seq), self._patience.feed_s),
            self._view(lift_id, accept_view),
            check_outputs({name: self._ping(name, seq or 0) for name in self._outputs.names()}),
        ]
        return SelfTest(
            id=test_id,
            lift_id=lift_id,
            number=0,
            started_at=started_at,
            ended_at=self._clock.now(),
            by=by,
            checks=tuple(checks),
            passages=tuple(tested),
            mask_version=0 if active is None else active.version,
            model=self._engine.manifest.identity,
            site_version=0 if active is None or active.site is None else active.site.version,
        )

    def _recorded(self, active: MaskVersion) -> list[RecordedPassage]:
        with self._store.reading() as session:
            return find_recorded(session, self._kept, active, self._engine.manifest)

    def _arming(self, lift_id: str) -> Arming:
        try:
            return self._live.check_arming(lift_id)
        except (EngineUnavailableError, DamagedError):
            return Arming(ArmingReason.NOT_CHECKED)

    def _committed(self, test_id: str, answered: int) -> SelfTestCheck:
        """Look for what was committed from another connection."""
        try:
            with self._store.reading() as session:
                found = self_tests.count_committed(session, test_id)
        except StoreError as error:
            return SelfTestCheck("commit", SelfTestResult.FAILED, SelfTestCode.NOT_COMMITTED, str(error))
        numbers = {"committed": found, "answered": answered}
        if found != answered:
            message = f"{answered} passages were committed, {found} are in the database"
            return SelfTestCheck(
                "commit", SelfTestResult.FAILED, SelfTestCode.NOT_COMMITTED, message, numbers
            )
        message = f"{found} passages were committed" if found else "nothing was sent, so nothing was stored"
        result = SelfTestResult.PASSED if found else SelfTestResult.INCOMPLETE
        code = SelfTestCode.OK if found else SelfTestCode.NOTHING_SENT
        return SelfTestCheck("commit", result, code, message, numbers)

    def _published(self, seq: int | None) -> bool:
        if seq is None:
            return False
        with self._feed.handed.telling(self.waits):
            return self.waits.wait_for(lambda: self._feed.last_seq >= seq, self._patience.feed_s)

    def _view(self, lift_id: str, accept: bool) -> SelfTestCheck:
        status = self._cameras.status(lift_id)
        newest = partial(self._live.snapshot, lift_id)
        seen = (
            []
            if status is None
            else newest_pictures(newest, self.waits, self._live.shown, self._patience.pictures_s)
        )
        if accept and seen:
            jpeg = hide_view(seen[-1].jpeg) if self._hides(lift_id) else seen[-1].jpeg
            self._store.write(partial(tracks.accept_view, lift_id=lift_id, jpeg=jpeg)).result()
        with self._store.reading() as session:
            enrolled = tracks.active_picture(session, lift_id)
        return check_view(status, enrolled, seen, time.monotonic())

    def _ping(self, name: str, seq: int) -> str | None:
        try:
            return self._outputs.ping(name, seq, self.waits)
        except BarwatchError as error:
            return str(error)

    def _sign(self, content: bytes) -> tuple[str, str]:
        return self._key.sign(content), self._key.public()

    @contextmanager
    def _alone(self, lift_id: str) -> Iterator[None]:
        if not self._busy.acquire(blocking=False):
            raise ConflictError(
                "a self-test is running: wait for its result", "self_test_running", lift_id=lift_id
            )
        try:
            yield
        finally:
            self._busy.release()

"""Draws, after each day, which of its passages people are to review.

What is due follows from what is stored, so neither a restart nor a day without the service draws twice or
never: a day is made up for as long as its passages have their pictures.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import structlog

from service.domain.reviewing.sampling import DayDraw
from service.figures.accuracy.drawing import SamplePlan, draw
from service.host.runner import Runner, Runners
from service.store import lifts
from service.store.database import Store
from service.store.reviewing import measured, queue

log = structlog.get_logger(__name__)

EVERY_S = 60.0
SETTLED_AFTER = timedelta(minutes=15)
"""After a day's end: by then its last passages are stored, with their alarms and pictures."""

LOOK_BACK_DAYS = 7
"""A day without the service is made up for within so many, as far as its passages are still whole."""

UNANSWERED_DAYS = 31
"""After so many days a passage that nobody reviewed has no pictures any more."""

STEP = 50
"""Rows of one transaction: no alarm waits for longer ones."""


class ReviewDrawer:
    """Looks once a minute which lift has a day that was not drawn from.

    Args:
        store: has lifts and passages; takes what is drawn.
        plan: how many.
        now: returns the believed time, aware; days are those of this machine's zone.
        keep_days: after so many days reviews are deleted.
        whole_days: for so long passages stay; a day of which some are gone is not drawn from, for then nobody
            knows how many there were.
        runners: owns the thread.
    """

    def __init__(
        self,
        store: Store,
        plan: SamplePlan,
        now: Callable[[], datetime],
        keep_days: float,
        whole_days: float,
        runners: Runners | None = None,
    ) -> None:
        self._store, self._plan, self._now = store, plan, now
        self._look_back = timedelta(days=max(0, min(LOOK_BACK_DAYS, int(whole_days) - 1)))
        self._keep_days, self._runners = keep_days, runners or Runners()
        self._nothing: set[tuple[str, date]] = set()
        self._forgotten: date | None = None
        self.runner = Runner("reviews", self.step, every_s=EVERY_S)

    def start(self) -> None:
        """Begin to look at the clock."""
        self._runners.add(self.runner).start()

    def stop(self) -> None:
        """End."""
        self.runner.stop()

    def step(self) -> None:
        """Draw from every day that is over; delete what is too old. Raises StoreError."""
        today = (self._now() - SETTLED_AFTER).astimezone().date()
        if self._plan.quiet or self._plan.alarms:
            with self._store.reading() as session:
                names = [lift.id for lift in lifts.listing(session)]
            for lift_id in names:
                self._draw_due(lift_id, today)
        if self._forgotten != today:
            self._forget(today)
            self._forgotten = today

    def _draw_due(self, lift_id: str, today: date) -> None:
        since = today - self._look_back
        with self._store.reading() as session:
            drawn = queue.drawn_days(session, lift_id, since)
        self._nothing = {(name, day) for name, day in self._nothing if day >= since}
        for day in measured.days_between(since, today):
            if self.runner.stopping.is_set():
                return
            if day not in drawn and (lift_id, day) not in self._nothing:
                self.runner.heartbeat.begin()
                self._draw(lift_id, day)

    def _draw(self, lift_id: str, day: date) -> None:
        begin, end = (datetime.combine(each, time()).astimezone() for each in (day, day + timedelta(days=1)))
        with self._store.reading() as session:
            passed = measured.carriers_of(session, lift_id, begin, end)
        if not passed:
            self._nothing.add((lift_id, day))
            return
        seed = secrets.token_hex(16)
        drawn = DayDraw(lift_id, day, seed, self._now(), draw(passed, self._plan, seed))
        self._store.write(partial(queue.add_draw, drawn=drawn)).result()
        count = sum(len(each.drawn) for each in drawn.strata)
        log.info("passages drawn for review", lift_id=lift_id, day=day.isoformat(), passages=count)

    def _forget(self, today: date) -> None:
        forget = partial(
            queue.forget,
            unanswered_before=today - timedelta(days=UNANSWERED_DAYS),
            before=today - timedelta(days=self._keep_days),
            limit=STEP,
        )
        while self._store.write(forget).result() == STEP and not self.runner.stopping.is_set():
            self.runner.heartbeat.begin()

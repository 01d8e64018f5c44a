"""What happens to alarms as time passes: shelving ends, carriers reach the next station, alarms call again.

It looks once a second on a reader, and writes only what is due, in steps so small that no alarm waits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.alarms.timed import service_state
from service.alarms.timed.flood import WITHIN, FloodWatch
from service.domain.alarm import Alarm, AlarmStatus
from service.domain.errors import ConflictError, DamagedError, NotFoundError
from service.host.clocks.waits import Waits
from service.host.clocks.wall_clock import WallClock
from service.store.alarms import due, out_of_service
from service.store.database import Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlarmTimes:
    """How long things take.

    bar_open_ends: after so long a carrier that left open has passed the next station. realarm: after so long
    an acknowledged alarm whose condition stays calls again; zero: never.
    """

    bar_open_ends: timedelta = timedelta(minutes=10)
    realarm: timedelta = timedelta(minutes=60)


class DueAlarms:
    """Changes what is due and says what is so beside single alarms.

    Args:
        store: the alarms.
        clock: the believed time.
        times: how long things take.
        on_status: called with the status whenever it changes; must not block.
    """

    def __init__(
        self,
        store: Store,
        clock: WallClock,
        times: AlarmTimes | None = None,
        on_status: Callable[[AlarmStatus], object] = lambda _: None,
    ) -> None:
        self._store, self._clock, self._times = store, clock, times or AlarmTimes()
        self._on_status, self._flood = on_status, FloodWatch()
        self._rides: Waits[str] = Waits()
        self._seen: Waits[tuple[str, datetime]] = Waits()
        self.status = AlarmStatus()

    def step(self) -> None:
        """Do what is due now. Raises StoreError."""
        now, now_s = self._clock.now(), self._clock.counter_s
        with self._store.reading() as session:
            out = out_of_service.listing(session)
            over = [entry.lift_id for entry in out if entry.until <= now]
            marks = due.to_be_marked(session, out) or due.back_in_service(session, out)
            on_the_way = due.on_the_way(session)
            heard = due.no_longer_suppressed(session)
            acknowledged = due.acknowledged(session) if self._times.realarm else ()
        ends_s = self._times.bar_open_ends.total_seconds()
        rides_s = self._rides.look(on_the_way, now, now_s)
        if past := [alarm_id for alarm_id, ride_s in rides_s.items() if ride_s >= ends_s][: due.STEP]:
            ended = partial(lifecycle.clear, note="its carrier has passed the next station", now=now)
            self._each(past, ended)
        seen_s = self._seen.look({(alarm_id, at): at for alarm_id, at, _ in acknowledged}, now, now_s)
        again_s = self._times.realarm.total_seconds()
        again = [
            alarm_id
            for alarm_id, at, in_sight in acknowledged
            if in_sight and seen_s[alarm_id, at] >= again_s
        ][: due.STEP]
        if heard:
            self._each(heard, partial(lifecycle.unsuppress, now=now))
        if again:
            self._each(again, partial(lifecycle.realarm, now=now))
        for lift_id in over:
            self._store.write(
                partial(service_state.put_back, lift_id=lift_id, now=now, expired=True)
            ).result()
            log.warning("back in service: its time is over", lift=lift_id)
        if marks and not over:
            self._store.write(partial(service_state.mark, now=now)).result()
        self._say(now)

    def _each(self, ids: Sequence[str], change: Callable[..., Alarm]) -> None:
        self._store.write(partial(_change_each, ids=ids, change=change)).result()

    def _say(self, now: datetime) -> None:
        with self._store.reading() as session:
            flood = self._flood.step(due.announced_since(session, now - WITHIN), now)
            status = AlarmStatus(flood, out_of_service.listing(session))
        if status != self.status:
            self.status = status
            self._on_status(status)


def _change_each(session: Session, ids: Sequence[str], change: Callable[..., Alarm]) -> None:
    """Change each alarm; what was changed, deleted or damaged meanwhile keeps back no other."""
    for alarm_id in ids:
        try:
            change(session, alarm_id)
        except (ConflictError, NotFoundError, DamagedError) as error:
            log.info("an alarm was not changed", alarm=alarm_id, reason=str(error))

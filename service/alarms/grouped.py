"""A whole group is acknowledged at once: in steps, so that no alarm waits for one."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.domain.alarm import NEEDS_SOMEBODY, AlarmState
from service.store import alarms
from service.store.alarms import due, groups
from service.store.database import Store


def acknowledge_group(
    store: Store, group: str, actor: str, note: str = "", *, up_to: int | None = None, now: datetime
) -> int:
    """Acknowledge what nobody has acknowledged of a group; return how many alarms that were.

    Args:
        store: the alarms.
        group: its id. actor, note: who does it, and what they say.
        up_to: the newest seq that they have seen; what came or changed later stays. None: all that is there.
        now: the aware time.

    Raises:
        NotFoundError: no such group.
        StoreError: the database refused a step; those before it are done.
    """
    with store.reading() as session:
        members = groups.members(session, group)
    waiting = [
        alarm.id
        for alarm in reversed(members)
        if alarm.state in (*NEEDS_SOMEBODY, AlarmState.OUT_OF_SERVICE)
        and (up_to is None or alarm.seq <= up_to)
    ]
    step = partial(_acknowledge_each, actor=actor, note=note, now=now)
    return sum(
        store.write(partial(step, ids=waiting[first : first + due.STEP])).result()
        for first in range(0, len(waiting), due.STEP)
    )


def _acknowledge_each(session: Session, ids: list[str], actor: str, note: str, now: datetime) -> int:
    done = 0
    for alarm_id in ids:
        state = alarms.get(session, alarm_id).state
        if state is AlarmState.OUT_OF_SERVICE:
            state = alarms.below(session, alarm_id)
        if state in NEEDS_SOMEBODY:  # somebody else may have been faster
            lifecycle.acknowledge(session, alarm_id, actor, note, now)
            done += 1
    return done

"""Clips as the API shows them, and their deletion on request: the files go, the digests stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from service.domain.alarm import Alarm
from service.domain.evidence.clip import AFTER_S, CLIP_KINDS, ClipRules, NoClip, StoredClip
from service.store import alarms
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from service.store.database import Store

EXPECTED = timedelta(seconds=AFTER_S + 12.0)
"""So long after an alarm its clip may still come."""

STEP = 20


def clip_of(store: Store, rules_of: Callable[[str], ClipRules], alarm_id: str, now: datetime) -> StoredClip:
    """Return what there is of an alarm's clip; a reason, by its lift's rules, where nothing is recorded.

    Raises:
        NotFoundError, DamagedError: of the alarm.
    """
    with store.reading() as session:
        alarm, clip = alarms.get(session, alarm_id), rows.find(session, alarm_id)
    if clip is not None and clip.none is not NoClip.PENDING:
        return clip
    at = alarm.left_at or alarm.raised_at
    return StoredClip(alarm_id, alarm.lift_id or "", at, _reason(alarm, rules_of, now))


def delete_clip(store: Store, folder: ClipFolder, alarm_id: str) -> int:
    """Delete an alarm's clip; return how many files.

    Raises:
        NotFoundError, DamagedError: of the alarm.
        ConflictError: it is held as evidence.
    """
    taken = store.write(partial(rows.delete_of, alarm_id=alarm_id)).result()
    folder.remove([each.file for each in taken])
    return len(taken)


def delete_clips_of(store: Store, folder: ClipFolder, passage_ids: Sequence[str]) -> int:
    """Delete the clips of passages' alarms, held ones aside; return how many files."""
    with store.reading() as session:
        found = rows.of_passages(session, passage_ids)
    return _delete(store, folder, found)


def delete_clips_between(
    store: Store, folder: ClipFolder, from_: datetime, to: datetime, lift_id: str | None
) -> int:
    """Delete the clips of a time, held ones aside; return how many files. As delete_pictures_between."""
    with store.reading() as session:
        found = rows.kept(session, from_=from_, to=to, lift_id=lift_id)
    return _delete(store, folder, found)


def _delete(store: Store, folder: ClipFolder, alarm_ids: Sequence[str]) -> int:
    done = 0
    for first in range(0, len(alarm_ids), STEP):
        some = alarm_ids[first : first + STEP]
        taken = store.write(partial(rows.take_away, alarm_ids=some, why=NoClip.DELETED)).result()
        folder.remove([each.file for each in taken])
        done += len(taken)
    return done


def _reason(alarm: Alarm, rules_of: Callable[[str], ClipRules], now: datetime) -> NoClip:
    if alarm.kind not in CLIP_KINDS or alarm.lift_id is None:
        return NoClip.KIND
    if (none := rules_of(alarm.lift_id).none) is not None:
        return none
    return NoClip.PENDING if now - alarm.raised_at < EXPECTED else NoClip.NOT_MADE

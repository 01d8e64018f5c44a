"""Alarms that the database refuses so far: operators see them, marked, until they are stored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import UTC, datetime

from service.domain.alarm import Alarm, AlarmDraft, AlarmState

MAX_SHOWN = 100
"""The newest are shown; `/health/ready` counts them all."""


class UnstoredAlarms:
    """Holds what could not be committed yet, each under a key of its owner's. Safe from any thread.

    Args:
        on_change: called with the newest of them, in the order in which they came; must not block.
    """

    def __init__(self, on_change: Callable[[tuple[Alarm, ...]], object] = lambda _: None) -> None:
        self._on_change = on_change
        self._lock = threading.Lock()
        self._alarms: dict[Hashable, Alarm] = {}

    def add(self, key: Hashable, draft: AlarmDraft | None) -> None:
        """Hold an alarm that was refused, in place of an earlier one of this key; None holds nothing."""
        if draft is None:
            return
        with self._lock:
            before = self._alarms.get(key)
            if before is None or before.message != draft.message:
                self._alarms[key] = _alarm_of(draft)
                self._on_change(self._newest())

    def discard(self, key: Hashable) -> None:
        """Let go of an alarm that was stored, given up or merged with others; an unknown key does nothing."""
        with self._lock:
            if self._alarms.pop(key, None) is not None:
                self._on_change(self._newest())

    def _newest(self) -> tuple[Alarm, ...]:
        return tuple(self._alarms.values())[-MAX_SHOWN:]


def _alarm_of(draft: AlarmDraft) -> Alarm:
    """Return it as subscribers see it: without seq, and with an id that nothing can be done with."""
    return Alarm(
        id=f"unstored-{draft.passage_id or f'{draft.kind}-{draft.lift_id}-{draft.cause}'}",
        seq=0,
        kind=draft.kind,
        severity=draft.severity,
        lift_id=draft.lift_id,
        passage_id=draft.passage_id,
        raised_at=datetime.now(UTC),
        state=AlarmState.ACTIVE,
        verdict=draft.verdict,
        evidence=(),
        message=draft.message,
        cause=draft.cause,
        left_at=draft.left_at,
        parameters=draft.parameters,
    )

"""Conditions that come and go too fast to be acknowledged: pure, without thread or database.

After ISA-18.2 an alarm chatters when it is raised three times within a minute. From then on it stays until
its condition has been over for a minute: one alarm that says so, instead of one event for each change.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from service.alarms.doubts import Key, key_of
from service.domain.alarm import CHATTERING
from service.domain.health import Health

TIMES = 3
WITHIN_S = 60.0
QUIET_S = 60.0
"""For so long the condition must be over before the end of an alarm that chatters counts."""


@dataclass(slots=True)
class _Changes:
    """When a condition began lately; whether it chatters, and its end that is held back since a time."""

    begun_s: deque[float] = field(default_factory=deque)
    chatters: bool = False
    held: tuple[float, Health] | None = None

    def held_before(self, time_s: float) -> bool:
        """Whether the end has been held back since then or longer."""
        return self.held is not None and self.held[0] <= time_s


class Chatter:
    """Which conditions chatter, and the ends that are held back meanwhile.

    Args:
        clock: time.monotonic, or a test's own.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._changes: dict[Key, _Changes] = {}

    def take(self, health: Health) -> Health | None:
        """Return the change as it counts: marked as chattering, or None while its end is held back."""
        now_s = self._clock()
        changes = self._changes.setdefault(key_of(health), _Changes())
        if not health.active:
            if not changes.chatters:
                return health
            changes.held = now_s, health
            return None
        changes.held = None
        if health.grows:  # it did not begin anew
            return _chattering(health) if changes.chatters else health
        changes.begun_s.append(now_s)
        while changes.begun_s[0] < now_s - WITHIN_S or len(changes.begun_s) > TIMES:
            changes.begun_s.popleft()
        changes.chatters = changes.chatters or len(changes.begun_s) == TIMES
        return _chattering(health) if changes.chatters else health

    def ended(self, quiet_s: float = QUIET_S) -> list[Health]:
        """Return the ends that were held back and count now: nothing began again for so long."""
        until_s = self._clock() - quiet_s
        return self._let_go({k for k, changes in self._changes.items() if changes.held_before(until_s)})

    @property
    def holds(self) -> bool:
        """Whether an end is held back."""
        return any(changes.held is not None for changes in self._changes.values())

    def forget(self, lift_id: str) -> list[Health]:
        """Return the ends of a lift's conditions that were held back; it begins anew."""
        return self._let_go({key for key in self._changes if key[1] == lift_id})

    def _let_go(self, keys: set[Key]) -> list[Health]:
        found = [self._changes.pop(key).held for key in sorted(keys, key=str)]
        return [held[1] for held in found if held is not None]


def _chattering(health: Health) -> Health:
    """Return the beginning of a condition, said to chatter."""
    message = f"{health.message}; it comes and goes: {TIMES} times or more within a minute"
    return replace(health, message=message, parameters={**health.parameters, CHATTERING: TIMES})

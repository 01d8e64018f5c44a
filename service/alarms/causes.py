"""One alarm for each kind and place, however many causes it has."""

from __future__ import annotations

from service.domain.alarm import AlarmKind
from service.domain.health import Health


class Causes:
    """Remembers which causes stand; pure, without database.

    The alarm says what was wrong first. When that is over and something else is not, it is cleared and raised
    anew with the other cause's message: nobody shall read that it is dark when a lens is covered.
    """

    def __init__(self) -> None:
        self._standing: dict[tuple[AlarmKind, str | None], dict[str, Health]] = {}

    def step(self, health: Health) -> list[Health]:
        """Take in a change; return what the alarm of this kind and place must do, in this order."""
        key = (health.kind, health.lift_id)
        standing = self._standing.setdefault(key, {})
        if health.active:
            shown = next(iter(standing), health.cause)
            standing[health.cause] = health
            return [health] if shown == health.cause else []
        if not health.cause or set(standing) <= {health.cause}:
            # Also of what was never heard of: the alarm may stand in the store.
            del self._standing[key]
            return [health]
        shown = next(iter(standing))
        standing.pop(health.cause, None)
        if shown != health.cause:
            return []
        return [health, next(iter(standing.values()))]

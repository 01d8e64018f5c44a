"""How often wrong passwords may come: the delay grows, and no stranger locks anybody out."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from service.host.limits.newest import keep_newest

FREE = 5
LONGEST_S = 300.0
FORGOTTEN_S = 3600.0
MOST = 4096


class NameLimits:
    """After FREE wrong passwords for a name the next must wait for 1, 2, 4 … seconds, at most LONGEST_S.

    Two delays: one for the name from one address, one for the name from anywhere. The second does not hold
    for an address from which that name has signed in before: guessing elsewhere keeps nobody from their work.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def wait_s(self, name: str, address: str) -> float:
        """Return for how long no password of this name is looked at from this address; 0: now."""
        with self._lock:
            keys = [(name, address)]
            if (name, address) not in self._known:
                keys.append((name, ""))
            return max(0.0, *(self._until_s(key) for key in keys))

    def knows(self, name: str, address: str) -> bool:
        """Say whether the name has signed in from the address before."""
        return (name, address) in self._known

    def failed(self, name: str, address: str) -> None:
        """Count a wrong password."""
        now = self._clock()
        with self._lock:
            for key in ((name, address), (name, "")):
                count, then = self._wrong.pop(key, (0, now))
                self._wrong[key] = (count + 1 if now - then < FORGOTTEN_S else 1, now)
            keep_newest(self._wrong, MOST)

    def succeeded(self, name: str, address: str) -> None:
        """Note a right password: the address is known from now on, and what went wrong there is forgotten."""
        with self._lock:
            self._wrong.pop((name, address), None)
            self._known.pop((name, address), None)
            self._known[name, address] = None
            keep_newest(self._known, MOST)

    def _until_s(self, key: tuple[str, str]) -> float:
        count, then = self._wrong.get(key, (0, 0.0))
        if count < FREE:
            return 0.0
        return then + min(LONGEST_S, 2.0 ** (count - FREE)) - self._clock()

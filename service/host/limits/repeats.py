"""Keeps a log readable while somebody floods it: of each kind of line a few, and how many were left out."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field

FIRST = 10
"""Lines of one kind that are written within WINDOW_S before any is left out."""

WINDOW_S = 10.0
FLOOD_WINDOW_S = 60.0
"""While a kind is a flood, one line of it is written in this time, and the count."""

MOST_KINDS = 256
"""Kinds that are told apart; what comes beyond them counts as one kind of its logger."""

_SUBJECTS = ("lift_id", "camera", "runner", "reason")
"""What a line is about: one camera's flood must not hide another camera's first line."""

_VARIES = re.compile(r"[0-9a-fA-F]{8,}|\d+")


@dataclass(slots=True)
class _Kind:
    """One kind of line: how many may still be written until `ends_s`, and how many were left out since."""

    name: str
    level: int
    event: str
    ends_s: float
    allowed: int = FIRST
    left_out: int = field(default=0)


class Repeats:
    """Decides which lines are written. Not safe from several threads: a handler's lock guards it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kinds: dict[Hashable, _Kind] = {}

    def allows(self, record: logging.LogRecord) -> bool:
        """Say whether a line is written; one that is not is counted."""
        now_s = self._clock()
        kind = self._kind_of(record, now_s)
        if kind.allowed > 0:
            kind.allowed -= 1
            return True
        kind.left_out += 1
        return False

    def owed(self, *, all_of_them: bool = False) -> Iterator[logging.LogRecord]:
        """Yield a line for each kind of which lines were left out and whose time is over, or for all."""
        now_s = self._clock()
        for key, kind in list(self._kinds.items()):
            if now_s < kind.ends_s and not all_of_them:
                continue
            if not kind.left_out:
                del self._kinds[key]
                continue
            text = f"… {kind.left_out:,} more of this kind: {kind.event}"
            kind.left_out, kind.allowed, kind.ends_s = 0, 1, now_s + FLOOD_WINDOW_S
            yield logging.LogRecord(kind.name, kind.level, "", 0, text, None, None)

    def _kind_of(self, record: logging.LogRecord, now_s: float) -> _Kind:
        said = record.msg
        event = str(said.get("event", "")) if isinstance(said, Mapping) else str(said)
        fields = said if isinstance(said, Mapping) else {}
        about = tuple(_VARIES.sub("#", str(fields[key])[:80]) for key in _SUBJECTS if key in fields)
        key: Hashable = (record.name, record.levelno, _VARIES.sub("#", event[:120]), about)
        if key not in self._kinds and len(self._kinds) >= MOST_KINDS:
            key, event = (record.name, record.levelno), "of many kinds"
        if key not in self._kinds:
            self._kinds[key] = _Kind(record.name, record.levelno, event[:120], now_s + WINDOW_S)
        return self._kinds[key]


class LimitedHandler(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes lines to stderr, but of each kind only what `Repeats` allows."""

    def __init__(self, repeats: Repeats | None = None) -> None:
        super().__init__()
        self._repeats = repeats or Repeats()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, after the counts that are due; called with the handler's lock held."""
        for line in self._repeats.owed():
            super().emit(line)
        if self._repeats.allows(record):
            super().emit(record)

    def write_counts(self, *, all_of_them: bool = False) -> None:
        """Write the counts that are due, or all of them."""
        self.acquire()
        try:
            for line in self._repeats.owed(all_of_them=all_of_them):
                super().emit(line)
        finally:
            self.release()

    def close(self) -> None:
        """Write what is still owed."""
        self.write_counts(all_of_them=True)
        super().close()

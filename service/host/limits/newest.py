"""What is remembered of strangers is bounded: the newest stay."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any


def keep_newest(kept: OrderedDict[Any, Any], most: int) -> None:
    """Drop what was put in first until at most so many are left."""
    while len(kept) > most:
        kept.popitem(last=False)

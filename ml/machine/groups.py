"""Processes that lead a group of their own: ended politely, with what they started."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

GRACE_S = 10.0


def end_groups(leaders: Sequence[int], grace_s: float = GRACE_S) -> None:
    """Ask groups of processes to end, and kill what is left after a grace, or once their leaders have ended.

    Args:
        leaders: process ids of children that have not been waited for; the caller does that afterwards.
        grace_s: for all of them together.
    """
    waiting = {os.pidfd_open(leader) for leader in leaders}
    open_ = set(waiting)
    try:
        _signal(leaders, signal.SIGTERM)
        until = time.monotonic() + grace_s
        while waiting and (left := until - time.monotonic()) > 0:
            waiting.difference_update(select.select(waiting, [], [], left)[0])
        _signal(leaders, signal.SIGKILL)
    finally:
        for handle in open_:
            os.close(handle)


def _signal(leaders: Sequence[int], number: signal.Signals) -> None:
    for leader in leaders:
        with suppress(ProcessLookupError):  # nobody of the group is left
            os.killpg(leader, number)

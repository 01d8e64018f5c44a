"""Runs one of Ray's nodes in a process that ends with the one that started it, however that ends.

    python -m service.cluster.bound PARENT HOST:PORT|head start …

Ray's own processes end with this one by the same means of the kernel.
"""

from __future__ import annotations

import ctypes
import importlib
import os
import signal
import sys
from functools import partial
from typing import Any

from service.cluster.head import HeadWatch
from service.cluster.nodes import (
    HEAD,
    NO_HEAD,
    WRONG_TOKEN,
    ClusterRefusedError,
    TokenRefusedError,
    check_head,
)
from service.host.runner import Runner

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG

LOST_S, LOOK_S = 8.0, 0.5
"""A head that has not answered for this long is lost to the node, and how often that is looked at."""


def main() -> None:
    """Run `ray` with this program's arguments but the first two: who started it, and the head to join."""
    parent, address = int(sys.argv.pop(1)), sys.argv.pop(1)
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before
        raise SystemExit(1)
    try:
        if address != HEAD:
            check_head(address)
    except ClusterRefusedError as error:
        print(error, flush=True)  # noqa: T201 - into the node's log, whose last line is the reason
        raise SystemExit(WRONG_TOKEN if isinstance(error, TokenRefusedError) else NO_HEAD) from None
    if address != HEAD:
        head = HeadWatch(address)
        Runner("lost", partial(_end_without, head), every_s=LOOK_S).start()
    ray: Any = importlib.import_module("ray.scripts.scripts")
    ray.main()


def _end_without(head: HeadWatch) -> None:
    """End the node once its head is lost: left alone, it goes on for most of a minute beside a new one."""
    if head.silent_s > LOST_S:
        print("the head does not answer any more, or another took its place", flush=True)  # noqa: T201
        os._exit(NO_HEAD)


if __name__ == "__main__":
    main()

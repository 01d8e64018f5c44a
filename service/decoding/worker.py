"""The process that decodes: it holds nothing of the service, and the system ends it at its limits."""

from __future__ import annotations

import resource
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import cv2

from lifts.errors import LiftError
from service.decoding.budget import Refusal, too_costly
from service.domain.errors import BarwatchError
from service.host import signals
from service.host.handover.parcels import receive_parcel, send_parcel
from service.host.logs import set_up_logging

READY = "ready"


def run_decoder(pipe: Connection, memory_bytes: int) -> None:
    """Entry point: do what comes, one job after the other, until the parent closes the pipe."""
    signals.ignore()
    set_up_logging("warning")
    cv2.setNumThreads(1)
    limit(memory_bytes)
    pipe.send(READY)
    try:
        while True:
            send_parcel(pipe, answer_of(receive_parcel(pipe)))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return


def answer_of(job: Callable[[], Any]) -> Any | Refusal:
    """Return what a job returns, or why it refuses the picture."""
    try:
        return job()
    except (LiftError, BarwatchError) as error:
        return error
    except (MemoryError, cv2.error):  # OpenCV's own error where memory is not given
        return too_costly()


def limit(memory_bytes: int) -> None:
    """Take no more memory than that beyond what this process has mapped; leave no core; open few files."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = pages * resource.getpagesize() + memory_bytes
    for kind, value in (
        (resource.RLIMIT_AS, most),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))

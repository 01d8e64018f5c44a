"""A camera's own process: the worker's loop, its reports through a pipe, its sign of life."""

from __future__ import annotations

import signal
import threading
import time
from multiprocessing.connection import Connection

import cv2

from service.ingest.health.limits import HealthLimits
from service.ingest.health.memory import UsualView
from service.ingest.pulse import Pulse
from service.ingest.worker import CameraWorker, WorkerOptions
from service.types import CameraEvent, WatchedLift

Sent = CameraEvent | UsualView | None
"""What a camera's process sends: what it reports, the view as it learned it, or a mere sign of life."""

KEEP_VIEW_S = 30.0


def run_camera(
    connection: Connection,
    watched: WatchedLift,
    options: WorkerOptions,
    limits: HealthLimits | None,
    usual: UsualView | None,
) -> None:
    """Entry point of a camera's process; ends when its parent closes the pipe."""
    for each in (signal.SIGINT, signal.SIGTERM):  # the parent's to handle; it closes the pipe
        signal.signal(each, signal.SIG_IGN)
    cv2.setNumThreads(1)
    sending = threading.Lock()

    def send(what: Sent) -> None:
        with sending:
            connection.send(what)

    worker = CameraWorker(watched, options, limits, usual)
    pulse = Pulse(lambda: send(None))
    worker.start()
    pulse.start()
    next_view_s = 0.0
    try:
        while not connection.poll():
            pulse.step()
            for event in worker.step():
                send(event)
            if worker.usual is not None and time.monotonic() >= next_view_s:
                next_view_s = time.monotonic() + KEEP_VIEW_S
                send(worker.usual)
    except (BrokenPipeError, ConnectionResetError, EOFError):
        return
    finally:
        pulse.stop()
        worker.stop()

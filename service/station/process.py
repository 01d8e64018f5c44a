"""A camera's own process: the worker's loop, its reports through a pipe, and its sign of life."""

from __future__ import annotations

import ctypes
import threading
import time
from multiprocessing.connection import Connection

import cv2

from service.domain.camera import CameraEvent, WatchedLift
from service.domain.evidence.clip import ClipMade, ClipWanted
from service.domain.passage import Passage
from service.health.limits import HealthLimits
from service.health.reference import ReferenceView
from service.host import signals
from service.host.handover.parcels import send_parcel
from service.host.logs import set_up_logging
from service.passages.learnt import Learnt
from service.station.cutting import ClipCutter
from service.station.dialling import Dialling, TermsWanted
from service.station.pulse import Pulse
from service.station.worker import CameraWorker, WorkerOptions

Sent = CameraEvent | ReferenceView | Learnt | TermsWanted | None
"""What a camera's process sends: reports, what it has learnt, the wish to dial, or a sign of life."""

TRIM_S = 20.0
"""How often free memory goes back to the system. Once, as soon as the line was learnt, is too early: what
learning has left is freed piece by piece while the line is followed."""

KEEP_S = 30.0
"""How often what was learnt is sent, for a process that may have to take this one's place."""


def release_memory() -> None:
    """Give free memory back to the system; of what learning took the C library keeps tens of megabytes."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's
    if trim is not None:
        trim(0)


def run_camera(
    connection: Connection,
    watched: WatchedLift,
    options: WorkerOptions,
    limits: HealthLimits | None,
    reference: ReferenceView | None,
    learnt: Learnt | None,
    left_mono_s: float | None,
) -> None:
    """Entry point of a camera's process; ends when its parent closes the pipe."""
    signals.ignore()  # the parent closes the pipe
    set_up_logging("warning")
    cv2.setNumThreads(1)
    sending = threading.Lock()

    def send(what: Sent) -> None:
        with sending:
            connection.send(what)

    def send_clip(made: ClipMade) -> None:
        with sending:
            send_parcel(connection, made)

    dialling = Dialling(send)
    worker = CameraWorker(watched, options, limits, reference, learnt, left_mono_s, find_terms=dialling.terms)
    pulse = Pulse(lambda: send(None))
    cutter = None if worker.ring is None else ClipCutter(worker.ring, send_clip)
    if cutter is not None:
        cutter.runner.start()
    worker.start()
    pulse.start()
    due_s = {"reference": 0.0, "learnt": 0.0}
    trim_s = 0.0
    try:
        while True:
            if connection.poll():
                answer = connection.recv()  # EOFError: the parent has closed the pipe
                if not isinstance(answer, ClipWanted):
                    dialling.answer(answer)
                elif cutter is not None:
                    cutter.want(answer)
            pulse.step()
            for event in worker.step():
                if cutter is not None and isinstance(event, Passage):
                    cutter.passed(event)
                send(event)
            now_s = time.monotonic()
            if now_s >= trim_s and not worker.learning:
                release_memory()
                trim_s = now_s + TRIM_S
            for name, at_s in due_s.items():
                if now_s >= at_s and (what := getattr(worker, name)) is not None:
                    due_s[name] = now_s + KEEP_S
                    send(what)
    except (BrokenPipeError, ConnectionResetError, EOFError):
        return
    finally:
        pulse.stop()
        if cutter is not None:
            cutter.runner.stop(1.0)
        worker.stop()

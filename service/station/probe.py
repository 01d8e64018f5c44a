"""Probes a camera: its picture, size, rate, codec and delay, or why it cannot be watched."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection

import cv2
import numpy as np

from lifts.schema import Transport
from service.capture.pictures.picture import same_shape
from service.capture.source import open_source
from service.capture.urls import variables_of
from service.domain.arrays import Image
from service.domain.camera import NO_TERMS, Credentials, DialTerms, ProbeResult
from service.domain.errors import BarwatchError, ConflictError, SourceError, SourceProblem
from service.domain.frame import Frame
from service.domain.reason_texts import SOURCE_PROBLEMS
from service.health.limits import HealthLimits
from service.health.reference import difference
from service.health.view import inspect
from service.host import signals
from service.host.child import NOTHING, Child, ChildLostError
from service.host.logs import set_up_logging

MEASURED_S = 1.5
"""For how long the rate is measured, seconds of the stream."""

TIMEOUT_S, LONGEST_S = 15.0, 40.0
"""The probe's process is ended after so long without using the processor, even during the name look-up; and
after so long in any case, before the page gives up. A busy machine takes a while to load what looks."""

_MOST_FRAMES = 120
_LIMITS = HealthLimits()
_JPEG_QUALITY = 88

_one = threading.Lock()


def probe_here(
    url: str,
    transport: Transport = "tcp",
    credentials: Credentials | None = None,
    terms: DialTerms | None = None,
) -> ProbeResult:
    """Open a camera, or a recording, in this process and measure it for about a second.

    Args:
        url: as in lift.toml; already checked.
        transport: RTSP's.
        credentials: for an address that has none of its own.
        terms: in place of this process's environment, and of `credentials`.

    Raises:
        ConfigurationError: the address is not valid, leads where none may, or names a variable not set.
    """
    began_s = time.monotonic()
    stamps: list[float] = []
    delay_s = 0.0
    jpeg, size, decoder = b"", (0, 0), ""
    trouble: SourceError | None = None
    try:
        terms = terms or DialTerms(variables_of(url, None), credentials)
        with closing(
            open_source(
                url,
                transport=transport,
                credentials=terms.credentials,
                variables=terms.variables,
                networks=terms.networks,
            )
        ) as source:
            for frame in source:
                if not stamps:
                    delay_s, size = time.monotonic() - began_s, (frame.width, frame.height)
                if not frame.damaged and not jpeg:
                    jpeg = _encoded(frame.bgr())
                stamps.append(frame.t_s)
                decoder = source.decoder
                if len(stamps) >= _MOST_FRAMES or (jpeg and frame.t_s - stamps[0] >= MEASURED_S):
                    break
    except SourceError as error:
        trouble = error
    if not jpeg:
        problem = (trouble.problem if trouble else None) or SourceProblem.NO_VIDEO
        return ProbeResult(problem=problem, reason=SOURCE_PROBLEMS[problem])
    # The median: a live stream begins between two key frames, with pictures missing.
    step_s = float(np.median(np.diff(stamps))) if len(stamps) > 1 else 0.0
    fps = round(1.0 / step_s, 2) if step_s > 0.0 else None
    return ProbeResult(jpeg, size[0], size[1], fps, decoder, round(delay_s, 3))


def _run(connection: Connection, url: str, transport: Transport, terms: DialTerms) -> None:
    """Entry point of the process."""
    signals.ignore()  # the parent ends it
    set_up_logging("warning")
    try:
        connection.send(probe_here(url, transport, terms=terms))
    except BarwatchError as error:
        connection.send(error)


def probe_apart(
    url: str,
    transport: Transport = "tcp",
    terms: DialTerms = NO_TERMS,
    *,
    timeout_s: float = TIMEOUT_S,
    main: Callable[[Connection, str, Transport, DialTerms], None] = _run,
) -> ProbeResult:
    """Do the same in a separate process, because a camera may hang or crash it; one at a time.

    Args:
        url, transport, terms: as `probe_here`; the process has no variables but those of the terms.
        timeout_s: the process is ended once it has used no processor time for this long.
        main: what the process runs; handed in by tests.

    Raises:
        ConfigurationError: as `probe_here`.
        ConflictError: another camera is being probed.
    """
    if not _one.acquire(blocking=False):
        raise ConflictError("another camera is being probed: try again in a few seconds", "probe_running")
    try:
        context = multiprocessing.get_context("spawn")
        child = Child.spawn(context, "barwatch-probe", main, url, transport, terms)
        try:
            child.expect(timeout_s, LONGEST_S)
            while (answer := child.receive(0.5)) is NOTHING:
                pass
        finally:
            child.end()
    except ChildLostError:
        return ProbeResult(problem=SourceProblem.TIMED_OUT, reason=SOURCE_PROBLEMS[SourceProblem.TIMED_OUT])
    finally:
        _one.release()
    if isinstance(answer, BarwatchError):
        raise answer
    assert isinstance(answer, ProbeResult)  # noqa: S101 - `_run` sends nothing else
    return answer


def compared(first: ProbeResult, second: ProbeResult) -> ProbeResult | None:
    """Return the problem with a camera's second stream, by a picture of each; None if there is none."""
    if not same_shape((first.width, first.height), (second.width, second.height)):
        problem = SourceProblem.ANOTHER_SHAPE
    elif _shown(first, second):
        return None
    else:
        problem = SourceProblem.ANOTHER_SCENE
    return ProbeResult(problem=problem, reason=SOURCE_PROBLEMS[problem])


def _shown(first: ProbeResult, second: ProbeResult) -> bool:
    views = [
        inspect(Frame.of_bgr(_decoded(each.jpeg), index=0, t_s=0.0, t_mono_s=0.0)) for each in (first, second)
    ]
    if min(view.detail for view in views) < _LIMITS.detail:
        return True  # dark, or covered: nothing is seen that could differ
    greys = [view.grey.astype(np.float32) for view in views]
    return difference(greys[:1], greys[1], _LIMITS) is None


def _decoded(jpeg: bytes) -> Image:
    return np.asarray(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR), np.uint8)


def _encoded(bgr: cv2.typing.MatLike) -> bytes:
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()

"""A set-up's own process: records the camera, finds the track, learns the line and cuts the carriers out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import cv2

from lifts.schema import Camera
from service.capture.urls import device_of, expand, is_stream
from service.domain.errors import (
    BarwatchError,
    CalibrationError,
    ConfigurationError,
    SourceError,
    SourceProblem,
)
from service.host import signals
from service.host.logs import set_up_logging
from service.passages.motion import track_warnings
from service.setup.jobs.carriers import cut_out
from service.setup.jobs.messages import (
    RECORDING,
    SetupDone,
    SetupFailed,
    SetupMessage,
    SetupOrder,
    SetupProgress,
    SetupView,
    TrackFound,
)
from service.setup.jobs.recorder import CameraRecorder
from service.setup.jobs.state import SetupProblem, SetupStep, SetupWarning, TrackProposal
from service.setup.proposal import Proposal, propose
from service.setup.video import read_recording

NICENESS = 10
"""So far the process stands back behind those that watch."""

EARLY_S, WRITTEN_WITHIN_S = 46.0, 2.0
"""When the track is looked for first, in what is in the file by then: all but the last second."""

EARLY_CONFIDENCE, EARLY_CARRIERS = 0.8, 7
"""What a track that is found so early must have; else it is looked for in all of the recording."""

ENOUGH_CARRIERS = 12
"""Once so many can have passed and the track is found, the recording ends: nobody waits for its rest."""

VIEW_EVERY_S = 1.0
LOW_CONFIDENCE, TURNING_PX = 0.6, 8.0
"""What is warned of: a lower confidence, and parts of a carrier that move apart by more."""

Send = Callable[[SetupMessage], None]


def run_setup(connection: Connection, order: SetupOrder) -> None:
    """Entry point of the process; its parent ends it."""
    signals.ignore()
    set_up_logging("warning")
    os.nice(NICENESS)
    cv2.setNumThreads(1)
    try:
        connection.send(set_up(order, _throttled(connection.send)))
    except BrokenPipeError:
        return


def set_up(order: SetupOrder, send: Send) -> SetupDone | SetupFailed:
    """Do what is ordered, in this process; `send` is told how far it is."""
    try:
        return _set_up(order, send)
    except CalibrationError as error:
        return SetupFailed(SetupProblem(code=error.code or "no_carrier"))
    except SourceError as error:
        return SetupFailed(SetupProblem(code=(error.problem or SourceProblem.NOT_A_CAMERA).value))
    except ConfigurationError as error:
        return SetupFailed(SetupProblem(code=error.code or "address_refused"))
    except BarwatchError:
        return SetupFailed(SetupProblem(code="process_lost"))
    except OSError:
        return SetupFailed(SetupProblem(code="no_space"))


def _set_up(order: SetupOrder, send: Send) -> SetupDone:
    camera = order.lift.camera
    if camera is None or camera.watched_url is None:
        raise ConfigurationError("no camera")
    path, proposal, found = order.folder / RECORDING, order.proposal, order.found
    address = expand(camera.watched_url, os.environ if order.terms is None else order.terms.variables)
    live = device_of(address) is not None or is_stream(address)
    if not live:
        path = Path(address)
    if proposal is None:
        send(SetupProgress(SetupStep.CONNECTING, 0.0))
        track = _record(order, camera, send) if live else _find(path, order.seconds, send)
        proposal = found = track.proposal
        camera = camera.model_copy(update={"width": track.width, "height": track.height})
        send(track)
    lift = order.lift.model_copy(update={"camera": camera, "track": proposal.track})
    carriers, learnt = cut_out(
        path,
        order.folder,
        order.revision,
        lift,
        proposal if found is None else found,
        order.seconds,
        lambda share: send(SetupProgress(SetupStep.LEARNING, share)),
    )
    warnings: list[SetupWarning] = [
        one for one in proposal.warnings if one is not SetupWarning.LINE_NOT_LEARNT
    ]
    if not learnt:
        warnings.append(SetupWarning.LINE_NOT_LEARNT)
    return SetupDone(carriers, proposal.model_copy(update={"warnings": tuple(warnings)}), learnt)


def _record(order: SetupOrder, camera: Camera, send: Send) -> TrackFound:
    """Record, and find the track meanwhile; a track without a doubt ends the recording early."""
    path, early = order.folder / RECORDING, None
    with CameraRecorder(order, camera, send) as recorder:
        if order.seconds > EARLY_S:
            recorder.await_seconds(EARLY_S)
            recorder.is_silent = True
            early = _find_early(path, send)
            recorder.is_silent = False
        if early is not None:
            recorder.await_seconds(ENOUGH_CARRIERS * early.proposal.interval_s)
        else:
            recorder.await_end()
    return early or _find(path, order.seconds, send)


def _find_early(path: Path, send: Send) -> TrackFound | None:
    """Return the track that the recording's beginning shows; None if all of it should be looked at."""
    try:
        found = _find(path, EARLY_S - WRITTEN_WITHIN_S, send)
    except (CalibrationError, SourceError):
        return None
    proposal = found.proposal
    clear = proposal.confidence >= EARLY_CONFIDENCE and not proposal.warnings
    return found if clear and len(proposal.middles_s) >= EARLY_CARRIERS else None


def _find(path: Path, seconds: float, send: Send) -> TrackFound:
    recording = read_recording(
        path, seconds, lambda share: send(SetupProgress(SetupStep.FOLLOWING, 0.4 * share))
    )
    made = propose(recording, None, lambda share: send(SetupProgress(SetupStep.FOLLOWING, 0.4 + 0.6 * share)))
    return TrackFound(_proposal(made), recording.width_px, recording.height_px)


def _proposal(found: Proposal) -> TrackProposal:
    return TrackProposal(
        track=found.track,
        interval_s=found.interval_s,
        passage_s=found.passage_s,
        middles_s=found.middles_s,
        confidence=found.confidence,
        steady=found.steady,
        warnings=tuple(
            warning
            for warning, given in (
                (SetupWarning.LOW_CONFIDENCE, found.confidence < LOW_CONFIDENCE),
                (SetupWarning.TURNING, found.turning_px > TURNING_PX),
                (SetupWarning.UNSTEADY, not found.steady),
                (SetupWarning.SHORT_WAY, bool(track_warnings(found.track))),
            )
            if given
        ),
    )


def _throttled(send: Callable[[object], None]) -> Send:
    """Pass on every message of weight; progress four times a second, a picture once."""
    last_s: dict[object, float] = {}
    sending = threading.Lock()  # the recorder sends from a thread of its own
    every_s = {SetupProgress: 0.25, SetupView: VIEW_EVERY_S}

    def sent(message: SetupMessage) -> None:
        key = message.step if isinstance(message, SetupProgress) else type(message)
        now_s = time.monotonic()
        with sending:
            if now_s - last_s.get(key, -1e9) >= every_s.get(type(message), 0.0):
                last_s[key] = now_s
                send(message)

    return sent

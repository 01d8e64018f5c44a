"""A recording run through the station: its carriers as the service would see them, and the line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from lifts.geometry import pose_at
from lifts.schema import Lift, Pose, Track
from service.capture.files import FileSource
from service.domain.arrays import Image
from service.domain.camera import WatchedLift
from service.domain.passage import Passage
from service.passages.options import ExtractorOptions
from service.setup.jobs.messages import LEARNT, PLACES
from service.setup.jobs.state import FoundCarrier, TrackProposal
from service.setup.video import read_pictures
from service.station.step import Station
from service.station.worker import WorkerOptions

PAUSE_S = 2.0
"""The line is not learnt across a longer gap of the recording."""

MOST = 60
"""Carriers that are kept."""

AGREED = 0.12
"""Of the way from begin to end: where the station's carriers and the proposal's may lie apart."""

_JPEG_QUALITY = 92


def cut_out(
    path: Path,
    folder: Path,
    revision: int,
    lift: Lift,
    found: TrackProposal,
    seconds: float,
    on_progress: Callable[[float], None],
) -> tuple[tuple[FoundCarrier, ...], bool]:
    """Write the carriers' registered pictures and what was learnt of the line.

    Args:
        path: the recording.
        folder: of the set-up; pictures go into `folder`/`revision`, the line into `folder`/learnt.npz.
        revision: of the pictures.
        lift: with the camera and the track to cut by.
        found: the proposal, with its own track and when carriers were at its middle.
        seconds: of the recording.
        on_progress: called with the share done, 0..1.

    Returns:
        The carriers; whether the line was learnt, with its carriers where the proposal has them.

    Raises:
        SourceError: the recording cannot be read.
        OSError: a picture cannot be written.
    """
    watched = WatchedLift(lift, None, {})
    station = Station(
        watched, 0.0, options=ExtractorOptions(pictures=len(PLACES), pause_s=PAUSE_S), run_id="setup"
    )
    pictures = folder / str(revision)
    pictures.mkdir(parents=True, exist_ok=True)
    carriers: list[FoundCarrier] = []
    moments: list[tuple[float, float, float]] = []

    def take(events: Sequence[object]) -> None:
        for passage in events:
            if isinstance(passage, Passage) and len(carriers) < MOST and _usable(passage):
                number = len(carriers) + 1
                for place, picture in zip(PLACES, passage.pictures, strict=True):
                    _write(pictures / f"{number}-{place}.jpg", picture.image)
                carriers.append(FoundCarrier(number=number, t_s=passage.t_middle_s))
                moments.append((passage.t_begin_s, passage.t_middle_s, passage.t_end_s))

    last_s = 0.0
    for frame in FileSource(path, max_fps=WorkerOptions().max_fps):
        last_s = frame.t_s
        if last_s > seconds:
            break
        take(station.take(frame, last_s))
        on_progress(0.95 * min(last_s / seconds, 1.0))
    take(station.finish(last_s))
    if moments:
        begin, middle, end = moments[0]
        for place, picture in zip(PLACES, read_pictures(path, sorted((begin, middle, end))), strict=False):
            _write(pictures / f"view-{place}.jpg", picture)
    learnt = station.learnt_so_far
    agreed = learnt is not None and agrees([one[1] for one in moments], lift.track, found)
    if learnt is not None and agreed:
        # The track and its times come from the carriers' own movement: no mask could say it more certainly.
        replace(learnt, line=replace(learnt.line, place_certain=True)).save(folder / LEARNT)
    else:
        (folder / LEARNT).unlink(missing_ok=True)
    on_progress(1.0)
    return tuple(carriers), agreed


def agrees(middles_s: Sequence[float], track: Track | None, found: TrackProposal) -> bool:
    """Say whether most of the station's carriers are where the proposal says that carriers are."""
    if track is None or not middles_s or not found.middles_s:
        return False
    # A corrected track has its middle elsewhere: carriers come there earlier or later.
    moved = progress_of(found.track, track.middle) - progress_of(found.track, found.track.middle)
    expected = np.array(found.middles_s) + moved * found.passage_s
    # The track may come from the recording's beginning alone.
    compared = [t_s for t_s in middles_s if t_s <= expected.max() + found.interval_s / 2]
    apart = [float(np.abs(expected - t_s).min()) for t_s in compared]
    return bool(apart) and float(np.median(apart)) <= AGREED * found.passage_s


def progress_of(track: Track, pose: Pose) -> float:
    """Return the progress, -0.5..1.5, at which a track comes nearest to a pose's place in the picture."""
    at = np.linspace(-0.5, 1.5, 801)
    poses = [pose_at(track, float(one)) for one in at]
    off = [np.hypot(one.x - pose.x, one.y - pose.y) for one in poses]
    return float(at[int(np.argmin(off))])


def _usable(passage: Passage) -> bool:
    return len(passage.pictures) == len(PLACES) and passage.pictures[1].quality > 0.0


def _write(path: Path, picture: Image) -> None:
    """Write a picture uint8[H, W, 3] RGB."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise OSError(f"{path}: cannot be encoded")
    path.write_bytes(data.tobytes())

"""Starting a set-up, and handing what it has found to the lift."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import cv2
from sqlalchemy.orm import Session

from lifts.geometry import CANONICAL_SIZE, pose_at
from lifts.pictures.privacy import hide_view
from lifts.schema import Lift, Pose, Track, Transport
from service.domain.errors import ConfigurationError, ConflictError, EnrolmentError
from service.passages.learnt import memory_of_setup
from service.passages.motion import track_warnings
from service.setup.jobs.carriers import progress_of
from service.setup.jobs.messages import LEARNT
from service.setup.jobs.state import SetupJob, SetupRequest, SetupState, SetupWarning, TrackProposal
from service.store import lifts, tracks
from service.store.database import Store
from service.store.kept.lines import learnt_file
from service.usecases.setup.board import SetupBoard

FARTHEST = 0.5
"""How far beyond the proposed begin or end a corrected one may be, in parts of the way between them."""

LEAST_APART = 0.15
"""How close begin and end may come, likewise."""


class GivenPose(Protocol):
    """A corrected pose: scale and angle follow from the path where they are not given."""

    @property
    def x(self) -> float:
        """Camera pixels."""

    @property
    def y(self) -> float:
        """Camera pixels."""

    @property
    def scale(self) -> float | None:
        """As in `Pose`."""

    @property
    def angle(self) -> float | None:
        """As in `Pose`."""


def request_for(
    known: Lift | None,
    lift_id: str,
    *,
    url: str | None,
    transport: Transport | None,
    credentials: str | None,
    name: str | None,
    seconds: float,
    substream: str | None = None,
) -> SetupRequest:
    """Return what a job is to look at: what is given, else the lift's own camera.

    Raises:
        ConfigurationError: neither has an address.
    """
    camera = None if known is None else known.camera
    if url is None:
        if camera is None or camera.watched_url is None:
            raise ConfigurationError(f"lift {lift_id!r} has no camera yet: give its url", "no_camera")
        url, credentials = camera.watched_url, credentials or camera.credentials
        transport = transport or camera.transport
    return SetupRequest(
        url=url,
        substream=substream,
        transport=transport or "tcp",
        credentials=credentials,
        name=name or (lift_id if known is None else known.name),
        seconds=seconds,
    )


def corrected(job: SetupJob, begin: GivenPose | None, end: GivenPose | None) -> TrackProposal:
    """Return a job's proposal with another begin and end.

    Raises:
        ConflictError: it has none.
        EnrolmentError: they are too close together, the wrong way round, or off the carriers' path.
    """
    found = job.proposed
    if found is None or job.proposal is None:
        raise ConflictError(f"the set-up of lift {job.lift_id!r} has found no track", "no_track")
    places = {"begin": (begin, job.proposal.track.begin), "end": (end, job.proposal.track.end)}
    poses, progress = {}, {}
    for name, (given, present) in places.items():
        pose = Pose(x=given.x, y=given.y, scale=1.0) if given is not None else present
        progress[name] = progress_of(found.track, pose)
        on_path = pose_at(found.track, progress[name])
        beside = on_path.scale * math.hypot(on_path.x - pose.x, on_path.y - pose.y)
        if not (-FARTHEST < progress[name] < 1 + FARTHEST and beside < CANONICAL_SIZE / 2):
            raise EnrolmentError(f"{name} is not where the carriers pass", "off_the_path", place=name)
        poses[name] = present if given is None else _completed(given, on_path)
    if progress["end"] - progress["begin"] < LEAST_APART:
        raise EnrolmentError("begin must lie before end, with some way between them", "too_short_a_way")
    track = Track(
        begin=poses["begin"],
        middle=pose_at(found.track, (progress["begin"] + progress["end"]) / 2),
        end=poses["end"],
    )
    warnings: list[SetupWarning] = [one for one in found.warnings if one is not SetupWarning.SHORT_WAY]
    if track_warnings(track):
        warnings.append(SetupWarning.SHORT_WAY)
    passage_s = found.passage_s * (progress["end"] - progress["begin"])
    return found.model_copy(update={"track": track, "passage_s": passage_s, "warnings": tuple(warnings)})


def watch(
    board: SetupBoard,
    store: Store,
    data_dir: Path,
    lift_id: str,
    check: Callable[[str, str], None],
    *,
    hides: bool = True,
) -> Lift:
    """Store a finished job's camera and track as the lift's; the line that it has learnt is at hand for both.

    The caller lets cameras and pipeline follow. check: refuses a stored password that cannot be used for an
    address: it may be gone since the job began. hides: whether people are hidden in the view that is kept.

    Raises:
        ConflictError: it is not finished.
        SecretError: by `check`.
        NotFoundError: there is no job.
        StoreError: the database takes no write.
    """
    job = board.kept.get(lift_id)
    if job.state is not SetupState.READY or job.proposal is None:
        raise ConflictError(f"the set-up of lift {lift_id!r} is not finished", "setup_not_ready")
    if job.request.credentials is not None:
        for url in filter(None, (job.request.url, job.request.substream)):
            check(job.request.credentials, url)
    lift, folder = board.kept.configured(job), board.kept.folder(lift_id)
    memory = memory_of_setup(learnt_file(data_dir, lift_id))
    learnt, view = folder / LEARNT, board.kept.pictures(job) / "view-middle.jpg"
    if learnt.exists():
        # First: the camera's process looks for it when it is started.
        board.kept.replace(memory, learnt.read_bytes())
    else:
        memory.unlink(missing_ok=True)
    picture = _reduced(view) if view.exists() else None
    if picture is not None and hides:
        picture = hide_view(picture)

    def write(session: Session) -> None:
        lifts.put(session, lift)
        if picture is not None:
            tracks.keep_picture(session, lift_id, picture)

    store.write(write).result()
    board.note_watched(lift_id)
    return lift


def _completed(given: GivenPose, on_path: Pose) -> Pose:
    return Pose(
        x=given.x,
        y=given.y,
        scale=on_path.scale if given.scale is None else given.scale,
        angle=on_path.angle if given.angle is None else given.angle,
    )


def _reduced(path: Path) -> bytes:
    """Return a picture file as a JPEG of its own size, smaller in bytes."""
    image = cv2.imread(str(path))
    if image is None:
        return path.read_bytes()
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()

"""What a set-up finds, without a camera: processes that take the place of the one that looks, and a probe."""

from multiprocessing.connection import Connection

import cv2
import numpy as np

from lifts.schema import Pose, Track
from service.domain.camera import DialTerms, ProbeResult
from service.domain.errors import SourceProblem
from service.setup.jobs.messages import (
    SetupDone,
    SetupFailed,
    SetupOrder,
    SetupProgress,
    SetupView,
    TrackFound,
)
from service.setup.jobs.state import FoundCarrier, SetupProblem, SetupStep, TrackProposal
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_picture

WIDTH, HEIGHT = 640, 360
TRACK = Track(
    begin=Pose(x=120, y=90, scale=0.5),
    middle=Pose(x=320, y=150, scale=0.5),
    end=Pose(x=520, y=210, scale=0.5),
)
PROPOSAL = TrackProposal(
    track=TRACK, interval_s=6.0, passage_s=3.0, middles_s=(4.0, 10.0, 16.0), confidence=0.9, steady=True
)
CARRIERS = tuple(FoundCarrier(number=k + 1, t_s=4.0 + 6.0 * k, group=(1, 2, 1, 0)[k]) for k in range(4))


def jpeg(rgb: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", rgb[..., ::-1])[1].tobytes()


def view() -> bytes:
    """A picture as a camera would send it: a slope and a sky."""
    picture = np.full((HEIGHT, WIDTH, 3), (120, 150, 190), np.uint8)
    picture[HEIGHT // 2 :] = (220, 225, 230)
    cv2.line(picture, (0, 40), (WIDTH, 230), (40, 40, 40), 2)
    return jpeg(picture)


def looking(connection: Connection, order: SetupOrder) -> None:
    """Show a picture and go on for ever."""
    connection.send(SetupProgress(SetupStep.WATCHING, 0.5))
    connection.send(SetupView(view()))
    connection.poll(None)


MOVED_PX = 24
"""How much further down carriers hang in their frame once the camera was moved."""


def finding(connection: Connection, order: SetupOrder) -> None:
    """Find a track and four carriers, of which two look alike."""
    find(connection, order, PROPOSAL, 0)


def finding_moved(connection: Connection, order: SetupOrder) -> None:
    """Find the same after the camera was moved: another track, and carriers that hang lower in the frame."""
    poses = {
        name: pose.model_copy(update={"x": pose.x + 40})
        for name, pose in (("begin", TRACK.begin), ("middle", TRACK.middle), ("end", TRACK.end))
    }
    find(connection, order, PROPOSAL.model_copy(update={"track": Track(**poses)}), MOVED_PX)


def find(connection: Connection, order: SetupOrder, proposal: TrackProposal, down_px: int) -> None:
    connection.send(SetupProgress(SetupStep.FOLLOWING, 0.1))
    if order.proposal is None:
        connection.send(TrackFound(proposal, WIDTH, HEIGHT))
    pictures = order.folder / str(order.revision)
    pictures.mkdir(parents=True)
    for carrier in CARRIERS:
        picture = jpeg(np.roll(draw_picture(OPEN_Y if carrier.number % 2 else CLOSE_Y), down_px, 0))
        for place in ("begin", "middle", "end"):
            (pictures / f"{carrier.number}-{place}.jpg").write_bytes(picture)
    for place in ("begin", "middle", "end"):
        (pictures / f"view-{place}.jpg").write_bytes(view())
    (order.folder / "recording.mkv").write_bytes(b"a recording")
    connection.send(SetupDone(CARRIERS, order.proposal or proposal, False))
    connection.poll(None)


def failing(connection: Connection, order: SetupOrder) -> None:
    """See no carriers."""
    connection.send(SetupProgress(SetupStep.FOLLOWING, 0.1))
    connection.send(SetupFailed(SetupProblem(code="nothing_repeats")))
    connection.poll(None)


def probed(url: str, transport: object, terms: DialTerms) -> ProbeResult:
    """A camera that wants a password."""
    if terms.credentials is None:
        return ProbeResult(problem=SourceProblem.WRONG_PASSWORD, reason="wants a password")
    return ProbeResult(jpeg=view(), width=WIDTH, height=HEIGHT, fps=25.0, codec="h264", delay_s=0.4)

"""Processes in place of the one that sets a lift up."""

import os
from multiprocessing.connection import Connection

from lifts.schema import Pose, Track
from service.setup.jobs.messages import (
    SetupDone,
    SetupFailed,
    SetupOrder,
    SetupProgress,
    SetupView,
    TrackFound,
)
from service.setup.jobs.state import FoundCarrier, SetupProblem, SetupStep, TrackProposal
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_picture, jpeg

TRACK = Track(
    begin=Pose(x=100, y=90, scale=0.5), middle=Pose(x=200, y=90, scale=0.5), end=Pose(x=300, y=90, scale=0.5)
)
PROPOSAL = TrackProposal(
    track=TRACK, interval_s=6.0, passage_s=3.0, middles_s=(4.0, 10.0, 16.0), confidence=0.9, steady=True
)
CARRIERS = tuple(FoundCarrier(number=k + 1, t_s=4.0 + 6.0 * k) for k in range(6))
"""Every second one is closed."""


def looking(connection: Connection, order: SetupOrder) -> None:
    """Show a picture and go on for ever."""
    connection.send(SetupProgress(SetupStep.WATCHING, 0.5))
    connection.send(SetupView(b"jpeg"))
    connection.poll(None)


def finding(connection: Connection, order: SetupOrder) -> None:
    """Find all there is to find, and leave pictures."""
    connection.send(SetupProgress(SetupStep.FOLLOWING, 0.1))
    if order.proposal is None:
        connection.send(TrackFound(PROPOSAL, 640, 360))
    pictures = order.folder / str(order.revision)
    pictures.mkdir(parents=True)
    for carrier in CARRIERS:
        for place in ("begin", "middle", "end"):
            y_px = OPEN_Y if carrier.number % 2 else CLOSE_Y
            image = draw_picture(y_px, seed=10 * carrier.number + len(place))
            (pictures / f"{carrier.number}-{place}.jpg").write_bytes(jpeg(image))
    (order.folder / "recording.mkv").write_bytes(b"a recording")
    connection.send(SetupDone(CARRIERS, order.proposal or PROPOSAL, False))
    connection.poll(None)


def failing(connection: Connection, order: SetupOrder) -> None:
    """See no carriers."""
    connection.send(SetupProgress(SetupStep.FOLLOWING, 0.1))
    connection.send(SetupFailed(SetupProblem(code="nothing_repeats")))
    connection.poll(None)


def dying(connection: Connection, order: SetupOrder) -> None:
    """Die without a word."""
    os._exit(3)

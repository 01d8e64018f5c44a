"""How a lift's line moves, in the units that people use. A number that nobody measured is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.domain.camera import CameraState, CameraStatus

FRESH_S = 10.0
"""What a camera says of the line holds for so long without a frame."""


class LineMoves(StrEnum):
    """How the line moves. Part of the API: a code never changes its meaning."""

    RUNNING = "running"
    STOPPED = "stopped"
    BACKWARDS = "backwards"
    UNKNOWN = "unknown"


class SpeedFrom(StrEnum):
    """Where a speed comes from. Part of the API: a code never changes its meaning."""

    INPUT = "input"
    SPACING = "spacing"


@dataclass(frozen=True, slots=True)
class LineSaid:
    """What an input says of the line that is believed: whether it runs, m/s; None: nothing."""

    runs: bool | None = None
    speed_m_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class LineNow:
    """The line now. speed_m_per_s, carriers_per_hour: None: nobody knows."""

    moves: LineMoves
    speed_m_per_s: float | None = None
    speed_from: SpeedFrom | None = None
    carriers_per_hour: float | None = None


def line_now(
    status: CameraStatus | None, frame_age_s: float | None, said: LineSaid, spacing_m: float | None
) -> LineNow:
    """Return how the line moves, first by the camera, then by the lift's control.

    Args:
        status: what the camera's process says. frame_age_s: how old its newest frame is.
        said: what an input says.
        spacing_m: metres between carriers on the rope; speed is that divided by the carriers' interval.
    """
    sees = status is not None and status.state is CameraState.LIVE
    fresh = sees and frame_age_s is not None and frame_age_s <= FRESH_S
    moves = _by_camera(status.line_speed) if fresh and status is not None else LineMoves.UNKNOWN
    every_s = status.carrier_every_s if fresh and status is not None else None
    if moves is LineMoves.UNKNOWN and said.runs is not None:
        moves = LineMoves.RUNNING if said.runs else LineMoves.STOPPED
    per_hour = None
    if moves is LineMoves.STOPPED:
        per_hour = 0.0
    elif moves is LineMoves.RUNNING and every_s:
        per_hour = 3600.0 / every_s
    if said.speed_m_per_s is not None:
        return LineNow(moves, said.speed_m_per_s, SpeedFrom.INPUT, per_hour)
    if spacing_m is not None and per_hour is not None:
        return LineNow(moves, spacing_m * per_hour / 3600.0, SpeedFrom.SPACING, per_hour)
    return LineNow(moves, carriers_per_hour=per_hour)


def _by_camera(line_speed: str) -> LineMoves:
    known = {"stopped": LineMoves.STOPPED, "backwards": LineMoves.BACKWARDS, "unknown": LineMoves.UNKNOWN}
    return known.get(line_speed, LineMoves.RUNNING)

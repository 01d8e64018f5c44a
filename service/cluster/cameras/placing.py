"""Which node watches which camera: by what cameras cost, and with as few moves as can be. Pure."""

from __future__ import annotations

from collections.abc import Mapping

FULL = 0.8
"""The share of a node's processors that its cameras may take together: the rest is for the moments at which
several of them learn their lines, and for the embedders."""

SHARE_AT_720P25 = 0.065
"""What a camera of 1280 x 720 at 25 pictures a second takes of a processor, before it is measured: 52 ms a
second alone, 65 ms beside seven others (`barwatch bench ingest`, ml/results/ingest.json)."""

_PX_PER_S = 1280 * 720 * 25


def estimated_share(width: int, height: int, fps: float = 25.0) -> float:
    """Return which share of a processor a camera takes, by its pictures' size and rate."""
    return SHARE_AT_720P25 * max(width * height * fps, 1.0) / _PX_PER_S


def place(
    cameras: Mapping[str, float], nodes: Mapping[str, float], present: Mapping[str, str]
) -> dict[str, str]:
    """Return the node of each camera; cameras for which there is no room are left out.

    A camera stays where it is, unless its node is gone or takes more than it may. What has to be placed goes
    to the node with most room, the most expensive first.

    Args:
        cameras: what each takes of a processor. nodes: how many processors each has.
        present: the node of each camera that has one.
    """
    room = {node: FULL * processors for node, processors in nodes.items()}
    placed: dict[str, str] = {}
    for camera in sorted(cameras, key=lambda each: (cameras[each], each)):
        node = present.get(camera)
        # The cheapest first: where not all can stay, fewest have to go.
        if node in room and cameras[camera] <= room[node]:
            placed[camera] = node
            room[node] -= cameras[camera]
    for camera in sorted(cameras.keys() - placed.keys(), key=lambda each: (-cameras[each], each)):
        node = max(room, key=lambda each: (room[each], each), default=None)
        if node is not None and cameras[camera] <= room[node]:
            placed[camera] = node
            room[node] -= cameras[camera]
    return placed

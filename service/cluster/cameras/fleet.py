"""Cameras over nodes: which node has which, whom a lost node's cameras go to, and when they are handed on.

A camera begins on the service's own machine and is handed to a node once it is seen as well from there. When
its node is lost, or the cluster, it comes back to the service's machine at once: that takes a second or two,
and is the same whatever else has failed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import structlog

from service.cluster.cameras.messages import CameraBatch, CameraGone, NodeSeen, NodesSeen
from service.cluster.cameras.placing import estimated_share, place
from service.cluster.cameras.remote import RemoteTools, RemoteWatcher
from service.domain.camera import CameraEvent, WatchedLift
from service.host.runner import Runner, Runners, attempt
from service.leases.camera import HERE, LeasedCamera
from service.station.carried import Carried

log = structlog.get_logger(__name__)

STEP_S = 0.2
PLACE_S = 1.0
AT_ONCE = 3
"""So many cameras are prepared elsewhere at the same time: each is dialled twice meanwhile."""

PREPARED_S = 90.0
"""How long a node may take to see a camera as well; a camera that lets itself be dialled once never is."""

AVOIDED_S, NOT_TRIED_S = 15.0, 600.0
"""How long a node that lost a camera gets none, and a camera that could not be handed on stays."""


class CameraFleet:
    """The cameras of one service and the nodes of its cluster; a part of the link (LinkPart).

    Args:
        tools_of: what a lift's camera on a node is given here.
        runners: owns the thread.
    """

    name = "cameras"

    def __init__(
        self, tools_of: Callable[[WatchedLift], RemoteTools], runners: Runners | None = None
    ) -> None:
        self._tools_of = tools_of
        self._nodes: dict[str, NodeSeen] = {}
        self._avoided: dict[str, float] = {}
        self._cameras: list[LeasedCamera] = []
        self._watchers: dict[str, RemoteWatcher] = {}
        self._placed_s = 0.0
        self.moves = self.losses = 0
        """How often a camera was handed on to a node, and taken from one that was lost."""
        self.runner = (runners or Runners()).add(Runner("placing", self.step, every_s=STEP_S))

    def add(self, camera: LeasedCamera) -> None:
        """Place this camera from now on, if it can be reached from elsewhere."""
        self._cameras.append(camera)

    def make(
        self, owner: str, watched: WatchedLift, on_event: Callable[[CameraEvent], None], carried: Carried
    ) -> RemoteWatcher:
        """Make what watches at a node; owner: its id."""
        node = self._nodes.get(owner) or NodeSeen(owner, owner, 0.0)  # gone meanwhile: it will not begin
        watcher = RemoteWatcher(watched, node, on_event, carried, self._tools_of(watched))
        self._watchers[watcher.key] = watcher
        return watcher

    def on_nodes(self) -> dict[str, str]:
        """Return the name of the node of each camera that is on one, by lift."""
        found = ((each.watched.lift.id, each.owner) for each in list(self._cameras) if each.owner != HERE)
        return {lift_id: self._name(owner) for lift_id, owner in found}

    @property
    def nodes(self) -> tuple[NodeSeen, ...]:
        """The nodes that are there now."""
        return tuple(self._nodes.values())

    def start(self) -> None:
        """Begin to place cameras."""
        self.runner.start()

    def stop(self) -> None:
        """Place nothing any more; stop before the link, and before the cameras."""
        self.runner.stop()

    def up(self) -> None:
        """See LinkPart; nodes come as a message."""

    def doubtful(self, *, since: bool) -> None:
        """See LinkPart; what nodes report does not come by the head, and each is judged by itself."""

    def down(self, reason: str) -> None:
        """See LinkPart."""
        self._nodes = {}
        for watcher in list(self._watchers.values()):
            watcher.lost(f"the cluster is lost: {reason}")

    def take(self, message: Any) -> None:
        """See LinkPart."""
        if isinstance(message, CameraBatch):
            if (watcher := self._watchers.get(message.key)) is not None:
                watcher.take(message)
        elif isinstance(message, CameraGone):
            if (watcher := self._watchers.get(message.key)) is not None:
                watcher.lost(message.reason)
        elif isinstance(message, NodesSeen):
            self._nodes = {node.id: node for node in message.nodes}

    def step(self) -> None:
        """Look at every camera on a node; hand on what is due."""
        for watcher in list(self._watchers.values()):
            watcher.look()
        self._cameras = [camera for camera in self._cameras if not camera.stopped]
        for camera in self._cameras:  # before anything else, and again until it succeeds
            self.runner.heartbeat.begin()
            if (error := attempt(partial(self._replace, camera))) is not None:
                lift_id = camera.watched.lift.id
                log.error("a lost node's camera is not watched yet", lift_id=lift_id, exc_info=error)
        self._watchers = {key: each for key, each in self._watchers.items() if not each.over}
        for camera in self._cameras:
            self.runner.heartbeat.begin()
            self._prepared(camera)
        if time.monotonic() - self._placed_s >= PLACE_S:
            self._placed_s = time.monotonic()
            self._place()

    def _replace(self, camera: LeasedCamera) -> None:
        """Have the camera of a lost node watched elsewhere."""
        successor = camera.successor
        if successor is not None and (reason := _gone(successor.watcher)):
            log.warning("a node does not take a camera", lift_id=camera.watched.lift.id, reason=reason)
            camera.abandon()
            self._avoid(successor.watcher)
        watcher = camera.watcher
        if reason := _gone(watcher):
            camera.move(HERE, f"node {self._name(camera.owner)}: {reason}")
            self.losses += 1
            self._avoid(watcher)

    def _avoid(self, watcher: object) -> None:
        if isinstance(watcher, RemoteWatcher):
            self._avoided[watcher.node.id] = time.monotonic() + AVOIDED_S

    def _prepared(self, camera: LeasedCamera) -> None:
        """Hand a camera on to the node that was prepared for it, or give that up."""
        successor = camera.successor
        if successor is None:
            return
        if successor.ready:
            camera.succeed()
            self.moves += 1
        elif time.monotonic() - successor.began_s > PREPARED_S:
            lift_id = camera.watched.lift.id
            log.warning("a camera is not seen from a node, and stays", lift_id=lift_id, node=successor.owner)
            self._avoided[lift_id] = time.monotonic() + NOT_TRIED_S
            camera.abandon()

    def _place(self) -> None:
        now_s = time.monotonic()
        self._avoided = {name: until_s for name, until_s in self._avoided.items() if until_s > now_s}
        nodes = {node.id: node.processors for node in self.nodes if node.id not in self._avoided}
        can_move = {each.watched.lift.id: each for each in self._cameras if _reachable(each.watched)}
        present = {lift_id: _place_of(camera) for lift_id, camera in can_move.items()}
        # Whoever was given up by a node still has its place there, but for the node that is avoided.
        wanted = place({lift_id: self._share(camera) for lift_id, camera in can_move.items()}, nodes, present)
        preparing = sum(camera.successor is not None for camera in self._cameras)
        for lift_id, node in sorted(wanted.items()):
            if preparing >= AT_ONCE:
                return
            if node != present[lift_id] and lift_id not in self._avoided:
                can_move[lift_id].prepare(node)
                preparing += 1

    def _share(self, camera: LeasedCamera) -> float:
        for watcher in (camera.watcher, None if camera.successor is None else camera.successor.watcher):
            if isinstance(watcher, RemoteWatcher) and watcher.share is not None:
                return watcher.share
        seen = camera.watched.lift.camera
        return 1.0 if seen is None else estimated_share(seen.width, seen.height)

    def _name(self, owner: str) -> str:
        node = self._nodes.get(owner)
        return owner if node is None else node.name


def _gone(watcher: object) -> str:
    """Return why a node does not watch any more; empty if it does, or if it is none."""
    return watcher.gone if isinstance(watcher, RemoteWatcher) else ""


def _place_of(camera: LeasedCamera) -> str:
    return camera.owner if camera.successor is None else camera.successor.owner


def _reachable(watched: WatchedLift) -> bool:
    """Say whether the camera can be dialled from other machines: a file is here alone."""
    camera = watched.lift.camera
    url = "" if camera is None else camera.watched_url or ""
    return "://" in url and not url.startswith("file:")

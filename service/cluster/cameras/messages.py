"""What main process, driver and actors tell each other about cameras on nodes."""

from __future__ import annotations

from dataclasses import dataclass

from service.cluster.cameras.clock import Exchange
from service.cluster.cameras.spool import Numbered
from service.domain.camera import WatchedLift
from service.domain.evidence.clip import ClipWanted
from service.station.carried import Carried
from service.station.dialling import TermsAnswer
from service.station.worker import WorkerOptions


@dataclass(frozen=True, slots=True)
class NodeSeen:
    """A node that lends processors. id: Ray's, another one whenever it joins. name: for people."""

    id: str
    name: str
    processors: float


@dataclass(frozen=True, slots=True)
class NodesSeen:
    """The nodes that are there now."""

    nodes: tuple[NodeSeen, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CameraTask:
    """What a node is to watch. carried: with times of the node's own clock."""

    watched: WatchedLift
    options: WorkerOptions
    carried: Carried


@dataclass(frozen=True, slots=True)
class Terms:
    """With what the camera may be dialled, or why it may not."""

    answer: TermsAnswer


Told = CameraTask | ClipWanted | Terms
"""What an actor is told."""


@dataclass(frozen=True, slots=True)
class HostCamera:
    """Make an actor on a node, for what is known by `key` from then on."""

    key: str
    node: str


@dataclass(frozen=True, slots=True, eq=False)
class TellCamera:
    """Pass this on to an actor."""

    key: str
    what: Told


@dataclass(frozen=True, slots=True)
class EndCamera:
    """End an actor, and nothing more is told of it."""

    key: str


@dataclass(frozen=True, slots=True, eq=False)
class CameraAnswer:
    """What an actor answers: what was reported since, and what goes to the next owner if that has changed.

    share: of a processor that the camera takes, None before it is known. unseen: carriers that lost their
    pictures here because nobody took them; dropped: other reports.
    """

    received_s: float
    answered_s: float
    reports: list[Numbered]
    carried: Carried | None
    share: float | None
    unseen: int
    dropped: int


@dataclass(frozen=True, slots=True, eq=False)
class CameraBatch:
    """An actor's answer, and when the driver asked and heard (service.cluster.cameras.clock)."""

    key: str
    exchange: Exchange
    answer: CameraAnswer


@dataclass(frozen=True, slots=True)
class CameraGone:
    """There is no actor of this key any more."""

    key: str
    reason: str

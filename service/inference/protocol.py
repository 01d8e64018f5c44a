"""What the service needs of an engine: the same whether the network runs here or in a worker."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol, TypeVar

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.inference.artefact import Manifest

T = TypeVar("T")

ANSWER_S = 30.0
"""How long to wait for an engine; its own deadline comes first."""

MAX_REQUEST = 64
"""Pictures or masks per request, and per batch."""


@dataclass(frozen=True, slots=True)
class ClusterStatus:
    """What a cluster does for an engine; counts are since the start.

    embedders: how many of it are ready. reason: why it does not judge; empty: it does.
    moved: requests that this machine was given because the cluster had not answered, or was not there.
    restarts: how often it was lost.
    """

    embedders: int
    reason: str
    moved: int
    restarts: int


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """An engine for the API: state is starting, ready, down or stopped; counts are since the start.

    device: where and in what precision it computes, e.g. "cpu bfloat16".
    device_lost: why an accelerator was given up for the processor; empty where none was.
    cluster: of an engine with a cluster, None of any other.
    """

    state: str
    device: str
    pid: int | None
    restarts: int
    queue_length: int
    rejected: int
    expired: int
    model: str
    device_lost: str = ""
    cluster: ClusterStatus | None = None


class Engine(Protocol):
    """What the service needs of an engine. Futures fail with EngineUnavailableError."""

    @property
    def manifest(self) -> Manifest:
        """The manifest of the model that answers."""

    @property
    def status(self) -> EngineStatus:
        """The engine's present state."""

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        """Embed pictures of one lift, and compare them with its masks.

        Args:
            images: uint8[N, 200, 200, 3] RGB, N <= 64.
            references: the lift's `reference_embeddings`, float32[3, D]; without them nothing is compared.
        """

    def submit_look(self, images: Image) -> Future[Image]:
        """Return what the network makes of pictures, to compare it later: uint8[N, K].

        It waits for all that is judged now. K is 0 of a model of which nothing can be kept.

        Args:
            images: uint8[N, 200, 200, 3] RGB, N <= 16.
        """

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        """Compare pictures by what was kept of them, as `submit_pictures` does.

        Args:
            packed: uint8[N, K] of `submit_look`, by the same model; N <= 64.
            references: as for `submit_pictures`.
        """

    def submit_masks(self, masks: Image) -> Future[Float32]:
        """Embed masks: uint8[N, 200, 200], N <= 64 -> float32[N, D]."""


def answered(answer: Future[T]) -> T:
    """Wait for an engine's answer, for callers that have nothing else to do meanwhile.

    Raises:
        EngineUnavailableError: none came.
    """
    try:
        return answer.result(ANSWER_S)
    except TimeoutError as error:
        raise EngineUnavailableError("the embedder did not answer", Reason.LATE) from error

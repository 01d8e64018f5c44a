"""The embedder's own process: a loop that answers one batch after the other, and the engine's hold on it.

Pictures, masks and embeddings travel through shared blocks of memory, so that what goes through the pipe is
always small: a send can then never block on a worker that has stopped reading.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, Literal

import numpy as np

from service.errors import ArtefactError
from service.types import Floats, Image

PICTURES, MASKS, PING = "pictures", "masks", "ping"
READY, REFUSED, DONE, FAILED = "ready", "refused", "done", "failed"

PICTURE_BYTES = 200 * 200 * 3


@dataclass(frozen=True)
class WorkerOptions:
    """What a worker needs to know; `capacity` is the largest batch the shared blocks hold."""

    path: Path
    device: str
    threads: int | None
    precision: Literal["auto", "float32"]
    capacity: int
    dim: int


@dataclass(eq=False)
class WorkerHandle:
    """The engine's side of a worker: its process, its pipe, and when it last said something."""

    process: SpawnProcess
    pipe: Connection
    idle_since_mono_s: float

    def end(self) -> None:
        """Leave nothing behind, whatever state it is in."""
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


def input_view(block: Any, kind: str, count: int) -> Image:
    """Return the input block as uint8[count, 200, 200, 3] for pictures, uint8[count, 200, 200] for masks."""
    shape = (count, 200, 200, 3) if kind == PICTURES else (count, 200, 200)
    return np.frombuffer(block, np.uint8, count=int(np.prod(shape))).reshape(shape)


def judging_view(block: Any, dim: int, count: int) -> Floats:
    """Return the judging block as float32[count, 3, D]: what each picture is judged by."""
    return np.frombuffer(block, np.float32, count=count * 3 * dim).reshape(count, 3, dim)


def write_judging(view: Floats, requests: Iterable[tuple[int, Floats | None]]) -> None:
    """Fill float32[count, 3, D]: what a request is judged by, once for each picture of it; zeros for none."""
    at = 0
    for count, by in requests:
        view[at : at + count] = 0.0 if by is None else by
        at += count


def output_view(block: Any, dim: int, count: int) -> Floats:
    """Return the output block as float32[count, D + 3]: embedding, occupancy, match (0 for masks)."""
    return np.frombuffer(block, np.float32, count=count * (dim + 3)).reshape(count, dim + 3)


def worker_main(pipe: Connection, inputs: Any, judged_by: Any, outputs: Any, options: WorkerOptions) -> None:
    """Load the model, say READY or REFUSED, then answer (kind, count) with DONE or FAILED until EOF."""
    # A service manager or Ctrl-C signals the whole group: the service ends its worker itself, in order.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    # Threads that wait for each other by spinning take a busy machine's cores from those they wait for: with
    # two threads on two loaded cores a pass then takes seconds instead of milliseconds. torch reads it.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Imported here, in the child: the parent imports this module and must stay without torch.
    from service.inference.model import EmbeddingModel, default_threads  # noqa: PLC0415

    try:
        model = EmbeddingModel.load(
            options.path,
            options.device,
            threads=options.threads or default_threads(),
            precision=options.precision,
        )
    except ArtefactError as error:
        pipe.send((REFUSED, str(error)))
        return
    pipe.send((READY, f"{model.device} {model.precision}"))
    while True:
        try:
            kind, count = pipe.recv()
        except EOFError:
            return
        try:
            _answer(model, kind, count, (inputs, judged_by, outputs), options.dim)
        except RuntimeError as error:
            pipe.send((FAILED, str(error).splitlines()[0]))
            if model.device.type != "cpu":
                # After an error on the device its context may be useless: a fresh process is not.
                return
        else:
            pipe.send((DONE, ""))


def _answer(model: Any, kind: str, count: int, blocks: tuple[Any, Any, Any], dim: int) -> None:
    if kind == PING:
        return
    images, answer = input_view(blocks[0], kind, count), output_view(blocks[2], dim, count)
    if kind == PICTURES:
        seen = model.pictures(images, judging_view(blocks[1], dim, count))
        answer[:, :dim], answer[:, dim], answer[:, dim + 1 :] = seen
    else:
        answer[:, :dim], answer[:, dim:] = model.masks(images), 0.0

"""The embedder's own process: it loads the model, then answers one batch after the other.

Pictures, masks and embeddings travel through shared blocks of memory, so that messages in the pipe are
always small: sending one cannot block, even if the worker has stopped reading.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any, Literal

import numpy as np

from lifts.decision.verdict import NO_RIDERS, Inference
from lifts.pictures.numbers import row_bytes
from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError, DeviceError
from service.host import signals
from service.host.imports import importing
from service.inference.protocol import MAX_REQUEST
from service.inference.requests import COMPARED, KEPT, LOOK, MASKS, PICTURES, Request

PING = "ping"
READY, REFUSED, LOST, DONE, FAILED = "ready", "refused", "lost", "done", "failed"
"""A worker's messages. `lost`: the device that it was to compute on cannot be used."""

PICTURE_BYTES = 200 * 200 * 3


@dataclass(frozen=True)
class EmbedderOptions:
    """What a worker needs to know; `capacity` is the largest batch that the shared blocks hold.

    cells: side of the rider maps; 0 of a model without.
    digest, public_key: see EmbeddingModel.load.
    """

    path: Path
    device: str
    threads: int | None
    precision: Literal["auto", "float32"]
    capacity: int
    dim: int
    cells: int = 0
    digest: str | None = None
    public_key: str | None = None


def input_view(block: Any, kind: str, count: int) -> Image:
    """Return the input block as uint8[count, 200, 200, 3] for pictures, uint8[count, 200, 200] for masks.

    As uint8[count, K] for what was kept of pictures, and in answer to LOOK: K is in the first row, which is 0
    where nothing was kept.
    """
    shape: tuple[int, ...] = (count, 200, 200) if kind == MASKS else (count, 200, 200, 3)
    if kind == KEPT:
        head = np.frombuffer(block, np.uint8, count=PICTURE_BYTES)
        shape = (count, row_bytes(head) if head[:1].any() else 0)
    return np.frombuffer(block, np.uint8, count=int(np.prod(shape))).reshape(shape)


def references_view(block: Any, dim: int, count: int) -> Float32:
    """Return the references block as float32[count, 3, D]: what each picture is compared with."""
    return np.frombuffer(block, np.float32, count=count * 3 * dim).reshape(count, 3, dim)


def output_view(block: Any, dim: int, count: int, cells: int = 0) -> Float32:
    """Return the output block as float32[count, D + 3 + C * C].

    In a row: embedding, occupancy, match, rider map; all but the embedding are 0 for masks.
    """
    width = dim + 3 + cells * cells
    return np.frombuffer(block, np.float32, count=count * width).reshape(count, width)


class Blocks:
    """The memory that the engine shares with its workers, one batch at a time."""

    def __init__(self, context: SpawnContext, dim: int, cells: int = 0) -> None:
        self._dim, self._cells = dim, cells
        self.inputs = context.RawArray("B", MAX_REQUEST * PICTURE_BYTES)
        self.references = context.RawArray("f", MAX_REQUEST * 3 * dim)
        self.outputs = context.RawArray("f", MAX_REQUEST * (dim + 3 + cells * cells))

    def write(self, batch: Sequence[Request]) -> int:
        """Lay out requests of one kind for the worker; return the number of their images."""
        images, kind = np.concatenate([request.images for request in batch]), batch[0].kind
        np.frombuffer(self.inputs, np.uint8, count=images.size)[:] = images.reshape(-1)
        if kind in COMPARED:
            view, at = references_view(self.references, self._dim, len(images)), 0
            for request in batch:
                # A request's references, once for each picture of it; zeros for none.
                rows = slice(at, at + len(request.images))
                view[rows] = 0.0 if request.references is None else request.references
                at += len(request.images)
        return len(images)

    def hand_out(self, batch: Sequence[Request]) -> None:
        """Give each request its part of the worker's answer."""
        count, kind = sum(len(request.images) for request in batch), batch[0].kind
        dim, cells, at = self._dim, self._cells, 0
        if kind == LOOK:
            packed = input_view(self.inputs, KEPT, count).copy()
            for request in batch:
                request.answer(packed[at : at + len(request.images)])
                at += len(request.images)
            return
        answer = output_view(self.outputs, dim, count, cells).copy()
        for request in batch:
            part = answer[at : at + len(request.images)]
            at += len(request.images)
            riders = part[:, dim + 3 :].reshape(-1, cells, cells) if cells else NO_RIDERS
            inference = Inference(part[:, :dim], part[:, dim], part[:, dim + 1 : dim + 3], riders)
            request.answer(inference if kind in COMPARED else inference.embeddings)


WorkerMain = Callable[[Connection, Any, Any, Any, EmbedderOptions], None]


def worker_main(
    pipe: Connection, inputs: Any, references: Any, outputs: Any, options: EmbedderOptions
) -> None:
    """Load the model, say READY, REFUSED or LOST, then answer (kind, count) with DONE or FAILED until EOF."""
    signals.ignore()  # the service ends its worker itself, in order
    # torch reads this. Threads that spin while they wait take a busy machine's cores from the threads they
    # wait for: with two threads on two loaded cores a pass then takes seconds instead of milliseconds.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Imported here, in the child: the parent imports this module and must stay without torch.
    with importing(stays=True):
        from service.inference.model import EmbeddingModel, default_threads  # noqa: PLC0415

    try:
        model = EmbeddingModel.load(
            options.path,
            options.device,
            threads=options.threads or default_threads(),
            precision=options.precision,
            public_key=options.public_key,
            digest=options.digest,
        )
    except ArtefactError as error:
        pipe.send((LOST if isinstance(error, DeviceError) else REFUSED, str(error)))
        return
    pipe.send((READY, f"{model.device} {model.precision}"))
    while True:
        try:
            kind, count = pipe.recv()
        except EOFError:
            return
        try:
            answer(model, kind, count, (inputs, references, outputs), options)
        except (RuntimeError, ValueError) as error:
            pipe.send((FAILED, str(error).splitlines()[0]))
            if model.device.type != "cpu":
                # An error may have spoilt the device's context; a fresh process gets a new one.
                return
        else:
            pipe.send((DONE, ""))


def answer(model: Any, kind: str, count: int, blocks: tuple[Any, Any, Any], options: EmbedderOptions) -> None:
    """Do what was asked with `count` pictures or masks, and lay the answer into the blocks.

    Args:
        model: an EmbeddingModel.
        kind: what is asked. count: of how many.
        blocks: inputs, references and outputs, as `Blocks` lays them out.
        options: the worker's.
    """
    if kind == PING:
        return
    dim = options.dim
    images, rows = input_view(blocks[0], kind, count), output_view(blocks[2], dim, count, options.cells)
    if kind == LOOK:
        packed = model.look(images)
        written = np.frombuffer(blocks[0], np.uint8, count=max(packed.size, 1))
        written[:] = packed.reshape(-1) if packed.size else 0
    elif kind in COMPARED:
        compare = model.pictures if kind == PICTURES else model.kept
        inference = compare(images, references_view(blocks[1], dim, count))
        rows[:, :dim], rows[:, dim], rows[:, dim + 1 : dim + 3], riders = inference
        if options.cells:
            rows[:, dim + 3 :] = riders.reshape(count, -1)
    else:
        rows[:, :dim], rows[:, dim:] = model.masks(images), 0.0

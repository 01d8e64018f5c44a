"""What travels to an embedder and back: one packed message, cut into pieces that Ray sends as they are.

Ray puts any argument or answer above 100 kB into a store of the sender's node, from which the receiver's node
fetches it. Smaller ones go straight along, which takes a third of the time.
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lifts.decision.verdict import Inference
from service.domain.arrays import Float32, Image
from service.inference.requests import COMPARED, LOOK, Request

PIECE = 90_000
"""Bytes of a piece."""

ROOM = 4_096
"""What a packed answer takes beside its numbers, in bytes; at most."""

LOOK_ROW = 40_000
"""What is kept of a picture, in bytes; at most, by far."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests of one kind as one call.

    images: of all requests, uint8[N, …]. counts: how many are each request's. references: each request's,
        float32[3, D].
    """

    kind: str
    images: Image
    counts: tuple[int, ...]
    references: tuple[Float32 | None, ...]

    @classmethod
    def of(cls, requests: Sequence[Request]) -> Batch:
        """Return requests of one kind as a batch."""
        return cls(
            requests[0].kind,
            np.concatenate([request.images for request in requests]),
            tuple(len(request.images) for request in requests),
            tuple(request.references for request in requests),
        )

    def references_of_each(self, dim: int) -> Float32:
        """Return what each picture is compared with, float32[N, 3, D]; zeros where it is with nothing."""
        rows, at = np.zeros((len(self.images), 3, dim), np.float32), 0
        for count, references in zip(self.counts, self.references, strict=True):
            if references is not None:
                rows[at : at + count] = references
            at += count
        return rows

    def parts_of(self, answer: Any) -> list[Any]:
        """Return each request's part of an answer: an array of N rows, or an Inference of N pictures."""
        parts, at = [], 0
        for count in self.counts:
            rows = slice(at, at + count)
            parts.append(answer.take(rows) if isinstance(answer, Inference) else answer[rows])
            at += count
        return parts

    def answer_pieces(self, dim: int, cells: int) -> int:
        """Return into how many pieces its answer is cut."""
        row = LOOK_ROW if self.kind == LOOK else 4 * dim
        if self.kind in COMPARED:
            row += 4 * (3 + cells * cells)
        return _pieces(len(self.images) * row + ROOM)


def cut(what: Any, pieces: int | None = None) -> tuple[bytes, ...]:
    """Pack something and cut it. pieces: into exactly so many; None: as many as are small enough.

    Arrays are laid behind the rest as they are: pictures are megabytes, and each copy of them takes time.
    """
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(what, protocol=5, buffer_callback=buffers.append)
    parts = [memoryview(head), *(buffer.raw() for buffer in buffers)]
    sizes = np.array([len(parts), *(part.nbytes for part in parts)], np.int64)
    packed = memoryview(b"".join([sizes.tobytes(), *parts]))
    pieces = pieces or _pieces(len(packed))
    step = -(-len(packed) // pieces)
    return tuple(bytes(packed[number * step : (number + 1) * step]) for number in range(pieces))


def joined(pieces: Sequence[bytes]) -> Any:
    """Return what was cut; its arrays may be written to."""
    packed = memoryview(bytearray().join(pieces))
    count = int(np.frombuffer(packed, np.int64, 1)[0])
    sizes = np.frombuffer(packed, np.int64, count, offset=8)
    parts, at = [], 8 + 8 * count
    for size in sizes.tolist():
        parts.append(packed[at : at + size])
        at += size
    return pickle.loads(parts[0], buffers=parts[1:])  # noqa: S301 - from nodes that know the cluster's token


def _pieces(size: int) -> int:
    return max(1, -(-size // PIECE))

"""The engine's queue: bounded, gathered into batches, every request with a deadline."""

from __future__ import annotations

import contextlib
import threading
import time
from abc import ABC, abstractmethod
from collections import deque
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference
from lifts.pictures.numbers import row_bytes
from service.domain.arrays import Float32, Image
from service.domain.errors import EngineUnavailableError
from service.inference.protocol import MAX_REQUEST

PICTURES, MASKS, LOOK, KEPT = "pictures", "masks", "look", "kept"
"""What is asked of a network."""

COMPARED = (PICTURES, KEPT)
"""What comes with references, and is answered with an inference."""

MAX_ATTEMPTS = 2
"""A batch that was in a worker when it died is tried once more; one that kills workers is not."""


@dataclass(eq=False)
class Request:
    """Some pictures or masks, uint8[N, 200, 200(, 3)], and the future of their answer.

    references: what the pictures are compared with, float32[3, D], if anything.
    can_wait: whether all others go first.
    """

    kind: str
    images: Image
    deadline_mono_s: float
    references: Float32 | None = None
    can_wait: bool = False
    future: Future[Any] = field(default_factory=Future)
    attempts: int = 0

    def answer(self, value: Any) -> None:
        """Give the caller the answer, unless the request has failed or was cancelled."""
        # The caller may cancel at any moment, so asking first whether the future is done would be a race.
        with contextlib.suppress(InvalidStateError):
            self.future.set_result(value)

    def fail(self, message: str, reason: Reason = Reason.WORKER_DOWN) -> None:
        """Fail the request, unless it has been answered."""
        with contextlib.suppress(InvalidStateError):
            self.future.set_exception(EngineUnavailableError(message, reason))


def check_request(kind: str, images: Image, references: Float32 | None, dim: int) -> None:
    """Raise ValueError where something else is submitted than an engine takes (Engine); dim: D."""
    shape: tuple[int, ...] = {MASKS: (200, 200)}.get(kind, (200, 200, 3))
    if kind == KEPT:
        shape = (row_bytes(images.reshape(-1)),)
    if images.dtype != np.uint8 or images.shape[1:] != shape or not 1 <= len(images) <= MAX_REQUEST:
        expected = f"uint8[1..{MAX_REQUEST}, {', '.join(map(str, shape))}]"
        raise ValueError(f"expected {expected}, got {images.dtype}{list(images.shape)}")
    if references is not None and references.shape != (3, dim):
        found = f"{references.dtype}{list(references.shape)}"
        raise ValueError(f"expected references float32[3, {dim}], got {found}")


class SubmittingEngine(ABC):
    """The calls of an Engine, over one way to ask. Raises ValueError where something else is submitted."""

    @abstractmethod
    def submit(self, kind: str, images: Image, references: Float32 | None = None) -> Future[Any]:
        """Ask for what a kind of request is answered with. Do not write to `images` before it is done."""

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine."""
        return self.submit(PICTURES, images, references)

    def submit_look(self, images: Image) -> Future[Image]:
        """See Engine."""
        return self.submit(LOOK, images)

    def submit_kept(self, packed: Image, references: Float32 | None = None) -> Future[Inference]:
        """See Engine."""
        return self.submit(KEPT, packed, references)

    def submit_masks(self, masks: Image) -> Future[Float32]:
        """See Engine."""
        return self.submit(MASKS, masks)


class RequestQueue:
    """Requests that wait, oldest first, and those in the worker. Full: the newest is rejected and counted."""

    def __init__(self, max_images: int) -> None:
        self._max_images = max_images
        self._waiting: deque[Request] = deque()
        self._changed = threading.Condition()
        self._closed = ""
        self.in_worker: list[Request] = []
        self.rejected = 0
        self.expired = 0

    def put(self, request: Request) -> None:
        """Add a request, or fail it at once if the queue is full or closed."""
        with self._changed:
            if self._closed:
                request.fail(self._closed)
            elif self.images + len(request.images) > self._max_images:
                self.rejected += 1
                request.fail("the embedder is overloaded: too many pictures are waiting", Reason.OVERLOADED)
            else:
                self._waiting.append(request)
                self._changed.notify()

    @property
    def images(self) -> int:
        """How many pictures and masks wait or are in the worker."""
        return sum(len(r.images) for r in self._waiting) + sum(len(r.images) for r in self.in_worker)

    def wait(self, timeout_s: float) -> bool:
        """Wait until something is queued; returns whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: bool(self._waiting) or bool(self._closed), timeout_s)

    def take(self, capacity: int, window_s: float) -> list[Request]:
        """Move the oldest requests of one kind, at most `capacity` pictures, to the worker's list.

        Those that can wait come last, and one at a time. Waits up to `window_s` for company first:
        eight cameras' passages rarely end in the same instant.
        """
        with self._changed:
            if self._waiting and window_s > 0:
                self._changed.wait_for(lambda: self.images >= capacity, window_s)
            self._waiting = deque(sorted(self._waiting, key=lambda request: request.can_wait))
            capacity = 1 if self._waiting and self._waiting[0].can_wait else capacity
            batch: list[Request] = []
            count = 0
            while self._waiting:
                request = self._waiting[0]
                if batch and (request.kind != batch[0].kind or count + len(request.images) > capacity):
                    break
                self._waiting.popleft()
                if not request.future.done():
                    batch.append(request)
                    count += len(request.images)
            self.in_worker = batch
            return batch

    def expire(self) -> None:
        """Fail every request whose deadline has passed, whether it waits or is in the worker."""
        now = time.monotonic()
        with self._changed:
            late = [r for r in (*self._waiting, *self.in_worker) if r.deadline_mono_s <= now]
            for request in late:
                if not request.future.done():
                    self.expired += 1
                request.fail("the embedder did not answer before the deadline", Reason.LATE)
            self._waiting = deque(r for r in self._waiting if not r.future.done())

    def done(self) -> None:
        """Note that the worker has answered all that it had."""
        with self._changed:
            self.in_worker = []

    def put_back(self, reason: str) -> None:
        """Queue again, at the front, what a lost worker had; fail what has been tried often enough."""
        with self._changed:
            for request in reversed(self.in_worker):
                request.attempts += 1
                if request.attempts >= MAX_ATTEMPTS:
                    request.fail(reason)
                elif not request.future.done():
                    self._waiting.appendleft(request)
            self.in_worker = []

    def close(self, reason: str) -> None:
        """Fail everything, now and from now on."""
        with self._changed:
            self._closed = reason
            for request in (*self._waiting, *self.in_worker):
                request.fail(reason)
            self._waiting.clear()
            self.in_worker = []
            self._changed.notify_all()

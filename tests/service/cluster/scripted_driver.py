"""Drivers without Ray, which answer with ones: what the link and the engine do is tested with them."""

import time
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np

from lifts.decision.verdict import NO_RIDERS, Inference
from service.cluster.driver import BEAT, LINK, REFUSED, UP
from service.cluster.embedding.pieces import Batch
from service.cluster.embedding.pool import CALL, DONE, DROP, FAILED, GONE, READY, WANT
from service.cluster.nodes import NodeOptions
from service.host import signals
from service.host.handover.parcels import open_parcel, send_parcel
from service.inference.requests import COMPARED

HEAD_SILENT, STOPPED, FAILS = "head-silent", "stopped", "fails"
"""Files beside the token, which have the cluster misbehave while they are there: the head says nothing;
embedders answer nothing; the network fails."""


def ones(batch: Batch, value: float = 1.0) -> Any:
    """What embedders of these drivers answer: every number is the same, which a real network never says."""
    count, dim = len(batch.images), 100
    if batch.kind in COMPARED:
        found = np.full((count, dim), value, np.float32)
        return Inference(found, found[:, 0], found[:, :2], NO_RIDERS)
    return np.full((count, dim), value, np.float32)


class ScriptedDriver:
    """Talks as service.cluster.driver does."""

    def __init__(self, pipe: Connection, options: NodeOptions) -> None:
        self._pipe, self._folder = pipe, options.token_file.parent
        self._name, self._number = "", 0
        self._embedders: set[int] = set()
        self._held: list[tuple[int, int, Batch]] = []

    def is_now(self, name: str) -> bool:
        return (self._folder / name).exists()

    def run(self) -> None:
        self._pipe.send((LINK, (UP, "")))
        heard = time.monotonic()
        while True:
            if not self.is_now(HEAD_SILENT):
                heard = time.monotonic()
            self._pipe.send((LINK, (BEAT, time.monotonic() - heard)))
            if wait([self._pipe], 0.02):
                sent = self._pipe.recv()
                self._take(*(open_parcel(self._pipe, sent) if isinstance(sent, list) else sent))
            if not self.is_now(STOPPED):
                held, self._held = self._held, []
                for call in held:
                    self._answer(*call)

    def _take(self, name: str, message: Any) -> None:
        if name == LINK:
            self._name = message[1]
            return
        kind, *what = message
        if kind == WANT:
            while len(self._embedders) < what[0]:
                self._number += 1
                self._embedders.add(self._number)
                self._tell((READY, self._number, "cpu float32", self._number))
        elif kind == DROP:
            self._embedders.discard(what[0])
            self._held = [each for each in self._held if each[0] != what[0]]
            self._tell((GONE, what[0], "dropped"))
        elif kind == CALL:
            self._held.append((what[0], what[1], what[2]))

    def _answer(self, number: int, call: int, batch: Batch) -> None:
        if self.is_now(FAILS):
            self._tell((FAILED, number, call, "the network failed"))
        else:
            send_parcel(self._pipe, (self._name, (DONE, number, call, ones(batch))))

    def _tell(self, message: Any) -> None:
        self._pipe.send((self._name, message))


def _run(work: Callable[[], object]) -> None:
    signals.ignore()
    try:
        work()
    except (EOFError, OSError):
        return


def works(pipe: Connection, options: NodeOptions) -> None:
    """A cluster that works, but for the files that are there."""
    _run(ScriptedDriver(pipe, options).run)


def refuses(pipe: Connection, _: NodeOptions) -> None:
    """A cluster that has another token."""
    _run(lambda: pipe.send((LINK, (REFUSED, "the head refuses the token"))))


def token(folder: Path) -> Path:
    """A cluster's secret."""
    path = folder / "token"
    path.write_text("0123456789abcdef0123456789abcdef\n", encoding="ascii")
    return path

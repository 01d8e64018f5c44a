"""Where a second network looked, asked of a process of its own that starts when somebody first asks.

    attention = Attention(path)
    maps = attention.look(image)          # float32[2, 50, 50]
    attention.close()

A pass takes most of a second of a core, and people ask for it, not cameras: so it has nothing to do with the
embedder's worker, gives way to every other process, and ends when nobody has asked for a while. The service's
own process never imports torch.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from collections import OrderedDict
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError, EngineUnavailableError
from service.inference.artefact import read_described
from service.inference.attention.manifest import CELLS, AttentionManifest, read_attention
from service.inference.worker import (
    DONE,
    FAILED,
    PICTURE_BYTES,
    PICTURES,
    READY,
    REFUSED,
    WorkerHandle,
    input_view,
)

log = structlog.get_logger(__name__)

POLL_S = 0.05

NICENESS = 5
"""How far the process stands back behind those that decode and judge (nice): a third of their share."""

KEPT = 128
"""Pictures whose maps are kept, 20 kB each: both levels are of one pass, and people look to and fro."""


class Attention:
    """The network behind its process. Ask from any thread: one picture is looked at at a time.

    A model that is refused, now or when it is loaded, is logged and stays refused until the next start.

    Args:
        path: the model file or its manifest; the file itself is read and verified when first needed.
        start_s: a process that is not ready after this long is given up.
        answer_s: one that has not answered after this long is replaced.
        idle_s: it ends when nobody has asked for this long, and gives back its memory.
        niceness: how far the process stands back behind the others.
        max_waiting: who asks while so many are waiting is turned away: they hold threads of the API.
    """

    def __init__(
        self,
        path: Path,
        *,
        start_s: float = 60.0,
        answer_s: float = 20.0,
        idle_s: float = 600.0,
        niceness: int = NICENESS,
        max_waiting: int = 6,
    ) -> None:
        self._path = Path(path)
        self._start_s, self._answer_s = start_s, answer_s
        self._options = (self._path, idle_s, niceness)
        self._context = get_context("spawn")
        self._picture = self._context.RawArray("B", PICTURE_BYTES)
        self._maps = self._context.RawArray("f", 2 * CELLS * CELLS)
        self._worker: WorkerHandle | None = None
        self._kept: OrderedDict[bytes, Float32] = OrderedDict()
        self._asking = threading.Lock()
        self._places = threading.BoundedSemaphore(max_waiting)
        self._closed = threading.Event()
        self._refused = False
        try:
            read_described(self._path, AttentionManifest)
        except ArtefactError as error:
            self._refuse(error)

    @property
    def available(self) -> bool:
        """Whether there is anything to ask: the model was not refused, as far as is known."""
        return not self._refused

    @property
    def pid(self) -> int | None:
        """The process's id, None while there is none."""
        worker = self._worker
        return None if worker is None else worker.process.pid

    def look(self, image: Image) -> Float32:
        """Return where the network looked in uint8[200, 200, 3] RGB: float32[2, 50, 50] in 0..1.

        Surroundings (conv3_3) first, then object parts (conv4_3). The first time takes seconds: a process
        starts and loads the network.

        Raises:
            EngineUnavailableError: the model was refused, the process is lost, or too many are waiting.
            ValueError: another shape or type.
        """
        if image.dtype != np.uint8 or image.shape != (200, 200, 3):
            raise ValueError(f"expected uint8[200, 200, 3], got {image.dtype}{list(image.shape)}")
        if not self._places.acquire(blocking=False):
            raise EngineUnavailableError("too many pictures are waiting to be looked at")
        try:
            with self._asking:
                key = hashlib.blake2b(image.tobytes(), digest_size=16).digest()
                if key not in self._kept:
                    self._kept[key] = self._asked(image)
                    while len(self._kept) > KEPT:
                        self._kept.popitem(last=False)
                self._kept.move_to_end(key)
                return self._kept[key]
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process; whoever waits gets EngineUnavailableError, now and from now on."""
        self._closed.set()
        with self._asking:
            self._end()

    def _asked(self, image: Image) -> Float32:
        # Twice, because a process may just have ended for want of questions.
        for last in (False, True):
            if self._worker is None:
                self._worker = self._started()
            try:
                input_view(self._picture, PICTURES, 1)[0] = image
                self._worker.pipe.send(1)
                said, text = self._reply(self._worker, self._answer_s)
            except OSError:  # EOF and broken pipes
                self._end()
                if last:
                    break
                continue
            if said == FAILED:
                raise EngineUnavailableError(f"the picture could not be looked at: {text}")
            return np.frombuffer(self._maps, np.float32).reshape(2, CELLS, CELLS).copy()
        raise EngineUnavailableError("the process that looks at pictures died")

    def _started(self) -> WorkerHandle:
        if self._refused:
            raise EngineUnavailableError(_REFUSAL)
        if self._closed.is_set():
            raise EngineUnavailableError("the service stops")
        try:
            read_attention(self._path)  # a process that would only refuse it takes seconds to say so
        except ArtefactError as error:
            self._refuse(error)
            raise EngineUnavailableError(_REFUSAL) from None
        shared = (self._picture, self._maps)
        worker = self._worker = WorkerHandle.start(
            self._context, "barwatch-attention", attention_main, *shared, *self._options
        )
        try:
            said, text = self._reply(worker, self._start_s)
        except OSError as error:
            self._end()
            raise EngineUnavailableError("the process that looks at pictures died") from error
        if said == REFUSED:
            self._end()
            self._refuse(ArtefactError(text))
            raise EngineUnavailableError(_REFUSAL)
        return worker

    def _reply(self, worker: WorkerHandle, timeout_s: float) -> tuple[str, str]:
        """Wait for the process's word.

        Raises:
            OSError: it is gone.
            EngineUnavailableError: it has not answered, and was ended; or the service stops.
        """
        until = time.monotonic() + timeout_s
        while not self._closed.is_set():
            ready = wait([worker.pipe, worker.process.sentinel], POLL_S)
            if worker.pipe in ready:
                try:
                    said, text = worker.pipe.recv()
                except EOFError as error:
                    raise ConnectionResetError from error
                return said, text
            if ready:
                raise ConnectionResetError
            if time.monotonic() > until:
                self._end()
                raise EngineUnavailableError("the process that looks at pictures does not answer")
        raise EngineUnavailableError("the service stops")

    def _refuse(self, error: ArtefactError) -> None:
        self._refused = True
        log.warning("no attention can be shown: the model was refused", reason=str(error))

    def _end(self) -> None:
        if self._worker is not None:
            self._worker.end()
            self._worker = None


# Without the reason, which names files of the server.
_REFUSAL = "the model that shows attention was refused; the service's log says why"


def attention_main(
    pipe: Connection, picture: Any, maps: Any, path: Path, idle_s: float, niceness: int
) -> None:
    """Load the model, say READY or REFUSED, then answer each message with DONE or FAILED.

    Ends at EOF, and after `idle_s` without a message.
    """
    # As the embedder's worker: the service ends its processes itself, and threads do not wait by spinning.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.nice(niceness)
    # Imported here, in the child: the parent imports this module and must stay without torch.
    from service.inference.model import AttentionModel  # noqa: PLC0415

    try:
        model = AttentionModel.load(path, threads=1)
    except ArtefactError as error:
        pipe.send((REFUSED, str(error)))
        return
    pipe.send((READY, ""))
    while pipe.poll(idle_s):
        try:
            pipe.recv()
        except EOFError:
            return
        try:
            found = model.maps(input_view(picture, PICTURES, 1))
        except RuntimeError as error:
            pipe.send((FAILED, str(error).splitlines()[0]))
            continue
        np.frombuffer(maps, np.float32)[:] = found.ravel()
        pipe.send((DONE, ""))

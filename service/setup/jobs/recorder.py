"""Records a camera on a thread of its own, so that what has come already can be looked at meanwhile."""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import av
import cv2

from lifts.schema import Camera
from service.capture.source import StreamSource
from service.domain.errors import SourceError
from service.setup.jobs.messages import RECORDING, SetupMessage, SetupOrder, SetupProgress, SetupView
from service.setup.jobs.state import SetupStep
from service.station.dialling import TermsWanted, terms_here

LEAST_FREE_BYTES = 200_000_000
"""A recording that leaves less room on the disk is given up, whatever the camera sends."""

VIEW_WIDTH_PX = 960


class CameraRecorder:
    """Writes what a camera sends into the set-up's folder, from the beginning of the `with` block.

    What is written can be read meanwhile. Leaving the block ends the recording.

    Args:
        order: where to write, for how long, and what to dial with.
        camera: what to dial.
        send: is told how far it is and what the camera shows, on the recorder's thread.
    """

    def __init__(self, order: SetupOrder, camera: Camera, send: Callable[[SetupMessage], None]) -> None:
        self._order, self._send = order, send
        terms = order.terms or terms_here(TermsWanted(order.lift.id, camera.watched_url or ""))
        self._source = StreamSource(
            camera.watched_url or "",
            transport=camera.transport,
            size=(camera.width, camera.height),
            credentials=terms.credentials,
            variables=terms.variables,
            networks=terms.networks,
        )
        self._grown, self._share = threading.Condition(), 0.0
        self._stopped = self.is_silent = False
        """is_silent: whether somebody else says how far the set-up is."""
        self._thread = ThreadPoolExecutor(1, "recorder")
        self._done: Future[None] = Future()

    def __enter__(self) -> Self:
        self._order.folder.mkdir(parents=True, exist_ok=True)
        self._done = self._thread.submit(
            self._source.record,
            self._order.folder / RECORDING,
            self._order.seconds,
            self._note,
            self._show,
        )
        self._done.add_done_callback(lambda _: self._tell())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopped = True
        self._thread.shutdown()

    def await_seconds(self, seconds: float) -> None:
        """Wait until so much is recorded. Raises SourceError, OSError if it cannot be."""
        share = min(seconds / self._order.seconds, 1.0)
        with self._grown:
            self._grown.wait_for(lambda: self._share >= share or self._done.done())
        if self._done.done():
            self._done.result()

    def await_end(self) -> None:
        """Wait until all is recorded. Raises SourceError, OSError if it cannot be."""
        self._done.result()

    def _note(self, share: float) -> None:
        if self._stopped:
            raise SourceError("the recording is not needed any more")
        if shutil.disk_usage(self._order.folder).free < LEAST_FREE_BYTES:
            raise OSError(errno.ENOSPC, "the alarms need what is left of the disk")
        self._share = share
        self._tell()
        if not self.is_silent:
            self._send(SetupProgress(SetupStep.WATCHING, share))

    def _tell(self) -> None:
        with self._grown:
            self._grown.notify_all()

    def _show(self, frame: av.VideoFrame) -> None:
        width = min(VIEW_WIDTH_PX, frame.width)
        size = (width, max(2, round(frame.height * width / frame.width)))
        small = frame.reformat(*size, format="bgr24").to_ndarray()
        self._send(SetupView(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()))

"""Small versions of the cameras' newest pictures: each is made once, however many look at it."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from enum import IntEnum

import cv2
import numpy as np

from service.domain.camera import Snapshot


class PictureWidth(IntEnum):
    """Pixels across; a picture is never enlarged. WHOLE: as the camera's process made it."""

    SMALL = 160
    MIDDLE = 320
    WHOLE = 640


QUALITY = 70
"""Of JPEG. A thumbnail 320 across is then about 10 kB."""


@dataclass
class _Picture:
    t_mono_s: float
    tag: str
    jpegs: dict[int, bytes] = field(default_factory=dict)
    making: threading.Lock = field(default_factory=threading.Lock)


class Thumbnails:
    """Keeps those of each lift's newest picture, and nothing of older ones. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_lift: dict[str, _Picture] = {}

    def tag(self, snapshot: Snapshot) -> str:
        """Return what names a picture: another picture has another tag, the same one has the same."""
        return self._of(snapshot).tag

    def jpeg(self, snapshot: Snapshot, width: PictureWidth) -> bytes:
        """Return the picture as JPEG, at most `width` pixels across; one that is smaller stays as it is."""
        picture = self._of(snapshot)
        with picture.making:
            if width not in picture.jpegs:
                picture.jpegs[width] = _reduced(snapshot.jpeg, width)
            return picture.jpegs[width]

    def forget(self, lift_id: str) -> None:
        """Drop a lift that is gone."""
        with self._lock:
            self._by_lift.pop(lift_id, None)

    def _of(self, snapshot: Snapshot) -> _Picture:
        with self._lock:
            found = self._by_lift.get(snapshot.lift_id)
            if found is None or found.t_mono_s != snapshot.t_mono_s:
                tag = hashlib.sha256(snapshot.jpeg).hexdigest()[:16]
                if found is not None and found.tag == tag:
                    found.t_mono_s = snapshot.t_mono_s
                else:
                    found = _Picture(snapshot.t_mono_s, tag)
                self._by_lift[snapshot.lift_id] = found
            return found


def _reduced(jpeg: bytes, width: PictureWidth) -> bytes:
    if width is PictureWidth.WHOLE:
        return jpeg
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if picture is None or picture.shape[1] <= width:
        return jpeg
    size = (width, max(1, round(picture.shape[0] * width / picture.shape[1])))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()

"""Evidence pictures: JPEG files below DIR/pictures, written after the row that names them was committed.

With a shared store they go on to it from there (service.store.evidence).

Their names follow from the passage, so that the alarm need not wait for them.
They are not synced to disk: losing a picture with the power is no loss of an alarm.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
import zlib
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from pathlib import Path

import cv2
import numpy as np
import structlog

from lifts.geometry import CANONICAL_SIZE
from service.domain.arrays import Image
from service.domain.errors import EvidenceUnreachableError, NotFoundError
from service.domain.passage import Picture
from service.host.disk import DiskSpace, Room
from service.store.evidence.files import EvidenceFiles, LocalFiles
from service.store.file.presence import identity_of
from service.store.records import PassageRecord, PictureRecord

log = structlog.get_logger(__name__)

PICTURES = "pictures"
JPEG_QUALITY = 88

MOST_NUMBERS_BYTES = 1 << 20
"""Of one picture, unpacked: 36 kB of the network that ships, 13 kB in the file."""


def numbers_beside(file: str) -> str:
    """Return the file of what the network made of a picture: beside the picture's own, and as long there."""
    return f"{file.removesuffix('.jpg')}.num"


class Pictures:
    """The pictures of one data folder.

    files: where they lie; None: in the folder itself.
    """

    def __init__(self, data_dir: Path, files: EvidenceFiles | None = None) -> None:
        self.folder = Path(data_dir) / PICTURES
        self.files: EvidenceFiles = files or LocalFiles(self.folder)
        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._known = identity_of(self.folder)
        self.space = DiskSpace(data_dir)
        self.failed_writes = 0
        self._lock = threading.Lock()
        # How often each is expected: a passage that comes twice names the same files.
        self._expected: Counter[str] = Counter()

    def check_present(self) -> bool:
        """Say whether the folder is there; one that was replaced is missing once, then taken as it is."""
        before, self._known = self._known, identity_of(self.folder)
        return self._known is not None and before in (None, self._known)

    @property
    def has_room(self) -> bool:
        """Whether more pictures are kept: not while the disk has little room, or too many wait to go on."""
        return self.space.status.room is Room.ENOUGH and self.files.has_room

    @staticmethod
    def stem(lift_id: str, seen_at: datetime, passage_id: str) -> str:
        """Return how the names of a passage's files begin: `STEM_1.jpg`, and `STEM_1.png` for its map."""
        return f"{lift_id}/{seen_at:%Y-%m-%d}/{_digest(passage_id)}"

    def expect(self, files: Iterable[str]) -> None:
        """Announce files that a record names and that will be written soon."""
        with self._lock:
            self._expected.update(list(files))

    def give_up(self, files: Iterable[str]) -> None:
        """Withdraw files that will not be written after all."""
        with self._lock:
            self._expected = +(self._expected - Counter(list(files)))

    def save(self, file: str, image: Image) -> str | None:
        """Write an expected file, uint8[H, W, 3] RGB (.jpg) or uint8[H, W] (.png); return its SHA-256.

        None if it was not written: one that was given up or removed meanwhile; a disk that is full is logged
        and counted.
        """
        if file.endswith(".jpg"):
            options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
            coded = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]), options)[1].tobytes()
        else:
            coded = cv2.imencode(".png", image)[1].tobytes()
        with self._lock:  # `remove` must not take the folder away between its making and the writing
            if not self._expected[file]:
                return None
            self._expected = +(self._expected - Counter([file]))
            if not self.has_room:  # logged once, by DiskSpace
                self.failed_writes += 1
                return None
            try:
                self.files.write(file, coded)
            except OSError as error:
                self.failed_writes += 1
                log.warning("picture not written", file=file, reason=str(error))
                return None
        return hashlib.sha256(coded).hexdigest()

    def save_numbers(self, file: str, packed: Image) -> str | None:
        """Write what the network made of a picture, uint8[K], beside it; return its SHA-256.

        None if it was not written: the picture is gone, or the disk is full.
        """
        coded = zlib.compress(packed.tobytes(), 6)
        with self._lock:
            # A picture that was deleted meanwhile leaves nothing behind.
            if not self.files.written(file) or not self.has_room:
                return None
            try:
                self.files.write(numbers_beside(file), coded)
            except OSError:
                return None
        return hashlib.sha256(coded).hexdigest()

    def read_numbers(self, kept: PictureRecord) -> Image | None:
        """Return what the network made of a picture, uint8[K]; None if it is not there, or not as stored."""
        content = None if kept.file is None else self.content(numbers_beside(kept.file))
        if content is None or hashlib.sha256(content).hexdigest() != kept.numbers_sha256:
            return None
        return np.frombuffer(zlib.decompressobj().decompress(content, MOST_NUMBERS_BYTES), np.uint8)

    def exists(self, file: str) -> bool:
        """Say whether a file is there, or will be soon. Raises StoreError: nobody can tell now."""
        return file in self._expected or self.files.exists(file)

    def content(self, file: str) -> bytes | None:
        """Return a stored file as it is; None if it is not there, or cannot be had now."""
        try:
            return self.files.read(file)
        except EvidenceUnreachableError as error:
            log.warning("a picture cannot be read", file=file, reason=str(error))
            return None

    def digest(self, file: str) -> str | None:
        """Return the SHA-256 of a stored file; None if it is not there."""
        content = self.content(file)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def path(self, file: str) -> Path:
        """Return the path of a stored name; raises NotFoundError: it is gone, not there yet, or elsewhere."""
        if (path := self.files.here(file)) is not None:
            return path
        if file in self._expected:
            raise NotFoundError("the picture is being written: ask again in a second")
        raise NotFoundError("the picture is gone")

    def there(self, file: str) -> bytes:
        """Return a stored file as it is.

        Raises:
            NotFoundError: it is gone, or not written yet.
            EvidenceUnreachableError: the shared store does not answer.
        """
        content = self.files.read(file)
        return self.path(file).read_bytes() if content is None else content

    def read(self, file: str) -> Image:
        """Return a picture as it is stored, uint8[200, 200, 3] RGB; raises NotFoundError: gone or damaged."""
        found = _decoded(self.there(file), cv2.IMREAD_COLOR)
        if found is None or found.shape != (CANONICAL_SIZE, CANONICAL_SIZE, 3):
            raise NotFoundError("the picture cannot be read")
        return np.ascontiguousarray(found[:, :, ::-1]).astype(np.uint8)

    def read_map(self, file: str) -> Image:
        """Return a map as it was written, uint8[C, C]; raises as `there` does, NotFoundError if damaged."""
        found = _decoded(self.there(file), cv2.IMREAD_GRAYSCALE)
        if found is None:
            raise NotFoundError("the map cannot be read")
        return np.asarray(found, np.uint8)

    def of_passage(self, record: PassageRecord) -> list[Picture]:
        """Return a passage's pictures as they are stored (JPEG loses a little).

        Missing files, and files that are no longer pictures of 200x200, are left out.
        """
        found = []
        for kept in record.pictures:
            image = None if kept.file is None else _decoded(self.content(kept.file), cv2.IMREAD_COLOR)
            if image is not None and image.shape == (CANONICAL_SIZE, CANONICAL_SIZE, 3):
                rgb = np.ascontiguousarray(image[:, :, ::-1])
                found.append(Picture(rgb.astype(np.uint8), None, kept.t_s, kept.quality, kept.problem))
        return found

    def remove(self, files: Sequence[str]) -> None:
        """Delete files and folders that become empty; files that are gone already do not matter."""
        for file in files:
            with self._lock:
                self._expected.pop(file, None)
                self.files.remove([file, numbers_beside(file)] if file.endswith(".jpg") else [file])

    def remove_unnamed(self, before: datetime, named: Collection[str]) -> int:
        """Delete the files from before that day that belong to none of the passages `named`; return how many.

        A damaged record no longer names its files, nor does one of which a killed service had forgotten them.
        """
        digests, last = {_digest(passage_id) for passage_id in named}, f"{before:%Y-%m-%d}"
        old = self.files.listing(last)
        gone = [file for file in old if file.rpartition("/")[2].partition("_")[0] not in digests]
        self.remove(gone)
        return len(gone)


def _decoded(content: bytes | None, how: int) -> Image | None:
    """Return what a picture's file shows; None if it is none."""
    if not content:
        return None
    found = cv2.imdecode(np.frombuffer(content, np.uint8), how)
    return None if found is None else np.asarray(found, np.uint8)


def _digest(passage_id: str) -> str:
    return hashlib.blake2b(passage_id.encode(), digest_size=16).hexdigest()

"""Evidence pictures: JPEG files below DIR/pictures, written after the row that names them was committed.

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
from service.domain.errors import NotFoundError
from service.domain.passage import Picture
from service.host.disk import DiskSpace, Room
from service.store.file.presence import identity_of
from service.store.records import PassageRecord, PictureRecord

log = structlog.get_logger(__name__)

JPEG_QUALITY = 88

MOST_NUMBERS_BYTES = 1 << 20
"""Of one picture, unpacked: 36 kB of the network that ships, 13 kB in the file."""


def numbers_beside(file: str) -> str:
    """Return the file of what the network made of a picture: beside the picture's own, and as long there."""
    return f"{file.removesuffix('.jpg')}.num"


class Pictures:
    """The pictures folder of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = Path(data_dir) / "pictures"
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
        """Whether more pictures are kept: not while the disk has little room."""
        return self.space.status.room is Room.ENOUGH

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
        path = self.folder / file
        if path.suffix == ".jpg":
            options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
            coded = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]), options)[1]
        else:
            coded = cv2.imencode(".png", image)[1]
        with self._lock:  # `remove` must not take the folder away between its making and the writing
            if not self._expected[file]:
                return None
            self._expected = +(self._expected - Counter([file]))
            if not self.has_room:  # logged once, by DiskSpace
                self.failed_writes += 1
                return None
            try:
                self.folder.stat()  # one that was removed must not come back empty before anybody notices
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(coded.tobytes())
            except OSError as error:
                self.failed_writes += 1
                log.warning("picture not written", file=file, reason=str(error))
                with contextlib.suppress(OSError):
                    path.unlink()
                return None
        return hashlib.sha256(coded.tobytes()).hexdigest()

    def save_numbers(self, file: str, packed: Image) -> str | None:
        """Write what the network made of a picture, uint8[K], beside it; return its SHA-256.

        None if it was not written: the picture is gone, or the disk is full.
        """
        path, coded = self.folder / numbers_beside(file), zlib.compress(packed.tobytes(), 6)
        with self._lock:
            try:
                (self.folder / file).stat()  # a picture that was deleted meanwhile leaves nothing behind
                if not self.has_room:
                    return None
                path.write_bytes(coded)
            except OSError:
                with contextlib.suppress(OSError):
                    path.unlink()
                return None
        return hashlib.sha256(coded).hexdigest()

    def read_numbers(self, kept: PictureRecord) -> Image | None:
        """Return what the network made of a picture, uint8[K]; None if it is not there, or not as stored."""
        content = None if kept.file is None else self.content(numbers_beside(kept.file))
        if content is None or hashlib.sha256(content).hexdigest() != kept.numbers_sha256:
            return None
        return np.frombuffer(zlib.decompressobj().decompress(content, MOST_NUMBERS_BYTES), np.uint8)

    def exists(self, file: str) -> bool:
        """Say whether a file is there, or will be soon."""
        return file in self._expected or (self.folder / file).is_file()

    def content(self, file: str) -> bytes | None:
        """Return a stored file as it is; None if it is not there."""
        try:
            return (self.folder / file).read_bytes()
        except OSError:
            return None

    def digest(self, file: str) -> str | None:
        """Return the SHA-256 of a stored file; None if it is not there."""
        content = self.content(file)
        return None if content is None else hashlib.sha256(content).hexdigest()

    def path(self, file: str) -> Path:
        """Return the path of a stored name; raises NotFoundError if it is gone, or not written yet."""
        with contextlib.suppress(ValueError, OSError):  # no name that a file can have
            path = (self.folder / file).resolve()
            if path.is_relative_to(self.folder.resolve()) and path.is_file():
                return path
        if file in self._expected:
            raise NotFoundError("the picture is being written: ask again in a second")
        raise NotFoundError("the picture is gone")

    def read(self, file: str) -> Image:
        """Return a picture as it is stored, uint8[200, 200, 3] RGB; raises NotFoundError: gone or damaged."""
        found = cv2.imread(str(self.path(file)))
        if found is None or found.shape != (CANONICAL_SIZE, CANONICAL_SIZE, 3):
            raise NotFoundError("the picture cannot be read")
        return np.ascontiguousarray(found[:, :, ::-1]).astype(np.uint8)

    def read_map(self, file: str) -> Image:
        """Return a map as it was written, uint8[C, C]; raises NotFoundError if it is gone or damaged."""
        found = cv2.imread(str(self.path(file)), cv2.IMREAD_GRAYSCALE)
        if found is None:
            raise NotFoundError("the map cannot be read")
        return np.asarray(found, np.uint8)

    def of_passage(self, record: PassageRecord) -> list[Picture]:
        """Return a passage's pictures as they are stored (JPEG loses a little).

        Missing files, and files that are no longer pictures of 200x200, are left out.
        """
        found = []
        for kept in record.pictures:
            image = None if kept.file is None else cv2.imread(str(self.folder / kept.file))
            if image is not None and image.shape == (CANONICAL_SIZE, CANONICAL_SIZE, 3):
                rgb = np.ascontiguousarray(image[:, :, ::-1])
                found.append(Picture(rgb.astype(np.uint8), None, kept.t_s, kept.quality, kept.problem))
        return found

    def remove(self, files: Sequence[str]) -> None:
        """Delete files and folders that become empty; files that are gone already do not matter."""
        for file in files:
            path = self.folder / file
            with self._lock:
                self._expected.pop(file, None)
                path.unlink(missing_ok=True)
                if path.suffix == ".jpg":
                    path.with_suffix(".num").unlink(missing_ok=True)
                with contextlib.suppress(OSError):  # it holds something, or is gone
                    path.parent.rmdir()
                    path.parent.parent.rmdir()

    def remove_unnamed(self, before: datetime, named: Collection[str]) -> int:
        """Delete the files from before that day that belong to none of the passages `named`; return how many.

        A damaged record no longer names its files, nor does one of which a killed service had forgotten them.
        """
        digests, last = {_digest(passage_id) for passage_id in named}, f"{before:%Y-%m-%d}"
        old = [file for day in self.folder.glob("*/*") if day.name < last for file in day.glob("*")]
        gone = [file for file in old if file.name.partition("_")[0] not in digests]
        self.remove([str(file.relative_to(self.folder)) for file in gone])
        return len(gone)


def _digest(passage_id: str) -> str:
    return hashlib.blake2b(passage_id.encode(), digest_size=16).hexdigest()

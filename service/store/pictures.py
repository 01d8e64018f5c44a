"""Evidence pictures: JPEG files below DIR/pictures, written before the row that names them commits.

They are not synced to disk: losing a picture with the power is no loss of an alarm.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lifts.geometry import CANONICAL_SIZE
from service.domain.arrays import Image
from service.domain.errors import NotFoundError
from service.domain.passage import Picture
from service.host.disk import DiskSpace, Room
from service.store.records import PassageRecord
from service.store.tables import AlarmRow, PassageRow

log = structlog.get_logger(__name__)

JPEG_QUALITY = 88


@dataclass(frozen=True, slots=True)
class Retention:
    """How long pictures stay, of passages without an alarm and with one, and of how many passages."""

    max_age_days: float = 30.0
    max_alarm_age_days: float = 365.0
    max_passages: int = 200_000

    def when_low(self) -> Retention:
        """Return what may stay while the disk has little room: a day, with an alarm a quarter of the time."""
        return replace(
            self,
            max_age_days=min(self.max_age_days, 1.0),
            max_alarm_age_days=min(self.max_alarm_age_days, max(1.0, self.max_alarm_age_days / 4)),
        )


class Pictures:
    """The pictures folder of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = Path(data_dir) / "pictures"
        self.space = DiskSpace(data_dir)
        self.failed_writes = 0

    def write(self, lift_id: str, seen_at: datetime, images: Sequence[Image]) -> tuple[str | None, ...]:
        """Write uint8[H, W, 3] RGB pictures; returns their names below the folder.

        A picture that cannot be written (full disk) is None, logged and counted: the passage and its alarm
        go on without it.
        """
        stem = f"{lift_id}/{seen_at:%Y-%m-%d}/{uuid.uuid4().hex}"
        return tuple(
            self._save(f"{stem}_{n}.jpg", np.ascontiguousarray(image[:, :, ::-1]))
            for n, image in enumerate(images, 1)
        )

    def write_maps(self, files: Sequence[str | None], maps: Image) -> tuple[str | None, ...]:
        """Write uint8[N, C, C] maps beside the pictures of these names, as PNG; returns their names.

        None for a picture that is not there and where there is no map, or it cannot be written.
        """
        if not len(maps):
            return (None,) * len(files)
        return tuple(
            None if file is None else self._save(str(Path(file).with_suffix(".png")), one)
            for file, one in zip(files, maps, strict=True)
        )

    def path(self, file: str) -> Path:
        """Return the path of a stored name; raises NotFoundError if it is gone or not below the folder."""
        path = (self.folder / file).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            raise NotFoundError("the picture is gone")
        return path

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

        What is gone, and what is no picture of 200x200 any more, is left out.
        """
        found = []
        for kept in record.pictures:
            image = None if kept.file is None else cv2.imread(str(self.folder / kept.file))
            if image is not None and image.shape == (CANONICAL_SIZE, CANONICAL_SIZE, 3):
                rgb = np.ascontiguousarray(image[:, :, ::-1])
                found.append(Picture(rgb.astype(np.uint8), None, kept.t_s, kept.quality, kept.problem))
        return found

    def remove(self, files: Sequence[str]) -> None:
        """Delete files; those that are gone already do not matter."""
        for file in files:
            path = self.folder / file
            path.unlink(missing_ok=True)
            for parent in (path.parent, path.parent.parent):
                if parent.is_dir() and not any(parent.iterdir()):
                    parent.rmdir()

    def _save(self, name: str, image: Image) -> str | None:
        if self.space.status.room is not Room.ENOUGH:  # said once, where it was found
            self.failed_writes += 1
            return None
        path = self.folder / name
        options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if path.suffix == ".jpg" else []
        coded = cv2.imencode(path.suffix, image, options)[1]
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(coded.tobytes())
        except OSError as error:
            self.failed_writes += 1
            log.warning("picture not written", file=name, reason=str(error))
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return name


def forget_old(session: Session, retention: Retention, now: datetime, limit: int = 500) -> tuple[str, ...]:
    """Take at most `limit` passages' pictures out of the records; returns the files to remove afterwards."""
    has_alarm = select(AlarmRow.row).where(AlarmRow.passage_id == PassageRow.id).exists()
    old = (PassageRow.seen_at < now - timedelta(days=retention.max_age_days)) & ~has_alarm
    old |= PassageRow.seen_at < now - timedelta(days=retention.max_alarm_age_days)
    kept = PassageRow.has_files.is_(True)
    rows = list(session.scalars(select(PassageRow).where(kept, old).order_by(PassageRow.row).limit(limit)))
    total = session.scalar(select(func.count()).select_from(PassageRow).where(kept)) or 0
    excess = min(total - len(rows) - retention.max_passages, limit - len(rows))
    if excess > 0:
        chosen = [row.row for row in rows]
        # Passages with an alarm go last.
        query = (
            select(PassageRow).where(kept, PassageRow.row.not_in(chosen)).order_by(has_alarm, PassageRow.row)
        )
        rows += session.scalars(query.limit(excess))
    pictures = [picture for row in rows for picture in row.pictures]
    files = [name for picture in pictures for name in (picture["file"], picture.get("why")) if name]
    for row in rows:
        row.pictures = [{**picture, "file": None, "why": None} for picture in row.pictures]
        row.has_files = False
    return tuple(files)

"""What was learnt of a lift, and its file: the next process begins with it."""

from __future__ import annotations

import hashlib
import math
import os
from concurrent.futures import Future
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from service.domain.arrays import Float32
from service.domain.camera import WatchedLift
from service.host.runner import settle
from service.line.learnt import LearntLine
from service.vision.outlines import FIELD, Field

_LINE = "line_"
_VIEWPOINTS = 3
_MOST_BYTES = 32 << 20
"""Of a file's content: many times what a line's takes. It may come from another machine, and is read by a
camera's process, whose memory is bounded: a lift with too large a file must not be one nobody watches."""
_FORMAT = 2  # of the files; raise it as well when the meaning of features or outlines changes


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What a PassageExtractor knows once it follows the line.

    of: `fingerprint` of the lift it was learnt for. size: (width, height) of the frames.
    places: float64[3], progress at which pictures are taken. backgrounds: float32[3, FIELD, FIELD] grey, the
    views there. appearances: complex64[3, FIELD, FIELD], carriers' outlines there; biases: float64[3, 2] and
    counts: int64[3]: see `CarrierAppearance`. residual: float64[2] canonical pixels, see `Registrar`.
    """

    of: str
    size: tuple[int, int]
    line: LearntLine
    places: npt.NDArray[np.float64]
    backgrounds: Float32
    appearances: Field
    biases: npt.NDArray[np.float64]
    counts: npt.NDArray[np.int64]
    residual: npt.NDArray[np.float64]

    def save(self, path: Path) -> None:
        """Write it to a file, completely or not at all."""
        line = {f"{_LINE}{field.name}": getattr(self.line, field.name) for field in fields(LearntLine)}
        own = {field.name: getattr(self, field.name) for field in fields(Learnt) if field.name != "line"}
        path.parent.mkdir(parents=True, exist_ok=True)
        partly = path.with_suffix(".part")
        with partly.open("wb") as file:
            np.savez(file, **own, **line, allow_pickle=False)
            file.flush()
            os.fsync(file.fileno())
        partly.replace(path)


def load(path: Path, watched: WatchedLift) -> Learnt | None:
    """Return what a file holds; None if it is missing, unreadable or of another lift."""
    found: Future[Learnt | None] = Future()
    # One wrong bit makes the readers of zip and npy raise what no list of errors has, and a lift whose file
    # cannot be read must not be one that nobody watches.
    settle(found, partial(_read, path, watched))
    return None if found.exception() is not None else found.result()


def load_from_setup(memory: Path, watched: WatchedLift) -> Learnt | None:
    """Return what the set-up of a lift had learnt, for its first masks and any later ones; None if nothing.

    It was learnt without masks, from the recording that the track comes from, and was checked against it: so
    its place is certain, and a lift that gets new masks need not be blind until its line is learnt anew.
    """
    learnt = load(memory_of_setup(memory), replace(watched, masks=None, references={}))
    if learnt is None:
        return None
    return replace(learnt, of=fingerprint(watched), line=replace(learnt.line, place_certain=True))


def memory_of_setup(memory: Path) -> Path:
    """Return where the set-up puts what it has learnt, beside the camera's own file."""
    return memory.with_suffix(".setup.npz")


def _read(path: Path, watched: WatchedLift) -> Learnt | None:
    with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        if sum(member.file_size for member in file.zip.infolist()) > _MOST_BYTES:
            return None
        held: dict[str, Any] = {name: file[name] for name in file.files}
    line = {name.removeprefix(_LINE): held.pop(name) for name in list(held) if name.startswith(_LINE)}
    line |= {name: float(line[name]) for name in ("interval_s", "speed", "origin")}
    line["place_certain"] = bool(line["place_certain"])
    of, (width, height) = str(held.pop("of")), held.pop("size")
    learnt = Learnt(of=of, size=(int(width), int(height)), line=LearntLine(**line), **held)
    return learnt if learnt.of == fingerprint(watched) and _whole(learnt) else None


def _whole(learnt: Learnt) -> bool:
    """Say whether it is complete and finite: a camera's process must not fail on what it begins with."""
    line, viewpoints, field = learnt.line, len(learnt.places), (FIELD, FIELD)
    if line.frames.ndim != 2 or viewpoints != _VIEWPOINTS or not line.interval_s * line.speed > 0.0:
        return False
    phases, width = line.frames.shape
    shapes: list[tuple[npt.NDArray[Any], tuple[int, ...]]] = [
        (line.background, (width,)),
        (line.change, (phases,)),
        (line.count, (phases,)),
        (learnt.backgrounds, (viewpoints, *field)),
        (learnt.appearances, (viewpoints, *field)),
        (learnt.biases, (viewpoints, 2)),
        (learnt.counts, (viewpoints,)),
        (learnt.residual, (2,)),
    ]
    if phases == 0 or any(part.shape != shape for part, shape in shapes):
        return False
    numbers: list[npt.NDArray[Any]] = [line.frames, learnt.places, *(part for part, _ in shapes)]
    return math.isfinite(line.origin) and all(bool(np.isfinite(part).all()) for part in numbers)


def fingerprint(watched: WatchedLift) -> str:
    """Return a digest of all that learning depends on: track, camera, masks and references."""
    lift, digest = watched.lift, hashlib.sha256(str(_FORMAT).encode())
    # Whoever dials sees the same view: a changed password is no reason to learn again.
    for part, left_out in ((lift.track, set[str]()), (lift.camera, {"credentials"})):
        digest.update(b"-" if part is None else part.model_dump_json(exclude=left_out).encode())
    pictures = [] if watched.masks is None else [watched.masks.open, watched.masks.close]
    for picture in [*pictures, *(watched.references[name] for name in sorted(watched.references))]:
        digest.update(np.ascontiguousarray(picture).tobytes())
    return digest.hexdigest()

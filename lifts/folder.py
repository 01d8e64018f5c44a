"""Read and write a lift folder: lift.toml and the pictures open, close, reference_open, reference_close.

Pictures are JPEG or PNG by their content (`lifts.pictures`), whatever their names end in.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ValidationError

from lifts.addresses import redact
from lifts.errors import LiftError, MaskError
from lifts.masks import check_masks, read_mask, read_reference
from lifts.schema import Lift, MaskPair
from lifts.text import read_text

Image = npt.NDArray[np.uint8]

MASKS = ("open", "close")
REFERENCES = ("reference_open", "reference_close")

_SHOWN_TEXTS = {"id", "seats", "carriers", "width", "height", "x", "y", "scale", "angle"}

_ENDINGS = (".png", ".jpg", ".jpeg")


@dataclass(frozen=True, eq=False)
class LiftFolder:
    """A lift with its masks and, if it has any, its reference pictures (name -> uint8[200, 200, 3] RGB)."""

    lift: Lift
    masks: MaskPair
    references: dict[str, Image] = field(default_factory=dict)


def parse_lift(text: str, source: str) -> Lift:
    """Parse lift.toml's text.

    Raises:
        LiftError: the message names `source`, the key and the value.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LiftError(f"{source}: not TOML: {error}") from error
    try:
        return Lift.model_validate(data)
    except ValidationError as error:
        problem = error.errors()[0]
        key = ".".join(str(part) for part in problem["loc"]) or "(whole file)"
        shown = _shown(problem["loc"][-1:], problem["input"])
        raise LiftError(f"{source}: {redact(key)}{shown}: {problem['msg']}") from None


def read_lift(path: Path) -> Lift:
    """Read one lift.toml; raises LiftError."""
    try:
        text = read_text(path)
    except (OSError, ValueError) as error:
        raise LiftError(f"{path}: cannot be read: {error}") from error
    return parse_lift(text, str(path))


def read_lift_folder(folder: Path) -> LiftFolder:
    """Read a lift folder.

    Camera-size masks and reference pictures are warped by the track's middle pose.

    Raises:
        LiftError: something is missing or wrong; the message names the file.
    """
    folder = Path(folder)
    lift = read_lift(folder / "lift.toml")
    paths = find_pictures(folder)
    drawings, references = {}, {}
    for name in MASKS:
        if name not in paths:
            raise LiftError(f"{folder / name}.png: missing: expected a drawing of the bar, as PNG or JPEG")
        drawings[name] = read_mask(_read_bytes(paths[name]), lift, f"{paths[name]}: {name}")
    for name in REFERENCES:
        if name in paths:
            references[name] = read_reference(_read_bytes(paths[name]), lift, f"{paths[name]}: {name}")
    try:
        masks = check_masks(drawings["open"], drawings["close"])
    except MaskError as error:
        raise LiftError(f"{folder}: {error}", error.code, **error.parameters) from error
    return LiftFolder(lift=lift, masks=masks, references=references)


def find_pictures(folder: Path) -> dict[str, Path]:
    """Return the folder's masks and reference pictures by their names, without endings; some may be missing.

    Raises:
        LiftError: the folder cannot be read, or two files have one of the names: nobody knows which counts.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise LiftError(f"{folder}: cannot be read: {error.strerror or error}") from error
    found: dict[str, Path] = {}
    for path in files:
        name = path.stem.lower()
        if name in MASKS + REFERENCES and path.suffix.lower() in _ENDINGS:
            if name in found:
                raise LiftError(
                    f"{folder}: both {found[name].name} and {path.name}: keep the one that counts"
                )
            found[name] = path
    return found


def write_lift_folder(folder: Path, content: LiftFolder) -> None:
    """Write lift.toml, the masks and the reference pictures (JPEG) into `folder`; create it if missing."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lift.toml").write_text(format_lift(content.lift), encoding="utf-8")
    cv2.imwrite(str(folder / "open.png"), content.masks.open)
    cv2.imwrite(str(folder / "close.png"), content.masks.close)
    for name, rgb in content.references.items():
        bgr = cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR)
        cv2.imwrite(str(folder / f"{name}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])


def format_lift(lift: Lift) -> str:
    """Return lift.toml's text; `parse_lift` reads back an equal lift."""
    lines = [f"{key} = {_toml(value)}" for key, value in _scalars(lift)]
    if lift.camera is not None:
        lines += ["", "[camera]", *(f"{key} = {_toml(value)}" for key, value in _scalars(lift.camera))]
    if lift.track is not None:
        for name in ("begin", "middle", "end"):
            pose: BaseModel = getattr(lift.track, name)
            lines += ["", f"[track.{name}]", *(f"{key} = {_toml(value)}" for key, value in _scalars(pose))]
    return "\n".join(lines) + "\n"


def _scalars(record: BaseModel) -> list[tuple[str, str | int | float]]:
    fields = ((name, getattr(record, name)) for name in type(record).model_fields)
    return [(name, value) for name, value in fields if isinstance(value, str | int | float)]


def _toml(value: str | int | float) -> str:
    if isinstance(value, str):
        # JSON strings are valid TOML basic strings, except that TOML requires DEL to be escaped.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    return repr(value)


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise LiftError(f"{path}: cannot be read: {error.strerror or error}") from error


def _shown(key: tuple[int | str, ...], value: object) -> str:
    """Return a wrong value as a message shows it: elsewhere a text may hold a camera's password."""
    if isinstance(value, int | float) or (isinstance(value, str) and set(key) <= _SHOWN_TEXTS):
        text = repr(value)
        return f" = {text if len(text) <= 80 else text[:77] + '...'}"
    return ""

"""Read and write a lift folder: lift.toml, open.png, close.png, reference_open.*, reference_close.*."""

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
from lifts.geometry import warp
from lifts.masks import canonical_mask, check_masks
from lifts.schema import Lift, MaskPair

Image = npt.NDArray[np.uint8]

_SHOWN_TEXTS = {"id", "seats", "carriers", "width", "height", "x", "y", "scale", "angle"}

REFERENCES = ("reference_open", "reference_close")


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
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
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
    drawings = {}
    for name in ("open", "close"):
        path = folder / f"{name}.png"
        try:
            drawings[name] = canonical_mask(_read_image(path, cv2.IMREAD_GRAYSCALE), lift, name)
        except MaskError as error:
            raise LiftError(f"{path}: {error}") from error
    try:
        masks = check_masks(drawings["open"], drawings["close"])
    except MaskError as error:
        raise LiftError(f"{folder}: {error}") from error
    references = {}
    for name in REFERENCES:
        found = next((p for p in (folder / f"{name}.jpg", folder / f"{name}.png") if p.exists()), None)
        if found is None:
            continue
        rgb = cv2.cvtColor(_read_image(found, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB).astype(np.uint8)
        try:
            references[name] = canonical_reference(rgb, lift, name)
        except LiftError as error:
            raise LiftError(f"{found}: {error}") from error
    return LiftFolder(lift=lift, masks=masks, references=references)


def canonical_reference(rgb: Image, lift: Lift | None, name: str) -> Image:
    """Bring a reference picture uint8[H, W, 3] RGB (200x200 or camera size) to uint8[200, 200, 3].

    Raises:
        LiftError: the size is neither.
    """
    height, width = rgb.shape[:2]
    if (width, height) == (200, 200):
        return rgb
    if lift is None or lift.camera is None or lift.track is None:
        raise LiftError(f"{name} is {width}x{height}: expected 200x200, because the lift has no track yet")
    if (width, height) != (lift.camera.width, lift.camera.height):
        raise LiftError(
            f"{name} is {width}x{height}: expected 200x200 or the camera's "
            f"{lift.camera.width}x{lift.camera.height}"
        )
    return warp(rgb, lift.track.middle)


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


def _read_image(path: Path, flags: int) -> Image:
    if not path.is_file():
        raise LiftError(f"{path}: missing")
    image = cv2.imread(str(path), flags)
    if image is None:
        raise LiftError(f"{path}: not a picture that can be read")
    return np.asarray(image, dtype=np.uint8)


def _shown(key: tuple[int | str, ...], value: object) -> str:
    """Return a wrong value as a message shows it: elsewhere a text may hold a camera's password."""
    if isinstance(value, int | float) or (isinstance(value, str) and set(key) <= _SHOWN_TEXTS):
        text = repr(value)
        return f" = {text if len(text) <= 80 else text[:77] + '...'}"
    return ""

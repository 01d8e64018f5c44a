"""Golden passages: what the product's own judge says of a few carriers, recorded when a model is released.

Golden vectors show that a network computes what it did. Golden passages show that network, calibration and
judge together still call an open bar open: both states, an empty carrier, and one that must be unknown.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, NamedTuple, Protocol, Self

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from lifts.arrays import Float32, UInt8
from lifts.decision.calibration import Calibration, Share
from lifts.decision.clusters import Finite
from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import Inference, Judgement, Seat, Verdict
from lifts.masks import mask_bank
from lifts.schema import MaskPair

TOLERANCE = 0.02
"""How far margins, confidences and occupancies may be from the record; verdicts must be as recorded.

In bfloat16 the released network's are within 0.002.
"""

JPEG_QUALITY = 92


class Embedder(Protocol):
    """A loaded network, wherever it runs."""

    def pictures(self, images: UInt8, references: Float32 | None = None) -> Inference:
        """uint8[N, 200, 200, 3] RGB, compared with float32[3, D], or each with its own of [N, 3, D]."""

    def masks(self, masks: UInt8) -> Float32:
        """uint8[N, 200, 200] -> float32[N, D]."""


class GoldenPassage(BaseModel):
    """One passage as the manifest has it: a pair of masks, pictures, and the judgement of them.

    shows: what is to be seen, in words. pictures_base64: JPEG or PNG, 200x200, in order of time.
    The other fields are those of `lifts.decision.verdict.Judgement`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    shows: str
    open_mask_png_base64: str
    close_mask_png_base64: str
    pictures_base64: Annotated[tuple[str, ...], Field(min_length=1, max_length=12)]
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    seat: Seat
    occupancy: Share
    margin: Finite
    confidence: Share

    @classmethod
    def record(
        cls, shows: str, masks: MaskPair, images: UInt8, embedder: Embedder, calibration: Calibration
    ) -> Self:
        """Judge a passage's pictures, uint8[N, 200, 200, 3] RGB as JPEG keeps them, and return the record."""
        pictures = [np.ascontiguousarray(image[:, :, ::-1]) for image in images]
        unjudged = cls(
            shows=shows,
            open_mask_png_base64=_coded(masks.open, ".png"),
            close_mask_png_base64=_coded(masks.close, ".png"),
            pictures_base64=tuple(_coded(picture, ".jpg") for picture in pictures),
            verdict=Verdict.UNKNOWN,
            seat=Seat.UNCLEAR,
            occupancy=0.0,
            margin=0.0,
            confidence=0.0,
        )
        (found,) = judge_golden([unjudged], embedder, calibration)
        judged = {name: getattr(found, name) for name in ("verdict", "reasons", "seat")}
        numbers = {name: round(getattr(found, name), 6) for name in ("occupancy", "margin", "confidence")}
        return unjudged.model_copy(update=judged | numbers)

    def masks(self) -> MaskPair:
        """Return its masks; raises ValueError."""
        return MaskPair(
            open=read_picture(self.open_mask_png_base64, cv2.IMREAD_GRAYSCALE),
            close=read_picture(self.close_mask_png_base64, cv2.IMREAD_GRAYSCALE),
        )

    def images(self) -> UInt8:
        """Return its pictures, uint8[N, 200, 200, 3] RGB; raises ValueError."""
        bgr = np.stack([read_picture(text, cv2.IMREAD_COLOR) for text in self.pictures_base64])
        return np.ascontiguousarray(bgr[..., ::-1])

    def difference(self, found: Judgement) -> str | None:
        """Return how a judgement differs from the record by more than the tolerance, or None."""
        for name in ("verdict", "seat", "reasons"):
            expected, now = getattr(self, name), getattr(found, name)
            if expected != now:
                return f"{name} {_said(now)}, not {_said(expected)}"
        for name in ("margin", "occupancy", "confidence"):
            expected, now = getattr(self, name), getattr(found, name)
            # `not <=` so that a NaN differs as well.
            if not abs(expected - now) <= TOLERANCE:
                return f"{name} {now:.4f}, not {expected:.4f}"
        return None


class _Shown(NamedTuple):
    quality: float = 1.0
    problem: Reason | None = None


def judge_golden(
    passages: Sequence[GoldenPassage], embedder: Embedder, calibration: Calibration
) -> list[Judgement]:
    """Judge golden passages, at least one, as the service judges carriers; raises ValueError: no pictures."""
    banks = np.stack([mask_bank(one.masks(), calibration.mask_shifts_px) for one in passages])
    embedded = embedder.masks(banks.reshape(-1, *banks.shape[-2:]))
    lifts = [LiftReferences(bank) for bank in embedded.reshape(*banks.shape[:3], -1)]
    images = [one.images() for one in passages]
    references = np.concatenate(
        [np.repeat(lift.embeddings()[None], len(shown), 0) for lift, shown in zip(lifts, images, strict=True)]
    )
    inference, at, found = embedder.pictures(np.concatenate(images), references), 0, []
    for lift, shown in zip(lifts, images, strict=True):
        seen = inference.take(slice(at, at + len(shown)))
        found.append(judge([_Shown()] * len(shown), seen, lift, calibration))
        at += len(shown)
    return found


def missing(passages: Sequence[GoldenPassage]) -> str | None:
    """Return which kind of passage is not among them, in words; None if every kind is."""
    kinds = {(one.verdict, one.seat) for one in passages}
    wanted = {
        "is open and occupied": (Verdict.OPEN, Seat.OCCUPIED) in kinds,
        "is closed and occupied": (Verdict.CLOSED, Seat.OCCUPIED) in kinds,
        "is empty": any((verdict, Seat.EMPTY) in kinds for verdict in (Verdict.OPEN, Verdict.CLOSED)),
        "must be unknown": any(verdict is Verdict.UNKNOWN for verdict, _ in kinds),
    }
    return next((kind for kind, there in wanted.items() if not there), None)


def read_picture(text: str, flags: int) -> UInt8:
    """Return a picture of a manifest, uint8[200, 200] or [200, 200, 3] BGR by OpenCV's `flags`.

    Raises:
        ValueError: not base64, no picture, or another size.
    """
    try:
        data = np.frombuffer(base64.b64decode(text, validate=True), np.uint8)
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from None
    image = cv2.imdecode(data, flags) if data.size else None
    if image is None:
        raise ValueError("not a PNG picture")
    if image.shape[:2] != (200, 200):
        raise ValueError("expected a 200x200 picture")
    return np.asarray(image, dtype=np.uint8)


def _coded(image: UInt8, kind: str) -> str:
    """Return grey or BGR pixels as base64."""
    ok, data = cv2.imencode(kind, image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY] if kind == ".jpg" else [])
    if not ok:
        raise ValueError(f"picture could not be coded as {kind}")
    return base64.b64encode(data.tobytes()).decode("ascii")


def _said(value: object) -> str:
    return " and ".join(str(one) for one in value) or "none" if isinstance(value, tuple) else str(value)

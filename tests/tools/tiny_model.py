"""A network small enough to work out by hand, in NumPy and as a released TorchScript artefact.

Its embedding of a picture or mask is the share of white pixels in each of 10x10 blocks; a carrier is
occupied when its seat is red. So a picture with a white bar where a mask has one lies at distance 0 from it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from lifts.artefact.passages import GoldenPassage
from lifts.artefact.seal import seal
from lifts.decision.calibration import Calibration
from lifts.decision.verdict import Inference
from lifts.schema import MaskPair
from service.domain.arrays import Float32, Image
from service.inference.artefact import Manifest

CALIBRATION = {
    "scale": 30.0,
    "offset": 0.0,
    "unknown_low": 0.1,
    "unknown_high": 0.9,
    "occupancy_threshold": 0.5,
    "min_separation_good": 0.5,
    "min_separation": 0.1,
    "mask_shifts_px": [[4, 0], [-4, 0], [0, 4], [0, -4]],
    "scale_on_site": 40.0,
    "bar_map_cells": 10,
    "heaps": {
        "open_mean": -1.2,
        "closed_mean": 1.2,
        "open_deviation": 1.0,
        "closed_deviation": 1.0,
        "correlation": 0.5,
        "spread": 0.05,
        "strength": 8.0,
        "outliers": 0.03,
        "most": 20.0,
    },
}


def draw_mask(y_px: int, thickness_px: int = 8) -> Image:
    """Return uint8[200, 200]: a white level bar at height `y_px` on black."""
    mask = np.zeros((200, 200), np.uint8)
    cv2.line(mask, (50, y_px), (150, y_px), 255, thickness_px)
    return mask


OPEN_Y, CLOSE_Y = 50, 130


def draw_picture(y_px: int, *, occupied: bool = True, seed: int = 1, length_px: int = 100) -> Image:
    """Return uint8[200, 200, 3] RGB: a scene with a white bar at `y_px` and a red seat if occupied.

    A bar shorter than the masks' 100 pixels lies between their margins.
    """
    random = np.random.default_rng(seed)
    coarse = random.integers(40, 140, (10, 10, 3)).astype(np.uint8)
    picture = cv2.resize(coarse, (200, 200), interpolation=cv2.INTER_NEAREST)
    picture[150:190, 60:140] = (190, 20, 20) if occupied else (60, 60, 60)
    cv2.line(picture, (50, y_px), (50 + length_px, y_px), (255, 255, 255), 8)
    return np.asarray(picture, dtype=np.uint8)


def png(image: Image) -> bytes:
    """Return RGB or grey pixels as PNG."""
    bgr = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".png", bgr)[1])


def jpeg(image: Image) -> bytes:
    """Return RGB pixels as JPEG."""
    return bytes(cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))[1])


class TinyEmbedder:
    """The network in NumPy."""

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        """Embed uint8[N, 200, 200, 3]; it knows distances only."""
        red = images[:, 150:190, 60:140, 0].astype(np.float32) - images[:, 150:190, 60:140, 2]
        occupancy = np.clip(red.mean(axis=(1, 2)) / 100, 0, 1)
        matches = np.full((len(images), 2), np.nan, np.float32)
        return Inference(self._blocks(images.mean(axis=3)), occupancy, matches)

    def masks(self, masks: Image) -> Float32:
        """Embed uint8[N, 200, 200]."""
        return self._blocks(masks.astype(np.float64))

    def _blocks(self, grey: Any) -> Float32:
        white = (grey > 200).astype(np.float32)
        blocks: Float32 = white.reshape(-1, 10, 20, 10, 20).mean(axis=(2, 4)).reshape(-1, 100)
        return blocks


def manifest_data(sha256: str = "0" * 64) -> dict[str, Any]:
    """Return barwatch.json's content for this network, not sealed yet."""
    masks, calibration = MaskPair(open=draw_mask(OPEN_Y), close=draw_mask(CLOSE_Y)), CALIBRATION
    shown = [
        ("open and occupied", draw_picture(OPEN_Y)),
        ("closed and occupied", draw_picture(CLOSE_Y)),
        ("open and empty", draw_picture(OPEN_Y, occupied=False)),
        ("no bar: unknown", draw_picture(90)),
    ]
    passages = [
        GoldenPassage.record(
            what, masks, np.stack([image] * 3), TinyEmbedder(), Calibration.model_validate(calibration)
        )
        for what, image in shown
    ]
    picture, mask = draw_picture(OPEN_Y), draw_mask(OPEN_Y)
    embedding, occupancy, *_ = TinyEmbedder().pictures(picture[None])
    return {
        "name": "tiny",
        "version": "1",
        "file": "tiny.ts",
        "sha256": sha256,
        "embedding_dim": 100,
        "golden": {
            "image_png_base64": base64.b64encode(png(picture)).decode(),
            "mask_png_base64": base64.b64encode(png(mask)).decode(),
            "embed": embedding[0].tolist(),
            "embed_mask": TinyEmbedder().masks(mask[None])[0].tolist(),
            "occupancy": float(occupancy[0]),
            "tolerance": 1e-3,
        },
        "golden_passages": [passage.model_dump(mode="json") for passage in passages],
        "calibration": calibration,
    }


@functools.cache
def tiny_manifest() -> Manifest:
    """Return the manifest without a file."""
    return Manifest.model_validate_json(seal(manifest_data()))


SOURCE = """
def _blocks(self, grey: Tensor) -> Tensor:
    white = (grey > 200).to(torch.float32)
    return white.reshape(-1, 10, 20, 10, 20).mean(dim=[2, 4]).reshape(-1, 100)

def embed(self, images: Tensor) -> Tensor:
    return self._blocks(images.to(torch.float32).mean(dim=3))

def embed_mask(self, masks: Tensor) -> Tensor:
    return self._blocks(masks.to(torch.float32))

def occupancy(self, images: Tensor) -> Tensor:
    seat = images[:, 150:190, 60:140].to(torch.float32)
    return ((seat[:, :, :, 0] - seat[:, :, :, 2]).mean(dim=[1, 2]) / 100.0).clamp(0.0, 1.0)

def forward(self, images: Tensor) -> Tensor:
    return self.embed(images)
"""
"""The network in TorchScript."""


def release(folder: Path) -> Path:
    """Write tiny.ts and tiny.json into `folder`; returns the manifest's path. Imports torch."""
    content = _scripted()
    (folder / "tiny.ts").write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    (folder / "tiny.json").write_text(seal(manifest_data(digest)), encoding="utf-8")
    return folder / "tiny.json"


@functools.cache  # a class can be scripted once per process
def _scripted() -> bytes:
    import torch  # noqa: PLC0415

    module = torch.jit.ScriptModule()
    module.define(SOURCE)
    return bytes(module.save_to_buffer())

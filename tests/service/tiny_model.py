"""A model small enough to make in a test, and pictures it is sure of: how bright is each cell of a grid?"""

import base64
import hashlib
import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from lifts.artefact.passages import GoldenPassage
from lifts.artefact.seal import seal
from lifts.decision.calibration import Calibration
from lifts.decision.verdict import NO_RIDERS, Inference
from lifts.schema import MaskPair
from service.domain.arrays import Float32, Image
from service.domain.passage import Passage, Picture

GRID = 10
DIM = GRID * GRID


class Tiny(nn.Module):
    """Embedding: brightness of 10x10 cells, 0..1. Occupancy: red of the picture's top left corner."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.adaptive_avg_pool2d(x, 10).flatten(1) / 255.0

    @torch.jit.export
    def embed(self, images: Tensor) -> Tensor:
        return self.forward(images.float().mean(dim=3)[:, None])

    @torch.jit.export
    def embed_mask(self, masks: Tensor) -> Tensor:
        return self.forward(masks.float()[:, None])

    @torch.jit.export
    def occupancy(self, images: Tensor) -> Tensor:
        return images[:, :20, :20, 0].float().mean(dim=(1, 2)) / 255.0


class Comparing(Tiny):
    """One with margins of its own: how much more bar the close mask has; the brightest cell is the chance."""

    @torch.jit.export
    def compare(self, images: Tensor, references: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        embedding = self.embed(images)
        bars = references.sum(2)
        return embedding, self.occupancy(images), bars[:, 1] - bars[:, 0] + bars[:, 2], embedding.amax(1)


class Seated(Tiny):
    """One with rider maps: 4 where a cell is red, -4 where it is not."""

    @torch.jit.export
    def compare(self, images: Tensor, references: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        embedding = self.embed(images)
        bars = references.sum(2)
        red = images[:, :, :, 0].float() - images[:, :, :, 1].float()
        riders = functional.adaptive_avg_pool2d(red[:, None], 10)[:, 0] * 8.0 / 255.0 - 4.0
        return embedding, self.occupancy(images), bars[:, 1] - bars[:, 0], embedding.amax(1), riders


CALIBRATION: dict[str, Any] = {
    "scale": 4.0,
    "offset": 0.0,
    "unknown_low": 0.2,
    "unknown_high": 0.8,
    "occupancy_threshold": 0.5,
    "min_separation_good": 0.5,
    "min_separation": 0.05,
    "bar_map_cells": GRID,
    "mask_shifts_px": [[2, 0], [0, 0], [-2, 0], [0, 2], [0, -2]],
}

SEATED = {"cells": GRID, "weights": [1.0, 0.0, 0.0], "offset": 0.0, "unclear_low": 0.05, "unclear_high": 0.7}
"""A calibration of the seat that goes with it."""


class Stubborn(Tiny):
    """One that multiplies full-precision numbers by its weight, whatever precision that has."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Linear(100, 100, bias=False)
        nn.init.eye_(self.scale.weight)

    def forward(self, x: Tensor) -> Tensor:
        scaled: Tensor = self.scale(functional.adaptive_avg_pool2d(x, 10).flatten(1) / 255.0)
        return scaled


class Coarse(Tiny):
    """One whose answer stands and falls with the last bits of its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(1.001))

    def forward(self, x: Tensor) -> Tensor:
        fine = (self.weight.to(torch.float32) - 1.0) * 1000.0
        return fine * functional.adaptive_avg_pool2d(x, 10).flatten(1) / 255.0


def mask(y: int) -> Image:
    """A horizontal bar, 12 pixels thick, with its top at row y."""
    drawn = np.zeros((200, 200), np.uint8)
    drawn[y : y + 12, 40:160] = 255
    return drawn


OPEN, CLOSE = mask(44), mask(144)
MASKS = MaskPair(open=OPEN, close=CLOSE)


def picture(bar: Image, *, occupied: bool = True) -> Image:
    """A picture whose bar is where the drawing's is."""
    image = np.repeat(bar[:, :, None], 3, axis=2)
    image[:20, :20, 0] = 255 if occupied else 0
    return image


def passage(
    passage_id: str,
    images: list[Image],
    decided_mono_s: float,
    *,
    lift_id: str = "lift",
    quality: float = 1.0,
) -> Passage:
    """A passage with these pictures, a second apart."""
    pictures = tuple(Picture(image, None, float(t_s), quality) for t_s, image in enumerate(images))
    return Passage(passage_id, lift_id, 1, 0.0, 1.0, 2.0, pictures, decided_mono_s)


def write_seated(folder: Path) -> Path:
    """Write an artefact that is judged by its rider maps."""
    return write_artefact(folder, Seated, {"seat": SEATED})


class _Scripted:
    """The scripted network as golden passages are recorded with it."""

    def __init__(self, module: Any, calibration: Calibration) -> None:
        self._module, self._seated = module, calibration.rider_cells > 0

    def masks(self, masks: Image) -> Float32:
        with torch.inference_mode():
            embedded: Float32 = self._module.embed_mask(torch.from_numpy(masks)).numpy()
        return embedded

    def pictures(self, images: Image, references: Float32 | None = None) -> Inference:
        with torch.inference_mode():
            shown = torch.from_numpy(images)
            if not hasattr(self._module, "compare"):
                nothing = np.full((len(images), 2), np.nan, np.float32)
                return Inference(
                    self._module.embed(shown).numpy(), self._module.occupancy(shown).numpy(), nothing
                )
            parts = [part.numpy() for part in self._module.compare(shown, torch.from_numpy(references))]
        riders = parts[4] if self._seated else NO_RIDERS
        return Inference(parts[0], parts[1], np.stack(parts[2:4], 1), riders)


def golden_passages(module: Any, calibration: Calibration) -> list[dict[str, Any]]:
    """Passages of each kind; the drawing of the other state is half a bar, which `Comparing` goes by."""
    left = np.arange(200) < 100
    opened = MaskPair(open=OPEN, close=np.where(left, CLOSE, 0).astype(np.uint8))
    closed = MaskPair(open=np.where(left, OPEN, 0).astype(np.uint8), close=CLOSE)
    nothing = np.zeros((200, 200), np.uint8)
    embedder = _Scripted(module, calibration)
    shown = [
        ("open and occupied", opened, seated_picture(OPEN)),
        ("closed and occupied", closed, seated_picture(CLOSE)),
        ("open and empty", opened, picture(OPEN, occupied=False)),
        ("unknown", MASKS, picture(nothing)),
    ]
    return [
        GoldenPassage.record(what, masks, np.stack([image] * 3), embedder, calibration).model_dump(
            mode="json"
        )
        for what, masks, image in shown
    ]


def seated_picture(bar: Image) -> Image:
    """A picture on which more than a cell is red, which rider maps go by."""
    image = picture(bar)
    image[:20, :100] = (255, 0, 0)
    return image


def write_artefact(
    folder: Path, network: type[Tiny] = Tiny, calibration: dict[str, Any] | None = None
) -> Path:
    """Write tiny.ts and a manifest that is true of it, with changes to its calibration."""
    folder.mkdir(parents=True, exist_ok=True)
    module = torch.jit.script(network().eval())
    path = folder / "tiny.ts"
    module.save(str(path))  # type: ignore[no-untyped-call]
    image, drawn = picture(OPEN), CLOSE
    with torch.inference_mode():
        images, masks = torch.from_numpy(image[None]), torch.from_numpy(drawn[None])
        golden = {
            "image_png_base64": _png(np.ascontiguousarray(image[:, :, ::-1])),
            "mask_png_base64": _png(drawn),
            "embed": module.embed(images)[0].tolist(),
            "embed_mask": module.embed_mask(masks)[0].tolist(),
            "occupancy": float(module.occupancy(images)[0]),
            "tolerance": 1e-3,
        }
    if calibration and "seat" in calibration:
        golden["riders"] = [1 / (1 + math.exp(4.0 if cell else -4.0)) for cell in range(GRID * GRID)]
    numbers = {**CALIBRATION, **(calibration or {})}
    manifest = {
        "name": "tiny",
        "version": "1.0",
        "file": path.name,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "embedding_dim": DIM,
        "golden": golden,
        "golden_passages": golden_passages(module, Calibration.model_validate(numbers)),
        "calibration": numbers,
        "training": {"seed": 0},
    }
    (folder / "tiny.json").write_text(seal(manifest), encoding="utf-8")
    return path


def _png(image: Image) -> str:
    return base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()

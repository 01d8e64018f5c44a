"""From ABIR's checkpoint to the two files by which the service shows where it looked (paper 003)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from lifts.folder import read_lift_folder
from ml.artefact.torchscript import script_attention
from ml.export.manifest import described, git_commit, png_base64, write
from ml.models.metric.abir import ABIR
from ml.systems.base import System
from ml.systems.named import as_values

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

GOLDEN_CELLS = 10
"""Side of the golden maps: means over 5x5 cells, for 5,000 numbers would fill pages and check no more."""

SAMPLE = Path(__file__).resolve().parents[2] / "lifts" / "demo-quad"
"""The lift whose picture of an open bar is the golden one."""


def release_attention(
    system: System[Any], state: dict[str, Any], out: Path, version: str, command: str
) -> Path:
    """Write ABIR's attention as TorchScript, and its manifest beside it.

    Args:
        system: the trained system, as `ml.train.trainer.load` gives it.
        state: how far its training had come, from the same.
        out: the TorchScript file, *.ts; its folder is made if missing.
        version: the artefact's version.
        command: the command line that exports it.

    Returns:
        The artefact's path.

    Raises:
        ValueError: no ABIR, a file that does not end with .ts, or weights beyond half precision.
    """
    network = system.network
    if not isinstance(network, ABIR):
        raise ValueError(f"expected ABIR, which says where it looks, got {type(network).__name__}")
    if out.suffix != ".ts":
        raise ValueError(f"expected a file *.ts, got {out.name}")
    commit = git_commit()
    out.parent.mkdir(parents=True, exist_ok=True)
    module = script_attention(network.cpu(), system.recipe.side)
    module.save(str(out))
    image = read_lift_folder(SAMPLE).references["reference_open"]
    content = {
        **described("abir-attention", out, version, commit),
        "command": command,
        "golden": golden_attention(module.float(), image),
        "training": {
            **as_values("abir", system.recipe),
            "state": {name: value for name, value in state.items() if isinstance(value, int | float | dict)},
            "parameters": sum(p.numel() for p in module.parameters()),
        },
    }
    write(out.with_suffix(".json"), content)
    return out


def golden_attention(module: torch.nn.Module, image: Bytes) -> dict[str, Any]:
    """One picture and where the artefact looked in it, to be checked wherever it is loaded.

    Args:
        module: of `script_attention`, in float32.
        image: uint8[200, 200, 3] RGB.
    """
    with torch.inference_mode():
        maps: Floats = module(torch.from_numpy(np.ascontiguousarray(image[None])))[0].numpy()
    means = coarse(maps)
    return {
        "image_png_base64": png_base64(np.ascontiguousarray(image[..., ::-1])),
        "attention": [[[round(float(v), 5) for v in row] for row in level] for level in means],
        # Sums in another order, on another processor, differ by 1e-5; a wrong weight by much more.
        "tolerance": 1e-3,
    }


def coarse(maps: Floats) -> Floats:
    """Bring float32[2, 50, 50] to float32[2, 10, 10], the means of 5x5 cells."""
    each = maps.shape[-1] // GOLDEN_CELLS
    return np.asarray(
        maps.reshape(len(maps), GOLDEN_CELLS, each, GOLDEN_CELLS, each).mean((2, 4)), np.float32
    )

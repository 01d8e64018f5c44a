"""The manifest of a network that says where it looked (`barwatch export-attention`), and its checks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from service.domain.arrays import Float32, Image
from service.domain.errors import ArtefactError
from service.inference.artefact import Described, Record, Share, golden_image, read_content, read_described

CELLS = 50
"""Side of the maps."""

_Row = Annotated[tuple[Share, ...], Field(min_length=10, max_length=10)]
_Coarse = Annotated[tuple[_Row, ...], Field(min_length=10, max_length=10)]


class GoldenAttention(Record):
    """One picture and where the network looks in it, within an absolute `tolerance`.

    attention: surroundings and parts, 10x10 each, means over 5x5 cells of the maps.
    """

    image_png_base64: str
    attention: tuple[_Coarse, _Coarse]
    tolerance: Annotated[float, Field(gt=0, le=0.1)]


class AttentionManifest(Described):
    """What such a network says of itself."""

    golden: GoldenAttention


def read_attention(path: Path) -> tuple[AttentionManifest, bytes]:
    """Read manifest and model file, named by either; returns the very bytes whose hash was right.

    Raises:
        ArtefactError: either is missing or wrong; the message says which and why.
    """
    manifest = read_described(path, AttentionManifest)
    return manifest, read_content(path, manifest)


def check_golden_maps(manifest: AttentionManifest, maps_of: Callable[[Image], Float32]) -> None:
    """Compare a loaded network with the golden maps.

    Args:
        manifest: what it should answer.
        maps_of: uint8[N, 200, 200, 3] RGB to float32[N, 2, CELLS, CELLS].

    Raises:
        ArtefactError: it answers something else, or another shape, or does not run.
    """
    golden = manifest.golden
    try:
        maps = maps_of(golden_image(golden.image_png_base64)[None])
    except (RuntimeError, ValueError) as error:
        reason = str(error).strip().splitlines()[-1]
        raise ArtefactError(f"{manifest.file}: the network does not run: {reason}") from error
    if maps.shape != (1, 2, CELLS, CELLS):
        raise ArtefactError(
            f"{manifest.file}: expected maps float32[1, 2, {CELLS}, {CELLS}], got {list(maps.shape)}"
        )
    coarse = maps[0].reshape(2, 10, CELLS // 10, 10, CELLS // 10).mean(axis=(2, 4))
    difference = float(np.abs(coarse - np.asarray(golden.attention, np.float32)).max())
    # Written so that a NaN fails as well.
    if not difference <= golden.tolerance:
        raise ArtefactError(
            f"{manifest.file}: the network's attention differs from the manifest's golden maps by "
            f"{difference:.3g}, more than {golden.tolerance:.3g}"
        )

"""What a retrieval network is given: pictures in a paper's size, scale and disguise."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from ml.models.paper import prepare
from ml.systems.recipe import MetricRecipe

MEAN_RGB = (123.68, 116.779, 103.939)
"""Means of ImageNet's channels in grey levels, which published VGG16 weights expect to be subtracted."""

SPREAD = 57.4
"""Of ImageNet's channels together, in grey levels: what is left is about one, for random weights as well."""

CROPPED = 224 / 256
"""Side of ABIR's random crop over that of the picture it is taken from (paper 003, section 3.2)."""

SHIFT, TURN_DEG, ZOOM = 0.2, 25.0, 0.2
"""Most that 004 shifts a picture on each axis (of its side), turns it and zooms it (section 3.1.3)."""


def inputs(images: Tensor, recipe: MetricRecipe, generator: torch.Generator | None) -> Tensor:
    """Return float[N, 3, side, width or side] of uint8[N, H, W, 3] pictures.

    `crop`, paper 003: of the whole picture, enlarged, a random part, flipped half the time. `move`, paper
    004: shifted, turned, zoomed and flipped; edges repeat, as Keras does by default. The thesis turns by 0 to
    25 degrees; Keras, which it uses, by as much to either side, and so does this.

    Args:
        generator: draws the disguise; None for pictures that are judged: nothing moves, and of `crop` the
            middle is cut out.
    """
    x = _scaled(images, recipe)
    size = [recipe.side, recipe.width or recipe.side]
    if recipe.disguise == "crop":
        x = _resized(x, [round(side / CROPPED) for side in size])
        return _cropped(x, size, generator)
    if recipe.disguise == "none" or generator is None:
        return _resized(x, size)
    theta = _movements(len(x), generator).to(x.device)
    grid = F.affine_grid(theta, [*x.shape[:2], *size], align_corners=False)
    x = _resized(x, size)
    return F.grid_sample(x, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _scaled(images: Tensor, recipe: MetricRecipe) -> Tensor:
    if recipe.scale == "ours":
        return prepare(images)
    mean = torch.tensor(MEAN_RGB, device=images.device)[:, None, None]
    return (images.permute(0, 3, 1, 2).float() - mean) / SPREAD


def _resized(x: Tensor, size: list[int]) -> Tensor:
    if list(x.shape[2:]) == size:
        return x
    return F.interpolate(x, size, mode="bilinear", antialias=True)


def _cropped(x: Tensor, size: list[int], generator: torch.Generator | None) -> Tensor:
    """Cut float[N, C, *size] out of each picture: at random and flipped half the time, or the middle."""
    spare = [x.shape[2] - size[0], x.shape[3] - size[1]]
    if generator is None:
        top, left = spare[0] // 2, spare[1] // 2
        return x[:, :, top : top + size[0], left : left + size[1]]
    out = []
    for one in x:
        top, left = (int(torch.randint(most + 1, (1,), generator=generator)) for most in spare)
        part = one[:, top : top + size[0], left : left + size[1]]
        out.append(part.flip(2) if torch.rand(1, generator=generator) < 0.5 else part)
    return torch.stack(out)


def _movements(count: int, generator: torch.Generator) -> Tensor:
    """Draw what `F.affine_grid` takes, float[N, 2, 3], from a picture's place after moving to before."""
    drawn = 2 * torch.rand(count, 5, generator=generator) - 1
    flip = torch.where(drawn[:, 4] < 0, -1.0, 1.0)
    angle, zoom = math.radians(TURN_DEG) * drawn[:, 2], 1 + ZOOM * drawn[:, 3]
    theta = torch.zeros(count, 2, 3)
    theta[:, 0, 0], theta[:, 0, 1] = zoom * angle.cos() * flip, -zoom * angle.sin()
    theta[:, 1, 0], theta[:, 1, 1] = zoom * angle.sin() * flip, zoom * angle.cos()
    theta[:, :, 2] = 2 * SHIFT * drawn[:, :2]  # the whole picture is 2 wide
    return theta

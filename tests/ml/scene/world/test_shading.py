"""The compiled shading gives what the formulas in numpy give, in one pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml.scene.masks import PLAIN
from ml.scene.world.shading import SHOULDER, UNPAINTED, add_grain, blended, composed, shade_pixels, wrapped


@pytest.mark.parametrize("fog", [0.0, 0.05])
def test_pixels_are_shaded_as_light_shades_them(fog: float) -> None:
    """Every level of `shade_pixels` is that of `Light.shade`, cut to whole numbers."""
    rng = np.random.default_rng(3)
    light = replace(PLAIN, fog_per_m=fog, exposure=1.3)
    albedo, normal = (rng.integers(0, 256, (60, 70, 3)).astype(np.uint8) for _ in range(2))
    sun = rng.random((60, 70)).astype(np.float32)
    depth = rng.uniform(1, 60, (60, 70)).astype(np.float32)
    normals = normal.astype(np.float32) / 127.5 - 1
    expected = light.shade(albedo.astype(np.float32) / 255, normals, depth, sun)
    clear = np.exp(-fog * depth) if fog else np.zeros((0, 0), np.float32)
    lights = np.array([light.sun, light.sun_rgb, light.sky_rgb, light.ground_rgb, light.fog_rgb])
    found = shade_pixels(albedo, normal, sun, clear, lights, 1.3, *SHOULDER)
    assert np.array_equal(found, np.clip(expected, 0, 255).astype(np.uint8))


@pytest.mark.parametrize("chroma", [0.0, 0.6])
def test_grain_is_stronger_in_the_dark_and_partly_coloured(chroma: float) -> None:
    rng = np.random.default_rng(4)
    img = rng.uniform(0, 255, (40, 50, 3)).astype(np.float32)
    one, three = (rng.standard_normal((40, 50, n), np.float32) for n in (1, 3))
    grain = one * np.float32(1 - 0.5 * chroma) + np.float32(chroma * 0.6) * three if chroma else one
    expected = img + grain * np.float32(9) * (1.15 - img.mean(2, keepdims=True) / 400)
    none = np.zeros((0, 0, 0), np.float32)
    assert np.array_equal(add_grain(img, one, three if chroma else none, chroma, 9.0), expected)


def test_wrapping_is_the_modulo() -> None:
    values = np.random.default_rng(5).uniform(-1e5, 1e5, (30, 40))
    assert np.array_equal(wrapped(values, 256), np.mod(values, 256).astype(np.float32))


def test_what_is_drawn_covers_the_background_and_edges_are_mixed_by_hand() -> None:
    """At full size the canvas hides what is behind it; made smaller, a half-bare pixel is half of each."""
    canvas = np.zeros((1, 2, 4), np.uint8)
    canvas[..., 3] = UNPAINTED
    canvas[0, 0] = (10, 20, 30, 255)
    back = np.full((1, 2, 3), 200, np.uint8)
    assert composed(canvas, back)[0].tolist() == [[10, 20, 30], [200, 200, 200]]
    drawn = np.array([[[10, 20, 30], [50, 60, 70], [0, 0, 0]]], np.uint8)
    bare = np.array([[0, 127, 255]], np.uint8)
    seen = blended(drawn, bare, np.full((1, 3, 3), 200, np.uint8))
    assert seen[0].tolist() == [[10, 20, 30], [150, 160, 170], [200, 200, 200]]

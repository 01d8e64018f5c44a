"""Augmentation: random changes that make few rendered lifts as varied as many.

Everything is a pure function of (input, numpy Generator). Geometry changes of a *lift* are the same for its
pictures and masks (they make a new lift of it); those of a *picture* are independent (registration errors).
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Float64, UInt8

SIZE = 200


def about_centre(linear: npt.ArrayLike, shift: tuple[float, float] = (0.0, 0.0)) -> Float64:
    """Return float64[3, 3] that applies linear[2, 2] about the frame's centre, then shifts."""
    matrix = np.eye(3)
    matrix[:2, :2] = linear
    centre = np.array([SIZE / 2, SIZE / 2])
    matrix[:2, 2] = centre + np.asarray(shift) - matrix[:2, :2] @ centre
    return matrix


def _rotation(angle: float) -> Float64:
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s], [s, c]])


def lift_geometry(rng: np.random.Generator) -> Float64:
    """Return a transform that makes a new installation of an old one: mirrored, turned, stretched, moved."""
    scale = math.exp(rng.uniform(-0.22, 0.18))
    aspect = math.exp(rng.normal(0, 0.10))
    shear = rng.normal(0, 0.06)
    linear = _rotation(rng.normal(0, 0.07)) @ np.array([[scale * aspect, shear], [0.0, scale / aspect]])
    if rng.random() < 0.5:
        linear = linear @ np.diag([-1.0, 1.0])
    return about_centre(linear, (rng.normal(0, 9), rng.normal(0, 9)))


def registration_error(rng: np.random.Generator) -> Float64:
    """Return a picture's registration error: a shift of a few pixels, a little scale and rotation."""
    scale = math.exp(rng.normal(0, 0.012))
    shift = rng.normal(0, 1.8, 2)
    return about_centre(scale * _rotation(rng.normal(0, 0.012)), (float(shift[0]), float(shift[1])))


def elsewhere(rng: np.random.Generator) -> Float64:
    """Return a transform that moves the carrier out of view: far aside, far away or much too near."""
    angle, far = rng.uniform(0, 2 * math.pi), rng.uniform(70, 150)
    kind = rng.random()
    scale = 1.0 if kind < 0.6 else math.exp(rng.uniform(-1.2, -0.8) if kind < 0.8 else rng.uniform(0.8, 1.4))
    shift = (0.3 if kind >= 0.6 else 1.0) * far * np.array([math.cos(angle), math.sin(angle)])
    return about_centre(scale * _rotation(rng.normal(0, 0.1)), (float(shift[0]), float(shift[1])))


def warp(image: UInt8, matrix: Float64, nearest: bool = False) -> UInt8:
    """Warp uint8[200, 200(, 3)] by float64[3, 3]; masks and labels with `nearest`."""
    flags = cv2.INTER_NEAREST if nearest else cv2.INTER_LINEAR
    border = cv2.BORDER_CONSTANT if nearest else cv2.BORDER_REFLECT_101
    out = cv2.warpAffine(image, matrix[:2], (SIZE, SIZE), flags=flags, borderMode=border)
    return np.asarray(out, dtype=np.uint8)


def colours(image: UInt8, rng: np.random.Generator) -> UInt8:
    """Vary what must not matter: mix of channels, grey night pictures, brightness, contrast, gamma."""
    kind = rng.random()
    if kind < 0.2:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
        image = np.repeat(np.asarray(grey, dtype=np.uint8)[..., None], 3, axis=2)
    elif kind < 0.5:
        mix = np.eye(3) * 0.6 + rng.dirichlet((1, 1, 1), 3) * 0.4
        mix = mix[rng.permutation(3)] if rng.random() < 0.5 else mix
        image = np.asarray(cv2.transform(image, mix), dtype=np.uint8)
    levels = np.linspace(0, 1, 256) ** math.exp(rng.normal(0, 0.3))
    gain, offset = math.exp(rng.normal(0, 0.22)), rng.normal(0, 0.07)
    tint = 1 + rng.normal(0, 0.06, 3)
    table = np.clip((gain * (levels[:, None] - 0.5) + 0.5 + offset) * tint * 255, 0, 255)
    if rng.random() < 0.05:
        table = 255 - table
    return np.asarray(cv2.LUT(image, table.astype(np.uint8)[None]), dtype=np.uint8)


def optics(image: UInt8, rng: np.random.Generator) -> UInt8:
    """Apply blur, sharpening, lower resolution, noise and compression, each with some probability."""
    kind = rng.random()
    if kind < 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.4, 1.6)), dtype=np.uint8)
    elif kind < 0.35:
        soft = cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 2.0))
        amount = rng.uniform(0.3, 1.5)
        image = np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), dtype=np.uint8)
    elif kind < 0.5:
        small = int(SIZE * rng.uniform(0.4, 0.9))
        reduced = cv2.resize(image, (small, small), interpolation=cv2.INTER_AREA)
        image = np.asarray(cv2.resize(reduced, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
    if rng.random() < 0.4:
        grain = rng.normal(0, rng.uniform(2, 18), (SIZE, SIZE, 1 if rng.random() < 0.5 else 3))
        image = np.clip(image + grain.astype(np.float32), 0, 255).astype(np.uint8)
    if rng.random() < 0.25:
        quality = int(rng.integers(15, 80))
        ok, coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        if ok:
            image = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), dtype=np.uint8)
    return image


def clutter(image: UInt8, rng: np.random.Generator) -> UInt8:
    """Draw distractors over the picture: poles, cables, edges of roofs, blobs of snow or people.

    Without them a network takes every thin line for a bar.
    """
    image = image.copy()
    for _ in range(int(rng.integers(0, 4))):
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        a, b = rng.integers(-40, 240, 2), rng.integers(-40, 240, 2)
        thickness = int(rng.integers(1, 7))
        cv2.line(image, tuple(map(int, a)), tuple(map(int, b)), colour, thickness, cv2.LINE_AA)
    if rng.random() < 0.25:
        centre = tuple(int(v) for v in rng.integers(0, 200, 2))
        axes = tuple(int(v) for v in rng.integers(6, 40, 2))
        colour = tuple(int(v) for v in rng.integers(0, 256, 3))
        cv2.ellipse(image, centre, axes, float(rng.uniform(0, 180)), 0, 360, colour, -1, cv2.LINE_AA)
    return image


def redraw(mask: UInt8, rng: np.random.Generator) -> UInt8:
    """Return the mask as another person might draw it: thicker or thinner, shifted, with a gap."""
    kind = rng.random()
    if kind < 0.35:
        side = int(rng.integers(2, 5))
        mask = np.asarray(cv2.dilate(mask, np.ones((side, side), np.uint8)), dtype=np.uint8)
    elif kind < 0.5:
        thin = np.asarray(cv2.erode(mask, np.ones((2, 2), np.uint8)), dtype=np.uint8)
        if (thin > 0).sum() > 60:
            mask = thin
    if rng.random() < 0.15:
        mask = mask.copy()
        centre = tuple(int(v) for v in rng.integers(20, 180, 2))
        cv2.circle(mask, centre, int(rng.integers(4, 18)), 0, -1)
    wobble = about_centre(
        _rotation(rng.normal(0, 0.008)) * math.exp(rng.normal(0, 0.008)), tuple(rng.normal(0, 0.7, 2))
    )
    return warp(mask, wobble, nearest=True)


def blinded(rng: np.random.Generator) -> UInt8:
    """Return a picture that shows nothing: darkness, fog or a covered lens, with noise and specks of snow."""
    level = float(rng.choice([rng.uniform(0, 20), rng.uniform(20, 230)]))
    image = np.full((SIZE, SIZE, 3), level, np.float32)
    slope = rng.normal(0, 12, 2)
    ys, xs = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j].astype(np.float32)
    image += (slope[0] * xs + slope[1] * ys)[..., None]
    image += rng.normal(0, rng.uniform(0.5, 10), (SIZE, SIZE, 1))
    out = np.clip(image, 0, 255).astype(np.uint8)
    if rng.random() < 0.6:
        for x, y in rng.integers(0, SIZE, (int(rng.integers(3, 120)), 2)):
            shade = int(rng.integers(120, 256))
            cv2.circle(out, (int(x), int(y)), int(rng.integers(0, 3)), (shade, shade, shade), -1, cv2.LINE_AA)
    return out

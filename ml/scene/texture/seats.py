"""Seats with a texture of their own: slats, wire, planks, shiny sheet; far more is seen through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ml.scene.world.carrier import CarrierSpec
from ml.scene.world.frames import back_point, frame_shapes
from ml.scene.world.shapes import Builder, Rgb, Shapes, join

Material = Literal["slats", "upright", "wire", "planks", "shiny"]


@dataclass(frozen=True)
class SeatStyle:
    """How a seat is made.

    Attributes:
        material: slats across, upright slats, wire, planks with gaps, or sheet that mirrors sky and ground.
        count: slats or wires of a back, 3..14.
        cover: share of the back that they cover, 0.2..0.95.
        contrast: spread of brightness between pieces, 0..0.6.
        edge: whether a grey tube runs round the back.
        seed: of the pieces' colours.
    """

    material: Material
    count: int
    cover: float
    contrast: float
    edge: bool
    seed: int


def sample_seat(rng: np.random.Generator) -> SeatStyle:
    """Draw a seat's style."""
    material: Material = ("slats", "upright", "wire", "planks", "shiny")[
        int(rng.choice(5, p=[0.3, 0.14, 0.16, 0.2, 0.2]))
    ]
    cover = {"wire": (0.1, 0.25), "shiny": (0.9, 1.0)}.get(material, (0.35, 0.92))
    return SeatStyle(
        material=material,
        count=int(rng.integers(3, 13)),
        cover=float(rng.uniform(*cover)),
        contrast=float(rng.uniform(0.05, 0.6)),
        edge=bool(rng.random() < 0.6),
        seed=int(rng.integers(2**31)),
    )


def seat_paint(style: SeatStyle, rng: np.random.Generator) -> Rgb:
    """Draw a colour that goes with the material, linear albedo: wood, bare metal or dark plastic."""
    tone = float(rng.uniform(0.05, 0.5))
    if style.material == "planks" or (style.material == "slats" and rng.random() < 0.4):
        return tone, tone * 0.62, tone * 0.36
    if style.material in ("wire", "shiny"):
        tone = float(rng.uniform(0.25, 0.7))
    return tone, tone, tone * 1.03


def textured_body(spec: CarrierSpec, style: SeatStyle) -> Shapes:
    """Return a carrier without its bar, in carrier coordinates: the spec's frame, the style's bench."""
    b = Builder()
    rng = np.random.default_rng(style.seed)
    for seat in range(spec.seats):
        x0, x1 = spec.seat_x(seat) - spec.seat_m / 2, spec.seat_x(seat) + spec.seat_m / 2
        if style.material == "wire":
            _wire(b, spec, style, x0 + 0.02, x1 - 0.02)
        else:
            _pieces(b, spec, style, rng, (x0 + 0.02, x1 - 0.02))
    w, d, y = spec.half_m, spec.depth_m / 2, -0.05
    for x in (-w, w):
        b.tube((x, y, d), (x, y, -d - 0.05), spec.tube_m * 0.8, spec.frame_rgb)
        b.tube((x, y, -d - 0.05), back_point(spec, x, spec.back_m), spec.tube_m * 0.8, spec.frame_rgb)
    b.tube((-w, -0.08, -d * 0.6), (w, -0.08, -d * 0.6), spec.tube_m, spec.frame_rgb)
    if style.edge:
        grey = (0.42, 0.43, 0.45)
        for seat in range(spec.seats):
            x0, x1 = spec.seat_x(seat) - spec.seat_m / 2 + 0.02, spec.seat_x(seat) + spec.seat_m / 2 - 0.02
            rim = ((x0, 0.08), (x0, spec.back_m), (x1, spec.back_m), (x1, 0.08))
            b.line(np.array([back_point(spec, x, up) for x, up in rim]), 0.014, grey)
    return join([b.build(), frame_shapes(spec)])


def _on_back(
    spec: CarrierSpec, x0: float, x1: float, low: float, top: float
) -> list[tuple[float, float, float]]:
    """Return the corners of a part of the back, in order, between two sides and two heights over the seat."""
    return [back_point(spec, x, up) for x, up in ((x0, low), (x1, low), (x1, top), (x0, top))]


def _toned(rgb: Rgb, tone: float) -> Rgb:
    return rgb[0] * tone, rgb[1] * tone, rgb[2] * tone


def _pieces(
    b: Builder, spec: CarrierSpec, style: SeatStyle, rng: np.random.Generator, sides: tuple[float, float]
) -> None:
    """Add one seat's slats, planks or mirroring sheet: first its back, then its bench."""
    x0, x1 = sides
    low, top, d = 0.08, spec.back_m, spec.depth_m / 2
    count = 10 if style.material == "shiny" else style.count
    for k in range(count):
        f = (k + 0.5 - style.cover / 2) / count
        g = (k + 0.5 + style.cover / 2) / count
        rgb = _toned(spec.seat_rgb, _tone(style, rng, (k + 0.5) / count))
        if style.material == "upright":
            u, v = x0 + (x1 - x0) * f, x0 + (x1 - x0) * g
            b.quad(_on_back(spec, u, v, low, top), rgb, cells=(1, 2), bias_m=0.12)
        else:
            p, q = low + (top - low) * f, low + (top - low) * g
            b.quad(_on_back(spec, x0, x1, p, q), rgb, bias_m=0.12)
    rows = 4 if style.material == "shiny" else max(3, style.count // 2)
    for k in range(rows):
        f, g = (k + 0.5 - style.cover / 2) / rows, (k + 0.5 + style.cover / 2) / rows
        z0, z1 = -d + 2 * d * f, -d + 2 * d * g
        rgb = _toned(spec.seat_rgb, _tone(style, rng, (k + 0.5) / rows))
        b.quad(
            [(x0, 0, z0), (x1, 0, z0), (x1, 0.03 * g, z1), (x0, 0.03 * f, z1)],
            rgb,
            cells=(2, 1),
            bias_m=-0.15,
        )


def _tone(style: SeatStyle, rng: np.random.Generator, up: float) -> float:
    """Return a piece's brightness: by chance, or what a sheet mirrors: ground, horizon, sky."""
    chance = float(np.exp(rng.normal(0, style.contrast)))
    if style.material == "shiny":
        bend = 1.4 + np.cos(6.5 * up + (style.seed % 7)) * (0.4 + style.contrast)
        return float(max(bend, 0.15) * chance**0.4)
    return chance


def _wire(b: Builder, spec: CarrierSpec, style: SeatStyle, x0: float, x1: float) -> None:
    """Add one seat of wire mesh."""
    low, top, d = 0.06, spec.back_m, spec.depth_m / 2
    for x in np.linspace(x0, x1, style.count // 2 + 3).tolist():
        b.tube(back_point(spec, x, low), back_point(spec, x, top), 0.005, spec.seat_rgb)
        b.tube((x, 0.0, -d), (x, 0.03, d), 0.005, spec.seat_rgb)
    for up in np.linspace(low, top, style.count + 1).tolist():
        b.tube(back_point(spec, x0, up), back_point(spec, x1, up), 0.006, spec.seat_rgb)
    for z in np.linspace(-d, d, style.count // 2 + 2).tolist():
        b.tube((x0, 0.01, z), (x1, 0.01, z), 0.006, spec.seat_rgb)

"""What carriers look like where they are photographed, and where they hang: registers their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lifts.decision.reasons import Reason
from lifts.geometry import middle_fraction, refine
from lifts.schema import Track
from lifts.visibility import picture_problem
from service.domain.passage import Picture
from service.passages.anchor import Anchor
from service.passages.moments import Leaf, Stand
from service.passages.motion import drift, motion_px
from service.passages.outlines import outline, reduce_picture, shifted
from service.passages.registration import Look, Registered, register

_LEAST_DRIFT_PX = 60.0  # per way: of a carrier that mainly grows, a shift tells little of the way


class RegisteredPicture(NamedTuple):
    """A registered picture, and how many ways its carrier is ahead of where it was taken to be."""

    picture: Picture
    ahead: float


class Registrar:
    """Registers pictures taken at a few stands, and learns from each.

    Args:
        track: the lift's. stands: where pictures are taken, with backgrounds.
        looks: what carriers look like at each stand.
        anchor: tells from middle pictures where all carriers hang.
        residual: canonical pixels by which carriers hang off the track as drawn, (x, y).
    """

    def __init__(
        self,
        track: Track,
        stands: Sequence[Stand],
        looks: Sequence[Look],
        anchor: Anchor,
        residual: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._track, self._stands, self._anchor = track, stands, anchor
        self.looks, self.residual = list(looks), residual
        middle = middle_fraction(track)
        self._drift, self._px_per_way = drift(track, middle), motion_px(track, middle)

    def place(self, k: int, leaf: Leaf) -> float | None:
        """Let one more carrier's picture at stand k, the middle, say where all carriers hang.

        Returns:
            By how many ways they turn out to be farther, if they do; looks and residual are moved along.
        """
        found, _ = self._registered(k, leaf)
        moved = self._anchor.learn(shifted(found.field, -found.dx_px, -found.dy_px))
        if moved.dx_px == 0.0 and moved.dy_px == 0.0:
            return None
        dx, dy = self._drift
        way = (moved.dx_px * dx + moved.dy_px * dy) / max(self._px_per_way**2, 1e-9)
        off = moved.dx_px - way * dx, moved.dy_px - way * dy
        self.residual = (self.residual[0] + off[0], self.residual[1] + off[1])
        for stand, look in zip(self._stands, self.looks, strict=True):
            ex, ey = drift(self._track, stand.way)
            look.expect(way * ex + off[0], way * ey + off[1])
        return way

    def picture(self, k: int, leaf: Leaf) -> RegisteredPicture:
        """Register a carrier's picture at stand k, and learn from it."""
        stand, look = self._stands[k], self.looks[k]
        found, expected = self._registered(k, leaf)
        dx, dy = drift(self._track, stand.way)
        off = (found.dx_px - expected[0]) * dx + (found.dy_px - expected[1]) * dy
        ahead = off / max(dx * dx + dy * dy, _LEAST_DRIFT_PX**2)
        problem = picture_problem(found.image)
        if leaf.damaged:
            problem = problem or Reason.DAMAGED
        elif problem is None:
            look.learn(found, expected)
        picture = Picture(
            image=found.image,
            pose=refine(stand.pose, -found.dx_px, -found.dy_px),
            t_s=leaf.t_s,
            quality=found.quality,
            problem=problem,
        )
        return RegisteredPicture(picture, ahead)

    def _registered(self, k: int, leaf: Leaf) -> tuple[Registered, tuple[float, float]]:
        """Return a picture as registered, and where its content was expected."""
        stand, look = self._stands[k], self.looks[k]
        expected = expected_px(self._track, stand, leaf, self.residual)
        found = register(leaf.image, stand.background, look.mean, *expected, bias_px=look.bias_px)
        return found, expected


def first_look(track: Track, stand: Stand, leaves: Sequence[Leaf | None]) -> Look | None:
    """Return what carriers look like at a stand, from the first few, each laid where it should be."""
    fields = []
    for leaf in leaves:
        if leaf is not None:
            dx_px, dy_px = expected_px(track, stand, leaf)
            fields.append(shifted(outline(reduce_picture(leaf.image), stand.background), -dx_px, -dy_px))
    if not fields:
        return None
    return Look(np.asarray(np.mean(fields, axis=0), dtype=np.complex64), len(fields))


def expected_px(
    track: Track, stand: Stand, leaf: Leaf, residual: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float]:
    """Return where a leaf's content is expected, in canonical pixels off its place."""
    dx_px, dy_px = drift(track, stand.way)
    off = leaf.way - stand.way
    return off * dx_px + residual[0], off * dy_px + residual[1]

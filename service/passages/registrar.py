"""Registers carriers' pictures, and learns from them what carriers look like and where they hang."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from lifts.decision.reasons import Reason
from lifts.geometry import refine
from lifts.track import TrackGeometry
from lifts.visibility import picture_problem
from service.domain.passage import Picture
from service.passages.anchor import Anchor
from service.passages.crops.viewpoint import Crop, Viewpoint
from service.passages.registration import TRUSTED, CarrierAppearance, Registered, cut, register
from service.vision.correlation import shifted
from service.vision.outlines import outline, reduce_picture

_LEAST_DRIFT_PX = 60.0  # per progress: where a carrier mainly grows, a shift tells little of its progress

_LEAST_KNOWN = 2  # viewpoints at which a carrier is recognised, for pictures from between to be registered


class RegisteredPicture(NamedTuple):
    """A registered picture, and by how much its carrier is off where it was taken to be.

    ahead: by how much progress it is farther. off_px: canonical pixels, (x, y). progress: where on the track.
    """

    picture: Picture
    ahead: float
    off_px: tuple[float, float] = (0.0, 0.0)
    progress: float = 0.0


class Registrar:
    """Registers pictures taken at a few viewpoints, and learns from each.

    Args:
        track: the lift's. viewpoints: where pictures are taken, with backgrounds.
        appearances: what carriers look like at each viewpoint.
        anchor: finds from middle pictures where all carriers hang.
        residual: canonical pixels by which carriers hang off the track as drawn, (x, y).
    """

    def __init__(
        self,
        track: TrackGeometry,
        viewpoints: Sequence[Viewpoint],
        appearances: Sequence[CarrierAppearance],
        anchor: Anchor,
        residual: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._track, self._viewpoints, self._anchor = track, viewpoints, anchor
        self.appearances, self.residual = list(appearances), residual

    def place(self, k: int, crop: Crop) -> float | None:
        """Refine where all carriers hang by one more carrier's picture at viewpoint k, the middle one.

        Returns:
            The progress by which carriers are farther ahead, or None; appearances and residual move along.
        """
        found, _ = self._registered(k, crop)
        moved = self._anchor.learn(shifted(found.field, -found.dx_px, -found.dy_px))
        if moved.dx_px == 0.0 and moved.dy_px == 0.0:
            return None
        dx, dy = self._track.drift(self._track.middle)
        progress = (moved.dx_px * dx + moved.dy_px * dy) / max(self._track.px_per_progress**2, 1e-9)
        off = moved.dx_px - progress * dx, moved.dy_px - progress * dy
        self.residual = (self.residual[0] + off[0], self.residual[1] + off[1])
        for viewpoint, appearance in zip(self._viewpoints, self.appearances, strict=True):
            ex, ey = self._track.drift(viewpoint.progress)
            appearance.expect(progress * ex + off[0], progress * ey + off[1])
        return progress

    def picture(self, k: int, crop: Crop, *, learn: bool = True) -> RegisteredPicture:
        """Register a carrier's picture at viewpoint k; learn: update their appearance by it."""
        viewpoint, appearance = self._viewpoints[k], self.appearances[k]
        found, expected = self._registered(k, crop)
        dx, dy = self._track.drift(viewpoint.progress)
        off = (found.dx_px - expected[0]) * dx + (found.dy_px - expected[1]) * dy
        ahead = off / max(dx * dx + dy * dy, _LEAST_DRIFT_PX**2)
        problem = picture_problem(found.image)
        if crop.damaged:
            problem = problem or Reason.DAMAGED
        elif problem is None and learn:
            appearance.learn(found, expected)
        picture = Picture(
            image=found.image,
            pose=refine(viewpoint.pose, -found.dx_px, -found.dy_px),
            t_s=crop.t_s,
            quality=found.quality,
            problem=problem,
        )
        off_px = (found.dx_px - expected[0], found.dy_px - expected[1])
        return RegisteredPicture(picture, ahead, off_px, crop.progress)

    def detailed(self, k: int, crop: Crop, found: RegisteredPicture) -> RegisteredPicture:
        """Return what was found at viewpoint k with a picture of more detail in the place of its own."""
        picture = found.picture
        if picture.quality < TRUSTED or picture.problem is not None or crop.damaged:
            return found
        expected = expected_px(self._track, self._viewpoints[k], crop, self.residual)
        dx, dy = (expected[axis] + found.off_px[axis] for axis in (0, 1))
        image = cut(crop.image, dx, dy)
        if picture_problem(image) is not None:
            return found
        pose = refine(self._viewpoints[k].pose, -dx, -dy)
        return found._replace(picture=replace(picture, image=image, pose=pose, t_s=crop.t_s))

    def between(
        self, crops: Sequence[tuple[Viewpoint, Crop]], found: Sequence[RegisteredPicture]
    ) -> list[Picture]:
        """Register pictures from between the viewpoints by what was found at these: it changes little.

        Returns:
            Those that may be judged; none unless the carrier was recognised at two viewpoints.
        """
        known = [each for each in found if each.picture.quality >= TRUSTED and each.picture.problem is None]
        if len(known) < _LEAST_KNOWN:
            return []
        at = [each.progress for each in known]
        pictures = []
        for place, crop in crops:
            expected = expected_px(self._track, place, crop, self.residual)
            dx, dy = (
                float(off + np.interp(crop.progress, at, [each.off_px[axis] for each in known]))
                for axis, off in enumerate(expected)
            )
            image = cut(crop.image, dx, dy)
            if picture_problem(image) is None:
                quality = float(np.interp(crop.progress, at, [each.picture.quality for each in known]))
                pictures.append(Picture(image, refine(place.pose, -dx, -dy), crop.t_s, quality))
        return sorted(pictures, key=lambda picture: picture.t_s)

    def _registered(self, k: int, crop: Crop) -> tuple[Registered, tuple[float, float]]:
        """Return a picture as registered, and where its content was expected."""
        viewpoint, appearance = self._viewpoints[k], self.appearances[k]
        expected = expected_px(self._track, viewpoint, crop, self.residual)
        found = register(
            crop.image, viewpoint.background, appearance.mean, *expected, bias_px=appearance.bias_px
        )
        return found, expected


def first_appearance(
    track: TrackGeometry, viewpoint: Viewpoint, crops: Sequence[Crop | None]
) -> CarrierAppearance | None:
    """Return what carriers look like at a viewpoint, from the first few, each moved to its place."""
    fields = []
    for crop in crops:
        if crop is not None:
            dx_px, dy_px = expected_px(track, viewpoint, crop)
            fields.append(shifted(outline(reduce_picture(crop.image), viewpoint.background), -dx_px, -dy_px))
    if not fields:
        return None
    return CarrierAppearance(np.asarray(np.mean(fields, axis=0), dtype=np.complex64), len(fields))


def expected_px(
    track: TrackGeometry, viewpoint: Viewpoint, crop: Crop, residual: tuple[float, float] = (0.0, 0.0)
) -> tuple[float, float]:
    """Return where a crop's content is expected, in canonical pixels off its place."""
    dx_px, dy_px = track.drift(viewpoint.progress)
    off = crop.progress - viewpoint.progress
    return off * dx_px + residual[0], off * dy_px + residual[1]

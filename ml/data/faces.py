"""Pictures whose riders' faces are blurred, as an operator may have to store or publish them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from lifts.arrays import UInt8
from ml.data.rendered import RenderedLift

HEAD_PX = 30
"""How far below its first pixel a column of a rider is blurred: a face is 10 to 16 pixels wide
(`lifts.pictures.privacy`), a head with its helmet up to twice that."""

SPREAD_PX = 6.0
"""Standard deviation of the blur: half a face."""


def blur_faces(images: UInt8, riders: UInt8) -> UInt8:
    """Blur the riders' heads.

    Dietlmeier et al., "How Important Are Faces for Person Re-Identification?" (ICPR 2020), of which the list
    in paper 002 gives the abstract alone; it names neither detector nor blur. Ours: no detector; the renderer
    knows which pixels are riders, and in every column the first HEAD_PX of them downwards, and what lies
    HEAD_PX / 6 around these, are blurred. That is every face, and more than a detector would find: helmets,
    shoulders, raised hands, and around them what is no rider, parts of a raised bar among it. What it costs
    is therefore an upper bound of what blurred faces cost. People on the ground keep their faces, for they
    are on no carrier.

    Args:
        images: uint8[N, 200, 200, 3] RGB.
        riders: uint8[N, 200, 200], 1 where somebody on the carrier is seen.

    Returns:
        uint8[N, 200, 200, 3], the same pictures where nobody sits.
    """
    out = images.copy()
    around = HEAD_PX // 6
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * around + 1, 2 * around + 1))
    for row in np.flatnonzero(riders.any((1, 2))):
        seen = riders[row] > 0
        first = np.where(seen.any(0), seen.argmax(0), len(seen))  # [200], of each column
        below = np.arange(len(seen))[:, None] - first
        heads = cv2.dilate(((below >= 0) & (below < HEAD_PX) & seen).astype(np.uint8), disc)
        soft = cv2.GaussianBlur(images[row], (0, 0), SPREAD_PX)
        out[row] = np.where(heads[:, :, None] > 0, soft, images[row])
    return out


def with_faces_blurred(lift: RenderedLift) -> RenderedLift:
    """Return the same lift with its riders' faces blurred; masks and labels stay."""
    return replace(lift, images=blur_faces(lift.images, lift.riders))

"""Judging uploaded pictures: registration where they are camera frames, then the same steps as live."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement
from lifts.geometry import CANONICAL_SIZE, pose_at, refine, warp
from lifts.pictures.bar_maps import bar_maps
from lifts.schema import Lift, Pose, Track
from lifts.visibility import picture_problem
from service.domain.arrays import Image
from service.domain.errors import ConflictError, EngineUnavailableError, ImageError
from service.domain.masks import MaskVersion
from service.domain.passage import Picture
from service.inference.why import overlay
from service.passages.registration import register
from service.store import lifts
from service.usecases.parts import ServiceParts
from service.vision.outlines import MARGIN_PX, Field, mask_outline, outline, reduce_picture

_MOMENTS = {1: ("middle",), 2: ("begin", "end"), 3: ("begin", "middle", "end")}


def classify_pictures(
    parts: ServiceParts,
    lift_id: str,
    images: Sequence[Image],
    *,
    registered: bool,
    timeout_s: float,
    why: bool = False,
) -> tuple[Judgement, list[Image]]:
    """Judge one passage; return also, with `why`, what to lay over each picture (service.inference.why).

    Args:
        parts: the service.
        lift_id: whose masks to judge by.
        images: at least one, uint8[H, W, 3] RGB in the order of time: 200x200 if registered, else as large
            as the camera's frames.
        registered: whether they are in the canonical frame already.
        timeout_s: how long to wait for the embedder.
        why: whether the overlays are wanted.

    Raises:
        NotFoundError: no such lift.
        ConflictError: it has no masks, or frames came and it has no track.
        ImageError: a wrong size.
        EngineUnavailableError: the embedder is down or too slow.
    """
    with parts.store.reading() as session:
        lift = lifts.get(session, lift_id)
    version = parts.active_masks(lift_id)
    calibration = parts.engine.manifest.calibration
    pictures = (
        [_canonical(image, number) for number, image in enumerate(images, 1)]
        if registered
        else _register(lift, version, images, calibration.min_quality)
    )
    batch = np.stack([picture.image for picture in pictures])
    try:
        answer = parts.engine.submit_pictures(batch, version.reference_embeddings())
        seen = answer.result(timeout_s)
    except TimeoutError as error:
        raise EngineUnavailableError("the embedder did not answer in time", Reason.LATE) from error
    maps = bar_maps(seen.embeddings, calibration.bar_map_cells if why else 0)
    drawn = [overlay(bar_map, version.masks) for bar_map in maps]
    return judge(pictures, seen, version.lift_references(), calibration), drawn


def _canonical(image: Image, number: int) -> Picture:
    height, width = image.shape[:2]
    if (width, height) != (CANONICAL_SIZE, CANONICAL_SIZE):
        raise ImageError(
            f"image {number} is {width}x{height}: expected 200x200, or whole camera frames with "
            "?registered=false"
        )
    return Picture(image=image, pose=None, t_s=0.0, quality=1.0, problem=picture_problem(image))


def _register(lift: Lift, version: MaskVersion, frames: Sequence[Image], least: float) -> list[Picture]:
    if lift.track is None:
        raise ConflictError(f"lift {lift.id!r} has no track: camera frames cannot be registered without one")
    for number, frame in enumerate(frames, 1):
        height, width = frame.shape[:2]
        camera = lift.camera
        if camera is not None and (width, height) != (camera.width, camera.height):
            raise ImageError(
                f"image {number} is {width}x{height}: expected the camera's {camera.width}x{camera.height}"
            )
    poses = _poses(lift.track, len(frames))
    model = _expected(version)
    pictures = []
    for frame, pose in zip(frames, poses, strict=True):
        found = register(warp(frame, pose, margin_px=MARGIN_PX), None, model)
        pictures.append(
            Picture(
                image=found.image,
                pose=refine(pose, -found.dx_px, -found.dy_px),
                t_s=0.0,
                # Without a reference there is only the bar to recognise, and where a person hides it that
                # proves nothing: then the sender's word that the carrier is at this pose counts.
                quality=found.quality if version.references else max(found.quality, least),
                problem=picture_problem(found.image),
            )
        )
    return pictures


def _poses(track: Track, count: int) -> list[Pose]:
    """Return where the carrier is in each of a passage's frames; more than three are spaced evenly."""
    if count in _MOMENTS:
        return [getattr(track, moment) for moment in _MOMENTS[count]]
    return [pose_at(track, float(progress)) for progress in np.linspace(0.0, 1.0, count)]


def _expected(version: MaskVersion) -> Field:
    """Return what a correctly registered carrier's outline looks like: its references', else its masks'."""
    side = MARGIN_PX
    outlines = [mask_outline(mask) for mask in (version.masks.open, version.masks.close)]
    if version.references:
        outlines = []
        for picture in version.references.values():
            framed = cv2.copyMakeBorder(picture, side, side, side, side, cv2.BORDER_REPLICATE)
            outlines.append(outline(reduce_picture(np.asarray(framed, dtype=np.uint8))))
    return np.asarray(np.mean(outlines, axis=0), dtype=np.complex64)

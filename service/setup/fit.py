"""The movement under which a carrier's pictures lie best on each other: least squares over the stack."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from service.setup.motion import Motion, Window, moved

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]

_NEAREST_DEPTH = 0.15


def fit_motion(
    pictures: Float32, distances: Float64, motion: Motion, weight: Float32, rounds: int = 8
) -> tuple[Motion, float]:
    """Refine a movement so that the moved-back pictures differ least from their mean (Levenberg-Marquardt).

    Args:
        pictures: float32[N, h, w, C + 1] of one carrier, the last channel its validity.
        distances: float64[N], of the carrier in each of them.
        motion: a first guess, right to a few pixels over the distances.
        weight: float32[h, w], 0..1: which pixels of the reference show the carrier.
        rounds: at most so many steps.

    Returns:
        The movement, and the part 0..1 of the weighted energy that the mean picture explains.
    """
    window = Window.around(weight)
    inner = window.cut(weight)
    damping = 1e-3
    stack = _moved_all(pictures, distances, motion, window)
    lost = _lost(stack, inner)
    for _ in range(rounds):
        matrix, vector = _equations(stack, distances, motion, window, inner)
        better = None
        for _ in range(4):
            damped = matrix + damping * np.diag(np.diag(matrix)) + 1e-9 * np.eye(3)
            step = np.linalg.solve(damped, vector)
            trial = Motion(
                motion.centre,
                (motion.velocity[0] + float(step[0]), motion.velocity[1] + float(step[1])),
                motion.shrink + float(step[2]),
            )
            if min(trial.depth(float(distance)) for distance in distances) > _NEAREST_DEPTH:
                stack_then = _moved_all(pictures, distances, trial, window)
                lost_then = _lost(stack_then, inner)
                if lost_then < lost:
                    better = (trial, stack_then, lost_then)
                    break
            damping = damping * 10 + 1e-3
        if better is None:
            break
        gain = lost - better[2]
        motion, stack, lost = better
        damping /= 10
        if gain < 2e-4:
            break
    return motion, 1.0 - lost


def _moved_all(pictures: Float32, distances: Float64, motion: Motion, window: Window) -> Float32:
    return np.stack(
        [
            moved(picture, motion.matrix(float(distance)), window)
            for picture, distance in zip(pictures, distances, strict=True)
        ]
    )


def _lost(stack: Float32, weight: Float32) -> float:
    seen = stack[..., -1].sum(axis=0)
    count = np.maximum(seen, 1e-3)[..., None]
    content = stack[..., :-1]
    mean = content.sum(axis=0) / count
    energy = (np.einsum("nhwc,nhwc->hw", content, content) / count[..., 0]) * weight * weight
    kept = np.einsum("hwc,hwc->hw", mean, mean) * weight * weight
    enough = seen > 0.5
    return float(1.0 - kept[enough].sum() / max(float(energy[enough].sum()), 1e-9))


def _equations(
    stack: Float32, distances: Float64, motion: Motion, window: Window, weight: Float32
) -> tuple[Float64, Float64]:
    """Return the normal equations float64[3, 3], float64[3] of velocity x, y and shrink."""
    x = np.arange(window.x, window.x + window.width, dtype=np.float32)[None, :] - motion.centre[0]
    y = np.arange(window.y, window.y + window.height, dtype=np.float32)[:, None] - motion.centre[1]
    content = stack[..., :-1]
    valid = (stack[..., -1] > 0.99) * weight  # [N, h, w]
    slopes = np.empty((*content.shape[:-1], content.shape[-1], 3), np.float32)
    for index, distance in enumerate(float(w) for w in distances):
        depth = motion.depth(distance)
        dx = cv2.Scharr(content[index], cv2.CV_32F, 1, 0, scale=1 / 32)
        dy = cv2.Scharr(content[index], cv2.CV_32F, 0, 1, scale=1 / 32)
        at_x, at_y = (x + motion.velocity[0] * distance) / depth, (y + motion.velocity[1] * distance) / depth
        slopes[index, ..., 0] = dx * distance
        slopes[index, ..., 1] = dy * distance
        slopes[index, ..., 2] = -distance * (dx * at_x[..., None] + dy * at_y[..., None])
    slopes *= valid[..., None, None]
    content = content * valid[..., None]
    total = np.maximum((valid * valid).sum(axis=0), 1e-6)
    mean = np.einsum("nhwc,nhw->hwc", content, valid) / total[..., None]
    mean_slope = np.einsum("nhwcp,nhw->hwcp", slopes, valid) / total[..., None, None]
    rest = (mean * valid[..., None] - content).reshape(-1)
    # The mean moves with the parameters: only what a slope has of its own counts.
    slopes -= mean_slope * valid[..., None, None]
    flat = slopes.reshape(-1, 3)
    return (flat.T @ flat).astype(np.float64), (flat.T @ rest).astype(np.float64)

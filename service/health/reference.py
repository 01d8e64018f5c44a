"""A camera's reference view, and whether the present view still shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.decision.reasons import Reason
from service.capture.pictures.picture import same_shape
from service.domain.arrays import Float32
from service.health.limits import HealthLimits, Trouble
from service.health.view import VIEW_WIDTH, View, displacement, likeness, outlines

_LEAST_PEAK = 0.25  # phase correlation peak above which a match is not chance
_LEAST_GAIN = 0.1  # least gain in likeness for which a shift is accepted
_FARTHEST = 0.25  # of a picture's width, beyond which outlines coincide by chance
_FULL = 1280.0 / VIEW_WIDTH
_ADAPTATION_S = 300.0  # time constant with which the reference follows the view
_AVERAGING_S = 3.0  # time constant of the average that is compared: people and carriers blur away
_LEAST_CELLS = 8  # with structure in the reference, below which their share says nothing


@dataclass(frozen=True, slots=True, eq=False)
class ReferenceView:
    """A camera's reference view. It outlives the process, so that a moved camera is still known to be moved.

    initial, current: uint8[90, 160], as first learnt and as it has adapted since. sharpness: of a view,
    relative to contrast. structure: float32[9, 16], the share of views in which each cell has some. size: of
    the pictures by which it was learnt, in pixels across and down.
    """

    initial: npt.NDArray[np.uint8]
    current: npt.NDArray[np.uint8]
    sharpness: float
    structure: Float32
    size: tuple[int, int]


class ViewMonitor:
    """Compares views with the reference view, which adapts slowly while nothing is wrong.

    Args:
        limits: see HealthLimits.
        reference: what an earlier process learnt.
        size: of the pictures that the track was drawn for, if that is known.
    """

    def __init__(
        self,
        limits: HealthLimits,
        reference: ReferenceView | None = None,
        size: tuple[int, int] | None = None,
    ) -> None:
        self._limits, self._size = limits, size
        self._learnt_size: tuple[int, int] | None = None
        self._average: Float32 | None = None
        self._learned_s = 0.0
        self._sharpness = 0.0
        self._current: Float32 | None = None
        self._initial: Float32 | None = None
        self._structure: Float32 | None = None
        self._last_s: float | None = None
        self._compared_s = 0.0
        self._change: Trouble | None = None
        if reference is not None:
            self._learned_s = limits.learn_s
            self._sharpness, self._structure = reference.sharpness, reference.structure.copy()
            self._learnt_size = reference.size
            self._current = reference.current.astype(np.float32)
            self._initial = reference.initial.astype(np.float32)

    @property
    def reference(self) -> ReferenceView | None:
        """What was learnt; None before enough was seen."""
        if self._initial is None or self._current is None:
            return None
        if self._structure is None or self._learnt_size is None:
            return None
        initial, current = (np.rint(grey).astype(np.uint8) for grey in (self._initial, self._current))
        return ReferenceView(initial, current, self._sharpness, self._structure.copy(), self._learnt_size)

    def check_visibility(self, view: View) -> Trouble | None:
        """Return why the scene cannot be seen in this view, or None. Changes nothing."""
        limits = self._limits
        if view.dark < limits.dark:
            brightest = f"the brightest areas are at {view.dark:.0f} of 255"
            message = f"the picture is dark: {brightest}. Light off, or lens covered?"
            return Trouble(Reason.DARK, message, {"brightest": round(view.dark)})
        if view.burnt > limits.burnt:
            share = f"{100 * view.burnt:.0f} % of it is white"
            message = f"the picture is over-exposed: {share}. Sun, or headlights?"
            return Trouble(Reason.OVER_EXPOSED, message, {"white_share": round(view.burnt, 3)})
        if view.detail < limits.detail:
            apart = f"only {view.detail:.0f} grey levels apart"
            message = f"the lens is covered, or in fog: its details are {apart}"
            return Trouble(Reason.LENS_COVERED, message, {"detail": round(view.detail)})
        left = self._structure_left(view)
        if left < limits.covered:
            shown = f"only {100 * left:.0f} % of the reference view's outlines can be seen"
            cause = Reason.LENS_PARTLY_COVERED if left > 0.0 else Reason.LENS_COVERED
            extent = "much of the lens" if left > 0.0 else "the lens"
            message = f"{extent} is covered (snow, ice, dirt), or in fog: {shown}"
            return Trouble(cause, message, {"outlines_share": round(left, 3)})
        sharp = _relative_sharpness(view) / max(self._sharpness, 1e-6)
        if self._learned_s >= limits.learn_s and sharp < limits.blurred:
            share = f"{100 * sharp:.0f} % of the reference view's sharpness"
            message = f"the picture is blurred: {share}. Lens wet, or out of focus?"
            return Trouble(Reason.BLURRED, message, {"sharpness_share": round(float(sharp), 3)})
        return None

    def check_position(self, view: View, now_s: float) -> Trouble | None:
        """Return how the view differs from the reference, or None; learn the reference from the view.

        Call it about once a second, with views in which `check_visibility` finds nothing wrong. They are
        compared every `view_period_s`; in between the last result stands.
        """
        elapsed_s = 0.0 if self._last_s is None else min(now_s - self._last_s, 1.0)
        self._last_s = now_s
        if (other := self._other_shape(view)) is not None:
            return other
        grey = view.grey.astype(np.float32)
        if self._average is None:
            self._average = grey
            return None
        self._average += (grey - self._average) * min(1.0, elapsed_s / _AVERAGING_S)
        if self._learned_s < self._limits.learn_s:
            self._learn(view, elapsed_s, min(self._limits.learn_s, max(1.0, self._learned_s)))
            return None
        if self._initial is None and self._current is not None:
            self._initial = self._current.copy()
        if now_s - self._compared_s >= self._limits.view_period_s:
            self._change = self._compare()
            self._compared_s = now_s
        if self._change is None:
            self._learn(view, elapsed_s, _ADAPTATION_S)
        return self._change

    def _other_shape(self, view: View) -> Trouble | None:
        """Return that pictures have another shape than the camera's ever had: they are cut, or squeezed.

        A view is compared in a size of its own, in which a picture that lost its sides may look as before.
        """
        self._learnt_size = self._learnt_size or view.size
        known = [size for size in (self._learnt_size, self._size) if size is not None]
        if any(same_shape(view.size, size) for size in known):
            return None
        width, height = view.size
        message = f"the camera sends pictures of {width} x {height}, of another shape than before: "
        message += "cut off, or squeezed? Set it as it was, or set the lift up anew"
        return Trouble(Reason.ANOTHER_VIEW, message, {"width": width, "height": height})

    def _structure_left(self, view: View) -> float:
        """Return the share of the reference's structure that the view has; 0 if it has hardly any."""
        if float(view.structure.mean()) < self._limits.structure:
            return 0.0
        if self._structure is None or self._learned_s < self._limits.learn_s:
            return 1.0
        expected = self._structure > 0.5
        return float(view.structure[expected].mean()) if expected.sum() >= _LEAST_CELLS else 1.0

    def _learn(self, view: View, elapsed_s: float, time_constant_s: float) -> None:
        if self._average is None:
            return
        self._learned_s += elapsed_s
        rate = min(1.0, elapsed_s / time_constant_s)
        if self._current is None or self._structure is None:
            self._current, self._sharpness = self._average.copy(), _relative_sharpness(view)
            self._structure = view.structure.astype(np.float32)
        self._sharpness += (_relative_sharpness(view) - self._sharpness) * rate
        self._structure += (view.structure - self._structure) * rate
        self._current += (self._average - self._current) * rate

    def _compare(self) -> Trouble | None:
        if self._average is None or self._current is None:
            return None
        # The initial view too: the current one would follow a camera that sinks a little every hour.
        known = [self._current] if self._initial is None else [self._current, self._initial]
        return difference(known, self._average, self._limits)


def difference(known: Sequence[Float32], now: Float32, limits: HealthLimits) -> Trouble | None:
    """Return how a view differs from those known of the camera, the newest first; None if it does not.

    All are float32[90, 160] brightness 0..255, averaged over seconds where that can be.
    """
    outline, references = outlines(now), [outlines(each) for each in known]
    for reference in references:
        moved = _movement(reference, outline, limits)
        if moved is not None:
            return moved
    if any(_same_place(reference, outline, limits) for reference in references):
        return None
    alike = max(likeness(references[0], outline), 0.0)
    message = f"the view is not the reference view: only {100 * alike:.0f} % alike. "
    message += "Camera turned, or another camera?"
    return Trouble(Reason.ANOTHER_VIEW, message, {"alike_share": round(float(alike), 3)})


def _same_place(reference: Float32, now: Float32, limits: HealthLimits) -> bool:
    """Say whether it is the same place: in any light, its outlines are where they were."""
    _, _, response = displacement(reference, now)
    return response > _LEAST_PEAK or likeness(reference, now) > limits.view_likeness


def _movement(reference: Float32, now: Float32, limits: HealthLimits) -> Trouble | None:
    found = _shift(reference, now)
    # In frame pixels, because even a small shift of the camera spoils the registration.
    if found is not None and np.hypot(*found) > limits.moved_px / _FULL:
        x, y = round(found[0] * _FULL), round(found[1] * _FULL)
        message = f"the camera has moved: its view is off by ({x}, {y}) px of a picture 1280 across"
        return Trouble(Reason.CAMERA_MOVED, message, {"x_px": x, "y_px": y})
    return None


def _shift(reference: Float32, now: Float32) -> tuple[float, float] | None:
    """Return by how much outlines have moved, in view pixels; None where that is uncertain."""
    dx, dy, response = displacement(reference, now)
    height, width = reference.shape
    if response <= _LEAST_PEAK or max(abs(dx), abs(dy)) >= _FARTHEST * width:
        return None
    x, y = int(np.ceil(abs(dx))), int(np.ceil(abs(dy)))
    if x == y == 0:
        return dx, dy
    # A wandering shadow shifts too, but then nothing else fits better after the shift.
    back = cv2.warpAffine(now, np.array([[1, 0, -dx], [0, 1, -dy]], dtype=np.float64), (width, height))
    inner = (slice(y, height - y), slice(x, width - x))
    gain = likeness(reference[inner], back[inner].astype(np.float32))
    gain -= likeness(reference[inner], now[inner])
    return (dx, dy) if gain >= _LEAST_GAIN or np.hypot(dx, dy) < 1.0 else None


def _relative_sharpness(view: View) -> float:
    """Return sharpness relative to contrast: at dusk edges are weaker and not less sharp."""
    return view.sharpness / max(view.contrast, 1.0)

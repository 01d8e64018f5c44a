"""What a camera's view usually looks like, and how the present view differs from it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from lifts.decision.reasons import Reason
from service.health.limits import HealthLimits, Trouble
from service.health.view import VIEW_WIDTH, Floats, View, displacement, likeness, outlines

_LEAST_PEAK = 0.25  # peak of the phase correlation above which it is not chance
_SEEN_BETTER = 0.1  # gain in likeness from which a shift is believed
_FARTHEST = 0.25  # of a picture's width, beyond which outlines coincide by chance
_FULL = 1280.0 / VIEW_WIDTH
_HABIT_S = 300.0


@dataclass(frozen=True, slots=True, eq=False)
class UsualView:
    """A camera's usual view. It outlives the process, so that a moved camera is still known to be moved.

    first, usual: uint8[90, 160], as first learnt and as of late. sharpness: of a view, relative to contrast.
    structure: float32[9, 16], how often each cell has some.
    """

    first: npt.NDArray[np.uint8]
    usual: npt.NDArray[np.uint8]
    sharpness: float
    structure: Floats


class ViewMemory:
    """A slow background, learnt while nothing is wrong.

    Args:
        limits: see HealthLimits.
        known: what an earlier process learnt.
    """

    def __init__(self, limits: HealthLimits, known: UsualView | None = None) -> None:
        self._limits = limits
        self._recent: Floats | None = None
        self._learned_s = 0.0
        self._sharpness = 0.0
        self._usual: Floats | None = None
        self._first: Floats | None = None
        self._structure: Floats | None = None
        self._last_s: float | None = None
        self._compared_s = 0.0
        self._changed: Trouble | None = None
        if known is not None:
            self._learned_s = limits.learn_s
            self._sharpness, self._structure = known.sharpness, known.structure.copy()
            self._usual, self._first = known.usual.astype(np.float32), known.first.astype(np.float32)

    @property
    def known(self) -> UsualView | None:
        """What was learnt; None before enough was seen."""
        if self._first is None or self._usual is None or self._structure is None:
            return None
        first, usual = (np.rint(grey).astype(np.uint8) for grey in (self._first, self._usual))
        return UsualView(first, usual, self._sharpness, self._structure.copy())

    def unseen(self, view: View) -> Trouble | None:
        """Say why nothing can be seen in this view, or None."""
        limits = self._limits
        if view.dark < limits.dark:
            brightest = f"the brightest areas are at {view.dark:.0f} of 255"
            return Trouble(Reason.DARK, f"the picture is dark: {brightest}. Light off, or lens covered?")
        if view.burnt > limits.burnt:
            share = f"{100 * view.burnt:.0f} % of it is white"
            return Trouble(Reason.OVER_EXPOSED, f"the picture is over-exposed: {share}. Sun, or headlights?")
        if view.detail < limits.detail:
            seen = f"only {view.detail:.0f} grey levels apart"
            return Trouble(Reason.LENS_COVERED, f"the lens is covered, or in fog: its details are {seen}")
        left = self._structure_left(view)
        if left < limits.covered:
            seen = f"only {100 * left:.0f} % of what usually has outlines still has"
            return Trouble(Reason.LENS_COVERED, f"the lens is covered (snow, ice, dirt), or in fog: {seen}")
        sharp = _sharpness(view) / max(self._sharpness, 1e-6)
        if self._learned_s >= limits.learn_s and sharp < limits.blurred:
            seen = f"{100 * sharp:.0f} % of the usual sharpness"
            return Trouble(Reason.BLURRED, f"the picture is blurred: {seen}. Lens wet, or out of focus?")
        return None

    def _structure_left(self, view: View) -> float:
        """Return the share of the view's usual structure that is there; 0 where there is next to none."""
        if float(view.structure.mean()) < self._limits.structure:
            return 0.0
        if self._structure is None or self._learned_s < self._limits.learn_s:
            return 1.0
        usual = self._structure > 0.5
        return float(view.structure[usual].mean()) if usual.sum() >= 8 else 1.0

    def changed(self, view: View, now_s: float) -> Trouble | None:
        """Say how the view differs from the usual, or None; looks about once a second."""
        elapsed_s = 0.0 if self._last_s is None else min(now_s - self._last_s, 1.0)
        self._last_s = now_s
        grey = view.grey.astype(np.float32)
        if self._recent is None:
            self._recent = grey
            return None
        self._recent += (grey - self._recent) * min(1.0, elapsed_s / 3.0)
        if self._learned_s < self._limits.learn_s:
            self._learn(view, elapsed_s, min(self._limits.learn_s, max(1.0, self._learned_s)))
            return None
        if self._first is None and self._usual is not None:
            self._first = self._usual.copy()
        if now_s - self._compared_s >= self._limits.view_period_s:
            self._changed = self._compare()
            self._compared_s = now_s
        if self._changed is None:
            self._learn(view, elapsed_s, _HABIT_S)
        return self._changed

    def _learn(self, view: View, elapsed_s: float, slow_s: float) -> None:
        if self._recent is None:
            return
        self._learned_s += elapsed_s
        rate = min(1.0, elapsed_s / slow_s)
        if self._usual is None or self._structure is None:
            self._usual, self._sharpness = self._recent.copy(), _sharpness(view)
            self._structure = view.structure.astype(np.float32)
        self._sharpness += (_sharpness(view) - self._sharpness) * rate
        self._structure += (view.structure - self._structure) * rate
        self._usual += (self._recent - self._usual) * rate

    def _compare(self) -> Trouble | None:
        if self._recent is None or self._usual is None:
            return None
        recent, usual = outlines(self._recent), outlines(self._usual)
        # With the first view as well: a camera that sinks a little every hour always looks as usual.
        known = [usual] if self._first is None else [usual, outlines(self._first)]
        for then in known:
            moved = self._moved(then, recent)
            if moved is not None:
                return moved
        if any(self._alike(then, recent) for then in known):
            return None
        seen = f"only {100 * max(likeness(usual, recent), 0.0):.0f} % alike"
        message = f"the view is not the usual one: {seen}. Camera turned, or another camera?"
        return Trouble(Reason.ANOTHER_VIEW, message)

    def _alike(self, then: Floats, recent: Floats) -> bool:
        """Say whether it is the same place: in any light, its outlines are where they were."""
        _, _, response = displacement(then, recent)
        return response > _LEAST_PEAK or likeness(then, recent) > self._limits.view_likeness

    @property
    def _limit_px(self) -> float:
        # In frame pixels, because even a small shift of the camera spoils the registration.
        return self._limits.moved_px / _FULL

    def _moved(self, then: Floats, recent: Floats) -> Trouble | None:
        found = _shift(then, recent)
        if found is not None and np.hypot(*found) > self._limit_px:
            by = f"({found[0] * _FULL:.0f}, {found[1] * _FULL:.0f}) px of a picture 1280 across"
            return Trouble(Reason.CAMERA_MOVED, f"the camera has moved: its view is off by {by}")
        return None


def _shift(then: Floats, recent: Floats) -> tuple[float, float] | None:
    """Return how far outlines have moved, in view pixels; None where that is uncertain."""
    dx, dy, response = displacement(then, recent)
    height, width = then.shape
    if response <= _LEAST_PEAK or max(abs(dx), abs(dy)) >= _FARTHEST * width:
        return None
    x, y = int(np.ceil(abs(dx))), int(np.ceil(abs(dy)))
    if x == y == 0:
        return dx, dy
    # A wandering shadow shifts too, but then nothing else fits better after the shift.
    back = cv2.warpAffine(recent, np.array([[1, 0, -dx], [0, 1, -dy]], dtype=np.float64), (width, height))
    inner = (slice(y, height - y), slice(x, width - x))
    better = likeness(then[inner], back[inner].astype(np.float32)) - likeness(then[inner], recent[inner])
    return (dx, dy) if better >= _SEEN_BETTER or np.hypot(dx, dy) < 1.0 else None


def _sharpness(view: View) -> float:
    """Return sharpness relative to contrast: at dusk edges are weaker and not less sharp."""
    return view.sharpness / max(view.contrast, 1.0)

"""The features of the last frames."""

from __future__ import annotations

from collections import deque

from service.domain.arrays import Float32

_LAG_S, _LEAST_LAG_S, _MOST_LAG_S = 0.4, 0.12, 0.8


class Recent:
    """The features of the last frames, to tell how the view has changed."""

    def __init__(self) -> None:
        self._features: deque[tuple[float, Float32]] = deque(maxlen=12)

    def add(self, t_s: float, feature: Float32) -> None:
        """Take in a frame's features float32[D] at media time t_s."""
        self._features.append((t_s, feature))

    @property
    def last(self) -> Float32 | None:
        """The newest frame's features."""
        return self._features[-1][1] if self._features else None

    @property
    def last_s(self) -> float | None:
        """The newest frame's media time."""
        return self._features[-1][0] if self._features else None

    def change(self, t_s: float, feature: Float32) -> tuple[Float32 | None, float]:
        """Return the change since about 0.4 s ago, float32[D], and how long ago; None where unknown."""
        usable = [past for past in self._features if _LEAST_LAG_S <= t_s - past[0] <= _MOST_LAG_S]
        if not usable:
            return None, 0.0
        then_s, then = min(usable, key=lambda past: abs(t_s - past[0] - _LAG_S))
        return feature - then, t_s - then_s

    def clear(self) -> None:
        """Forget all."""
        self._features.clear()

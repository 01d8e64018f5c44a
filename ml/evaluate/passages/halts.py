"""Stops and slow stretches edited into a recording, and the carriers' times that result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Truth = dict[str, Any]

STAND_S = 6.0
CREEP_S = 15.0
"""Duration in the new recording; it covers half as much of the old one."""

_SAME = 1e-6  # frames; absorbs rounding in time times frame rate


@dataclass(frozen=True)
class Halts:
    """Edits of a recording, in its own frames: frames that are held, and frames that are shown twice.

    fps: frames a second. stands: frames that are held for stand_frames more. creeps: the first frame that is
    shown twice, and the first after it that is not.
    """

    fps: float
    stands: tuple[int, ...] = ()
    stand_frames: int = 0
    creeps: tuple[int, int] = (0, 0)

    def times_shown(self, frame: int) -> int:
        """Return how often a frame of the old recording is shown in the new one."""
        twice = self.creeps[0] <= frame < self.creeps[1]
        return 1 + twice + self.stand_frames * self.stands.count(frame)

    def to_new_time(self, t_s: float) -> float:
        """Map a time of the old recording to the new one, in seconds.

        Times between a held frame and the next frame come after the hold.
        """
        frame = t_s * self.fps
        crept = min(max(frame - self.creeps[0], 0.0), self.creeps[1] - self.creeps[0])
        stood = self.stand_frames * sum(frame > stand + _SAME for stand in self.stands)
        return (frame + crept + stood) / self.fps

    def to_old_time(self, t_s: float) -> float:
        """Map a time of the new recording to the old one, in seconds: the inverse of `to_new_time`.

        All times of a hold map to one old time, so the result tells the line's position.
        """
        old_s, new_s = [0.0], [0.0]
        for frame in sorted({*self.stands, *self.creeps} - {0}):
            at_s = frame / self.fps
            old_s.append(at_s)
            new_s.append(self.to_new_time(at_s))
            if frame in self.stands:
                old_s.append(at_s)
                new_s.append(new_s[-1] + self.stand_frames / self.fps)
        if t_s >= new_s[-1]:
            return t_s - new_s[-1] + old_s[-1]
        return float(np.interp(t_s, new_s, old_s)) if t_s > 0 else t_s

    @classmethod
    def of(cls, truth: Truth) -> Halts:
        """Read the edits that `edit_truth` recorded in a truth; none for an unedited recording."""
        fps = float(truth["fps"])
        stands = tuple(round(at_s * fps) for at_s in truth.get("stands_s", ()))
        first, last = (round(at_s * fps) for at_s in truth.get("creeps_s", (0.0, 0.0)))
        return cls(fps, stands, round(truth.get("stand_s", 0.0) * fps), (first, last))


def sample_halts(truth: Truth, rng: np.random.Generator) -> Halts:
    """Draw two stops during a carrier's passage, and a stretch at half speed between them.

    The stops are a quarter and three quarters through the carriers; the stretch begins halfway through.
    """
    carriers, fps = truth["carriers"], float(truth["fps"])
    stands = []
    for part in (0.25, 0.75):
        carrier = carriers[int(part * len(carriers))]
        at_s = carrier["t_begin"] + rng.uniform(0.15, 0.85) * (carrier["t_end"] - carrier["t_begin"])
        stands.append(round(at_s * fps))
    first = round(carriers[len(carriers) // 2]["t_begin"] * fps)
    last = min(first + round(CREEP_S / 2 * fps), round(truth["duration_s"] * fps))
    return Halts(fps, tuple(stands), round(STAND_S * fps), (first, last))


def edit_truth(truth: Truth, halts: Halts) -> Truth:
    """Return the truth about the new recording: the carriers' new times, and the edits."""
    times = ("t_begin", "t_middle", "t_end")
    return {
        **truth,
        "duration_s": round(halts.to_new_time(truth["duration_s"]), 4),
        "carriers": [
            {**carrier, **{name: round(halts.to_new_time(carrier[name]), 4) for name in times}}
            for carrier in truth["carriers"]
        ],
        "stands_s": [round(frame / halts.fps, 4) for frame in halts.stands],
        "stand_s": halts.stand_frames / halts.fps,
        "creeps_s": [round(frame / halts.fps, 4) for frame in halts.creeps],
    }

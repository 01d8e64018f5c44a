"""How much a busy machine slows a call down: cameras that share cores, as a closed queue.

N cameras each want a share p of a core. Every one of them is either waiting for its next frame or at work,
and those at work share c cores equally. How many are at work then has a distribution that depends on the
means alone (processor sharing in a closed network: Baskett, Chandy, Muntz and Palacios, J. ACM 22, 1975):

    P(k) ~ (N over k) r^k k! / (min(1, c) min(2, c) ... min(k, c)),   r = p / (1 - p)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

Floats = np.ndarray[Any, Any]

DRAWS = 4096


def busy_distribution(cameras: int, share: float, cores: float) -> Floats:
    """Return the probability that k cameras are at work, float64[cameras + 1].

    Args:
        share: of a core that each wants, 0 to below 1. cores: that they share, above 0; may be a fraction.

    Raises:
        ValueError: a share or a number of cores that means nothing.
    """
    if not 0.0 <= share < 1.0 or cores <= 0.0:
        raise ValueError(f"expected a share of 0 to 1 and cores above 0, got {share} and {cores}")
    at_work = np.arange(1, cameras + 1)
    with np.errstate(divide="ignore"):
        steps = np.log((cameras - at_work + 1) * (share / (1.0 - share)) / np.minimum(at_work, cores))
    logs = np.concatenate([[0.0], np.cumsum(steps)])
    weights = np.exp(logs - logs.max())
    found: Floats = weights / weights.sum()
    return found


@dataclass(frozen=True)
class Contention:
    """Cameras and others that a call shares a machine's cores with.

    Args:
        cores: of the machine.
        cameras: how many. share: of a core that each of them wants.
        frame_ms: how long a frame keeps a core busy; the number at work changes about as often.
        others: cores' worth of other work that is always runnable.
    """

    cores: float
    cameras: int
    share: float
    frame_ms: float
    others: float = 0.0

    def stretches(self, rng: np.random.Generator, threads: int, call_ms: float) -> Floats:
        """Return how many times longer calls take than on an idle machine, float64[DRAWS], each 1 or more.

        A call outlasts many frames: its stretch is the mean over as many independent states of the machine.
        """
        left = max(0.1, self.cores - self.others)
        chances = busy_distribution(self.cameras, self.share, left)
        states = max(1, round(call_ms / max(self.frame_ms, 1e-3)))
        at_work = rng.choice(len(chances), size=(DRAWS, min(states, 64)), p=chances)
        found: Floats = np.maximum(1.0, (at_work + threads + self.others) / self.cores).mean(axis=1)
        return found

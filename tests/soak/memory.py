"""How much memory the service's processes hold, from their start to their end."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from tests.soak.background import Background
from tests.soak.watchman import Watchman

EVERY_S = 2.0
WARM_S = 300.0
"""After that a process has loaded what it needs: imports, the network, its caches."""

_PAGE = os.sysconf("SC_PAGE_SIZE")


class MemoryWatch(Background):
    """Looks at each process now and then; the longest life of each role tells whether it grows."""

    def __init__(self, watchman: Watchman) -> None:
        super().__init__()
        self._watchman = watchman
        self._seen: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)

    def result(self, warm_s: float = WARM_S) -> list[dict[str, Any]]:
        """Return, of the service and of the child that grew most, its longest life after the warm-up."""
        found = []
        for role in ("service", "child"):
            lives = [self._life(role, samples, warm_s) for (r, _), samples in self._seen.items() if r == role]
            known = sorted((life for life in lives if life is not None), key=lambda life: life["minutes"])
            if role == "child":
                known = sorted(known[len(known) // 2 :], key=lambda life: life["end_mb"] - life["start_mb"])
            found += known[-1:]
        return found

    @staticmethod
    def _life(role: str, samples: list[tuple[float, float]], warm_s: float) -> dict[str, Any] | None:
        warm = np.array([each for each in samples if each[0] - samples[0][0] >= warm_s])
        if len(warm) < 8:
            return None
        part = max(len(warm) // 8, 1)
        hours = (warm[:, 0] - warm[0, 0]) / 3600.0
        return {
            "process": role,
            "minutes": round(float(samples[-1][0] - samples[0][0]) / 60.0, 1),
            "start_mb": round(float(np.median(warm[:part, 1])), 1),
            "end_mb": round(float(np.median(warm[-part:, 1])), 1),
            "mb_each_minute": [round(mb) for _, mb in samples[:: round(60.0 / EVERY_S)]],
            "slope_mb_per_hour": round(float(np.polyfit(hours, warm[:, 1], 1)[0]), 1),
        }

    def _work(self) -> None:
        while not self._stopping.wait(EVERY_S):
            main = self._watchman.pid
            for pid in (main, *self._watchman.children):
                try:
                    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                except (OSError, IndexError):
                    continue
                role = "service" if pid == main else "child"
                self._seen[role, pid].append((time.monotonic(), pages * _PAGE / 1e6))

"""What judging more of a passage than begin, middle and end costs: processor's time, in turns in one run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from service.bench.cost import Judge, WholePath, cpu_s
from service.domain.camera import WatchedLift
from service.domain.passage import Passage
from service.station.worker import WorkerOptions

FEW = 3


def passage_cost(
    video: Path,
    watched: WatchedLift,
    judge: Judge,
    pictures: int,
    *,
    start_s: float,
    slice_s: float,
    passages: int,
) -> dict[str, Any]:
    """Measure a camera's whole path and the judging of its passages, by three and by `pictures` pictures.

    Both ways take turns, slice by slice: other load on the machine affects both alike.

    Args:
        video: the camera's recording. watched: the lift. judge: what the network does with a passage.
        start_s: how long the line is being learnt, which is not measured.
        slice_s: a slice's length: one interval, so that each holds one carrier.
        passages: how many to measure.

    Returns:
        Medians in ms of each way: `extracting` a slice, `judging` a passage; and the ratios of both together.
    """
    ways = {
        count: WholePath(video, watched, WorkerOptions(hardware="none", in_background=False, pictures=count))
        for count in (FEW, pictures)
    }
    for way in ways.values():
        way.go_on(start_s, [])
    spent: dict[int, list[tuple[float, float]]] = {count: [] for count in ways}
    judged: list[int] = []
    for turn in range(passages):
        for count in list(ways)[:: 1 if turn % 2 else -1]:
            found: list[Passage] = []
            extracting = cpu_s(partial(ways[count].go_on, slice_s, found))
            judging = sum(cpu_s(partial(judge, passage)) for passage in found)
            spent[count].append((extracting, judging))
            if count == pictures:
                judged += [len(passage.judged) for passage in found]
    return summary(spent, judged, pictures)


def summary(spent: dict[int, list[tuple[float, float]]], judged: list[int], pictures: int) -> dict[str, Any]:
    """Return the figures of CPU seconds (extracting, judging) of each slice, by number of pictures."""
    few, many = (np.array(spent[count]) for count in (FEW, pictures))
    low, middle, high = np.quantile(many.sum(1) / few.sum(1), (0.05, 0.5, 0.95))
    each = {
        str(count): {
            "extracting_ms": 1e3 * float(np.median(values[:, 0])),
            "judging_ms": 1e3 * float(np.median(values[:, 1])),
        }
        for count, values in ((FEW, few), (pictures, many))
    }
    return {
        "pictures": pictures,
        "judged_pictures_median": float(np.median(judged)) if judged else 0.0,
        "slices": len(few),
        "cost": each,
        "added_ms": 1e3 * float(np.median(many.sum(1) - few.sum(1))),
        "ratio": {"p5": float(low), "median": float(middle), "p95": float(high)},
    }

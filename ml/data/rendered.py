"""Rendered lifts on disk: one file per lift, made once from its seed, in parallel, resumable.

Seeds 0..9999 are for training, 10000.. for validation and leave-one-chairlift-out tests, 20000.. for the
shipped samples, 30000.. for the benchmark: which lifts a network has seen can be read off their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np

from lifts.arrays import Bool, UInt8
from ml.scene.conditions import HALF_LOWERED, sample_conditions
from ml.scene.masks import draw_masks
from ml.scene.render import render_registered
from ml.scene.sampling import sample_lift

LAYOUT = 5
"""Version of the files that `prepare` writes: raised with every change of layout or renderer."""

TRAINING_SEEDS = range(10_000)
TEST_SEEDS = range(10_000, 20_000)

TRAINING_HALF_LOWERED = 0.2
"""Half-lowered bars are rare and what a network errs on most: training sees more of them than there are."""


@dataclass(frozen=True, eq=False)
class RenderedLift:
    """All that was rendered of one lift.

    images: uint8[P, 200, 200, 3] RGB; picture i belongs to passage i // 3, at begin, middle, end.
    bars: uint8[P, 200, 200]; 0 no bar, 1 visible bar, 2 bar hidden by something in front.
    riders: uint8[P, 200, 200]; 1 where somebody on the carrier is seen.
    is_open, occupied: bool[P].
    open_mask, close_mask: uint8[200, 200] of 0 and 255.
    """

    seed: int
    images: UInt8
    bars: UInt8
    riders: UInt8
    is_open: Bool
    occupied: Bool
    open_mask: UInt8
    close_mask: UInt8


def render_lift(seed: int, passages: int) -> RenderedLift:
    """Render `passages` passages of three pictures each of the lift with this seed; a pure function.

    Open and closed alternate, so that both are there however few passages; three in four are occupied.
    """
    lift = sample_lift(seed)
    rng = np.random.default_rng([seed, 1])
    half_lowered = TRAINING_HALF_LOWERED if seed in TRAINING_SEEDS else HALF_LOWERED
    images, bars, riders, is_open, occupied = [], [], [], [], []
    for passage in range(passages):
        conditions = sample_conditions(
            lift,
            rng,
            is_open=bool(passage % 2 == 0),
            occupied=bool(rng.random() < 0.75),
            half_lowered=half_lowered,
        )
        for position in range(3):
            rendered = render_registered(lift, conditions, position, rng)
            images.append(rendered.image)
            bars.append(rendered.bar)
            riders.append(rendered.rider)
            is_open.append(rendered.is_open)
            occupied.append(rendered.occupied)
    masks = draw_masks(lift)
    return RenderedLift(
        seed=seed,
        images=np.stack(images),
        bars=np.stack(bars),
        riders=np.stack(riders),
        is_open=np.array(is_open),
        occupied=np.array(occupied),
        open_mask=masks.open,
        close_mask=masks.close,
    )


def lift_path(folder: Path, seed: int, passages: int) -> Path:
    """Where `prepare` keeps the lift of this seed; files of another layout are never read."""
    return folder / f"v{LAYOUT}-lift-{seed:05d}-{passages}.npz"


def load(path: Path) -> RenderedLift:
    """Read one lift back."""
    with np.load(path) as data:
        return RenderedLift(
            seed=int(data["seed"]),
            images=data["images"],
            bars=data["bars"],
            riders=data["riders"],
            is_open=data["is_open"],
            occupied=data["occupied"],
            open_mask=data["open_mask"],
            close_mask=data["close_mask"],
        )


def prepare(folder: Path, seeds: Sequence[int], passages: int, workers: int = 2) -> Iterator[Path]:
    """Render the lifts that `folder` does not hold yet; yields each lift's file as it is ready.

    Files appear whole or not at all, so a run that was cut short goes on where it stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    missing = []
    for seed in seeds:
        path = lift_path(folder, seed, passages)
        if path.exists():
            yield path
        else:
            missing.append(seed)
    if not missing:
        return
    with renderers(workers) as pool:
        futures = [pool.submit(_render_to, folder, seed, passages) for seed in missing]
        for future in as_completed(futures):
            yield future.result()


def renderers(processes: int) -> ProcessPoolExecutor:
    """A pool of processes that render, one thread each.

    Spawned: a fork would inherit OpenCV's thread pool without its threads and wait for them for ever.
    """
    return ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=cv2.setNumThreads, initargs=(1,)
    )


def write(path: Path, lift: RenderedLift) -> None:
    """Write a lift's file, whole or not at all."""
    partial = path.with_suffix(".partial.npz")
    np.savez(partial, **{field.name: getattr(lift, field.name) for field in fields(lift)})
    partial.rename(path)


def _render_to(folder: Path, seed: int, passages: int) -> Path:
    path = lift_path(folder, seed, passages)
    write(path, render_lift(seed, passages))
    return path

"""The runs of papers 002, 003 and 004 that find carriers again: trained, judged, with three seeds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

SIDE = "side=112"
"""What two cores can train with; the papers have 224 and 256x128."""

PATIENCE = "patience=8"

_DRAWN = "epoch_pictures=2280"
"""Anchors of an epoch whose triplets are drawn: as many pictures as in the others' epochs."""

_ONLINE = ("batch=64", "each=8")
"""The thesis' P and K."""

RUNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "triplet-resnet50-batch-all": ("triplet-resnet50", ("loss=lossless", "mining=batch-all", *_ONLINE)),
    "abir-none": ("abir", ("attention=none",)),
    "abir": ("abir", ()),
    "triplet-resnet50-lossless": ("triplet-resnet50", ("loss=lossless", _DRAWN)),
    "triplet-resnet50": ("triplet-resnet50", (_DRAWN,)),
    "abir-plain": ("abir", ("attention=plain",)),
    "triplet-resnet50-batch-hard": ("triplet-resnet50", ("loss=lossless", "mining=batch-hard", *_ONLINE)),
    "triplet-mildnet": ("triplet-mildnet", (_DRAWN,)),
    "adaptive-l2": ("adaptive-l2", ()),
    "triplet-resnet50-glap": ("triplet-resnet50", ("pooling=glap", _DRAWN)),
    "triplet-resnet50-drop": ("triplet-resnet50", ("drop=0.3", _DRAWN)),
    "triplet-resnet50-am-softmax": ("triplet-resnet50", ("loss=am-softmax", *_ONLINE)),
}
"""Each run's system and what it changes of its recipe, the most telling first."""

UNTRAINED = ("abir", "triplet-mildnet", "triplet-resnet50")


def retrieval_steps(
    results: Path, folder: Path, threads: int, seeds: tuple[int, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each result's file and commands, as `ml.commands.papers.reproduce.MadeResult` has them.

    First networks as their weights are drawn, then all runs of the first seed, and so on.
    """
    place = f"--cache {folder / 'rendered'} --workers 1"
    for system in UNTRAINED:
        file = Path("systems") / f"{system}-untrained.json"
        judge = f"barwatch evaluate {system} --untrained {SIDE} {place}"
        yield str(file), (f"{judge} --out {results / file}",)
    for seed in seeds:
        for name, (system, changes) in RUNS.items():
            run = f"{name}-seed{seed}" if seed else name
            where, file = folder / "retrieval" / run, Path("systems") / f"{run}.json"
            how = " ".join(f"--set {change}" for change in (SIDE, PATIENCE, *changes))
            train = f"barwatch train {system} {how} --seed {seed} --threads {threads} {place}"
            judge = f"barwatch evaluate {system} --checkpoint {where / 'best.pt'} {place}"
            yield str(file), (f"{train} --out {where} --resume", f"{judge} --out {results / file}")

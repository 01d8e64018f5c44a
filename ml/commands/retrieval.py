"""`barwatch evaluate` of the systems that find carriers again, and the carriers that they are given."""

from __future__ import annotations

from typing import Any, get_args

import torch

from ml.commands.common import RetrievalName, prepare_lifts, provenance
from ml.evaluate.systems import training_of
from ml.machine.description import machine
from ml.machine.memory import keep_freed_memory
from ml.papers.comparison.reidentification import reidentification_figures
from ml.report.retrieval import retrieval_remarks, retrieval_table
from ml.report.table import Result
from ml.retrieval.identities import PASSAGES, SEEDS, Half, Identities, IdentityLifts, read_identities
from ml.retrieval.protocol import thumbnails
from ml.systems.base import Trainable
from ml.systems.metric import Metric
from ml.systems.named import RECIPES, as_values, system_of, with_changes
from ml.train.loop import State
from ml.train.run import Run

RETRIEVAL: tuple[str, ...] = get_args(RetrievalName)

SMOKE_PASSAGES = 3
"""Of each of two lifts, in a run that is over in a minute."""


def read_half(half: Half, run: Run, smoke: bool) -> Identities:
    """Read the carriers of one half, rendering what is not there yet."""
    seeds, passages = (SEEDS[:2], SMOKE_PASSAGES) if smoke else (SEEDS, PASSAGES[half])
    recipe = IdentityLifts(half, passages)
    return read_identities(prepare_lifts(run.cache, seeds, recipe, run.workers, f"carriers, {half}"))


def judge_retrieval(
    name: str, system: Metric[Any], state: State, smoke: bool, run: Run
) -> tuple[Result, str]:
    """Return the figures of a trained system on carriers that it did not learn, and their table."""
    about = {
        **training_of(name, system, state),
        "finished": bool(state.get("finished")),
        "curve": state.get("curve", []),
    }
    return _judged(name, system, about, smoke, run)


def judge_untrained(name: str, words: list[str], smoke: bool, run: Run) -> tuple[Result, str]:
    """Return the same of a network with its first weights, its recipe changed by words such as side=112.

    In float32, as all that is judged untaught: near nothing, rounding would decide.
    """
    keep_freed_memory()
    recipe = with_changes(RECIPES[name], [*words, "precision=float32"])
    system = system_of(recipe)
    system.network.to(run.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    about = {
        "untrained": True,
        "recipe": as_values(name, recipe),
        "trained_by": "",
        "training_machine": machine() | {"device": str(run.device)},
        "training_seconds": 0.0,
        "parameters": sum(p.numel() for p in system.network.parameters()),
    }
    return _judged(name, system, about, smoke, run)


def _judged(name: str, system: Trainable[Any], about: Result, smoke: bool, run: Run) -> tuple[Result, str]:
    data = read_half("test", run, smoke)
    result: Result = {
        "system": name,
        **provenance(SEEDS[0]),
        "smoke": smoke,
        "every": 1,
        "seen": None,
        "unseen": None,
        "adapted": None,
        **about,
        "retrieval": reidentification_figures(system.all_outputs(data.images).numpy(), data),
        "thumbnails": reidentification_figures(thumbnails(data.images.numpy()), data),
    }
    result["about"] = retrieval_remarks(result)
    return result, str(retrieval_table({name: result}))

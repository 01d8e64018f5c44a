"""Pretrained weights: torchvision's files, loaded into the networks that use its names."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from pathlib import Path

import torch
from torch import Tensor, nn

_COUNTER = "num_batches_tracked"
"""Of batch normalisation; older files lack it, and with a fixed momentum nothing reads it."""


def load_pretrained(model: nn.Module, path: Path) -> list[str]:
    """Load a whole network's weights, its last layer only where the number of classes is the same.

    Args:
        model: changed in place; its last layer is the one whose weights its state names last.
        path: a .pth or .pt file with a dictionary of tensors by name, as torchvision's, or one that has all
            but the classifier, which is the module that the last layer is in (`barwatch convert`).

    Returns:
        Names that were left out because the file has another number of classes, or no classifier.

    Raises:
        ValueError: the file is of another network, or no such file at all; `model` is as it was.
    """
    entries, held = _read(path), model.state_dict()
    last = list(held)[-1].rpartition(".")[0] + "."
    left_out = [
        n for n, w in entries.items() if n.startswith(last) and n in held and w.shape != held[n].shape
    ]
    classifier = last.partition(".")[0] + "."
    if entries and not any(n.startswith(classifier) for n in entries):
        left_out = [n for n in held if n.startswith(classifier)]
    _load(model, path, entries, held, left_out)
    return left_out


def load_trunk(model: nn.Module, path: Path, trunk: tuple[str, ...]) -> None:
    """Load the part of a file that a network shares with the one the file is of.

    Args:
        model: changed in place where a name begins with `trunk`; what it has beyond stays as it is.
        path: as for `load_pretrained`.
        trunk: beginnings of names, such as `ml.models.vgg16.TRUNK`.

    Raises:
        ValueError: the shared part differs, or `path` is no such file at all; `model` is as it was.
    """
    entries, held = _read(path), model.state_dict()
    if not any(name.startswith(trunk) for name in held):
        raise ValueError(f"{type(model).__name__} has no weights that begin with {' or '.join(trunk)}")
    entries = {name: w for name, w in entries.items() if name.startswith(trunk)}
    held = {name: w for name, w in held.items() if name.startswith(trunk)}
    _load(model, path, entries, held, ())


def _read(path: Path) -> dict[str, Tensor]:
    try:
        entries = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ValueError(f"{path}: no file of weights: {error}") from error
    if not isinstance(entries, dict) or not all(isinstance(w, Tensor) for w in entries.values()):
        raise ValueError(f"{path}: expected a dictionary of tensors by name")
    return entries


def _load(
    model: nn.Module,
    path: Path,
    entries: dict[str, Tensor],
    held: dict[str, Tensor],
    left_out: Iterable[str],
) -> None:
    left = set(left_out)
    for name in held:
        if name not in entries and name not in left and not name.endswith(_COUNTER):
            raise ValueError(f"{path}: {name} is missing: the file is of another network")
    for name, w in entries.items():
        if name not in held:
            raise ValueError(f"{path}: {name} is unexpected: the file is of another network")
        if w.shape != held[name].shape and name not in left:
            expected, came = list(held[name].shape), list(w.shape)
            raise ValueError(f"{path}: {name} has shape {came}, expected {expected}")
    model.load_state_dict({n: w for n, w in entries.items() if n not in left}, strict=False)

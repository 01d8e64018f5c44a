"""The sets by the names that commands take, with the recipe of each."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from ml.papers.pairing.carriers import CarrierSet
from ml.papers.pairing.digits import bundled_digits, mnist_digits
from ml.papers.pairing.objects import ObjectSet
from ml.papers.pairing.sets import PairingSet
from ml.papers.pairing.training import PairingRecipe

SetName = Literal["digits", "mnist-translated", "mnist-scaled", "objects", "carriers"]

RECIPES: dict[SetName, PairingRecipe] = {
    "digits": PairingRecipe(name="digits", steps=100),
    "mnist-translated": PairingRecipe(name="mnist-translated"),
    "mnist-scaled": PairingRecipe(name="mnist-scaled"),
    "objects": PairingRecipe(name="objects", batch=16, steps=100),
    "carriers": PairingRecipe(name="carriers", batch=16, steps=100),
}
"""An interval takes a minute or two on a core that is free."""

SMOKE = PairingRecipe(name="digits", turn=2, steps=4, batch=8, intervals=2)
"""Takes seconds, and learns nothing."""


def set_of(name: SetName, mnist: Path, benchmark: Path) -> PairingSet:
    """Return a set.

    Args:
        mnist: folder of MNIST (`ml.data.mnist`). benchmark: folder of S1 to S20.

    Raises:
        FileNotFoundError: what it is made of is not there; the message gives the command that gets it.
    """
    match name:
        case "digits":
            return bundled_digits()
        case "mnist-translated" | "mnist-scaled":
            return mnist_digits(mnist, scaled=name == "mnist-scaled")
        case "objects":
            return ObjectSet()
        case "carriers":
            return CarrierSet(benchmark)

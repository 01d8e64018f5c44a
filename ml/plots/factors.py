"""How learnt regularisation factors (paper 002) fall while a network is trained: a line for each tensor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from lifts.arrays import Float32

_KINDS = (("weights of convolutions and linear layers", True), ("scales, shifts and biases", False))


def draw_factors(names: Sequence[str], factors: Float32, is_weight: Sequence[bool], out: Path) -> Path:
    """Draw each tensor's factor over the epochs, and write the PNG.

    Weights, and all else, have a panel each; the colour is the tensor's depth in the network, dark for its
    first layer and yellow for its last, as named at both ends of the scale. The axis begins where the factors
    are, not at 0: in few epochs they fall by a few per cent.

    Args:
        names: of the G regularised tensors, in the network's order.
        factors: float32[E, G], after each epoch, 0..amplitude.
        is_weight: G flags, whether a tensor is a weight of more than one dimension.
    """
    shades = mpl.colormaps["viridis"]
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    epochs = np.arange(1, len(factors) + 1)
    for axes, (title, weights) in zip(panels, _KINDS, strict=True):
        for k in [k for k, flag in enumerate(is_weight) if flag == weights]:
            axes.plot(epochs, factors[:, k], color=shades(k / max(1, len(names) - 1)), linewidth=0.9)
        axes.set_title(title, fontsize=10)
        axes.set_xlabel("epoch")
        axes.margins(y=0.08)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.25)
    panels[0].set_ylabel("regularisation factor")
    scale = figure.colorbar(
        ScalarMappable(Normalize(0, max(1, len(names) - 1)), shades), ax=panels, ticks=[0, len(names) - 1]
    )
    scale.ax.set_yticklabels([names[0], names[-1]] if len(names) > 1 else [names[0]] * 2, fontsize=8)
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=120)
    return out

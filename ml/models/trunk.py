"""The network with a trunk from ImageNet beside its own encoder: a teacher, which never ships."""

from __future__ import annotations

from typing import Literal

from torch import Tensor, nn
from torch.nn import functional as F

from ml.models import efficientnet
from ml.models.barwatch import BarwatchNetwork, ModelConfig
from ml.models.efficientnet import EfficientNetTrunk
from ml.models.layers import JoinConv, StandardConv
from ml.models.pretrained import load_trunk

TrunkName = Literal["efficientnet-lite0"]
"""What `ModelConfig.trunk` may be besides ""."""

_DEVIATIONS = (9.0, 8.0, 7.0, 2.5)
"""About those of the trunk's maps on photographs; the layers here expect one."""


class TrunkNetwork(BarwatchNetwork):
    """The shipped network, and what EfficientNet-Lite0 sees in the same picture added to its three maps.

    It can start from what ships: what is added is zero at first, so it says the same, and learns from there
    what use the trunk's maps are.
    """

    def __init__(self, config: ModelConfig) -> None:
        super().__init__(config)
        _, b, c, d = config.widths
        at50, at25, at13, at7 = efficientnet.CHANNELS
        self.pretrained = EfficientNetTrunk()
        self.see50, self.add50 = StandardConv(at50, b, kernel=1), _nothing_at_first(b)
        self.see25, self.add25 = StandardConv(at25, c, kernel=1), _nothing_at_first(c)
        self.see13, self.add13 = JoinConv(at7, at13, d), _nothing_at_first(d)
        self.deviations = list(_DEVIATIONS)

    def encoded(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """As `BarwatchNetwork.encoded`: its own maps and the trunk's together."""
        own50, own25, own13 = self.own_maps(x)
        seen = self.pretrained.maps(x)
        at50, at25, at13, at7 = [m / self.deviations[k] for k, m in enumerate(seen)]
        return (
            F.relu(own50 + self.add50(self.see50(at50))),
            F.relu(own25 + self.add25(self.see25(at25))),
            F.relu(own13 + self.add13(self.see13(at7, at13))),
        )


def _nothing_at_first(width: int) -> nn.Conv2d:
    """Return a convolution of single cells that begins as zero; gradients reach its weights none the less."""
    layer = nn.Conv2d(width, width, 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)  # type: ignore[arg-type]
    return layer


def network_for(config: ModelConfig | None = None) -> BarwatchNetwork:
    """Return an untrained network of a configuration; of the one that ships if None.

    Raises:
        ValueError: there is no such trunk.
    """
    config = config or ModelConfig()
    if not config.trunk:
        return BarwatchNetwork(config)
    if config.trunk != "efficientnet-lite0":
        raise ValueError(f"no trunk is called {config.trunk}")
    return TrunkNetwork(config)


def load_imagenet(network: BarwatchNetwork) -> None:
    """Give a network's trunk, if it has one, the weights that it learnt on ImageNet.

    Raises:
        FileNotFoundError: they are not installed.
    """
    if isinstance(network, TrunkNetwork):
        load_trunk(network.pretrained, efficientnet.weights_file(), efficientnet.TRUNK)

"""The paper's network: simple classifier and, without its softmax, one sister of the siamese network."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

MEAN, SPREAD = 0.5, 0.2


class PaperNetwork(nn.Module):
    """Two convolutions, one pooling, one fully connected layer with two outputs.

    Alqasir, Muselet and Ducottet (VISAPP 2020), section 4.3: 32 and 64 filters of 3x3 with ReLU, maximum
    pooling 2x2, and 2 outputs: 1,248,706 parameters at 200x200x3 without padding ("1.2 millions").

    Args:
        side: of the pictures in pixels, even; the paper's but in reduced runs.
    """

    def __init__(self, side: int = 200) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3)  # 198 x 198
        self.conv2 = nn.Conv2d(32, 64, 3)  # 196 x 196
        self.fc = nn.Linear(64 * (side // 2 - 2) ** 2, 2)
        # Glorot and Bengio (2010), what Keras starts from; the paper says only "randomly".
        for layer in (self.conv1, self.conv2, self.fc):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Map float[N, 3, side, side] to float[N, 2]: logits (closed, open), or a point."""
        x = F.relu(self.conv1(x))
        # Maximum and ReLU commute, and there is a quarter left to do after the pooling.
        x = F.relu(F.max_pool2d(self.conv2(x), 2))
        out: Tensor = self.fc(x.permute(0, 2, 3, 1).flatten(1))  # rows, columns, channels: no copy
        return out


def prepare(images: Tensor, mean: float = MEAN, spread: float = SPREAD) -> Tensor:
    """uint8[N, 200, 200, 3] pictures or uint8[N, 200, 200] masks to float[N, 3, 200, 200] in -2.5..2.5.

    The paper does not say how its input is scaled. Mean and spread are those of the benchmark's training
    pictures, all channels and pixels together (0.499 and 0.211 of full scale): with all-positive input the
    same network learns many times slower. They are arguments because TorchScript, which an export makes of
    this, knows no global numbers.
    """
    if images.dim() == 3:
        images = images[..., None].expand(-1, -1, -1, 3)
    return (images.permute(0, 3, 1, 2).float() / 255.0 - mean) / spread

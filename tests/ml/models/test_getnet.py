"""GetNet cuts where its transformer says, and embeds what it cut out."""

from typing import Literal

import pytest
import torch
from torch import Tensor, nn

from ml.models.getnet import CARRIERS, DIGITS, GetNet, Layout, sample

TINY = Layout(channels=1, side=16, cut=8, reduce=2, locate=(4,), embed=(8,), dimensions=2)
LAYOUTS = pytest.mark.parametrize("layout", [DIGITS, CARRIERS], ids=["digits", "carriers"])
KINDS = pytest.mark.parametrize("parameters", [3, 6])


def _pictures(layout: Layout, n: int = 2) -> Tensor:
    return torch.randn(n, layout.channels, layout.side, layout.side)


def _transform(s: float, tx: float, ty: float) -> Tensor:
    return torch.tensor([[[s, 0.0, tx], [0.0, s, ty]]])


def _awake(layout: Layout, parameters: Literal[3, 6] = 3) -> GetNet:
    """A network whose transformer has left the identity, where its last layer lets no gradient through."""
    torch.manual_seed(2)
    model = GetNet(layout, parameters)
    nn.init.normal_(model.transformer.locate.weight, std=0.02)
    return model


def test_the_identity_gives_the_picture_back() -> None:
    x = torch.rand(2, 3, 20, 20)
    torch.testing.assert_close(sample(x, _transform(1, 0, 0).expand(2, -1, -1), 20), x)


def test_half_the_scale_is_the_centre_pixel_by_pixel() -> None:
    """s = 0.5 at half the side: pixels 5 to 14 of 20."""
    x = torch.rand(1, 2, 20, 20)
    torch.testing.assert_close(sample(x, _transform(0.5, 0, 0), 10), x[:, :, 5:15, 5:15])


def test_half_the_scale_at_full_side_is_the_centre_enlarged() -> None:
    """But for the outermost row, where the picture goes on beyond the crop."""
    x = torch.rand(1, 2, 20, 20)
    enlarged = nn.functional.interpolate(x[:, :, 5:15, 5:15], size=20, mode="bilinear", align_corners=False)
    cut = sample(x, _transform(0.5, 0, 0), 20)
    torch.testing.assert_close(cut[:, :, 1:-1, 1:-1], enlarged[:, :, 1:-1, 1:-1])


def test_a_shift_of_half_is_the_corner() -> None:
    """s = 0.5, tx = 0.5, ty = -0.5: right half, upper half."""
    x = torch.rand(1, 1, 20, 20)
    torch.testing.assert_close(sample(x, _transform(0.5, 0.5, -0.5), 10), x[:, :, :10, 10:])


def test_beyond_the_edges_is_nothing() -> None:
    """s = 2: the picture in the middle of a frame of zeros."""
    cut = sample(torch.ones(1, 1, 20, 20), _transform(2, 0, 0), 20)
    assert float(cut[0, 0, 7:13, 7:13].min()) == 1.0
    assert float(cut[0, 0, :4].abs().max()) == 0.0


@LAYOUTS
@KINDS
def test_shapes_and_the_identity_before_training(layout: Layout, parameters: Literal[3, 6]) -> None:
    """Before training the whole picture is seen, at half its size: means of 2x2 pixels."""
    model, x = GetNet(layout, parameters), _pictures(layout)
    assert model(x).shape == (2, 128)
    picture, transform = model.cut(x)
    assert transform.tolist() == 2 * [[[1, 0, 0], [0, 1, 0]]]
    torch.testing.assert_close(picture, nn.functional.avg_pool2d(x, 2), atol=2e-4, rtol=0)


def test_three_parameters_are_s_tx_and_ty() -> None:
    """Equation 3, and all six of equation 2 in the matrix's order."""
    three, six = GetNet(TINY, 3), GetNet(TINY, 6)
    with torch.no_grad():
        three.transformer.locate.bias.copy_(torch.tensor([0.5, 0.1, -0.2]))
        six.transformer.locate.bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    x = _pictures(TINY, 1)
    torch.testing.assert_close(three.cut(x).transform, torch.tensor([[[0.5, 0.0, 0.1], [0.0, 0.5, -0.2]]]))
    assert six.cut(x).transform.tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_the_sizes_that_the_layouts_promise() -> None:
    """The carriers' is about as large as paper 000's network of 1,248,706 parameters."""
    counts = [sum(p.numel() for p in GetNet(layout).parameters()) for layout in (DIGITS, CARRIERS)]
    assert counts == [525_763, 1_291_683]


@pytest.mark.parametrize("shape", [(2, 3, 160, 160), (2, 1, 200, 200), (3, 200, 200), (2, 3, 200, 199)])
def test_another_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected float\[N, 3, 200, 200\]"):
        GetNet()(torch.zeros(shape))


def test_another_number_of_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="3 or 6 parameters, got 4"):
        GetNet(TINY, 4)  # type: ignore[arg-type]


@LAYOUTS
@KINDS
def test_gradients_reach_every_parameter(layout: Layout, parameters: Literal[3, 6]) -> None:
    """Through the sampler to the localisation network too."""
    model = _awake(layout, parameters)
    model(_pictures(layout)).square().sum().backward()
    dead = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert dead == []


@LAYOUTS
@KINDS
def test_torchscript_says_the_same(layout: Layout, parameters: Literal[3, 6]) -> None:
    model, x = _awake(layout, parameters).eval(), _pictures(layout)
    with torch.inference_mode():
        torch.testing.assert_close(torch.jit.script(model)(x), model(x))


def test_it_learns_a_tiny_batch() -> None:
    """Four digits' noise to four corners of the plane."""
    torch.manual_seed(4)
    model, x = GetNet(TINY), _pictures(TINY, 4)
    corners = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(100):
        loss = (model(x) - corners).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 1e-3


def test_training_the_transformer_alone_finds_a_shifted_spot() -> None:
    """Section III.D's first half: only s, tx and ty move, and the cutting comes to show what it should."""
    x, target = torch.zeros(1, 1, 16, 16), torch.zeros(1, 1, 8, 8)
    rows, columns = torch.meshgrid(torch.arange(16.0), torch.arange(16.0), indexing="ij")
    x[0, 0] = torch.exp(-((rows - 9) ** 2 + (columns - 10) ** 2) / 18)
    target[0] = sample(x, _transform(0.8, 0.2, 0.1), 8)[0]
    torch.manual_seed(0)
    transformer = GetNet(TINY).transformer
    optimiser = torch.optim.Adam(transformer.parameters(), lr=0.003)
    for _ in range(150):
        loss = (transformer(x).picture - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    torch.testing.assert_close(transformer(x).transform, _transform(0.8, 0.2, 0.1), atol=0.02, rtol=0)


def test_the_same_seed_gives_the_same_weights() -> None:
    torch.manual_seed(5)
    one = GetNet()
    torch.manual_seed(5)
    two = GetNet()
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))

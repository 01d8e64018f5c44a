"""GetNet cuts where its transformer says, and embeds what it cut out."""

from typing import Literal

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ml.data.rendered import PlainLifts
from ml.losses.getnet import getnet_loss
from ml.models import getnet
from ml.models.getnet import CARRIERS, DIGITS, OBJECTS, GetNet, Layout, Shrunk, TransformerOutput, sample
from ml.models.paper import prepare

TINY = Layout(channels=1, side=16, cut=8, reduce=2, locate=(4,), embed=(8,), dimensions=2)
LAYOUTS = pytest.mark.parametrize("layout", [DIGITS, CARRIERS], ids=["digits", "carriers"])
KINDS = pytest.mark.parametrize("parameters", [2, 3, 6])
Kind = Literal[2, 3, 6]


def _pictures(layout: Layout, n: int = 2) -> Tensor:
    return torch.randn(n, layout.channels, layout.side, layout.side)


def _transform(s: float, tx: float, ty: float) -> Tensor:
    return torch.tensor([[[s, 0.0, tx], [0.0, s, ty]]])


def _awake(layout: Layout, parameters: Kind = 3) -> GetNet:
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
def test_shapes_and_the_scale_before_training(layout: Layout, parameters: Kind) -> None:
    """At a scale of 1 the whole picture is seen, at half its size: means of 2x2 pixels."""
    assert GetNet(layout, parameters).cut(_pictures(layout, 1)).transform.tolist() == [
        [[pytest.approx(0.6), 0, 0], [0, pytest.approx(0.6), 0]]
    ]
    model, x = GetNet(layout, parameters, scale=1.0), _pictures(layout)
    assert model(x).shape == (2, 128)
    picture, transform = model.cut(x)
    assert transform.tolist() == 2 * [[[1, 0, 0], [0, 1, 0]]]
    torch.testing.assert_close(picture, nn.functional.avg_pool2d(x, 2), atol=2e-4, rtol=0)


def test_what_the_parameters_are() -> None:
    """Two: tx and ty, at a scale that never changes; three: equation 3; six: equation 2's in its order."""
    two, three, six = GetNet(TINY, 2, 0.7), GetNet(TINY, 3), GetNet(TINY, 6)
    with torch.no_grad():
        two.transformer.locate.bias.copy_(torch.tensor([0.1, -0.2]))
        three.transformer.locate.bias.copy_(torch.tensor([0.5, 0.1, -0.2]))
        six.transformer.locate.bias.copy_(torch.tensor([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
    x = _pictures(TINY, 1)
    torch.testing.assert_close(two.cut(x).transform, torch.tensor([[[0.7, 0.0, 0.1], [0.0, 0.7, -0.2]]]))
    torch.testing.assert_close(three.cut(x).transform, torch.tensor([[[0.5, 0.0, 0.1], [0.0, 0.5, -0.2]]]))
    assert six.cut(x).transform.tolist() == [[[1, 2, 3], [4, 5, 6]]]


def test_the_sizes_that_the_layouts_promise() -> None:
    """The carriers' is about as large as paper 000's network of 1,248,706 parameters."""
    layouts = (DIGITS, OBJECTS, CARRIERS)
    counts = [sum(p.numel() for p in GetNet(layout).parameters()) for layout in layouts]
    assert counts == [525_698, 908_642, 1_291_618]


@pytest.mark.parametrize("shape", [(2, 3, 160, 160), (2, 1, 200, 200), (3, 200, 200), (2, 3, 200, 199)])
def test_another_size_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"expected float\[N, 3, 200, 200\]"):
        GetNet()(torch.zeros(shape))


def test_a_baseline_sees_the_picture_reduced_or_as_it_is() -> None:
    """Reduced it has GetNet's siamese part; as it is the last layer has four times the inputs."""
    x = _pictures(TINY)
    reduced, whole = Shrunk(TINY), Shrunk(TINY, reduced=False)
    assert sum(p.numel() for p in reduced.parameters()) == sum(
        p.numel() for p in GetNet(TINY).siamese.parameters()
    )
    last = [model.siamese[-1] for model in (reduced, whole)]
    assert [layer.in_features for layer in last if isinstance(layer, nn.Linear)] == [8 * 16, 8 * 64]
    torch.testing.assert_close(whole(x), whole.siamese(x))


def test_another_number_of_parameters_is_refused() -> None:
    with pytest.raises(ValueError, match="2, 3 or 6 parameters, got 4"):
        GetNet(TINY, 4)  # type: ignore[arg-type]


@LAYOUTS
@KINDS
def test_gradients_reach_every_parameter(layout: Layout, parameters: Kind) -> None:
    """Through the sampler to the localisation network too."""
    model = _awake(layout, parameters)
    model(_pictures(layout)).square().sum().backward()
    dead = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.any()]
    assert dead == []


@LAYOUTS
@KINDS
def test_torchscript_says_the_same(layout: Layout, parameters: Kind) -> None:
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
    transformer = GetNet(TINY, 3, scale=1.0).transformer
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


def _gradient(model: GetNet, images: Tensor, masks: Tensor, is_open: Tensor, reduced: bool) -> Tensor:
    """Return the gradient of s, tx and ty, float[N, 3], for carriers paired with both masks."""
    found: list[Tensor] = []

    def kept(x: Tensor, transform: Tensor, side: int) -> Tensor:
        transform.retain_grad()
        found.append(transform)
        return sample(x, transform, side)

    with pytest.MonkeyPatch.context() as patch, torch.autocast("cpu", torch.bfloat16, enabled=reduced):
        patch.setattr(getnet, "sample", kept)
        pictures, drawings = model(images).float(), model(masks).float()
    same = torch.stack([~is_open, is_open], 1).flatten()
    loss = getnet_loss(pictures.repeat_interleave(2, 0), drawings.repeat(len(images), 1), same)
    loss.backward()  # type: ignore[no-untyped-call]
    gradient = found[0].grad
    assert gradient is not None
    return gradient[:, [0, 0, 1], [0, 2, 2]]


@pytest.mark.thorough
def test_reduced_precision_keeps_the_transformations_gradient() -> None:
    """On rendered carriers, in bfloat16 as training computes: its direction and signs are those of float32.

    Measured over six networks: cosine 0.96 to 0.99, signs 0.93 to 0.99. Coordinates in bfloat16: 0.41 to 0.81
    and 0.60 to 0.78.
    """
    lift = PlainLifts(4).render(0)
    images, is_open = prepare(torch.from_numpy(lift.images)), torch.from_numpy(lift.is_open)
    masks = prepare(torch.from_numpy(np.stack([lift.close_mask, lift.open_mask])))
    exact, reduced = [], []
    for seed in (0, 1):
        torch.manual_seed(seed)
        model = GetNet(CARRIERS, 3)
        nn.init.normal_(model.transformer.locate.weight, std=0.02 * seed)
        exact.append(_gradient(model, images, masks, is_open, reduced=False))
        reduced.append(_gradient(model, images, masks, is_open, reduced=True))
    a, b = torch.stack(exact), torch.stack(reduced)
    cosine = nn.functional.cosine_similarity(a.flatten(1), b.flatten(1))
    assert float(cosine.min()) > 0.95
    assert float((a.sign() == b.sign()).float().mean()) > 0.88


@KINDS
def test_coordinates_are_float32_whatever_autocast_says(parameters: Kind) -> None:
    """Half a pixel is lost where a coordinate of 0.9 is rounded to bfloat16."""
    model, x = _awake(CARRIERS, parameters), _pictures(CARRIERS)
    with torch.no_grad():
        model.transformer.locate.bias.add_(0.3003)
        with torch.autocast("cpu", torch.bfloat16):
            out: TransformerOutput = model.cut(x)
    assert (out.transform.dtype, out.picture.dtype) == (torch.float32, torch.float32)
    assert not torch.equal(out.transform, out.transform.bfloat16().float())
    torch.testing.assert_close(out.picture, sample(x, out.transform, CARRIERS.cut))


def test_the_grid_is_torchs_own() -> None:
    """Equation 2 written out gives what `affine_grid` gives in float32."""
    x, a = torch.rand(3, 2, 20, 20), torch.randn(3, 2, 3)
    theirs = nn.functional.affine_grid(a, [3, 2, 9, 9], align_corners=False)
    wanted = nn.functional.grid_sample(x, theirs, align_corners=False)
    torch.testing.assert_close(sample(x, a, 9), wanted, atol=1e-5, rtol=1e-4)

"""The paper's network has the paper's size and shapes."""

import torch

from ml.models.paper import PaperNetwork, prepare


def test_it_has_exactly_the_papers_parameters() -> None:
    """32 x (27 + 1) + 64 x (288 + 1) + 2 x (64 x 98 x 98 + 1) = 1,248,706."""
    count = sum(p.numel() for p in PaperNetwork().parameters())
    assert count == 1_248_706 == 32 * 28 + 64 * 289 + 2 * (64 * 98 * 98 + 1)


def test_pictures_and_masks_become_points_of_the_plane() -> None:
    """uint8 in, two coordinates out, for both kinds of input."""
    model = PaperNetwork()
    pictures = torch.randint(0, 256, (2, 200, 200, 3), dtype=torch.uint8)
    assert model(prepare(pictures)).shape == (2, 2)
    assert model(prepare(pictures[..., 0])).shape == (2, 2)


def test_reduced_runs_have_a_network_of_their_pictures_side() -> None:
    """48 pixels: 22 x 22 places after both convolutions and the pooling."""
    model = PaperNetwork(48)
    assert sum(p.numel() for p in model.parameters()) == 32 * 28 + 64 * 289 + 2 * (64 * 22 * 22 + 1)
    assert model(torch.zeros(2, 3, 48, 48)).shape == (2, 2)


def test_preparing_centres_scales_and_repeats_a_mask() -> None:
    """255 becomes (1 - 0.5) / 0.2 = 2.5 on all three channels, 0 becomes -2.5."""
    mask = torch.zeros(1, 200, 200, dtype=torch.uint8)
    mask[0, 3, 5] = 255
    x = prepare(mask)
    assert x.shape == (1, 3, 200, 200)
    assert x[0, :, 3, 5].tolist() == [2.5, 2.5, 2.5]
    assert x[0, :, 0, 0].tolist() == [-2.5, -2.5, -2.5]
    assert float((x > 0).sum()) == 3.0


def test_pooling_before_relu_changes_nothing() -> None:
    """The order that saves work gives what the paper's order gives."""
    model, x = PaperNetwork().double(), torch.rand(1, 3, 200, 200, dtype=torch.float64)
    first = model.conv2(torch.relu(model.conv1(x)))
    pooled = torch.nn.functional.max_pool2d(torch.relu(first), 2)
    papers = model.fc(pooled.permute(0, 2, 3, 1).flatten(1))
    torch.testing.assert_close(model(x), papers)

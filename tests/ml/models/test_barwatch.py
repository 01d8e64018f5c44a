"""The shipped embedder: shapes, size, contrast, folding, gradients."""

import numpy as np
import pytest
import torch

from ml.models.barwatch import BarwatchNetwork, prepare_masks, prepare_pictures
from ml.models.layers import StandardConv


def _pictures(n: int, seed: int = 0) -> torch.Tensor:
    rng = np.random.default_rng(seed)
    return torch.from_numpy(rng.integers(0, 256, (n, 200, 200, 3), dtype=np.uint8))


def test_shapes_and_unit_length() -> None:
    """Two pictures give two unit embeddings of the promised length, a 50x50 map and an occupancy each."""
    model = BarwatchNetwork()
    output = model(prepare_pictures(_pictures(2)))
    assert output.embedding.shape == (2, model.dimensions) == (2, 5000)
    assert output.bar_logits.shape == (2, 50, 50)
    assert output.occupancy_logits.shape == (2,)
    torch.testing.assert_close(output.embedding.norm(dim=1), torch.ones(2))


def test_it_is_smaller_than_the_papers_network() -> None:
    """At most the 1.25 million parameters of the papers' network (000, section 4.3)."""
    assert sum(p.numel() for p in BarwatchNetwork().parameters()) <= 1_250_000


def test_gradients_reach_every_parameter() -> None:
    """No weight is left out of the loss."""
    model = BarwatchNetwork()
    output = model(prepare_pictures(_pictures(2)))
    # weights that differ by position: a sum over a unit vector's squares would have no gradient
    ramp = torch.linspace(-1, 1, model.dimensions)
    masks = torch.randn(2, model.dimensions)
    with torch.no_grad():
        model.matcher.answer.weight.normal_()  # from zeros no gradient passes in the first step
    match = model.match(output.embedding, output.features, masks, masks.flip(0), torch.randn(2, 2500).abs())
    total = (output.embedding * ramp).sum() + output.bar_logits.sum() + output.occupancy_logits.sum()
    (total + match.margin.sum() + match.fit_logits.sum()).backward()
    dead = [n for n, p in model.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert dead == []


def test_brightness_and_contrast_do_not_matter() -> None:
    """A picture at half contrast and shifted brightness is prepared to the same numbers."""
    ramp = torch.arange(200, dtype=torch.float32)[None, :, None, None].expand(1, 200, 200, 3)
    bright, dull = (ramp + 20).to(torch.uint8), (ramp * 0.5 + 60).to(torch.uint8)
    difference = prepare_pictures(bright) - prepare_pictures(dull)
    assert difference.abs().max() < 0.02


def test_a_black_pictures_noise_is_not_blown_up() -> None:
    """Two grey levels of noise stay small: darkness must not look like a picture."""
    noise = (_pictures(1) % 3).to(torch.uint8)
    assert prepare_pictures(noise).abs().max() < 0.15


def test_masks_become_minus_one_and_one_on_three_channels() -> None:
    """A pixel above 127 is bar."""
    masks = torch.zeros(1, 200, 200, dtype=torch.uint8)
    masks[0, 0, :4] = torch.tensor([0, 127, 128, 255])
    prepared = prepare_masks(masks)
    assert prepared.shape == (1, 3, 200, 200)
    torch.testing.assert_close(prepared[0, :, 0, :4], torch.tensor([-1.0, -1.0, 1.0, 1.0]).expand(3, 4))


def test_standardised_weights_by_hand() -> None:
    """A 1x1 filter (1, 3) is centred to (-1, 1), divided by sqrt(variance 2 * fan-in 2), times the gain."""
    conv = StandardConv(2, 1, kernel=1, relu=False)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([1.0, 3.0]).view(1, 2, 1, 1))
        conv.gain.fill_(3.0)
    torch.testing.assert_close(conv.standard_weight().flatten(), torch.tensor([-1.5, 1.5]))


def test_a_wrong_size_is_refused() -> None:
    """Pictures and masks of another size than 200x200 fail instead of being judged."""
    with pytest.raises(ValueError, match=r"N, 200, 200, 3"):
        prepare_pictures(torch.zeros(1, 100, 100, 3, dtype=torch.uint8))
    with pytest.raises(ValueError, match=r"N, 200, 200"):
        prepare_masks(torch.zeros(1, 100, 100, dtype=torch.uint8))

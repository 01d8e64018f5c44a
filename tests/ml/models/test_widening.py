"""A wider network that starts from a trained one says exactly what that one says."""

from dataclasses import replace

import pytest
import torch

from ml.models.barwatch import BarwatchNetwork, ModelConfig
from ml.models.widening import fits_into, widened

NARROW = ModelConfig(widths=(4, 6, 12, 24), matcher_width=8)


@pytest.mark.parametrize("factor", [1.5, 2.0])
def test_a_wider_network_says_the_same(factor: float) -> None:
    """Maps, embeddings and margins; its further channels are not zero, so that they can learn."""
    torch.manual_seed(2)
    narrow, wide = BarwatchNetwork(NARROW).eval(), BarwatchNetwork(NARROW.wider(factor)).eval()
    with torch.no_grad():
        for parameter in narrow.parameters():  # as after training: no bias is zero, no gain is one
            parameter.add_(0.1 * torch.randn_like(parameter))
    wide.load_state_dict(widened(narrow.state_dict(), NARROW, wide))
    x, masks = torch.randn(2, 3, 200, 200), torch.randn(2, 5000)
    with torch.no_grad():
        own, others = narrow(x), wide(x)
        for name in ("embedding", "bar_logits", "rider_logits", "occupancy_logits"):
            torch.testing.assert_close(getattr(others, name), getattr(own, name), atol=1e-4, rtol=1e-4)
        assert others.features[:, 12:].abs().amax() > 0.01
        matches = [
            network.match(seen.embedding, seen.features, masks, masks.flip(0), masks[:, :2500].abs())
            for network, seen in ((narrow, own), (wide, others))
        ]
        torch.testing.assert_close(matches[1], matches[0], atol=1e-3, rtol=1e-4)


def test_what_fits_into_what() -> None:
    """A network fits into itself and a wider one; not where that is narrower, nor if it has a trunk."""
    assert fits_into(NARROW, NARROW)
    assert fits_into(NARROW, NARROW.wider(2))
    assert not fits_into(NARROW.wider(2), NARROW)
    assert not fits_into(replace(NARROW, trunk="efficientnet-lite0"), NARROW.wider(2))
    assert not fits_into(ModelConfig(widths=(4, 6, 12, 25), matcher_width=8), NARROW.wider(1))

"""Top-DB-Net: three streams while it learns, two when it is tested."""

import pytest
import torch

from ml.models.metric.top_db_net import TESTED_DIMENSIONS, TopDBNet


@pytest.fixture(scope="module")
def network() -> TopDBNet:
    """One for all tests: they leave the weights as they are."""
    torch.manual_seed(0)
    return TopDBNet(drop=0.5).eval()


def test_two_streams_are_tested(network: TopDBNet) -> None:
    """A unit vector of 256: the first half is the global stream's, the second the dropped one's, whole."""
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        found, streams = network(x), network.streams(x)
    assert found.shape == (2, TESTED_DIMENSIONS)
    torch.testing.assert_close(found.norm(dim=1), torch.ones(2))
    assert streams.shape == (3, 2, TESTED_DIMENSIONS // 2)
    torch.testing.assert_close(streams.norm(dim=2), torch.ones(3, 2))
    torch.testing.assert_close(found, torch.cat([streams[0], streams[1]], 1) / 2**0.5)


def test_dropping_touches_the_second_stream_alone(network: TopDBNet) -> None:
    """With stripes dropped, the global and the regularising stream say what they said before."""
    x = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        whole = network.streams(x)
        network.drop.train()  # the stripes alone: batch normalisation stays as it is
        dropped = network.streams(x)
        network.drop.eval()
    assert torch.equal(whole[0], dropped[0])
    assert torch.equal(whole[2], dropped[2])
    assert not torch.equal(whole[1], dropped[1])

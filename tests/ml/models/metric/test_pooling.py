"""Maps become vectors by a generalised mean with learnt weights."""

import torch

from ml.models.metric.pooling import LocalAttentionPooling


def _awake(channels: int) -> LocalAttentionPooling:
    torch.manual_seed(0)
    pool = LocalAttentionPooling(channels)
    torch.nn.init.normal_(pool.weigh.weight, std=0.5)
    return pool


def test_a_constant_map_is_pooled_to_its_constant() -> None:
    """Whatever the weights and the power, for the weights sum to 1."""
    pool = _awake(3)
    constants = torch.tensor([[0.5, 2.0, 7.0]])
    for power in (1.0, 3.0, 6.5):
        with torch.no_grad():
            pool.power.fill_(power)
            torch.testing.assert_close(pool(constants[:, :, None, None].expand(1, 3, 5, 4)), constants)


def test_before_training_it_is_the_generalised_mean() -> None:
    """Power 3 of 1 and 2, no weights: ((1 + 8) / 2)^(1/3)."""
    pool = LocalAttentionPooling(1)
    with torch.no_grad():
        torch.testing.assert_close(pool(torch.tensor([[[[1.0, 2.0]]]])), torch.tensor([[4.5 ** (1 / 3)]]))


def test_weights_by_hand() -> None:
    """The middle of a 3x3 filter at ln 3: a 1 among zeros weighs three times each of them, 3/4 and 1/4."""
    pool = LocalAttentionPooling(1)
    x = torch.tensor([[[[1.0, 0.0]]]])
    with torch.no_grad():
        pool.weigh.weight[0, 0, 1, 1] = torch.tensor(3.0).log()
        pool.power.fill_(1.0)
        torch.testing.assert_close(pool.attention(x), torch.tensor([[[[0.75, 0.25]]]]))
        torch.testing.assert_close(pool(x), torch.tensor([[0.75]]))


def test_a_neighbour_counts() -> None:
    """Local attention: the weight of a position depends on its neighbours."""
    pool = LocalAttentionPooling(1)
    with torch.no_grad():
        pool.weigh.weight[0, 0, 1, 0] = 9.0  # the neighbour on the left
    attention = pool.attention(torch.tensor([[[[0.0, 1.0, 0.0, 0.0]]]]))
    assert attention.argmax() == 2


def test_shapes_ranges_and_gradients() -> None:
    """Weights sum to 1, results are at least 0, and gradients are finite on maps that are mostly zero."""
    pool = LocalAttentionPooling(8)
    x = torch.randn(2, 8, 6, 5).relu().requires_grad_()
    x.data[:, 3] = 0.0
    assert pool(x).shape == (2, 8)
    assert (pool(x) >= 0.0).all()
    torch.testing.assert_close(pool.attention(x).sum((1, 2, 3)), torch.ones(2))
    pool(x).square().sum().backward()
    for tensor in (x, *pool.parameters()):
        assert tensor.grad is not None
        assert tensor.grad.isfinite().all()
        assert tensor.grad.any()


def test_torchscript_says_the_same() -> None:
    pool, x = _awake(4).eval(), torch.rand(2, 4, 5, 7)
    torch.testing.assert_close(torch.jit.script(pool)(x), pool(x))


def test_it_learns_to_look_at_what_is_asked_of_it() -> None:
    """One channel marks a place; the pooled value of the other there is learnt from that mark."""
    torch.manual_seed(1)
    x = torch.rand(8, 2, 5, 5)
    x[:, 1] = 0.0
    x[:, 1, 2, 3] = 1.0
    target = x[:, 0, 2, 3].clone()
    pool = LocalAttentionPooling(2)
    optimiser = torch.optim.Adam(pool.parameters(), lr=0.3)
    for _ in range(60):
        loss = (pool(x)[:, 0] - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert float(loss.detach()) < 1e-3

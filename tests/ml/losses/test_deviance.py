"""Binomial deviance against numbers by hand and a plain loop."""

import math

import pytest
import torch

from ml.losses.deviance import all_pairs, binomial_deviance, deviance_loss


def test_each_pair_comes_once() -> None:
    rows, columns, same = all_pairs(torch.tensor([4, 4, 7]))
    assert list(zip(rows.tolist(), columns.tolist(), same.tolist(), strict=True)) == [
        (0, 1, True),
        (0, 2, False),
        (1, 2, False),
    ]


def test_by_hand() -> None:
    """At s = beta every pair costs log 2; a positive at 1 costs log(1 + e^-1), a negative log(1 + e^25)."""
    at_beta = binomial_deviance(torch.tensor([0.5, 0.5, 0.5]), torch.tensor([True, False, False]))
    assert at_beta.item() == pytest.approx(2 * math.log(2))
    positive = binomial_deviance(torch.tensor([1.0]), torch.tensor([True]))
    assert positive.item() == pytest.approx(math.log(1 + math.exp(-1)))
    negative = binomial_deviance(torch.tensor([1.0]), torch.tensor([False]))
    assert negative.item() == pytest.approx(25, abs=1e-5)


def test_a_plain_loop_says_the_same() -> None:
    embeddings = torch.randn(6, 4, generator=torch.Generator().manual_seed(0))
    labels = [0, 0, 1, 1, 1, 2]
    costs: dict[bool, list[float]] = {True: [], False: []}
    rows = embeddings.tolist()
    for i in range(6):
        for j in range(i):
            dot = sum(a * b for a, b in zip(rows[i], rows[j], strict=True))
            s = dot / math.hypot(*rows[i]) / math.hypot(*rows[j])
            m = 1 if labels[i] == labels[j] else -10
            costs[m == 1].append(math.log(1 + math.exp(-2 * (s - 0.5) * m)))
    expected = sum(sum(v) / len(v) for v in costs.values())
    loss = deviance_loss(embeddings, torch.tensor(labels), cost=10)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("labels", [[0, 0, 1], [0, 0, 0], [0, 1, 2]])
def test_gradients_reach_equal_and_large_embeddings(labels: list[int]) -> None:
    """Two rows on one point, one of great length; also with one kind of pair alone."""
    x = torch.tensor([[1.0, 0.0], [1.0, 0.0], [300.0, 400.0]], requires_grad=True)
    deviance_loss(x, torch.tensor(labels)).backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert x.grad.isfinite().all()
    assert x.grad.abs().sum() > 0


def test_one_row_costs_a_differentiable_nothing() -> None:
    x = torch.ones(1, 2, requires_grad=True)
    loss = deviance_loss(x, torch.tensor([3]))
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == 0

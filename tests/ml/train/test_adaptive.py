"""Learnt regularisation factors: their values, their gradients, what they cover."""

import pytest
import torch
from torch import nn

from ml.train.adaptive import AdaptiveL2, constant_l2, regularised, scaled_hard_sigmoid


def small() -> nn.Sequential:
    """Two layers with biases, one without, a normalisation, and an activation that has a weight."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 2, 3, bias=False), nn.BatchNorm2d(2), nn.PReLU(), nn.Flatten(), nn.Linear(2, 3)
    )


def test_the_hard_sigmoid_by_hand() -> None:
    """0.2 x + 0.5 between 0 and 1: at 1 it is 0.7 where torch's is 2 / 3."""
    raw = torch.tensor([-3.0, -2.5, 0.0, 1.0, 2.5, 3.0])
    torch.testing.assert_close(scaled_hard_sigmoid(raw, 1), torch.tensor([0, 0, 0.5, 0.7, 1, 1]))
    torch.testing.assert_close(scaled_hard_sigmoid(raw, 0.005)[2:4], torch.tensor([0.0025, 0.0035]))
    assert nn.functional.hardsigmoid(torch.tensor(1.0)).item() == pytest.approx(2 / 3)


def test_a_factor_for_each_tensor_of_a_layer() -> None:
    """Weights, biases, scales and shifts; not the activation's weight."""
    assert AdaptiveL2(small()).names == ("0.weight", "1.weight", "1.bias", "4.weight", "4.bias")


def test_shared_tensors_count_once() -> None:
    model = small()
    twice = nn.Sequential(model, model, nn.Linear(2, 3))
    twice[2].weight = model[4].weight
    assert len(regularised(twice)) == 6


def test_the_penalty_by_hand() -> None:
    """A weight of 3 and a bias of 2 at factors 0.5 and 0.7: 4.5 + 2.8."""
    model = nn.Linear(1, 1)
    nn.init.constant_(model.weight, 3)
    nn.init.constant_(model.bias, 2)
    adaptive = AdaptiveL2(model, amplitude=1)
    with torch.no_grad():
        adaptive.raw.copy_(torch.tensor([0.0, 1.0]))
    assert adaptive().item() == pytest.approx(7.3)


def test_gradients_reach_factors_and_weights_and_only_lower_factors() -> None:
    """d penalty / d raw = amplitude * 0.2 * squared length; none from where the sigmoid is flat."""
    model = small()
    adaptive = AdaptiveL2(model)
    with torch.no_grad():
        adaptive.raw[0] = -3
    adaptive().backward()
    assert adaptive.raw.grad is not None
    lengths = torch.stack([t.detach().square().sum() for t in regularised(model).values()])
    lengths[0] = 0
    torch.testing.assert_close(adaptive.raw.grad, 0.005 * 0.2 * lengths)
    assert (adaptive.raw.grad >= 0).all()
    weight = regularised(model)["4.weight"]
    torch.testing.assert_close(weight.grad, 2 * 0.0025 * weight.detach())


def test_the_model_is_held_from_outside() -> None:
    """The optimiser's two groups and the checkpoints do not overlap."""
    adaptive = AdaptiveL2(small())
    assert [name for name, _ in adaptive.named_parameters()] == ["raw"]
    assert list(adaptive.state_dict()) == ["raw"]


def test_frozen_tensors_cost_nothing() -> None:
    model = small()
    adaptive = AdaptiveL2(model, amplitude=2)
    for layer in (model[0], model[1]):
        layer.requires_grad_(requires_grad=False)
    kept = sum(float(t.detach().square().sum()) for t in model[4].parameters())
    assert adaptive().item() == pytest.approx(kept, rel=1e-5)
    assert constant_l2(model, 1).item() == pytest.approx(kept, rel=1e-5)


def test_a_step_on_the_constant_penalty_is_weight_decay_of_twice_the_factor() -> None:
    one, other = nn.Linear(3, 2), nn.Linear(3, 2)
    other.load_state_dict(one.state_dict())
    x = torch.ones(4, 3)
    (one(x).square().mean() + constant_l2(one, 0.01)).backward()
    other(x).square().mean().backward()
    torch.optim.SGD(one.parameters(), lr=0.1).step()
    torch.optim.SGD(other.parameters(), lr=0.1, weight_decay=0.02).step()
    torch.testing.assert_close(one.weight, other.weight)
    torch.testing.assert_close(one.bias, other.bias)


def test_fresh_factors_are_the_constant_of_half_the_amplitude() -> None:
    model = small()
    torch.testing.assert_close(AdaptiveL2(model, 0.01)(), constant_l2(model, 0.005))


def test_a_model_without_such_layers_costs_nothing() -> None:
    assert AdaptiveL2(nn.ReLU())().item() == 0
    assert constant_l2(nn.ReLU(), 1).item() == 0


def test_under_adam_all_factors_fall_at_one_pace() -> None:
    """Of tensors a hundredfold apart in length; plain descent lowers the longer one's factor faster."""
    fallen = {}
    for name in ("adam", "sgd"):
        model = nn.Linear(1, 1)
        nn.init.constant_(model.weight, 10.0)
        nn.init.constant_(model.bias, 0.1)
        adaptive = AdaptiveL2(model)
        make = torch.optim.Adam if name == "adam" else torch.optim.SGD
        optimiser = make(adaptive.parameters(), lr=1e-2)
        for _ in range(5):
            optimiser.zero_grad()
            adaptive().backward()
            optimiser.step()
        fallen[name] = -adaptive.raw.detach()
    torch.testing.assert_close(fallen["adam"], torch.full((2,), 0.05), rtol=1e-2, atol=0)
    assert fallen["sgd"][0] > 1000 * fallen["sgd"][1] > 0

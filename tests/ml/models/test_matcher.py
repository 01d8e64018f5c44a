"""Attention from the masks: it starts as nothing, sees all that it is given, and bears empty masks."""

from __future__ import annotations

import torch

from ml.models.matcher import Matcher


def _inputs(count: int = 2) -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(0)
    bars = torch.rand(count, 4, 2500, generator=generator) / 30
    return {"features": torch.randn(count, 8, 25, 25, generator=generator), "bars": bars}


def test_it_begins_as_no_correction() -> None:
    """Untrained, the margin is that of the distances, and nothing is known of who belongs where."""
    margin = torch.tensor([-0.3, 0.2])
    found = Matcher(8)(margin, **_inputs())
    assert torch.equal(found.margin, margin)
    assert torch.equal(found.fit_logits, torch.zeros(2))


def test_everything_it_is_given_matters() -> None:
    """Another map, feature or margin is another answer; a gradient reaches every weight."""
    torch.manual_seed(1)
    matcher = Matcher(8)
    with torch.no_grad():
        matcher.answer.weight.normal_()
    inputs = {"margin": torch.tensor([-0.3, 0.2]), **_inputs()}
    whole = matcher(**inputs)
    changed = {name: {name: value.roll(1, 0)} for name, value in inputs.items() if name != "bars"}
    for k, name in enumerate(("bar", "opened", "closed", "background")):
        changed[name] = {"bars": inputs["bars"].clone()}
        changed[name]["bars"][:, k] = inputs["bars"][:, k].roll(1, 0)
    for name, change in changed.items():
        other = matcher(**{**inputs, **change})
        assert not torch.allclose(other.margin, whole.margin), name
        assert not torch.allclose(other.fit_logits, whole.fit_logits), name
    (whole.margin.sum() + whole.fit_logits.sum()).backward()
    dead = [n for n, p in matcher.named_parameters() if p.grad is None or not p.grad.abs().sum() > 0]
    assert dead == []


def test_masks_that_are_empty_are_no_division_by_zero() -> None:
    """A closed bar may hide behind the bench: then there is nothing to attend to, and still an answer."""
    inputs = _inputs()
    inputs["bars"][:, 1:3] = 0
    found = Matcher(8)(torch.zeros(2), **inputs)
    assert torch.isfinite(found.margin).all()
    assert torch.isfinite(found.fit_logits).all()

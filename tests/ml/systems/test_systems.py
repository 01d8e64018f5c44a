"""Every system trains: a loss that falls, scores for each picture, the same seed the same weights."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
import torch

from ml.data.pictures import PictureSet, select
from ml.models.getnet import GetNet
from ml.systems.base import System
from ml.systems.named import (
    LARGE_PATIENCE,
    PAPER,
    RECIPES,
    SMOKE_SIDE,
    as_values,
    from_values,
    system_of,
    trained_by,
    with_changes,
)
from ml.systems.recipe import AbirRecipe, GetNetRecipe, MetricRecipe, Recipe, TripletRecipe
from ml.systems.siamese import displace
from ml.train.descent import Descent
from ml.train.loop import train
from ml.train.run import Run
from ml.train.systems import Lesson, SystemLearner

LIFTS, EACH = 2, 4
SMALL = dict.fromkeys(SMOKE_SIDE, 32)
"""Sides at which the large networks are tried; those of the paper's own layout need 200."""


@pytest.fixture(scope="module")
def data() -> PictureSet:
    """Two lifts, four pictures of each state; the lift's mask for it is bright in them."""
    rng = torch.Generator().manual_seed(1)
    count = 2 * LIFTS * EACH
    images = torch.randint(60, 120, (count, 200, 200, 3), generator=rng, dtype=torch.uint8)
    lift = torch.arange(LIFTS).repeat_interleave(2 * EACH)
    is_open = torch.tensor([True, False]).repeat(LIFTS * EACH)
    masks = torch.zeros(LIFTS, 2, 200, 200, dtype=torch.uint8)
    for number in range(LIFTS):
        left = 30 + 60 * number
        masks[number, 1, 40:55, left : left + 80] = 255
        masks[number, 0, 140:155, left : left + 80] = 255
    for row in range(count):
        seen = masks[lift[row], int(is_open[row])] > 0
        images[row][seen] = 240
    factors: list[dict[str, Any]] = [{} for _ in range(count)]
    return PictureSet(
        images, is_open, torch.ones(count, dtype=torch.bool), lift, masks, ("S1", "S2"), factors
    )


def recipe_of(name: str, **changes: object) -> Recipe:
    """A recipe with few epochs, small where it can be."""
    return replace(RECIPES[name], side=SMALL.get(name, 200), batch=8, epochs=2, patience=9, **changes)  # type: ignore[arg-type]


BARS = sorted(name for name, recipe in RECIPES.items() if not isinstance(recipe, MetricRecipe))


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted({*BARS} - {"siamese", "classifier"}))
def test_each_system_learns_what_a_batch_shows(name: str, data: PictureSet) -> None:
    """Every step on one batch lowers its loss; every picture gets a score. The other two: tests/ml/train.

    Without the batch's own statistics, which make the loss of so few pictures jump.
    """
    system = system_of(recipe_of(name))
    rng = torch.Generator().manual_seed(3)
    index = next(iter(system.batches(data, rng)))
    sgd = torch.optim.SGD(system.network.parameters(), 1e-2)
    system.network.eval()
    losses = []
    for _ in range(3):
        loss = system.loss(data, index, torch.Generator().manual_seed(5))
        sgd.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(system.network.parameters(), 1.0)
        sgd.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    assert losses == sorted(losses, reverse=True)
    assert isinstance(system, System)
    scores = system.scores(data, data)
    assert scores.shape == (len(data),)
    assert scores.isfinite().all()


def test_a_network_of_fixed_normalisation_is_not_thrown_off_by_its_rate(data: PictureSet) -> None:
    """EfficientNet-Lite0: Adam's first steps are as long as the rate; by 1e-3 the loss grows."""
    torch.manual_seed(1)
    recipe = recipe_of("efficientnet-lite0")
    system = system_of(recipe)
    adam = torch.optim.Adam(system.network.parameters(), recipe.learning_rate)
    losses = []
    for _ in range(3):
        loss = system.loss(data, torch.arange(8), torch.Generator())
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        losses.append(float(loss.detach()))
    assert losses == sorted(losses, reverse=True)


@pytest.mark.parametrize("l2", ["constant", "adaptive"])
def test_regularisation_is_part_of_the_descent(l2: str, data: PictureSet, tmp_path: Path) -> None:
    """Either kind leads to other weights than none; learnt factors move."""
    cpu = torch.device("cpu")

    def weights(name: str, **changes: object) -> dict[str, torch.Tensor]:
        recipe = replace(recipe_of("classifier", **changes), side=48, epochs=1)
        learner = SystemLearner(Lesson("classifier", recipe, data, data), cpu)
        train(learner, Run(out=tmp_path / name))
        saved = torch.load(tmp_path / name / "last.pt", weights_only=True)
        assert len(saved["factors"]) == (changes.get("l2") == "adaptive")
        return {**saved["network"], **saved["penalty"]}

    plain, regular = weights("plain"), weights(l2, l2=l2)
    assert not torch.equal(plain["fc.weight"], regular["fc.weight"])
    if l2 == "adaptive":
        assert (regular["adaptive.raw"] < 0).any()


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_learnt_factors_do_not_decay(optimiser: Literal["sgd", "adam"], data: PictureSet) -> None:
    """Where the sigmoid is flat nothing else moves them: they stay, while weights decay."""
    recipe = replace(recipe_of("classifier"), side=48, optimiser=optimiser, l2="adaptive", weight_decay=0.1)
    descent = Descent(system_of(recipe), torch.device("cpu"))
    (raw,) = descent.penalty.parameters()
    with torch.no_grad():
        raw.fill_(-3.0)
    descent.learn(data, 0, seconds=0)
    assert (raw == -3).all()
    decays = [group["weight_decay"] for group in descent.optimiser.param_groups]
    assert decays == [recipe.weight_decay, 0.0]


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_is_read_back_from_a_checkpoint(name: str) -> None:
    """Plain values and back, the system's own fields too."""
    assert from_values(as_values(name, RECIPES[name])) == (name, RECIPES[name])


_ALQASIR = (
    "optimiser=sgd learning_rate=1e-5 decay=1e-8 epochs=1000 clip_norm=0 weight_decay=0 side=200 l2=none"
)
_MURTHY = (
    "optimiser=adam learning_rate=1e-4 batch=32 side=256 width=128 frozen=true fall=0.5 fall_every=50"
    " fall_by=epoch disguise=move scale=imagenet loss=triplet mining=offline hard_round=true"
    " clip_norm=0 weight_decay=0"
)
PRINTED = {
    "siamese": f"{_ALQASIR} pixels=standard",
    "classifier": f"{_ALQASIR} pixels=grey network=paper loss=cross-entropy",
    "vgg16": f"{_ALQASIR} network=vgg16",
    "resnet50": f"{_ALQASIR} network=resnet50",
    "abir": "optimiser=adam learning_rate=1e-5 weight_decay=5e-4 batch=80 side=224 width=0 disguise=crop"
    " scale=imagenet attention=se fall=0.1 fall_every=40000 fall_by=step clip_norm=0",
    "triplet-mildnet": f"{_MURTHY} network=mildnet",
    "triplet-resnet50": f"{_MURTHY} network=resnet50 pooling=mean drop=0",
    "adaptive-l2": "optimiser=adam learning_rate=2e-4 batch=64 each=4 epoch_pictures=12800 epochs=200"
    " side=384 width=128 mining=batch-hard loss=triplet l2=adaptive l2_factor=0.005 fall=0.1 fall_every=30"
    " fall_by=epoch clip_norm=0",
}
"""Section 4.3 of paper 000; 3.2 of 003; 3.1.3, 3.3.1 and 4.2 of the thesis; flags of 002's authors' code."""


@pytest.mark.parametrize("name", PAPER)
def test_a_paper_s_literal_recipe_is_what_it_prints(name: str) -> None:
    """Every number that its text gives is there already, and some of them are not our own."""
    literal = with_changes(RECIPES[name], PAPER[name])
    assert with_changes(literal, PRINTED[name].split()) == literal != RECIPES[name]


def test_momentum_is_nesterov_s() -> None:
    """Of 0.9, as section 4.3 of paper 000 says."""
    descent = Descent(system_of(replace(recipe_of("classifier"), side=16)), torch.device("cpu"))
    assert all(
        (group["momentum"], group["nesterov"]) == (0.9, True) for group in descent.optimiser.param_groups
    )


@pytest.mark.thorough
@pytest.mark.parametrize("loss", ["multi-label", "focal"])
def test_two_labels_are_learnt_at_once(loss: str, data: PictureSet) -> None:
    """Steps on one batch part open from closed, and the score is the second label's logit."""
    system = system_of(replace(recipe_of("classifier", loss=loss), side=48))
    assert isinstance(system, System)
    sgd, index = torch.optim.SGD(system.network.parameters(), 1e-2), torch.arange(len(data))
    for _ in range(25):
        value = system.loss(data, index, torch.Generator())
        sgd.zero_grad()
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(system.network.parameters(), 1.0)
        sgd.step()
    assert system.accuracy(data, data) == 1.0
    torch.testing.assert_close(system.scores(data, data), system.all_outputs(data.images)[:, 1])


def test_a_recipe_is_changed_by_words() -> None:
    """Words become values of the right kind; what is no field, or no value of it, is named."""
    assert with_changes(AbirRecipe(), ["attention=none", "epochs=7", "learning_rate=1e-3"]) == AbirRecipe(
        attention="none", epochs=7, learning_rate=1e-3
    )
    assert with_changes(GetNetRecipe(), ["transformer=6"]) == GetNetRecipe(transformer=6)
    with pytest.raises(ValueError, match="expected one of"):
        with_changes(AbirRecipe(), ["mining=offline"])
    with pytest.raises(ValueError, match="mining"):
        with_changes(TripletRecipe(), ["mining=online"])


def test_grey_pixels_are_levels_about_their_mean() -> None:
    images = torch.tensor([0, 255], dtype=torch.uint8)[:, None, None, None].expand(2, 200, 200, 3)
    grey = system_of(with_changes(RECIPES["classifier"], ["pixels=grey"])).prepared(images)
    torch.testing.assert_close(grey[:, 0, 0, 0], torch.tensor([-127.5, 127.5]))
    torch.testing.assert_close(grey / 51, system_of(RECIPES["classifier"]).prepared(images))


def test_getnet_learns_in_turns(data: PictureSet) -> None:
    """Section III.D: a turn of all, a turn of the transformer alone; without one as many of all."""
    recipe = replace(GetNetRecipe(), batch=4, turn=3)
    system, without = system_of(recipe), system_of(replace(recipe, transformer=0))
    assert isinstance(system.network, GetNet)
    alone = len(list(system.network.transformer.parameters()))
    everything = len(list(system.network.parameters()))
    assert [len(system.learning(step)) for step in range(7)] == [*3 * [everything], *3 * [alone], everything]
    assert len(without.learning(0)) == len(without.learning(3)) == everything - alone
    batches = [list(each.batches(data, torch.Generator().manual_seed(0))) for each in (system, without)]
    steps = math.ceil(len(data) / 4 / 3) * 3  # the siamese part's, in whole turns
    assert [len(found) for found in batches] == [2 * steps, steps]
    assert torch.equal(torch.cat(batches[1])[: len(data)].sort()[0], torch.arange(len(data)))


def test_the_transformer_learns_at_its_share_of_the_rate(data: PictureSet) -> None:
    """As the rate falls, so does its own; every parameter is in one group."""
    recipe = replace(GetNetRecipe(), optimiser="adam", batch=4, turn=1, transformer_rate=0.5, decay=1.0)
    descent = Descent(system_of(recipe), torch.device("cpu"))
    descent.learn(data, 0, seconds=0)
    descent.learn(data, 0, seconds=0)
    rates = [group["lr"] for group in descent.optimiser.param_groups]
    assert rates == [recipe.learning_rate / 2, recipe.learning_rate / 4]
    grouped = [id(parameter) for group in descent.optimiser.param_groups for parameter in group["params"]]
    assert sorted(grouped) == sorted(id(parameter) for parameter in descent.system.network.parameters())


def test_displaced_pictures_lie_off_their_place() -> None:
    """Moved and scaled by no more than asked; by nothing it is the picture."""
    image = torch.zeros(1, 200, 200, 3, dtype=torch.uint8)
    image[0, 90:110, 90:110] = 255
    still = displace(image, 0.0, torch.Generator().manual_seed(0))
    assert torch.equal(still, image)
    moved = displace(image.expand(8, -1, -1, -1), 0.25, torch.Generator().manual_seed(0))
    for one in moved:
        rows, columns = torch.nonzero(one[..., 0] > 127, as_tuple=True)
        assert abs(float(rows.float().mean()) - 99.5) <= 50 / 0.75
        assert abs(float(columns.float().mean()) - 99.5) <= 50 / 0.75
    assert not torch.equal(moved[0], moved[1])


def test_options_of_one_network_are_refused_for_the_other() -> None:
    """Neither GLAP nor Top DropBlock is MILDNet's."""
    with pytest.raises(ValueError, match="resnet50"):
        system_of(TripletRecipe(network="mildnet", pooling="glap"))


def test_the_command_says_every_change() -> None:
    """As somebody would type it: changed fields, rates, epochs, seed, threads."""
    recipe = with_changes(RECIPES["abir"], ["attention=none", "side=64", "epochs=3", "seed=2", "threads=1"])
    words = "--set side=64 --set attention=none --learning-rate 0.0001 --epochs 3 --seed 2 --threads 1"
    assert trained_by("abir", recipe) == f"barwatch train abir {words}"
    assert "--learning-rate 0.1 --learning-rate 0.2" in trained_by("abir", recipe, ["0.1", "0.2"])
    paper = with_changes(RECIPES["siamese"], [*PAPER["siamese"], "seed=1"])
    words = "--learning-rate 1e-05 --epochs 1000 --seed 1"
    assert trained_by("siamese", paper) == f"barwatch train siamese --preset paper {words}"
    large = with_changes(paper, [LARGE_PATIENCE])
    assert trained_by("siamese", large, large=True) == f"barwatch train siamese --preset paper-large {words}"
    assert "vgg16 --preset large --set side=112" in trained_by(
        "vgg16", replace(RECIPES["vgg16"], side=112), large=True
    )


def test_reviewed_pictures_draw_a_mask_to_them(data: PictureSet) -> None:
    """With none it is the plain score; with all, pictures are at least as near to their own state."""
    system = system_of(RECIPES["getnet"])
    none = replace(data, images=data.images[:0], is_open=data.is_open[:0], lift=data.lift[:0])
    rows = torch.arange(len(data))
    torch.testing.assert_close(system.scores_after(data, none), system.scores(data, data))  # type: ignore[attr-defined]
    plain, after = system.scores(data, data), system.scores_after(data, select(data, rows))  # type: ignore[attr-defined]
    sign = 2.0 * data.is_open.float() - 1
    assert (sign * after).mean() > (sign * plain).mean()

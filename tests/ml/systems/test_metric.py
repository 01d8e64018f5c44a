"""Retrieval systems learn to tell carriers apart, by each loss, mining and recipe."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from typer.testing import CliRunner

from ml.models import resnet50, vgg16
from ml.systems.inputs import inputs
from ml.systems.metric import Metric, Triplet
from ml.systems.named import RECIPES, preset_words, system_of, with_changes
from ml.systems.recipe import AbirRecipe, MetricRecipe, TripletRecipe
from ml.train.descent import Descent
from ml.train.loop import LAST, read, train
from ml.train.run import CPU, Run
from ml.train.systems import Lesson, SystemLearner
from service.cli import app
from tests.ml.retrieval.carriers import carriers
from tests.ml.systems.test_systems import BARS

DATA = carriers(6)


def paper(name: str) -> MetricRecipe:
    """Return the recipe of --preset paper."""
    recipe = with_changes(RECIPES[name], preset_words(name, "paper"))
    assert isinstance(recipe, MetricRecipe)
    return recipe


METRIC = sorted({*RECIPES} - {*BARS})


@pytest.mark.thorough
@pytest.mark.parametrize("name", METRIC)
def test_each_system_learns_what_a_batch_shows(name: str) -> None:
    """Steps on one batch lower its loss, without dropout and the batch's own statistics."""
    recipe = replace(RECIPES[name], side=32, batch=8, disguise="none")  # type: ignore[call-arg]
    system = system_of(recipe)
    rng = torch.Generator().manual_seed(3)
    index = next(iter(system.batches(DATA, rng)))
    sgd = torch.optim.SGD(system.network.parameters(), 1e-2)
    system.network.eval()
    losses = []
    for _ in range(3):
        loss = system.loss(DATA, index, rng)
        sgd.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(system.network.parameters(), 1.0)
        sgd.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]
    assert 0 < system.validation(DATA, DATA) <= 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    "changes",
    [
        *({"loss": loss, "mining": "batch-all"} for loss in ("triplet", "lossless")),
        *({"loss": loss, "mining": "offline"} for loss in ("triplet", "lossless")),
        {"loss": "lossless", "mining": "batch-hard"},
        {"loss": "am-softmax", "classes": 6},
        {"pooling": "glap", "drop": 0.3},
        {"network": "mildnet"},
    ],
)
def test_every_option_gives_a_loss_that_reaches_all_weights(changes: dict[str, Any]) -> None:
    """Finite, with a gradient for what was added; the kinds of triplets are counted."""
    recipe = TripletRecipe(**{"network": "resnet50", "side": 32, "batch": 8, "disguise": "move", **changes})
    system = system_of(recipe)
    assert isinstance(system, Triplet)
    rng = torch.Generator().manual_seed(2)
    system.network.train()
    value = system.loss(DATA, next(iter(system.batches(DATA, rng))), rng)
    value.backward()  # type: ignore[no-untyped-call]
    assert value.isfinite()
    silent = [
        name
        for name, p in system.network.named_parameters()
        if p.grad is None or not p.grad.isfinite().all() or not p.grad.any()
    ]
    assert silent in ([], ["head.0.bias"])  # batch normalisation takes every constant off again
    shares = system.measured()
    if recipe.loss == "am-softmax":
        assert shares == {}
    else:
        assert 0 < shares["hard"] + shares["semi_hard"] <= 1
        assert system.measured() == {"hard": 0.0, "semi_hard": 0.0}  # counted anew in every epoch


def test_batches_have_p_carriers_of_k_pictures() -> None:
    """As section 3.2.3 of the thesis, 2 of 4; an epoch has the pictures that it is given."""
    system = system_of(AbirRecipe(batch=8, each=4, side=32, epoch_pictures=16))
    batches = list(system.batches(DATA, torch.Generator().manual_seed(0)))
    assert [len(batch) for batch in batches] == [8, 8]
    counts = DATA.identity[batches[0]].bincount()
    assert counts[counts > 0].tolist() == [4, 4]


def test_drawn_triplets_are_of_two_cameras() -> None:
    """Thirty-two triplets are ninety-six pictures: anchors, positives, negatives."""
    system = system_of(TripletRecipe(batch=32, side=32, epoch_pictures=40))
    first, second = system.batches(DATA, torch.Generator().manual_seed(0))
    assert (len(first), len(second)) == (96, 24)
    a, p, n = first.chunk(3)
    assert (DATA.identity[a] == DATA.identity[p]).all()
    assert (DATA.camera[a] != DATA.camera[p]).all()
    assert (DATA.identity[a] != DATA.identity[n]).all()


def test_episodes_need_batches_by_identity() -> None:
    """Drawn triplets are thirds of a batch: parted by lifts, anchors would stand beside others' negatives."""
    with pytest.raises(ValueError, match="batches by identity"):
        system_of(TripletRecipe(side=32, episodic=True))


def test_the_rate_falls_as_the_papers_say() -> None:
    """ABIR: tenfold after 40,000 steps. The thesis: by half after every 50 epochs."""
    abir, triplets = (system_of(paper(name)) for name in ("abir", "triplet-resnet50"))
    assert [abir.learning_rate(step) for step in (0, 39_999, 40_000)] == pytest.approx([1e-5, 1e-5, 1e-6])
    rates = []
    for epoch in (0, 49, 50, 100):
        triplets.epoch_begins(epoch, DATA, torch.Generator())
        rates.append(triplets.learning_rate(7))
    assert rates == pytest.approx([1e-4, 1e-4, 5e-5, 2.5e-5])


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("network", "first_ten", "count"),
    [("mildnet", vgg16.FIRST_TEN, 14), ("resnet50", resnet50.FIRST_TEN, 5)],
)
def test_the_first_ten_layers_can_stay(network: str, first_ten: tuple[str, ...], count: int) -> None:
    """Seven convolutions of VGG16 with biases; of ResNet-50 two, one block begun, with normalisations."""
    system = system_of(TripletRecipe(network=network, frozen=True, side=32, batch=4, epoch_pictures=4))  # type: ignore[arg-type]
    still = {n: p.clone() for n, p in system.network.named_parameters() if n.startswith(first_ten)}
    moving = {n for n, p in system.network.named_parameters() if p.requires_grad}
    assert len(still) == count + (1 if network == "resnet50" else 0)
    assert not moving & still.keys()
    rng = torch.Generator().manual_seed(2)
    system.loss(DATA, next(iter(system.batches(DATA, rng))), rng).backward()  # type: ignore[no-untyped-call]
    assert all(p.grad is None for n, p in system.network.named_parameters() if n in still)


def test_frozen_normalisations_keep_their_statistics() -> None:
    """As they came: no batch moves them, and none is normalised by its own."""
    system = system_of(TripletRecipe(network="resnet50", frozen=True, side=32, batch=4, epoch_pictures=4))
    first_ten = {n: b.clone() for n, b in system.network.named_buffers() if n.startswith(resnet50.FIRST_TEN)}
    assert first_ten
    Descent(system, CPU).learn(DATA, 0)
    moved = {n for n, b in system.network.named_buffers() if not torch.equal(b, first_ten.get(n, b))}
    assert not moved
    assert int(system.network.get_buffer("layer4.0.bn1.num_batches_tracked")) > 0


def test_what_the_papers_networks_are_given() -> None:
    """Sizes; what is judged is the same twice and what is learnt is not; means of ImageNet are taken off."""
    images = DATA.images[:3]
    rng = torch.Generator().manual_seed(0)
    for name, size in (("abir", [224, 224]), ("triplet-mildnet", [256, 128])):
        recipe = paper(name)
        judged = inputs(images, recipe, None)
        assert list(judged.shape) == [3, 3, *size]
        assert torch.equal(judged, inputs(images, recipe, None))
        learnt = inputs(images, recipe, rng)
        assert learnt.shape == judged.shape
        assert not torch.equal(learnt, inputs(images, recipe, rng))
    grey = torch.full((1, 200, 200, 3), 104, dtype=torch.uint8)
    assert inputs(grey, paper("abir"), None)[0, 2].abs().max() < 0.01


def test_a_crop_is_a_part_or_its_mirror_and_a_movement_stays_within_its_bounds() -> None:
    """Columns of a ramp rise or fall; a small square stays within a shift, a zoom and a turn."""
    ramp = torch.arange(200, dtype=torch.uint8)[None, None, :, None].expand(8, 200, 200, 3)
    crop = AbirRecipe(disguise="crop", side=175)
    learnt = inputs(ramp, crop, torch.Generator().manual_seed(0))[:, 0, 100]
    signs = (learnt[:, 100] - learnt[:, 99]).sign()
    assert set(signs.tolist()) == {1.0, -1.0}
    assert len({float(row.min()) for row in learnt}) > 2
    square = torch.zeros(16, 200, 200, 3, dtype=torch.uint8)
    square[:, 90:110, 90:110] = 255
    moved = inputs(square, TripletRecipe(disguise="move", side=200), torch.Generator().manual_seed(0))
    for one in moved[:, 0]:
        rows, columns = torch.nonzero(one > one.mean() + 1, as_tuple=True)
        assert abs(float(rows.float().mean()) - 99.5) < 200 * 0.2 * 1.42 / 0.8 + 2
        assert 10 * 20 < len(rows) < 20 * 20 / 0.8**2 + 80
        assert len(columns) == len(rows)


@pytest.mark.thorough
def test_a_run_cut_within_an_epoch_counts_on(tmp_path: Path) -> None:
    """Saved after every step and read back: the same weights, dropout too, and the same triplets counted."""
    recipe = TripletRecipe(
        optimiser="adam", side=32, batch=2, disguise="move", epochs=1, epoch_pictures=6, network="mildnet"
    )
    lesson = Lesson("triplet-mildnet", recipe, DATA, DATA)
    whole = SystemLearner(lesson, CPU)
    train(whole, Run(out=tmp_path / "whole"))
    state: dict[str, Any] = {"epoch": 0}
    part = SystemLearner(lesson, CPU, save_every_s=0.0)
    for _ in range(2):
        assert part.learn(state) is None
        saved = part.state_dict()
        part = SystemLearner(lesson, CPU, save_every_s=0.0)
        part.load_state_dict(saved)
    part.learn(state)
    expected = read(tmp_path / "whole" / LAST, CPU)
    assert all(torch.equal(expected["network"][name], w) for name, w in part.state_dict()["network"].items())
    assert state["curve"] == expected["state"]["curve"]
    assert state["curve"][0]["hard"] > 0
    assert expected["state"]["finished"]


@pytest.mark.thorough
def test_a_hard_round_follows_the_first_when_it_is_no_better(tmp_path: Path) -> None:
    """Two rounds, each ended by patience; the second draws hard negatives, and is saved with them."""
    recipe = TripletRecipe(
        optimiser="adam", learning_rate=0.0, side=32, batch=4, epoch_pictures=4, patience=1, network="mildnet"
    )
    learner = SystemLearner(Lesson("triplet-mildnet", recipe, DATA, DATA), CPU)
    train(learner, Run(out=tmp_path))
    saved = read(tmp_path / LAST, CPU)
    assert [epoch["round"] for epoch in saved["state"]["curve"]] == [1, 1, 2]
    assert saved["state"]["round_began"] == 2
    assert isinstance(learner.descent.system, Metric)
    assert saved["system"]["round"] == 2
    assert set(saved["system"]["hard"]) <= set(range(6))
    assert saved["state"]["finished"]


def test_frozen_layers_are_not_random_ones() -> None:
    """The thesis' literal recipe needs the weights that it starts from: without, it is a usage error."""
    said = CliRunner().invoke(app, ["train", "triplet-resnet50", "--preset", "paper"], env={"COLUMNS": "300"})
    assert said.exit_code == 2
    assert "its first ten layers would stay random" in said.output

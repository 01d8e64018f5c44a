"""Training: overfits one batch, repeats itself, resumes where it stopped."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from ml.data.episodes import Episodes
from ml.models.barwatch import BarwatchNetwork, ModelConfig
from ml.models.trunk import TrunkNetwork
from ml.train import barwatch
from ml.train.barwatch import BarwatchLearner, learning_rate
from ml.train.config import PRESETS, TrainConfig
from ml.train.loop import train
from ml.train.objective import background_embedding, losses, passage_loss
from ml.train.run import Run

CPU = torch.device("cpu")
NARROW = ModelConfig(widths=(8, 12, 24, 48), matcher_width=16)
"""How training goes does not depend on the network's width."""

TINY = replace(PRESETS["smoke"], steps=4, batch_lifts=2, batch_passages=2, model=NARROW)


@pytest.fixture(scope="module")
def history(lift_files: list[Path]) -> list[dict[str, torch.Tensor]]:
    """What 16 steps on one episode measured."""
    config = replace(TINY, steps=16, warmup_steps=5, learning_rate=1e-2)
    learner = BarwatchLearner(config, CPU)
    episode = Episodes(lift_files, 2, 2, seed=0).episode(0, {})
    return [learner.update(episode) for _ in range(config.steps)]


@pytest.mark.thorough
def test_it_overfits_one_batch(history: list[dict[str, torch.Tensor]]) -> None:
    """16 steps on one episode bring its margin loss well down: everything is connected."""
    assert history[-1]["margin"] < 0.6 * history[0]["margin"]
    assert history[-1]["dense"] < 0.8 * history[0]["dense"]
    assert history[-1]["accuracy"] > 0.8


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_learns_too(lift_files: list[Path], tmp_path: Path) -> None:
    """On CUDA the same 16 steps bring the loss down as well; the processor reads the checkpoint."""
    cuda = torch.device("cuda")
    learner = BarwatchLearner(replace(TINY, steps=16, warmup_steps=5, learning_rate=1e-2), cuda)
    episode = Episodes(lift_files, 2, 2, seed=0).episode(0, {}).pin_memory()
    found = [{k: float(v) for k, v in learner.update(episode).items()} for _ in range(16)]
    assert found[-1]["margin"] < 0.8 * found[0]["margin"]
    arriving = BarwatchLearner(TINY, cuda, lift_files[0].parent, workers=1)
    train(arriving, Run(out=tmp_path, device=cuda))
    resumed = BarwatchLearner(TINY, CPU, lift_files)
    resumed.load_state_dict(torch.load(tmp_path / "last.pt", map_location="cpu", weights_only=True))
    assert resumed.step == TINY.steps


@pytest.mark.thorough
def test_pictures_of_another_lift_are_told_apart(history: list[dict[str, torch.Tensor]]) -> None:
    """On the same episode: its own pictures fit their masks, the next lift's masks do not."""
    assert history[-1]["fit"] < 0.8 * history[0]["fit"]


@pytest.mark.thorough
def test_who_says_what_the_teacher_says_has_nothing_to_learn_from_it(lift_files: list[Path]) -> None:
    """A network as its own teacher: 0. Another: more, and less after some steps; it stays as it is."""
    episode = Episodes(lift_files, 2, 2, seed=0).episode(0, {})
    teacher = BarwatchLearner(replace(TINY, seed=7), CPU).network
    torch.nn.init.normal_(teacher.matcher.answer.weight, std=0.1)
    before = {name: value.clone() for name, value in teacher.state_dict().items()}
    learner = BarwatchLearner(
        replace(TINY, steps=12, warmup_steps=2, teacher_weight=100.0), CPU, teacher=teacher
    )
    own = losses(learner.network, episode, TINY, learner.network)["taught"]
    assert float(own.detach()) == pytest.approx(0.0, abs=1e-5)
    found = [float(learner.update(episode)["taught"]) for _ in range(12)]
    assert 0 < found[-1] < found[0]
    assert all(torch.equal(value, before[name]) for name, value in teacher.state_dict().items())


def test_a_run_goes_on_with_the_trunks_share_it_began_with() -> None:
    """The optimiser's groups depend on it; without a trunk it says nothing."""
    beside = replace(NARROW, trunk="efficientnet-lite0")
    for model, goes_on in ((beside, False), (NARROW, True)):
        learner = BarwatchLearner(replace(TINY, model=model, trunk_share=0.3), CPU)
        assert learner.continues(learner.content())
        changed = {"config": {**learner.content()["config"], "trunk_share": 0.0}}
        assert learner.continues(changed) == goes_on


@pytest.mark.thorough
@pytest.mark.parametrize("share", [0.0, 0.3])
def test_a_trunk_learns_at_its_share_of_the_rate(lift_files: list[Path], share: float) -> None:
    """At 0 it stays as it came and needs no gradient; else its rate is that share. The rest learns alike."""
    trunk = replace(TINY, trunk_share=share, model=replace(NARROW, trunk="efficientnet-lite0"))
    learner, episode = BarwatchLearner(trunk, CPU), Episodes(lift_files, 2, 2, seed=0).episode(0, {})
    assert isinstance(learner.network, TrunkNetwork)
    torch.nn.init.normal_(learner.network.add25.weight, std=0.1)  # from zeros no gradient reaches the trunk
    before = {name: value.clone() for name, value in learner.network.named_parameters()}
    learner.update(episode)
    moved = {n for n, p in learner.network.named_parameters() if not torch.equal(p, before[n])}
    assert {"stem.weight", "add13.weight"} <= moved
    assert any(name.startswith("pretrained.") for name in moved) == (share > 0)
    assert {group["lr"] for group in learner.optimiser.param_groups} == {
        part * learning_rate(0, trunk) for part in ((1.0, share) if share else (1.0,))
    }


@pytest.mark.thorough
def test_the_same_seed_gives_the_same_weights(lift_files: list[Path], tmp_path: Path) -> None:
    """Two runs of one configuration end in equal weights."""
    ends = []
    for name in ("a", "b"):
        learner = BarwatchLearner(TINY, CPU, lift_files, workers=0)
        train(learner, Run(out=tmp_path / name))
        ends.append(learner.network.state_dict())
    for key, value in ends[0].items():
        torch.testing.assert_close(value, ends[1][key], rtol=0, atol=0)


@pytest.mark.slow
def test_another_process_loads_the_same_episodes(lift_files: list[Path], tmp_path: Path) -> None:
    """Weights do not depend on who loads the pictures."""
    ends = []
    for workers in (0, 1):
        learner = BarwatchLearner(TINY, CPU, lift_files, workers=workers)
        train(learner, Run(out=tmp_path / str(workers)))
        ends.append(learner.network.state_dict())
    for key, value in ends[0].items():
        torch.testing.assert_close(value, ends[1][key], rtol=0, atol=0)


@pytest.mark.thorough
def test_a_resumed_run_ends_where_an_unbroken_one_does(lift_files: list[Path], tmp_path: Path) -> None:
    """Two of four steps, then the rest from the checkpoint: the weights of four steps at once."""
    whole = BarwatchLearner(TINY, CPU, lift_files, workers=0)
    train(whole, Run(out=tmp_path / "whole"))
    train(BarwatchLearner(replace(TINY, steps=2), CPU, lift_files, workers=0), Run(out=tmp_path / "cut"))
    second = BarwatchLearner(replace(TINY, steps=4), CPU, lift_files, workers=0)
    measured: list[dict[str, float]] = []
    train(second, Run(out=tmp_path / "cut", progress=measured.append))
    assert [(one["epoch"], one["step"]) for one in measured] == [(2, 4)]
    for key, value in whole.average.state_dict().items():
        torch.testing.assert_close(value, second.average.state_dict()[key], rtol=1e-6, atol=1e-7)


@pytest.mark.thorough
def test_each_round_has_files_of_its_own_and_a_resumed_run_asks_for_the_round_it_is_in(
    lift_files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four steps in two rounds: the second's files from step 2 on, also where the run was cut there."""
    monkeypatch.setattr(barwatch, "LOG_EVERY", 1)
    asked: list[int] = []

    def files(number: int) -> list[Path]:
        asked.append(number)
        return lift_files[number : number + 2]

    whole = BarwatchLearner(replace(TINY, rounds=2), CPU, files, workers=0)
    train(whole, Run(out=tmp_path / "whole"))
    assert asked == [0, 1]
    cut = BarwatchLearner(replace(TINY, rounds=2), CPU, files, workers=0)
    monkeypatch.setattr(cut, "finished", lambda _: cut.step >= 2)
    train(cut, Run(out=tmp_path / "cut"))
    resumed = BarwatchLearner(replace(TINY, rounds=2), CPU, files, workers=0)
    train(resumed, Run(out=tmp_path / "cut"))
    assert asked == [0, 1, 0, 1]
    for key, value in whole.average.state_dict().items():
        torch.testing.assert_close(value, resumed.average.state_dict()[key], rtol=1e-6, atol=1e-7)


def test_the_learning_rate_warms_up_and_cools_down() -> None:
    """First step a tenth of the way up, then the top, then a hundredth."""
    config = TrainConfig(steps=110, warmup_steps=10, learning_rate=1.0)
    assert learning_rate(0, config) == pytest.approx(0.1)
    assert learning_rate(10, config) == pytest.approx(1.0)
    assert learning_rate(110, config) == pytest.approx(0.01)


@pytest.mark.thorough
def test_a_run_by_the_clock_ends_in_time_and_annealed(lift_files: list[Path]) -> None:
    """Of three minutes at half a minute a step: six steps, the last at a hundredth of the learning rate."""
    config = replace(TINY, steps=1000, minutes=3.0, warmup_steps=1, learning_rate=1e-3)
    ticks = iter(range(0, 10_000, 30))
    learner = BarwatchLearner(config, CPU, lift_files, workers=0, clock=lambda: float(next(ticks)))
    state = {"seconds": 0.0}
    assert not learner.finished(state)
    learner.learn(state)
    assert learner.step == 6
    assert learner.optimiser.param_groups[0]["lr"] == pytest.approx(1e-5)
    assert learner.finished({"seconds": 180.0})


def test_a_resumed_run_by_the_clock_has_only_the_time_that_is_left(lift_files: list[Path]) -> None:
    """A minute of three is left: two steps."""
    config = replace(TINY, steps=1000, minutes=3.0)
    ticks = iter(range(0, 10_000, 30))
    learner = BarwatchLearner(config, CPU, lift_files, workers=0, clock=lambda: float(next(ticks)))
    learner.learn({"seconds": 120.0})
    assert learner.step == 2


def test_learning_rates_by_the_clock_by_hand() -> None:
    """Warm-up by steps, then by the time that is over, or the steps, whichever is further."""
    config = TrainConfig(steps=110, warmup_steps=10, learning_rate=1.0, minutes=10)
    assert learning_rate(0, config) == pytest.approx(0.1)
    assert learning_rate(20, config, 300.0) == pytest.approx(0.505)
    assert learning_rate(60, config, 60.0) == pytest.approx(0.505)
    assert learning_rate(20, config, 600.0) == pytest.approx(0.01)
    assert learning_rate(20, config, 900.0) == pytest.approx(0.01)


def test_a_configuration_survives_its_checkpoint() -> None:
    """as_dict and from_dict are inverse."""
    for config in PRESETS.values():
        assert TrainConfig.from_dict(config.as_dict()) == config


def test_what_a_lift_always_shows_by_hand() -> None:
    """Of three pictures of one lift the first knows the two others, the second the third, the third none."""
    bars = torch.tensor([[1.0, 0.0], [0.0, 4.0], [2.0, 2.0]], requires_grad=True)
    watched = torch.tensor([[[False, True, True], [False, False, True], [False, False, False]]])
    found = background_embedding(bars, watched)
    assert found.tolist() == [[1.0, 3.0], [2.0, 2.0], [0.0, 0.0]]
    assert not found.requires_grad


def test_another_networks_weights_are_taken_where_they_fit() -> None:
    """Same name and shape: taken, by the moving average too. Another shape or name: left as it began."""
    learner, other = BarwatchLearner(TINY, CPU), BarwatchLearner(replace(TINY, seed=5), CPU)
    weights = other.network.state_dict()
    begun = learner.network.state_dict()["bar.weight"].clone()
    given = {**weights, "bar.weight": torch.zeros(3, 3), "nobody.weight": torch.zeros(1)}
    taken = learner.start_from(given)
    assert len(taken) == len(weights) - 1
    for state in (learner.network.state_dict(), learner.average.state_dict()):
        assert torch.equal(state["stem.weight"], weights["stem.weight"])
        assert torch.equal(state["bar.weight"], begun)


def test_who_sits_there_is_what_a_passage_has_in_common() -> None:
    """What all three pictures show at one place counts more than what passes; a blind one is left out."""
    torch.manual_seed(0)
    model = BarwatchNetwork(NARROW)
    rider = torch.full((3, 25, 25), -6.0)
    rider[:, 8:14, 8:14] = 6.0
    passer = torch.full((3, 25, 25), -6.0)
    for n in range(3):
        passer[n, 8:14, 8 * n : 8 * n + 6] = 6.0
    seen = torch.tensor([True, True, True])

    def loss(logits: torch.Tensor, occupied: float, seen: torch.Tensor = seen) -> float:
        return float(passage_loss(model, logits, torch.full((3,), occupied), seen).detach())

    assert loss(rider, 1.0) < loss(passer, 1.0)
    assert loss(passer, 0.0) < loss(rider, 0.0)
    covered = rider.clone()
    covered[1] = -20.0
    assert loss(covered, 1.0, torch.tensor([True, False, True])) == pytest.approx(loss(rider, 1.0))

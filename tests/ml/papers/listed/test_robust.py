"""Position weights, sensitivity, perturbations: worked by hand, or on the network that ships."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from ml.artefact.torchscript import Scripted
from ml.commands.common import RELEASED
from ml.data.rendered import RenderedLift, render_lift
from ml.evaluate.scoring import score_rendered
from ml.papers.listed import perturbation
from ml.papers.listed.measure import Setting, compared
from ml.papers.listed.perturbation import Perturbation, correlation, network_of_artefact, noise
from ml.papers.listed.pooling import commoner_right, fisher, nearest_open, pooled
from ml.papers.listed.sensitivity import rank_correlation, sensitivity, with_noise
from tests.ml.train.test_systems import bars


@pytest.fixture(scope="module")
def lift() -> RenderedLift:
    """A lift with an open and a closed passage."""
    return render_lift(10_999, 2)


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    folder = tmp_path_factory.mktemp("listed")
    return Setting(artefact=RELEASED / "barwatch.ts", cache=folder, benchmark=folder, seeds=1, smoke=True)


def test_a_position_weighs_what_parts_the_states_there() -> None:
    """Means 1 apart, each class 0.5 from its mean: 1 / (0.5 + floor); a position that never changes: 0."""
    maps = torch.zeros(4, 1, 2)
    maps[:, 0, 0] = torch.tensor([0.5, 1.5, -0.5, 0.5])
    is_open = torch.tensor([True, True, False, False])
    weights = fisher(maps, is_open)
    torch.testing.assert_close(weights, torch.tensor([1 / (0.5 + 0.25), 0.0]))
    vectors = pooled(torch.tensor([[[3.0, 9.0], [4.0, 9.0]]]), weights)
    torch.testing.assert_close(vectors, torch.tensor([[0.6, 0.8]]))
    known = torch.tensor([[0.6, 0.8], [-1.0, 0.0]])
    assert nearest_open(vectors, known, torch.tensor([True, False])).tolist() == [True]


def test_weights_find_the_state_that_a_mean_loses() -> None:
    """A small difference at one of 100 noisy positions: the mean guesses, its own weights tell."""
    torch.manual_seed(0)
    is_open = torch.arange(400) % 2 == 0
    maps = torch.randn(400, 4, 100)
    maps[is_open, :, 7] += 3.0
    known, asked = slice(0, 100), slice(100, 400)
    for weights, least, most in (
        (torch.ones(100), 0.4, 0.75),
        (fisher(maps[known], is_open[known]), 0.85, 1.0),
    ):
        told = nearest_open(pooled(maps[asked], weights), pooled(maps[known], weights), is_open[known])
        assert least <= float((torch.from_numpy(told) == is_open[asked]).float().mean()) <= most


def test_the_commoner_state_is_that_of_known_pictures() -> None:
    """Three of four known ones are open: of those that are asked about, the open ones are right."""
    known = replace(bars(4, 1), is_open=torch.tensor([True, True, False, True]))
    asked = np.array([True, False, False])
    assert commoner_right([known], [asked]).tolist() == [True, False, False]
    closed = replace(known, is_open=~known.is_open)
    assert commoner_right([closed, known], [asked, asked]).tolist() == [False, True, True, True, False, False]


def test_ranks_by_hand() -> None:
    """Monotone: 1; reversed: -1; equal values share their rank; a constant says nothing."""
    one = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(one, one**3) == pytest.approx(1)
    assert rank_correlation(one, -one) == pytest.approx(-1)
    assert rank_correlation(np.array([1.0, 1.0, 2.0, 2.0]), one) == pytest.approx(0.8944, abs=1e-4)
    assert rank_correlation(np.ones(4), one) == 0.0


def test_sensitivity_is_what_noise_changes(lift: RenderedLift, setting: Setting) -> None:
    """Above zero, the same for the same draw; the noise is as large as it says."""
    network = Scripted.load(setting.artefact)
    one, other = sensitivity(network, lift, 0), sensitivity(network, lift, 0)
    assert one == other > 0
    grey = np.full((1, 200, 200, 3), 128, np.uint8)
    assert float(with_noise(grey, 1).std()) == pytest.approx(4.0, abs=0.1)


def test_the_network_with_gradients_says_what_the_artefact_says(lift: RenderedLift, setting: Setting) -> None:
    """Its judgements are those of the file that ships, picture by picture."""
    network = network_of_artefact(setting)
    score = score_rendered(Scripted.load(setting.artefact), lift)
    found = perturbation.judged_right(network, lift, None)
    assert np.array_equal(found, (score.margin < 0) == lift.is_open)


@pytest.mark.thorough
def test_a_perturbation_stays_within_its_size_and_lowers_the_correlation(
    lift: RenderedLift, setting: Setting
) -> None:
    """Either form changes no value by more than E; a few steps disturb the margins more than noise does."""
    network = network_of_artefact(setting)
    x = torch.from_numpy(lift.images).permute(0, 3, 1, 2).float()
    masks = perturbation._masks(network, lift)
    plain = perturbation.margins_of(network, x, masks)

    def kept(change: Perturbation) -> float:
        moved = change.applied(x)
        assert (moved - x).abs().max() <= 8.0 + 1e-3
        return float(correlation(perturbation.margins_of(network, moved, masks), plain))

    by_noise = kept(noise(8.0, 0))
    for polynomial in (False, True):
        assert kept(perturbation.find(network, [lift], 8.0, polynomial, 0, steps=6)) < by_noise


def test_correlation_by_hand() -> None:
    one = torch.tensor([1.0, 2.0, 3.0])
    assert correlation(one, 2 * one + 1).item() == pytest.approx(1)
    assert correlation(one, -one).item() == pytest.approx(-1)


def test_variants_are_compared_with_one_of_them() -> None:
    """Shares over draws and cases; the base has no difference."""
    right = {"base": [[True, False, False, False]], "new": [[True, True, True, False], [True] * 4]}
    base, new = compared(right, [0, 0, 1, 1], "base")
    assert (base["right, %"], new["right, %"], new["draws"]) == (25.0, 87.5, 2)
    assert new["points over base"] == "+62.50"
    assert "points over base" not in base


def test_a_smoke_run_renders_two_lifts(setting: Setting, tmp_path: Path) -> None:
    from ml.data.rendered import PlainLifts  # noqa: PLC0415 - here alone

    assert [lift.seed for lift in setting.lifts(10_990, 5, PlainLifts(1))] == [10_990, 10_991]

"""What a lift learns: the masks judge first, then masks and background; only what was seen counts."""

import ast
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import lifts.decision.judge
from lifts.arrays import Float32
from lifts.decision.clusters import ClusterPrior
from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.references import LiftReferences, reference_embeddings
from lifts.decision.site import (
    PassageSample,
    SiteCalibration,
    arrange_by_moment,
    calibrate_site,
    is_informative,
)
from lifts.decision.verdict import Judgement, Verdict

PRIOR = ClusterPrior(-0.4, 0.4, 0.15, 0.15, 0.0, 0.1)


def _sample(offset: float, count: int = 40) -> PassageSample:
    """Every second passage is open; the second coordinate shows in either state."""
    side = np.where(np.arange(count) % 2 == 0, -1.0, 1.0)
    noise = np.random.default_rng(0).normal(0, 0.05, count)
    embeddings = np.zeros((count, 3, 4), np.float32)
    embeddings[..., 0], embeddings[..., 1] = side[:, None], 0.7
    return PassageSample(0.4 * side + offset + noise, embeddings, [None] * count)


def test_the_background_is_found_first_and_judged_with_then() -> None:
    """Two rounds: without a background, then with the one found; margins and prototypes are of the second."""
    asked: list[Float32 | None] = []

    def judged(background: Float32 | None) -> PassageSample:
        asked.append(background)
        return _sample(0.3 if background is None else 0.0)

    found = calibrate_site(judged, PRIOR)
    assert len(asked) == 2
    assert asked[0] is None
    assert asked[1] is not None
    np.testing.assert_allclose(asked[1], [0.0, 0.7, 0.0, 0.0], atol=0.02)
    assert found.calibration.background_embedding is asked[1]
    assert found.calibration.prototypes is not None
    assert abs(found.calibration.fit.midpoint) < 0.05
    assert found.sample.margins is not None


def _misjudged(reviewed: int) -> PassageSample:
    """Every tenth passage has the other state's margin; only the third coordinate shows the state."""
    sample = _sample(0.0, 100)
    margins = np.array(sample.margins)
    margins[::10] *= -0.5
    sample.embeddings[..., 2] = np.where(np.arange(100) % 2 == 0, -0.1, 0.1)[:, None]
    sample.embeddings[..., 0] = np.random.default_rng(1).normal(0, 0.5, (100, 3))
    labels = [place % 2 == 0 if place < reviewed else None for place in range(100)]
    return PassageSample(margins, sample.embeddings, labels)


def test_reviews_teach_an_adapter() -> None:
    """What was reviewed corrects what threshold and prototypes misjudge; without reviews there is none."""
    plain = calibrate_site(lambda _: _misjudged(0), PRIOR).calibration
    taught = calibrate_site(lambda _: _misjudged(60), PRIOR)
    assert not plain.adapted
    assert taught.calibration.adapted
    prototypes, fit = taught.calibration.prototypes, taught.calibration.fit
    assert prototypes is not None
    sample = _misjudged(0)
    margins = np.repeat(np.asarray(sample.margins)[:, None], 3, 1)
    with_it, without = (
        one.combine(margins, sample.embeddings).mean(1) - fit.threshold
        for one in (prototypes, replace(prototypes, adapter=None))
    )
    side = np.where(np.arange(100) % 2 == 0, -1.0, 1.0)
    assert (side * (with_it - without))[::10].mean() > 0.05
    # The clusters shown are those before the adapter, which has seen the labels.
    assert fit.overlap > 0


def test_where_one_state_was_never_seen_the_masks_judge_alone() -> None:
    """Closed carriers only: no background, no second round, no prototypes, and a threshold near 0."""
    rounds = []

    def judged(background: Float32 | None) -> PassageSample:
        rounds.append(background)
        sample = _sample(0.0)
        closed = np.asarray(sample.margins) > 0
        return PassageSample(np.asarray(sample.margins)[closed], sample.embeddings[closed], [None] * 20)

    found = calibrate_site(judged, PRIOR).calibration
    assert rounds == [None]
    assert found.background_embedding is None
    assert found.prototypes is None
    assert abs(found.fit.threshold) < 0.02


@pytest.mark.parametrize(
    ("judgement", "usable"),
    [
        (Judgement(Verdict.OPEN, 0.9, -0.3, True, 0.9, (), 1, "m"), True),
        (Judgement(Verdict.UNKNOWN, 0.6, 0.0, True, 0.9, (), 1, "m", (Reason.TOO_CLOSE,)), True),
        (unknown(Reason.DARK), False),
        (unknown(Reason.NOT_THIS_LIFT), False),
    ],
)
def test_only_what_was_seen_well_enough_is_learnt_from(judgement: Judgement, usable: bool) -> None:
    """Doubtful margins say where the clusters separate; a refused passage has no margin at all."""
    assert is_informative(judgement) is usable


def test_moments_of_fewer_pictures_share_their_mean() -> None:
    """Of two pictures nobody knows which moment they show."""
    three = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert arrange_by_moment(three) is three
    assert arrange_by_moment(three[:2]).tolist() == [[1.0, 2.0]] * 3


def test_references_are_the_two_masks_and_the_background() -> None:
    """The mask itself stands first in each bank; zeros stand for an unknown background."""
    bank = np.arange(8, dtype=np.float32).reshape(2, 2, 2)
    assert LiftReferences(bank).embeddings().tolist() == [[0, 1], [4, 5], [0, 0]]
    background = np.array([7, 8], np.float32)
    site = SiteCalibration(calibrate_site(lambda _: _sample(0.0), PRIOR).calibration.fit, None, background)
    assert LiftReferences(bank, site).embeddings().tolist() == [[0, 1], [4, 5], [7, 8]]
    assert reference_embeddings(bank[:, 0]).shape == (3, 2)


def test_the_decision_is_pure() -> None:
    """numpy and pydantic only, and nothing that knows of time, chance, threads or files."""
    allowed = {"numpy", "pydantic", "lifts"} | set(sys.stdlib_module_names)
    impure = {"time", "random", "datetime", "threading", "os", "pathlib", "asyncio", "subprocess"}
    for path in Path(lifts.decision.judge.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                top = name.split(".")[0]
                assert top in allowed - impure, f"{path.name} imports {name}"
                assert top != "lifts" or name.startswith(("lifts.arrays", "lifts.decision.")), (
                    f"{path.name}: {name}"
                )

"""Masks as the network proposes them, untouched, against hand-made ones.

What counts is the product's verdicts on other passages of the same lifts.

A lift's first passages are judged; of the others some are picked at random, as open and as closed, by the
truth. A person would pick clear ones: chance also picks carriers in fog and bars that are hardly seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from lifts.arrays import Bool, Float32, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.references import reference_embeddings
from lifts.decision.verdict import Verdict
from lifts.drawing.grouping import Picks
from lifts.drawing.proposal import MaskProposal, propose_masks
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import paired_difference
from ml.evaluate.scoring import PictureFeatures, ScoringNetwork, score
from ml.evaluate.verdicts import Outcome, count_verdicts, total

Ways = Mapping[str, tuple[int, bool]]
"""By name: how many passages of either state are picked, and whether others are at hand to be grouped."""

WAYS: Ways = {"1 + 1 alone": (1, False), "1 + 1 grouped": (1, True), "2 + 2 grouped": (2, True)}


class _Case(NamedTuple):
    """One proposal for one lift: the verdicts by it and by the hand-made masks, on the same passages."""

    seed: int
    proposal: MaskProposal
    outcomes: list[Outcome]
    hand_made: list[Outcome]


def proposal_rows(
    network: ScoringNetwork,
    lifts: Iterable[RenderedLift],
    calibration: Calibration,
    judged: int,
    draws: int,
    seed: int,
    ways: Ways = WAYS,
) -> list[dict[str, Any]]:
    """Judge lifts by proposed masks, and by their own.

    Args:
        network: looks at the pictures and judges them.
        lifts: with more than `judged` passages each; used up one by one.
        calibration: the network's.
        judged: passages of each that are judged; the others can be picked.
        draws: of picks, per lift and way.
        seed: of the picks.
        ways: to pick.

    Returns:
        A row for each way. `all` and `sound`, the proposals without a reason to doubt them: how many there
        are, verdicts per passage by the `proposed` and by the `hand_made` masks, and `cost_points`, how many
        points of right verdicts the proposals cost, with the 95 % bootstrap interval over lifts. `reasons`:
        how often which came up. `lifts`: each proposal.
    """
    cases: dict[str, list[_Case]] = {name: [] for name in ways}
    for lift in lifts:
        seen = network.look(lift.images)
        hand_made = _verdicts(network, lift, seen, (lift.open_mask, lift.close_mask), calibration, judged)
        for name, (count, grouped) in ways.items():
            for draw in range(draws):
                rng = np.random.default_rng([seed, lift.seed, draw, count])
                at_hand, picks = draw_picks(lift.is_open[::3], judged, count, grouped, rng)
                proposal = propose(network, seen, at_hand, picks, calibration)
                if proposal.open.lines and proposal.close.lines:
                    masks = (proposal.open.raster(), proposal.close.raster())
                    outcomes = _verdicts(network, lift, seen, masks, calibration, judged)
                else:
                    outcomes = [o._replace(verdict=Verdict.UNKNOWN, reasons=("no_masks",)) for o in hand_made]
                cases[name].append(_Case(lift.seed, proposal, outcomes, hand_made))
    return [{"picks": name, **_row(found, draws)} for name, found in cases.items()]


def draw_picks(
    is_open: Bool, judged: int, count: int, grouped: bool, rng: np.random.Generator
) -> tuple[list[int], Picks]:
    """Return which passages are at hand, of those that are not judged, and which of them are picked as what.

    Args:
        is_open: bool[N], of all passages.
        judged: so many, the first ones, are judged.
        count: so many are picked of either state.
        grouped: whether those that are not picked are at hand too.
        rng: picks.
    """
    others = np.arange(judged, len(is_open))
    chosen = [rng.choice(others[is_open[others] == state], count, replace=False) for state in (True, False)]
    at_hand = others if grouped else np.concatenate(chosen)
    return at_hand.tolist(), [True if p in chosen[0] else False if p in chosen[1] else None for p in at_hand]


def propose(
    network: ScoringNetwork,
    seen: PictureFeatures,
    passages: Sequence[int],
    picks: Picks,
    calibration: Calibration,
) -> MaskProposal:
    """Propose masks from some of a lift's passages, whose pictures the network has seen."""
    pictures = seen.take(np.array([3 * p + moment for p in passages for moment in range(3)]))

    def compare(masks: UInt8) -> Float32:
        matches = network.match(pictures, reference_embeddings(network.masks(masks)))
        return np.stack(matches, 1).reshape(-1, 3, 2)

    embeddings = pictures.embedding.reshape(len(passages), 3, -1)
    return propose_masks(embeddings, picks, compare, calibration)


def _verdicts(
    network: ScoringNetwork,
    lift: RenderedLift,
    seen: PictureFeatures,
    masks: tuple[UInt8, UInt8],
    calibration: Calibration,
    judged: int,
) -> list[Outcome]:
    rows = slice(0, 3 * judged)
    truth = (lift.is_open[rows], lift.occupied[rows])
    scores = score(network, str(lift.seed), lift.images[rows], truth, masks, seen=seen.take(rows))
    return list(scores.judged(calibration, 3))


def _row(cases: Sequence[_Case], draws: int) -> dict[str, Any]:
    sound = [case for case in cases if not case.proposal.reasons]
    reasons = Counter(str(reason) for case in cases for reason in case.proposal.reasons)
    return {
        "all": _figures(cases, draws),
        "sound": _figures(sound, draws),
        "reasons": dict(sorted(reasons.items())),
        "lifts": [
            {
                "seed": case.seed,
                "right": sum(outcome.right for outcome in case.outcomes),
                "right_hand_made": sum(outcome.right for outcome in case.hand_made),
                "support": round(case.proposal.support, 3) if case.proposal.open.lines else None,
                "reasons": [str(reason) for reason in case.proposal.reasons],
            }
            for case in cases
        ],
    }


def _figures(cases: Sequence[_Case], draws: int) -> dict[str, Any]:
    proposed = [outcome for case in cases for outcome in case.outcomes]
    hand_made = [outcome for case in cases for outcome in case.hand_made]
    owner = [case.seed for case in cases for _ in case.outcomes]
    figures: dict[str, Any] = {
        "proposals": len(cases),
        "proposed": total([count_verdicts(proposed)], draws),
        "hand_made": total([count_verdicts(hand_made)], draws),
    }
    if owner:
        rights = [[float(outcome.right) for outcome in outcomes] for outcomes in (hand_made, proposed)]
        cost, low, high = paired_difference(rights[0], rights[1], owner)
        figures |= {"cost_points": 100 * cost, "cost_interval_95": [100 * low, 100 * high]}
    return figures

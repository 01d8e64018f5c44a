"""Masks as the network proposes them, untouched, against hand-made ones.

What counts is the product's verdicts on other passages of the same lifts.

A lift's first passages are judged; of the others some are picked at random, as open and as closed, by the
truth. A person would pick clear ones: chance also picks carriers in fog and bars that are hardly seen.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lifts import drawing
from lifts.arrays import Bool, Float32, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.references import reference_embeddings
from lifts.decision.verdict import Verdict
from lifts.drawing.grouping import Picks
from lifts.drawing.proposal import MaskProposal, compared, propose_masks
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import paired_difference
from ml.evaluate.scoring import PictureFeatures, ScoringNetwork, score
from ml.evaluate.verdicts import Outcome, count_verdicts, total

Ways = Mapping[str, tuple[int, bool]]
"""By name: how many passages of either state are picked, and whether others are at hand to be grouped."""

WAYS: Ways = {"1 + 1 alone": (1, False), "1 + 1 grouped": (1, True), "2 + 2 grouped": (2, True)}


Record = dict[str, Any]
"""What became of one lift, for JSON: by way, each draw's proposal (`judge_lift`)."""


def judge_lift(
    network: ScoringNetwork,
    lift: RenderedLift,
    calibration: Calibration,
    judged: int,
    draws: int,
    seed: int,
    ways: Ways = WAYS,
) -> Record:
    """Judge a lift by proposed masks, and by its own.

    Args:
        network: looks at the pictures and judges them.
        lift: with more than `judged` passages.
        calibration: the network's.
        judged: passages that are judged; the others can be picked.
        draws: of picks, per way.
        seed: of the picks.
        ways: to pick.

    Returns:
        By way, for each draw: `seed` of the lift; counts of verdicts per passage by the `proposed` and by the
        `hand_made` masks; the proposal's `support` and `reasons`.
    """
    seen = network.look(lift.images)
    hand_made = _verdicts(network, lift, seen, (lift.open_mask, lift.close_mask), calibration, judged)
    record: Record = {name: [] for name in ways}
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
            record[name].append(
                {
                    "seed": lift.seed,
                    "proposed": count_verdicts(outcomes),
                    "hand_made": count_verdicts(hand_made),
                    "support": round(proposal.support, 3) if proposal.open.lines else None,
                    "reasons": [str(reason) for reason in proposal.reasons],
                }
            )
    return record


def key(model: Path, *settings: int) -> str:
    """Return what a lift's record depends on, the code that proposes too, as 16 hexadecimal digits."""
    sources = [model, Path(__file__), *sorted(Path(drawing.__file__).parent.glob("*.py"))]
    content = b"".join(path.read_bytes() for path in sources)
    return hashlib.sha256(repr(settings).encode() + content).hexdigest()[:16]


def proposal_rows(records: Iterable[Record], draws: int) -> list[dict[str, Any]]:
    """Sum up lifts' records, at least one.

    Returns:
        A row for each way. `all` and `sound`, the proposals without a reason to doubt them: how many there
        are, verdicts per passage by the `proposed` and by the `hand_made` masks, and `cost_points`, how many
        points of right verdicts the proposals cost, with the 95 % bootstrap interval over lifts. `reasons`:
        how often which came up. `lifts`: each proposal, with its right verdicts.
    """
    cases: dict[str, list[Record]] = {}
    for record in records:
        for name, found in record.items():
            cases.setdefault(name, []).extend(found)
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

    shown = range(3)[compared(len(passages))]
    judged = seen.take(np.array([3 * p + moment for p in passages for moment in shown]))

    def compare(masks: UInt8) -> Float32:
        matches = network.match(judged, reference_embeddings(network.masks(masks)))
        return np.stack(matches, 1).reshape(len(passages), -1, 2)

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


def _row(cases: Sequence[Record], draws: int) -> dict[str, Any]:
    sound = [case for case in cases if not case["reasons"]]
    reasons = Counter(reason for case in cases for reason in case["reasons"])
    lifts = [
        {
            "seed": case["seed"],
            "right": case["proposed"]["right"],
            "right_hand_made": case["hand_made"]["right"],
            "support": case["support"],
            "reasons": case["reasons"],
        }
        for case in cases
    ]
    return {
        "all": _figures(cases, draws),
        "sound": _figures(sound, draws),
        "reasons": dict(sorted(reasons.items())),
        "lifts": lifts,
    }


def _figures(cases: Sequence[Record], draws: int) -> dict[str, Any]:
    figures: dict[str, Any] = {"proposals": len(cases)}
    for masks in ("proposed", "hand_made"):
        figures[masks] = total([case[masks] for case in cases], draws)
    if cases:
        shares = [[case[m]["right"] / case[m]["judged"] for case in cases] for m in ("hand_made", "proposed")]
        cost, low, high = paired_difference(shares[0], shares[1], [case["seed"] for case in cases])
        figures |= {"cost_points": 100 * cost, "cost_interval_95": [100 * low, 100 * high]}
    return figures

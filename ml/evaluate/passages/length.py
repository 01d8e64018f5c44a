"""How many pictures of a passage are judged, against what the bar does: the product's verdicts.

The lifts are drawn for this (`ml.data.moving`), no constant was chosen on them, and each is judged from its
two masks alone. A passage's truth is the bar's state in its last picture.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lifts.decision.calibration import Calibration
from lifts.decision.judge import judge
from ml.data.moving import MOVEMENTS, PLACES
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import Scores, ScoringNetwork, score_rendered
from ml.evaluate.verdicts import Outcome, count_verdicts

LENGTHS = (1, 3, 6, 12)
"""Pictures of a passage; a single one is the last."""


def rows_of(pictures: int) -> list[int]:
    """Return which of a passage's `PLACES` pictures are judged: spread evenly, the last one always."""
    return [PLACES - 1 - round(k * (PLACES - 1) / max(pictures - 1, 1)) for k in reversed(range(pictures))]


def judged(scores: Scores, calibration: Calibration, pictures: int) -> list[Outcome]:
    """Return the product's verdict on each passage of a lift of `ml.data.moving`, by some of its pictures."""
    outcomes = []
    for at in range(0, len(scores.pictures), PLACES):
        rows = [at + row for row in rows_of(pictures)]
        found = judge(
            [scores.pictures[row] for row in rows],
            scores.inference.take(rows),
            scores.references,
            calibration,
        )
        outcomes.append(Outcome.of(found, bool(scores.is_open[rows[-1]]), bool(scores.occupied[at])))
    return outcomes


def length_rows(
    network: ScoringNetwork,
    lifts: Iterable[RenderedLift],
    calibration: Calibration,
    lengths: Sequence[int] = LENGTHS,
) -> list[dict[str, Any]]:
    """Return a row for each number of pictures and each movement, and one for all movements together.

    Returns:
        `pictures`, `movement` and `verdicts` (`count_verdicts`) of each.
    """
    found: dict[tuple[int, str], list[Outcome]] = {}
    for lift in lifts:
        scores = score_rendered(network, lift)
        for pictures in lengths:
            for passage, outcome in enumerate(judged(scores, calibration, pictures)):
                found.setdefault((pictures, MOVEMENTS[passage % len(MOVEMENTS)]), []).append(outcome)
    rows = []
    for pictures in lengths:
        every = [outcome for (count, _), each in found.items() if count == pictures for outcome in each]
        for movement, outcomes in [*((m, found[pictures, m]) for m in MOVEMENTS), ("all", every)]:
            rows.append({"pictures": pictures, "movement": movement, "verdicts": count_verdicts(outcomes)})
    return rows

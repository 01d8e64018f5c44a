"""What a lift learns of its own seat: one lift, one photograph at one place, many passages.

The other rows of the photograph set have another photograph behind every passage, which no lift has. Here a
lift watches passages before it is judged, few or many of them occupied, and learns from them without labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lifts.arrays import Bool, Int64
from lifts.decision.calibration import Calibration
from ml.data.rendered import RenderedLift
from ml.data.textured import TexturedLifts
from ml.evaluate.onsite import SiteLift
from ml.evaluate.scoring import Scores, ScoringNetwork
from ml.evaluate.seat.photographed import count_alarms, only, visible, without_time
from ml.evaluate.site.draws import SiteDraw
from ml.evaluate.verdicts import count_verdicts

PLACE_FIRST_SEED = 51_000

WATCHED, JUDGED = 50, 24
"""Passages of each lift."""

LEARNT_FROM = 20
"""Watched passages of the rows with a given share of occupied ones, as for a lift's first proposal."""

SHARES = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Shares of occupied passages: on some lifts hardly anybody sits, on others nobody leaves a seat empty."""


class PlaceRow(NamedTuple):
    """Key of a row: passages learnt from, share of occupied ones (None: as they came), part left out."""

    passages: int
    occupied_share: float | None
    without: str = ""


def place_set(photographs: Path) -> TexturedLifts:
    """Return how the set's lifts are rendered."""
    return TexturedLifts(
        passages=WATCHED + JUDGED, photographs=photographs, use="test", only_photographs=True, one_place=True
    )


def place_rows(
    network: ScoringNetwork, lifts: Sequence[RenderedLift], calibration: Calibration, judged: int = JUDGED
) -> list[dict[str, Any]]:
    """Judge each lift's first `judged` visible passages, after it has learnt from others.

    Returns:
        Each row's key with `verdicts` per passage and `alarms` (`photographed.count_alarms`), in order.
    """
    found: dict[PlaceRow, list[tuple[Scores, Calibration]]] = {}
    for lift in lifts:
        for row, scores, by in _scores(network, only(lift, visible(lift)), calibration, judged):
            found.setdefault(row, []).append((scores, by))
    rows = []
    for row, scored in found.items():
        outcomes = [outcome for scores, by in scored for outcome in scores.judged(by, 3)]
        rows.append(
            {
                **row._asdict(),
                "lifts": len(scored),
                "verdicts": {"per_passage": count_verdicts(outcomes)},
                "alarms": count_alarms(outcomes),
            }
        )
    return rows


def _scores(
    network: ScoringNetwork, lift: RenderedLift, calibration: Calibration, judged: int
) -> Iterator[tuple[PlaceRow, Scores, Calibration]]:
    site = SiteLift.of(network, lift, judged)
    alone = site.scores()
    yield PlaceRow(0, None), alone, calibration
    yield PlaceRow(0, None, "time"), alone, without_time(calibration)
    occupied = lift.occupied[3 * judged :: 3]
    rng = np.random.default_rng([lift.seed, 7])
    draws: list[tuple[float | None, Int64]] = [(None, np.arange(len(occupied)))]
    draws += [(share, _drawn(occupied, share, rng)) for share in SHARES]
    for share, chosen in draws:
        count = WATCHED if share is None else LEARNT_FROM
        for without in ("", "seats"):
            scores = SiteDraw(site, calibration, chosen).scores(without=without)
            yield PlaceRow(count, share, without), scores, calibration


def _drawn(occupied: Bool, share: float, rng: np.random.Generator) -> Int64:
    """Draw LEARNT_FROM passages, each occupied with the given probability; fewer if a state has no more."""
    wanted = int((rng.random(LEARNT_FROM) < share).sum())
    chosen = [
        rng.choice(present, min(count, len(present)), replace=False)
        for present, count in (
            (np.flatnonzero(occupied), wanted),
            (np.flatnonzero(~occupied), LEARNT_FROM - wanted),
        )
    ]
    return np.concatenate(chosen)

"""What each habit of drawing masks costs: the product's verdicts on the same pictures, by other masks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lifts.decision.calibration import Calibration
from ml.data.rendered import RenderedLift
from ml.evaluate.metrics import paired_difference
from ml.evaluate.scoring import ScoringNetwork, score
from ml.evaluate.verdicts import Outcome, count_verdicts, total
from ml.scene.masks import HABITS, Habit, draw_habitual
from ml.scene.sampling import sample_lift


def habit_rows(
    network: ScoringNetwork, lifts: Sequence[RenderedLift], calibration: Calibration, draws: int, seed: int
) -> list[dict[str, Any]]:
    """Judge lifts by masks of every habit, each drawn several times; plain rendered lifts, at least one.

    Returns:
        A row for each habit, "careful" first: verdicts per picture and passage, and `cost_points`: how many
        points of right verdicts per picture it costs against the careful masks, with the 95 % bootstrap
        interval over lifts.
    """
    right: dict[Habit, list[float]] = {habit: [] for habit in HABITS}
    outcomes: dict[tuple[Habit, int], list[Outcome]] = {(h, n): [] for h in HABITS for n in (1, 3)}
    owner: list[int] = []
    for lift in lifts:
        seen, scene = network.look(lift.images), sample_lift(lift.seed)
        owner += [lift.seed] * len(lift.images) * draws
        for habit in HABITS:
            for draw in range(draws):
                masks = draw_habitual(scene, habit, np.random.default_rng([seed, lift.seed, draw]))
                truth = (lift.is_open, lift.occupied)
                scores = score(network, habit, lift.images, truth, (masks.open, masks.close), seen=seen)
                pictures = list(scores.judged(calibration, 1))
                right[habit] += [float(outcome.right) for outcome in pictures]
                outcomes[habit, 1] += pictures
                outcomes[habit, 3] += scores.judged(calibration, 3)
    rows = []
    for habit in HABITS:
        cost, low, high = paired_difference(right["careful"], right[habit], owner)
        rows.append(
            {
                "habit": habit,
                "verdicts": {
                    "per_picture": total([count_verdicts(outcomes[habit, 1])], draws),
                    "per_passage": total([count_verdicts(outcomes[habit, 3])], draws),
                },
                "cost_points": 100 * cost,
                "cost_interval_95": [100 * low, 100 * high],
            }
        )
    return rows

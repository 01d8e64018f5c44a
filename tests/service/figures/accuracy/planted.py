"""Lifts whose rates are planted, reviewed for weeks as the service has them reviewed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from service.domain.reviewing.sampling import Stratum
from service.figures.accuracy.cells import ReviewCell, ReviewOutcome

DAY = date(2026, 1, 5)  # a Monday


@dataclass(frozen=True)
class PlantedRates:
    """Carriers a day and drawn of each stratum, and how many of 1,000 are events; unsure: nobody can tell."""

    sizes: Mapping[Stratum, tuple[int, int]] = field(
        default_factory=lambda: {
            Stratum.ALARM: (30, 30),
            Stratum.UNKNOWN: (40, 8),
            Stratum.OPEN: (60, 8),
            Stratum.NEAR: (160, 8),
            Stratum.CLEAR: (640, 16),
        }
    )
    false_share: float = 0.1
    missed: Mapping[Stratum, float] = field(
        default_factory=lambda: {
            Stratum.UNKNOWN: 0.05,
            Stratum.OPEN: 0.02,
            Stratum.NEAR: 0.004,
            Stratum.CLEAR: 0.0005,
        }
    )
    unsure: float = 0.0
    reviewed: float = 1.0
    drift: float = 0.0

    @property
    def misses_a_day(self) -> float:
        return sum(self.sizes[stratum][0] * share for stratum, share in self.missed.items())

    @property
    def caught_a_day(self) -> float:
        return self.sizes[Stratum.ALARM][0] * (1 - self.false_share)

    @property
    def miss_share(self) -> float:
        return self.misses_a_day / (self.misses_a_day + self.caught_a_day)

    def watch(self, days: int, seed: int) -> list[ReviewCell]:
        """Cells of so many days: crowds come and go, and so does the reviewer."""
        random = np.random.default_rng(seed)
        cells = []
        for number in range(days):
            crowd = random.uniform(0.6, 1.4)
            for stratum, (size, drawn) in self.sizes.items():
                bad, good = (
                    (ReviewOutcome.FALSE, ReviewOutcome.CAUGHT)
                    if stratum is Stratum.ALARM
                    else (ReviewOutcome.MISSED, ReviewOutcome.FINE)
                )
                share = self.false_share if stratum is Stratum.ALARM else self.missed[stratum]
                share = min(share * (1 + self.drift * number / days), 1.0)
                events, others = random.poisson([share * size * crowd, (1 - share) * size * crowd])
                population = int(events + others)
                count = min(random.binomial(drawn, self.reviewed), population)
                found = random.hypergeometric(events, others, count) if count else 0
                doubtful = random.binomial(found, self.unsure), random.binomial(count - found, self.unsure)
                counts = {bad: found - doubtful[0], good: count - found - doubtful[1]}
                counts = {one: int(each) for one, each in counts.items() if each}
                if sum(doubtful):
                    counts[ReviewOutcome.UNSURE] = int(sum(doubtful))
                cells.append(ReviewCell(DAY + timedelta(days=number), stratum, population, counts))
        return cells

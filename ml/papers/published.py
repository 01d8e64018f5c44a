"""Tables 2 and 4 of paper 000 as printed, and what follows from them.

Alqasir, Muselet and Ducottet, "Mask-guided Image Classification with Siamese Networks" (VISAPP 2020).
Accuracies in per cent, of each lift's test pictures (`ml.data.counts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ml.data.counts import TABLE

Column = tuple[float, ...]
"""A figure for each of S1 to S20, in per cent."""

# fmt: off
TABLE_2: dict[str, Column] = {
    "siamese": (
        95.39, 93.80, 94.64, 93.31, 94.04, 97.35, 93.59, 87.43, 94.15, 94.43,
        99.03, 100.0, 96.23, 91.29, 78.25, 90.84, 94.98, 95.19, 95.09, 82.98,
    ),
    "classifier": (
        94.11, 92.55, 88.89, 90.64, 93.68, 95.04, 93.83, 79.52, 94.29, 92.77,
        94.59, 99.47, 95.58, 88.01, 70.17, 85.03, 92.19, 87.50, 95.50, 80.66,
    ),
}
TABLE_4: dict[str, Column] = {
    "siamese": (
        99.67, 99.12, 99.11, 99.49, 99.39, 99.66, 99.26, 99.46, 100.0, 99.75,
        98.84, 100.0, 99.48, 100.0, 99.89, 98.98, 98.33, 99.81, 99.59, 98.83,
    ),
    "classifier": (
        98.78, 95.77, 98.60, 96.32, 98.18, 99.32, 95.31, 97.82, 98.19, 98.59,
        97.30, 100.0, 98.18, 99.88, 98.56, 94.77, 97.80, 98.27, 99.80, 97.35,
    ),
    "resnet50": (
        100.0, 99.71, 100.0, 100.0, 100.0, 100.0, 100.0, 99.98, 100.0, 100.0,
        100.0, 100.0, 99.22, 99.89, 99.78, 99.27, 99.26, 100.0, 100.0, 99.58,
    ),
    "vgg16": (
        100.0, 100.0, 99.60, 100.0, 100.0, 100.0, 99.88, 99.67, 100.0, 100.0,
        100.0, 100.0, 100.0, 100.0, 99.86, 99.13, 98.51, 100.0, 100.0, 99.94,
    ),
}
# fmt: on

PRINTED_2 = {"siamese": 90.94, "classifier": 87.76}
PRINTED_4 = {"siamese": 99.44, "classifier": 97.71, "resnet50": 99.98, "vgg16": 99.76}
"""The averages as printed below the columns, in per cent."""

ROUNDING = 0.005
"""Half of a column's last digit."""

_PICTURES = tuple(sum(counts.test) for counts in TABLE)


@dataclass(frozen=True)
class Average:
    """A column's average as printed, and as its own figures give it: by test picture, and by lift."""

    printed: float
    by_picture: float
    by_lift: float

    @property
    def agrees(self) -> bool:
        """Whether the printed one follows from the column in either way, within what rounding can do."""
        found = (self.by_picture, self.by_lift)
        return any(abs(self.printed - value) <= 2 * ROUNDING for value in found)


def average(column: Column, printed: float) -> Average:
    """Return a column's averages."""
    by_picture = sum(value * count for value, count in zip(column, _PICTURES, strict=True)) / sum(_PICTURES)
    return Average(printed, by_picture, sum(column) / len(column))


def wins(one: Column, other: Column) -> tuple[int, int, int]:
    """Return on how many lifts one column is higher, equal, and lower."""
    pairs = list(zip(one, other, strict=True))
    return sum(a > b for a, b in pairs), sum(a == b for a, b in pairs), sum(a < b for a, b in pairs)


def no_shares(column: Column) -> list[str]:
    """Return the lifts whose figure is no share of that lift's number of test pictures."""
    return [
        counts.lift
        for counts, value, pictures in zip(TABLE, column, _PICTURES, strict=True)
        if abs(100 * round(value * pictures / 100) / pictures - value) > ROUNDING + 1e-9
    ]


def averages(table: Mapping[str, Column], printed: Mapping[str, float]) -> dict[str, Average]:
    """Return every column's averages."""
    return {name: average(column, printed[name]) for name, column in table.items()}

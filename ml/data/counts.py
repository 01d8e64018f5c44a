"""How many pictures each lift has in each split, row by row of the paper's tables.

Alqasir, Muselet and Ducottet, "Mask-guided Image Classification with Siamese Networks" (VISAPP 2020), Table 1
(train, validation, test) and Table 3 (the large training set). Table 1's rows hold 816 closed validation
pictures, its last line and the paper's 17,918 pictures in all say 879: the 63 that no row lists are spread
over the lifts, so that the totals hold too, and are marked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Split = Literal["train", "validation", "test", "large"]
SPLITS: tuple[Split, ...] = get_args(Split)

Pair = tuple[int, int]
"""Pictures with the bar open, pictures with it closed."""


@dataclass(frozen=True)
class Counts:
    """One lift's row."""

    lift: str
    train: Pair
    validation: Pair
    test: Pair
    large: Pair

    def of(self, split: Split) -> Pair:
        """The row's pair for a split, without what no row lists."""
        pair: Pair = getattr(self, split)
        return pair

    @property
    def number(self) -> int:
        """1 for S1."""
        return int(self.lift[1:])


# fmt: off
TABLE = (
    # lift   train     validation  test        large
    Counts("S1", (46, 54), (39, 61), (438, 462), (1209, 1239)),
    Counts("S2", (53, 47), (62, 38), (408, 277), (1003, 800)),
    Counts("S3", (88, 12), (88, 12), (444, 60), (1249, 142)),
    Counts("S4", (62, 38), (45, 55), (151, 148), (449, 418)),
    Counts("S5", (68, 32), (71, 29), (362, 208), (1034, 524)),
    Counts("S6", (54, 46), (54, 46), (283, 302), (725, 733)),
    Counts("S7", (91, 9), (95, 5), (722, 89), (2024, 209)),
    Counts("S8", (64, 36), (68, 32), (630, 293), (1716, 776)),
    Counts("S9", (58, 42), (60, 40), (389, 329), (1137, 853)),
    Counts("S10", (74, 26), (77, 23), (859, 344), (2445, 1048)),
    Counts("S11", (24, 76), (38, 62), (93, 166), (206, 495)),
    Counts("S12", (57, 43), (67, 33), (125, 62), (316, 218)),
    Counts("S13", (62, 38), (56, 44), (201, 184), (638, 436)),
    Counts("S14", (71, 29), (76, 24), (551, 258), (1309, 624)),
    Counts("S15", (53, 47), (46, 54), (763, 628), (2018, 1646)),
    Counts("S16", (44, 56), (41, 59), (305, 383), (993, 899)),
    Counts("S17", (87, 13), (75, 25), (221, 48), (651, 123)),
    Counts("S18", (57, 43), (52, 48), (298, 222), (829, 625)),
    Counts("S19", (15, 85), (14, 86), (67, 422), (188, 1120)),
    Counts("S20", (56, 44), (60, 40), (813, 847), (2022, 1511)),
)
# fmt: on

ALIKE = tuple(Counts(f"S{number}", (0, 0), (0, 0), (102, 99), (0, 0)) for number in range(21, 41))
"""Twenty further lifts of the same kind, S21 to S40, which no training sees: test pictures alone, of 34
passages with the bar open and 33 with it closed."""

UNLISTED_CLOSED = 879 - 816


def unlisted(counts: Counts) -> int:
    """Closed validation pictures of this lift that are in Table 1's total but in no row."""
    each, more = divmod(UNLISTED_CLOSED, len(TABLE))
    return each + (counts.number <= more)


def pictures(counts: Counts, split: Split) -> Pair:
    """Open and closed pictures of a lift in a split, those that no row lists included."""
    opened, closed = counts.of(split)
    return opened, closed + (unlisted(counts) if split == "validation" else 0)


def total(split: Split) -> Pair:
    """Open and closed pictures of all lifts in a split."""
    pairs = [pictures(row, split) for row in TABLE]
    return sum(p[0] for p in pairs), sum(p[1] for p in pairs)

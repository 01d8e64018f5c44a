"""Carriers are grouped by likeness before anybody has said what they are."""

import numpy as np
import pytest

from service.usecases.setup.likeness import MOST_GROUPS, group_alike


@pytest.mark.parametrize("groups", [2, 3, 4])
def test_what_looks_alike_is_one_group(groups: int) -> None:
    """As many groups as there are kinds, numbered in the order in which they come."""
    random = np.random.default_rng(groups)
    kinds = random.normal(0, 1, (groups, 60))
    order = [*range(groups), *random.integers(0, groups, 20).tolist()]
    rows = kinds[order] + random.normal(0, 0.2, (len(order), 60))
    assert group_alike(rows) == [kind + 1 for kind in order]


def test_one_kind_is_one_group_and_few_are_no_fault() -> None:
    """Noise parts nothing; nor do one carrier, two, or numbers that are none."""
    noise = np.random.default_rng(1).normal(0, 1, (20, 400))
    assert set(group_alike(noise)) == {1}
    assert group_alike(noise[:1]) == [1]
    assert len(group_alike(noise[:2])) == 2
    assert max(group_alike(np.full((5, 4), np.nan))) <= MOST_GROUPS

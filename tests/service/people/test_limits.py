"""How long a name's next password must wait."""

import pytest

from service.people.limits import FREE, LONGEST_S, MOST, NameLimits


@pytest.mark.fault(23)
def test_the_delay_grows_and_is_forgotten() -> None:
    """Five for free, then 1, 2, 4 seconds, never more than the longest; a right one from there ends it."""
    now = [0.0]
    limits = NameLimits(lambda: now[0])
    waits = []
    for _ in range(FREE + 12):
        limits.failed("anna", "1.1.1.1")
        waits.append(limits.wait_s("anna", "1.1.1.1"))
    assert waits[: FREE + 3] == [0.0] * (FREE - 1) + [1.0, 2.0, 4.0, 8.0]
    assert waits[-1] == LONGEST_S
    assert limits.wait_s("bert", "1.1.1.1") == 0
    now[0] += LONGEST_S
    assert limits.wait_s("anna", "1.1.1.1") == 0
    limits.succeeded("anna", "1.1.1.1")
    limits.failed("anna", "1.1.1.1")
    assert limits.wait_s("anna", "1.1.1.1") == 0


@pytest.mark.fault(42)
def test_many_addresses_are_one_name_and_its_owner_comes_in() -> None:
    """Guessing from everywhere is slowed down; where the owner has come from before, it does not count."""
    limits = NameLimits(lambda: 0.0)
    limits.succeeded("anna", "10.0.0.5")
    for n in range(50):
        limits.failed("anna", f"203.0.113.{n}")
    assert limits.wait_s("anna", "203.0.113.200") > 60
    assert limits.wait_s("anna", "10.0.0.5") == 0
    for n in range(MOST + 10):
        limits.failed(f"name {n}", "203.0.113.1")
    assert len(limits._wrong) == MOST

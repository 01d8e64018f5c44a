"""Leases of cameras: each carrier is one owner's, whenever its passage comes to the database."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from service.domain.errors import FencedError
from service.domain.passage import CarrierSighting, Lease
from service.store.database import Store
from service.store.owners import leases
from service.store.owners.leases import KEPT
from tests.service.conftest import GivenDatabases

NOW = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
INTERVAL_S = 6.0


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def hand_out(store: Store, owner: str, since: datetime | None, now: datetime = NOW) -> Lease:
    return store.write(partial(leases.hand_out, lift_id="lift", owner=owner, since=since, now=now)).result()


def admitted(store: Store, fence: int, left_at: datetime, lift_id: str = "lift") -> bool:
    seen = CarrierSighting(fence, left_at, INTERVAL_S)
    try:
        store.write(partial(leases.check_carrier, lift_id=lift_id, seen=seen)).result()
    except FencedError:
        return False
    return True


def test_each_lease_has_a_higher_fence_and_the_newest_holds(store: Store) -> None:
    """Also when so many were handed out that the first are forgotten."""
    with store.reading() as session:
        assert leases.newest(session, "lift") is None
    given = [hand_out(store, f"node-{number}", None, after(-7200.0 + number)) for number in range(KEPT + 2)]
    given.append(hand_out(store, "now", None))
    assert [lease.fence for lease in given] == list(range(1, KEPT + 4))
    with store.reading() as session:
        assert leases.newest(session, "lift") == given[-1]
        assert leases.newest(session, "other") is None
    assert not admitted(store, 2, after(-100.0)), "whose lease is forgotten is too late in any case"


def test_a_carrier_is_the_owners_during_whose_lease_it_left(store: Store) -> None:
    """Late ones of the old owner count if they left before the hand-over; one seen twice is stored once."""
    hand_out(store, "a", None)
    assert admitted(store, 1, after(-1.0))
    hand_out(store, "b", after(0.0))
    assert admitted(store, 1, after(-6.0)), "on its way while the camera was handed on"
    assert admitted(store, 1, after(0.0)), "the last that was heard of"
    assert not admitted(store, 1, after(6.0)), "the old owner still watches, and nobody asked it to"
    assert not admitted(store, 2, after(0.9)), "seen by both, whose clocks differ"
    assert admitted(store, 2, after(5.1)), "the first that only the new owner saw"
    hand_out(store, "c", after(12.0), after(20.0))
    assert admitted(store, 2, after(12.0))
    assert not admitted(store, 2, after(18.0))
    assert not admitted(store, 1, after(12.0)), "of the owner before the owner before"
    assert admitted(store, 3, after(18.0))
    assert admitted(store, 1, after(18.0), "other"), "a lift without leases"


def test_a_clock_that_was_ahead_silences_nobody(store: Store) -> None:
    """The last owner's carrier left in the future, by its clock: what leaves from now on is stored."""
    hand_out(store, "a", None)
    assert hand_out(store, "b", after(3600.0)).since == NOW
    assert admitted(store, 2, after(4.0))


def test_who_reports_health_must_have_the_newest_lease(store: Store) -> None:
    """What a former owner says of the camera is of another time."""
    hand_out(store, "a", None)
    check: Callable[[int], object] = lambda fence: store.write(  # noqa: E731
        partial(leases.check_current, lift_id="lift", fence=fence)
    ).result()
    check(1)
    hand_out(store, "b", NOW)
    check(2)
    with pytest.raises(FencedError):
        check(1)


def test_damaged_leases_hold_up_no_carrier(store: Store, tmp_path: Path, database: GivenDatabases) -> None:
    """Better twice than never: the row is reported, and the carrier stored."""
    hand_out(store, "a", None)
    hand_out(store, "b", NOW)
    database.as_another_tool(tmp_path / "data", "UPDATE camera_leases SET since = 'half' WHERE fence = 2")
    assert admitted(store, 1, after(60.0))
    assert store.damaged.counts() == {"camera_leases": 1}
    assert hand_out(store, "c", NOW).fence == 3

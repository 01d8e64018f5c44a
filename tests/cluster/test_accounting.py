"""What became of each carrier, counted by the clock."""

import pytest

from tests.cluster.accounting import Account, Seen, Strike, account, by_kind, phase_s
from tests.cluster.frames import FrameGaps

EVERY_S = 5.6
AT_S = 1.3


def passages(*ticks: int, judged: bool = True) -> list[Seen]:
    return [Seen(AT_S + EVERY_S * tick + 0.2 * (-1) ** tick, 1, judged) for tick in ticks]


def counted(seen: list[Seen], until: int = 10) -> Account:
    """Account for the carriers 0 to `until` - 1."""
    return account(seen, AT_S, EVERY_S, AT_S - EVERY_S / 2, AT_S + EVERY_S * (until - 0.5))


def test_the_phase_is_found_across_the_turn() -> None:
    seen = [Seen(EVERY_S * tick + shift, 1, True) for tick, shift in enumerate((-0.1, 0.1, -0.1, 0.1))]
    assert min(phase_s(seen, EVERY_S), EVERY_S - phase_s(seen, EVERY_S)) == pytest.approx(0.0, abs=1e-6)
    with pytest.raises(ValueError, match="do not come every"):
        phase_s([Seen(AT_S, 1, True), Seen(AT_S + EVERY_S / 2, 1, True)], EVERY_S)
    with pytest.raises(ValueError, match="0 passages do not come"):
        phase_s([], EVERY_S)


def test_the_phase_stays_where_some_come_late() -> None:
    """Two of five carriers come late, each by more than the one before, as on a machine that is too busy."""
    late = [Seen(AT_S + EVERY_S * tick + 0.35 * tick, 1, True) for tick in range(4, 12)]
    seen = [*passages(*range(-8, 4)), *late]
    assert phase_s(seen, EVERY_S) == pytest.approx(AT_S, abs=0.15)


def test_every_carrier_once() -> None:
    assert counted(passages(*range(-3, 14))) == Account(10, 10, 0, 0, 0, 0)


def test_one_that_nobody_reports_is_lost() -> None:
    assert counted(passages(0, 1, 2, 3, 4, 6, 7, 8, 9)) == Account(10, 9, 0, 1, 0, 0)


def test_one_that_is_reported_twice_is_doubled() -> None:
    assert counted(passages(*range(10)) + passages(4)).doubled == 1


def test_one_that_is_reported_late_is_neither_lost_nor_doubled() -> None:
    """By more than half an interval, while the next one comes in time."""
    late = Seen(AT_S + EVERY_S * 4.6, 1, False)
    assert counted([*passages(0, 1, 2, 3, 5, 6, 7, 8, 9), late]) == Account(10, 9, 1, 0, 0, 0)
    early = Seen(AT_S + EVERY_S * 5.4, 1, False)
    assert counted([*passages(0, 1, 2, 3, 5, 6, 7, 8, 9), early]).doubled == 1


def test_an_unknown_one_is_not_lost() -> None:
    seen = [*passages(0, 1, 2, 3, 5, 6, 7, 8, 9), *passages(4, judged=False)]
    assert counted(seen) == Account(10, 9, 1, 0, 0, 0)


@pytest.mark.parametrize(("said", "lost", "estimated"), [(3, 0, 0), (2, 1, 0), (4, 0, 1)])
def test_a_record_of_several_stands_for_the_gap_before_it(said: int, lost: int, estimated: int) -> None:
    gap = Seen(AT_S + EVERY_S * 5.4, said, False)
    found = counted([*passages(0, 1, 2, 6, 7, 8, 9), gap])
    assert (found.lost, found.estimated, found.unknown) == (lost, estimated, said)


def test_a_later_gap_is_not_filled_by_an_earlier_record() -> None:
    gap = Seen(AT_S + EVERY_S * 3.4, 2, False)
    assert counted([*passages(0, 1, 4, 5, 6, 9), gap]).lost == 2


def test_a_kill_has_what_left_until_all_was_well() -> None:
    """Two kills of one kind, one of another, where nobody could look; what was unknown at other times is
    nobody's. A record of several counts in whole where it was written.
    """
    begin_s, half_s = AT_S, EVERY_S / 2
    strikes = [
        Strike("worker", begin_s - half_s, begin_s + 3.5 * EVERY_S, {"a": 4.0, "b": 0.0}),
        Strike("database", begin_s + 3.5 * EVERY_S, begin_s + 5.5 * EVERY_S, None),
        Strike("worker", begin_s + 7.5 * EVERY_S, begin_s + 9.5 * EVERY_S, {"a": 0.0, "b": 5.25}),
    ]
    late = Seen(AT_S + EVERY_S * 9, 1, True, late=True)
    several = Seen(AT_S + EVERY_S * 3, 2, False)
    seen = {
        "a": [*passages(0, 1, 4, 5, 7, 8), several, *passages(6, judged=False), late],
        "b": [*passages(*range(8)), *passages(8, judged=False), *passages(9)],
    }
    found = by_kind(seen, EVERY_S, strikes)
    assert found == {
        "worker": {
            "kills": 2,
            "lifts": 2,
            "unwatched_lift_s": 9.25,
            "passed": 12,
            "unknown": 3,
            "late": 1,
        },
        "database": {
            "kills": 1,
            "lifts": None,
            "unwatched_lift_s": None,
            "passed": 4,
            "unknown": 0,
            "late": 0,
        },
    }


def test_gaps_of_every_lift_are_summed() -> None:
    """Usual pauses between two counts are none; a lift that nobody watches has no counter."""
    gaps = FrameGaps(("a", "b"), 100.0, {"a": 10, "b": 10})
    for now_s, frames in (
        (101.0, {"a": 35, "b": 10}),
        (102.0, {"a": 60}),
        (103.0, {"a": 60, "b": 10}),
        (105.0, {"a": 60, "b": 3}),  # opened anew
        (106.5, {"a": 85, "b": 28}),
        (110.0, {"a": 110, "b": 28}),
    ):
        gaps.look(now_s, frames)
    assert gaps.without_s == {"a": 8.0, "b": 5.0}
    assert gaps.longest_s == 5.0
    assert gaps.oldest_s == 106.5

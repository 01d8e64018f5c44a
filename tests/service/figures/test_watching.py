"""Spans of watching: no moment twice, none claimed that nobody looked at."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from service.figures.watching import HELD, LONGEST, Look, WatchBook, WatchSpan, WatchState

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
SEES, BLIND = Look(WatchState.WATCHED, True), Look(WatchState.CAMERA_LOST, False)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def brief(spans: list[WatchSpan]) -> list[tuple[str, float, float]]:
    return [(s.state.value, (s.begin - NOON).total_seconds(), (s.end - NOON).total_seconds()) for s in spans]


def run(book: WatchBook, looks: dict[float, Look], mono_from: float = 0.0) -> list[WatchSpan]:
    """Look at these seconds; the wall and the monotonic clock agree."""
    ended = []
    for second, look in looks.items():
        ended += book.step({"l": look}, at(second), mono_from + second)
    return ended


def test_a_time_counts_as_watched_only_between_two_looks_that_say_so() -> None:
    """What becomes blind was blind since the look before; what sees again was blind until then."""
    book = WatchBook()
    ended = run(book, {0: SEES, 1: SEES, 2: BLIND, 3: BLIND, 4: SEES, 5: SEES})
    assert brief(ended) == [("watched", 0, 1), ("camera_lost", 1, 4)]
    assert brief([book.current["l"]]) == [("watched", 4, 5)]
    assert not ended[1].camera


def test_a_machine_that_slept_knows_nothing_of_that_time() -> None:
    """The wall clock goes on and the monotonic one does not: between them nothing is claimed."""
    book = WatchBook()
    run(book, {0: SEES, 1: SEES})
    ended = book.step({"l": SEES}, at(3601), 2.0)
    assert brief([*ended, book.current["l"]]) == [("watched", 0, 1), ("watched", 3600, 3601)]


def test_a_look_is_not_believed_for_long() -> None:
    """A thread that hung for a minute leaves all but the last seconds unknown."""
    book = WatchBook()
    ended = run(book, {0: SEES, 1: SEES, 61: SEES})
    held = HELD.total_seconds()
    assert brief([*ended, book.current["l"]]) == [("watched", 0, 1), ("watched", 61 - held, 61)]


def test_no_moment_counts_twice_where_the_clock_is_set_back() -> None:
    """Until it has come to where it was nothing is added, and spans never overlap, whatever happens."""
    book = WatchBook()
    ended = run(book, {0: SEES, 10: SEES})
    for second in range(1, 10):
        ended += book.step({"l": BLIND}, at(second), 10.0 + second)
    assert brief([*ended, book.current["l"]]) == [("watched", 0, 10)]

    chance = random.Random(7)
    book, ended, wall, mono = WatchBook(), [], 0.0, 0.0
    for _ in range(3000):
        wall += chance.choice((0.5, 1, 1, 1, 40, -30, 90_000))
        mono += chance.choice((0.5, 1, 1, 20))
        ended += book.step({"l": chance.choice((SEES, BLIND))}, at(wall), mono)
    assert all(span.begin < span.end for span in ended)
    assert all(one.end <= other.begin for one, other in pairwise(ended))
    assert sum((s.end - s.begin for s in ended), timedelta()) <= timedelta(seconds=mono)


def test_after_a_restart_the_service_was_down() -> None:
    """From the last note to the first look, in pieces that can be found by when they begin."""
    before = WatchSpan("l", at(-50), at(0), WatchState.WATCHED, True)
    book = WatchBook({"l": before})
    ended = book.step({"l": BLIND, "new": SEES}, at(86_400 * 2.5), 100.0)
    assert ended[0] == before
    assert brief(ended[1:]) == [("service_down", 86_400 * n, 86_400 * min(n + 1, 2.5)) for n in range(3)]
    assert all(span.end - span.begin <= LONGEST and not span.camera for span in ended[1:])
    assert brief(book.step({"l": BLIND}, at(86_400 * 2.5 + 1), 101.0)) == []
    assert brief([book.current["l"]]) == [("camera_lost", 216_000, 216_001)]


def test_a_lift_that_is_gone_ends() -> None:
    """Its span is stored, and nothing goes on."""
    book = WatchBook()
    run(book, {0: SEES, 1: SEES})
    assert brief(book.step({}, at(2), 2.0)) == [("watched", 0, 1)]
    assert book.current == {}


def test_a_long_span_is_cut() -> None:
    """So that whoever asks for a day finds what reaches into it by when it began."""
    book = WatchBook()
    seconds = [float(n) for n in range(0, 86_400 * 2, 10)]
    ended = run(book, dict.fromkeys(seconds, SEES))
    assert len(ended) == 1
    assert ended[0].end - ended[0].begin <= LONGEST + timedelta(seconds=10)

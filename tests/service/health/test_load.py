"""Overload is reported with its cause; a machine that keeps up raises nothing."""

from collections.abc import Callable

import pytest

from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.health.load import Load, LoadWatch

FPS, TAKEN_FPS = 25.0, 12.5
Counts = Callable[[float], Load]


def fine(t_s: float) -> Load:
    """25 pictures a second, every second one taken, and half of the time spent waiting for them."""
    return Load(round(FPS * t_s), round(TAKEN_FPS * t_s), 0, t_s, 0.5 * t_s)


def behind(share: float, waited: float = 0.0) -> Counts:
    """A reader that gets through this share of what the camera sends."""
    return lambda t_s: Load(
        round(share * FPS * t_s), round(share * TAKEN_FPS * t_s), 0, share * t_s, waited * t_s
    )


def dropping(share: float) -> Counts:
    """A machine that reads all and has no time for this share of the frames."""
    return lambda t_s: Load(
        round(FPS * t_s),
        round((1 - share) * TAKEN_FPS * t_s),
        round(share * TAKEN_FPS * t_s),
        t_s,
        0.5 * t_s,
    )


def added(base: Load, more: Load) -> Load:
    """Both counts together."""
    return Load(
        base.read + more.read,
        base.taken + more.taken,
        base.dropped + more.dropped,
        base.media_s + more.media_s,
        base.waited_s + more.waited_s,
        more.first,
        base.left_out + more.left_out,
    )


def sends(per_s: float) -> Counts:
    """A camera of so many pictures a second, waited for most of the time."""
    return lambda t_s: Load(round(per_s * t_s), round(per_s * t_s), 0, t_s, 0.8 * t_s)


class Clock:
    """Plays counts to a watch, one way of counting after another, and keeps what it says."""

    def __init__(self) -> None:
        self.watch = LoadWatch("lift")
        self.now_s = 0.0
        self._sum = Load(0, 0, 0, 0.0, 0.0)
        self.reports: list[tuple[float, Health]] = []

    def play(self, counts: Counts, seconds: float, px_per_s: float = 0.0) -> list[Health]:
        """Let this many seconds pass; return what is reported meanwhile."""
        start_s, base, before = self.now_s, self._sum, len(self.reports)
        for step in range(1, round(10 * seconds) + 1):
            self.now_s = start_s + step / 10
            more = counts(step / 10)
            self._sum = added(base, more)
            events = self.watch.step(self.now_s, self._sum, px_per_s, 80.0)
            self.reports += [(self.now_s, event) for event in events]
        return [event for _, event in self.reports[before:]]


@pytest.mark.parametrize(
    ("counts", "cause"),
    [
        pytest.param(behind(0.4), Reason.OVERLOADED, id="10 of 25 pictures are read"),
        pytest.param(behind(0.7), Reason.OVERLOADED, id="just under four fifths"),
        pytest.param(dropping(0.14), Reason.OVERLOADED, id="14 % of the frames are dropped"),
        pytest.param(sends(10.0), Reason.SLOW_CAMERA, id="a camera of 25 pictures a second sends 10"),
    ],
)
def test_overload_is_said_within_10_s_and_ends_with_it(counts: Counts, cause: Reason) -> None:
    """Nothing while all is well; then one alarm with its cause; over once it has been well for a while."""
    clock = Clock()
    assert clock.play(fine, 30.0) == []
    [begun] = clock.play(counts, 10.0)
    assert (begun.kind, begun.active, begun.cause) == (AlarmKind.OVERLOADED, True, cause)
    assert clock.watch.active is not None
    [ended] = clock.play(fine, 25.0)
    assert (ended.kind, ended.active, ended.cause) == (AlarmKind.OVERLOADED, False, cause)
    assert clock.watch.active is None


def test_what_wavers_about_the_limit_is_one_alarm() -> None:
    """Four seconds better and four worse, again and again: said once, not each time."""
    clock = Clock()
    clock.play(fine, 20.0)
    for _ in range(10):
        clock.play(behind(0.7), 4.0)
        clock.play(behind(0.84), 4.0)
    assert [(event.active, event.cause) for _, event in clock.reports] == [(True, Reason.OVERLOADED)]


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param(behind(0.9), id="nine tenths are enough"),
        pytest.param(dropping(0.02), id="one frame in fifty"),
        pytest.param(behind(0.7, waited=0.3), id="slow stamps, and a reader that waits"),
    ],
)
def test_a_machine_that_keeps_up_is_not_blamed(counts: Counts) -> None:
    """Small losses, and a camera whose clock runs slowly while the reader waits for it."""
    clock = Clock()
    assert [event for event in clock.play(counts, 60.0) if event.active] == []


def test_a_slow_camera_is_said_only_where_the_line_is_too_fast_for_it() -> None:
    """Five pictures a second from the start are what this camera sends: too few for a fast line alone."""
    clock = Clock()
    slow = sends(5.0)
    assert clock.play(slow, 30.0, px_per_s=300.0) == []
    [reports] = clock.play(slow, 20.0, px_per_s=500.0)
    assert reports.cause == Reason.TOO_FEW_PICTURES


def test_a_new_connection_is_not_taken_for_a_reader_that_never_waits() -> None:
    """The reader's count of waiting begins again at 0 with each connection."""
    clock = Clock()
    clock.play(fine, 20.0)
    clock._sum = clock._sum._replace(waited_s=0.0)
    assert clock.play(fine, 20.0) == []


def test_a_cameras_other_stream_has_a_rate_of_its_own() -> None:
    """Fewer pictures than the stream sent that was followed in between are no slow camera."""
    clock = Clock()
    slow = sends(12.0)
    clock.play(slow, 20.0)
    clock.play(lambda t_s: fine(t_s)._replace(first=True), 20.0)
    clock.play(slow, 30.0)
    assert clock.reports == []


def test_a_camera_is_measured_by_what_it_sends_for_long() -> None:
    """Six seconds of 33 pictures a second are no habit: its usual 25 are no fewer afterwards."""
    clock = Clock()
    clock.play(fine, 30)
    clock.play(sends(33.0), 6)
    clock.play(fine, 25)
    assert clock.reports == []


@pytest.mark.parametrize(
    ("first", "second", "cause"),
    [(behind(0.4), sends(21.5), Reason.OVERLOADED), (sends(10.0), behind(0.85), Reason.SLOW_CAMERA)],
    ids=["a busy machine, then fewer pictures", "a slow camera, then a busy machine"],
)
def test_one_trouble_makes_no_other_begin_earlier(first: Counts, second: Counts, cause: Reason) -> None:
    """What is almost over a limit belongs to the trouble that stands: no second alarm follows from it."""
    clock = Clock()
    clock.play(fine, 30)
    clock.play(first, 10)
    clock.play(second, 30)
    assert [event.cause for _, event in clock.reports if event.active] == [cause]
    assert clock.watch.active is None


def test_a_camera_is_not_slow_because_its_backlog_was_read_quickly() -> None:
    """A machine that was busy reads what waited at twice the pace; after that, 25 a second are no fewer."""
    clock = Clock()
    clock.play(behind(0.4), 15)
    clock.play(behind(1.9), 10)
    clock.play(fine, 60)
    causes = [event.cause for _, event in clock.reports if event.active]
    assert causes == [Reason.OVERLOADED]
    assert clock.watch.active is None


def test_pictures_left_out_on_purpose_are_no_fault() -> None:
    """Of a line that stands key frames alone are taken: neither that nor its restart is too slow for it."""
    clock, fast = Clock(), 200.0

    def keys(t_s: float) -> Load:
        key = int(t_s / 2.0)
        return Load(50 * key, key, 0, 2.0 * key, t_s, left_out=49 * key)

    assert clock.play(fine, 30.0, fast) == []
    assert clock.play(keys, 60.0, fast) == []
    assert clock.play(fine, 30.0, fast) == []

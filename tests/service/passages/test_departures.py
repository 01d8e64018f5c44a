"""Judged + unknown = all that passed: each carrier is reported once, whatever was missing meanwhile."""

import copy
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from lifts.decision.reasons import Reason
from lifts.geometry import middle_fraction
from service.domain.arrays import Image
from service.domain.frame import Frame
from service.domain.passage import Passage
from service.passages.extractor import PassageExtractor
from service.passages.options import ExtractorOptions
from service.station.step import Station
from tests.service.passages.scripted import HEIGHT, WIDTH, Scene, crossing_s, frames, watched

EVERY_4_S = tuple(1.0 + 4.0 * k for k in range(9))
DAY = Scene(seconds=38.0, fps=8.0, carriers=EVERY_4_S)
BEGUN_S = 18.0
"""By then the line is learnt, three times over."""
CLOCK_S = 1000.0
"""What the monotonic clock shows when the day begins."""
QUEUE = 8
SLICES = 8
"""Slices of learning that fill a camera's process for as long as a pause of it takes."""


@pytest.fixture(scope="module")
def day() -> list[Frame]:
    """A line that runs for 38 s; nine carriers pass."""
    return [replace(frame, t_mono_s=frame.t_s + CLOCK_S) for frame in frames(DAY)]


@pytest.fixture(scope="module")
def begun(day: list[Frame]) -> tuple[PassageExtractor, list[Passage]]:
    """The day's first 18 s and who passed in them. Copy the extractor before it goes on."""
    extractor = PassageExtractor(watched(DAY), run_id="test")
    found = extracted((frame for frame in day if frame.t_s < BEGUN_S), extractor)
    assert not extractor.learning
    return extractor, found


def extracted(shown: Iterable[Frame], extractor: PassageExtractor) -> list[Passage]:
    return [passage for frame in shown for passage in extractor.step(frame)]


def after(begun: tuple[PassageExtractor, list[Passage]], shown: Iterable[Frame]) -> list[Passage]:
    """Return who passes in the day's first 18 s and, of the frames shown, in those that follow."""
    extractor, found = copy.deepcopy(begun)
    return found + extracted((frame for frame in shown if frame.t_s >= BEGUN_S), extractor)


def passed(until_s: float = DAY.seconds, from_s: float = 0.0) -> list[float]:
    """When carriers were at middle that have passed wholly in a time."""
    middle = middle_fraction(DAY.track)
    return [
        crossing_s(DAY, begin_s, middle)
        for begin_s in DAY.carriers
        if begin_s >= from_s and crossing_s(DAY, begin_s, 1.0) < until_s
    ]


def seen(passage: Passage) -> bool:
    return any(picture.problem is None for picture in passage.pictures)


def middles(passages: Iterable[Passage]) -> list[float]:
    return sorted(passage.t_middle_s for passage in passages)


def showing(frame: Frame, image: Image) -> Frame:
    return Frame.of_bgr(image, index=frame.index, t_s=frame.t_s, t_mono_s=frame.t_mono_s)


class LoadedMachine:
    """A camera's process on a simulated clock: each frame and each pause for learning takes so long."""

    def __init__(self, frame_s: float, pause_s: float) -> None:
        self.station = Station(
            watched(DAY), 0.0, options=ExtractorOptions(in_background=True), run_id="loaded"
        )
        self._frame_s, self._pause_s = frame_s, pause_s
        self.dropped = 0

    def run(self, source: list[Frame]) -> list[Passage]:
        queue: deque[Frame] = deque()
        coming, now_s, found = deque(source), 0.0, list[Passage]()
        while coming or queue or self.station.busy:
            while coming and coming[0].t_s <= now_s:
                queue.append(coming.popleft())
                if len(queue) > QUEUE:
                    queue.popleft()
                    self.dropped += 1
            if queue:
                now_s += self._frame_s
                found += self._passages(self.station.take(queue.popleft(), now_s))
            elif not self.station.busy:
                now_s = coming[0].t_s
            if self.station.busy:
                now_s += self._pause_s
                for _ in range(SLICES):
                    found += self._passages(self.station.work(now_s))
        return found

    @staticmethod
    def _passages(events: Iterable[object]) -> list[Passage]:
        return [event for event in events if isinstance(event, Passage)]


@pytest.mark.thorough
@pytest.mark.fault(48)
@pytest.mark.parametrize(
    ("frame_s", "pause_s", "drops"),
    [
        pytest.param(0.01, 0.01, False, id="idle", marks=pytest.mark.slow),
        pytest.param(0.06, 0.08, True, id="busy while it learns"),
        pytest.param(0.16, 0.08, True, id="too slow for every frame"),
    ],
)
def test_a_first_start_loses_no_carrier(
    day: list[Frame], frame_s: float, pause_s: float, drops: bool
) -> None:
    """However slow the machine is while it learns the line: each carrier once, seen or said not to be."""
    machine = LoadedMachine(frame_s, pause_s)
    found = machine.run(day)
    assert (machine.dropped > 0) == drops
    assert middles(found) == pytest.approx(passed(), abs=0.3)
    assert sum(seen(passage) for passage in found) >= len(found) - 2
    assert not machine.station.learning


@pytest.mark.thorough
@pytest.mark.fault(48)
@pytest.mark.parametrize("until_s", [22.0, 24.5, 32.0])
def test_frames_that_are_missing_cost_no_carrier(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]], until_s: float
) -> None:
    """From 19 s on none for 3, 5.5 and 13 s: who passed meanwhile is reported once, at about its time."""
    found = after(begun, (frame for frame in day if not 19.0 < frame.t_s < until_s))
    assert middles(found) == pytest.approx(passed(), abs=0.8)
    lacking = [passage for passage in found if any(picture.problem for picture in passage.pictures)]
    assert lacking
    assert all(passage.t_end_s > 18.0 and passage.t_begin_s < until_s + 1.0 for passage in lacking)


@pytest.mark.thorough
def test_a_gap_of_minutes_is_counted(day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]) -> None:
    """No frame for 120 s: a minute's carriers one by one, the rest as one passage that says how many."""
    later = [replace(frame, t_s=frame.t_s + 120.0, t_mono_s=frame.t_mono_s + 120.0) for frame in day]
    found = after(begun, [*(f for f in day if f.t_s < 19.0), *(f for f in later if f.t_s > 139.0)])
    (crowd,) = [passage for passage in found if passage.carriers > 1]
    assert all(picture.problem is Reason.NOT_SEEN for picture in crowd.pictures)
    assert sum(passage.carriers for passage in found) == pytest.approx(len(passed()) + 30, abs=1)


@pytest.mark.thorough
@pytest.mark.fault(48)
def test_frames_that_are_missing_before_the_line_is_known_cost_no_carrier(day: list[Frame]) -> None:
    """5 s are seen, then none for 12 s, then the line is learnt: who passed meanwhile is not seen."""
    shown = [frame for frame in day if not 5.0 < frame.t_s < 17.0]
    found = extracted(shown, PassageExtractor(watched(DAY), run_id="test"))
    assert middles(found)[-len(passed()) :] == pytest.approx(passed(), abs=0.8)


@pytest.mark.thorough
def test_a_process_that_is_started_again_accounts_for_the_time_between(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """It dies at 18 s and the next begins at 24 s: carriers that passed meanwhile are `not_seen`."""
    extractor, before = begun
    second = PassageExtractor(
        watched(DAY), run_id="second", learnt=extractor.learnt, left_mono_s=before[-1].left_mono_s
    )
    late = [replace(frame, t_s=frame.t_s - 24.0) for frame in day if frame.t_s >= 24.0]
    found = extracted(late, second)
    reported = [*middles(before), *(at_s + 24.0 for at_s in middles(found))]
    assert reported == pytest.approx(passed(), abs=0.8)
    assert len({round(at_s) for at_s in middles(before)}) == len(before)


@pytest.mark.fault(48)
def test_only_the_last_of_carriers_that_were_passed_over_says_that_all_are_reported(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """A process that begins reports those that it did not see together: the first may come through alone."""
    learnt, left_mono_s = begun[0].learnt, begun[1][-1].left_mono_s
    station = Station(watched(DAY), 0.0, run_id="second", learnt=learnt, left_mono_s=left_mono_s)
    found = list[Passage]()
    for frame in (frame for frame in day if frame.t_s >= 26.0):
        now = [each for each in station.take(frame, frame.t_mono_s) if isinstance(each, Passage)]
        found += now
        assert [each.complete for each in now[:-1]] == [False] * len(now[:-1])
        assert not now or now[-1].complete is station.accounted
    assert [passage.complete for passage in found].count(False) >= 1
    assert found[-1].complete


def test_what_is_hidden_is_not_taken_for_a_gap_on_the_rope(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """A black picture for 6 s shows neither carriers nor the view behind them: who passed is not seen."""
    found = after(
        begun,
        (showing(frame, np.zeros_like(frame.image)) if 19.0 < frame.t_s < 25.0 else frame for frame in day),
    )
    assert middles(found)[: len(passed(30.0))] == pytest.approx(passed(30.0), abs=0.5)
    assert any(not seen(passage) for passage in found)


def test_a_carrier_that_was_in_view_for_longer_than_the_odometer_remembers_is_reported(
    begun: tuple[PassageExtractor, list[Passage]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line stops for 30 s with a carrier on the track, and runs on: it is reported, and only once."""
    monkeypatch.setattr("service.line.odometer.LOG_S", 15.0)
    scene = replace(DAY, seconds=56.0, carriers=EVERY_4_S[:6], pace=((18.6, 0.0), (48.6, 1.0)))
    later = (replace(frame, t_mono_s=frame.t_s + CLOCK_S) for frame in frames(scene, BEGUN_S))
    found = after(begun, (frame for frame in later if frame.index % 2))
    middle = middle_fraction(scene.track)
    whole = [at for at in scene.carriers if crossing_s(scene, at, 1.0) < scene.seconds]
    assert middles(found) == pytest.approx([crossing_s(scene, at, middle) for at in whole], abs=0.6)


@pytest.mark.thorough
def test_pictures_of_another_size_cost_no_carrier(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """The camera turns to half the size at 19 s: who was on the track is reported, and all that follow."""
    half = WIDTH // 2, HEIGHT // 2
    found = after(
        begun, (showing(frame, frame.reduced(half)) if frame.t_s >= 19.0 else frame for frame in day)
    )
    assert middles(found) == pytest.approx(passed(), abs=0.5)


def test_a_clip_that_was_joined_behind_another_has_its_own_carriers(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """One begins at 18.9 s, with a carrier 1.6 s behind that of the first clip: each has its own record."""
    second = [replace(f, t_s=f.t_s - 10.4, t_mono_s=f.t_mono_s - 10.4, clip=1) for f in day if f.t_s >= 29.3]
    found = after(begun, [*(frame for frame in day if frame.t_s < 18.9), *second])
    own = [at_s - 10.4 for at_s in passed(from_s=29.0)]
    assert middles(found) == pytest.approx([*passed(22.0), *own], abs=0.5)
    assert all(seen(passage) for passage in found if passage.t_middle_s > 21.0)


@pytest.mark.parametrize("pause_s", [2.0, 5.5])
def test_a_line_that_stands_while_frames_are_missing_is_found_again(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]], pause_s: float
) -> None:
    """Carriers come that much later than the clock says; those that it expected are `not_seen`."""
    later = [replace(f, t_s=f.t_s + pause_s, t_mono_s=f.t_mono_s + pause_s) for f in day if f.t_s >= 19.0]
    found = after(begun, [*(frame for frame in day if frame.t_s < 19.0), *later])
    due = [*passed(19.0), *(at_s + pause_s for at_s in passed(from_s=20.0))]
    assert middles(filter(seen, found))[-4:] == pytest.approx(due[-4:], abs=0.3)


@pytest.mark.thorough
@pytest.mark.parametrize("until_s", [3.0, 5.0, 7.5])
def test_a_camera_that_pauses_before_the_line_is_known_costs_no_carrier(
    day: list[Frame], until_s: float
) -> None:
    """It sends three pictures a second, then none for half a minute: all who began since it came are told."""
    frames = [frame for frame in day[::4] if frame.t_s < until_s] + [f for f in day if f.t_s >= 11.0]
    late_s = [0.0 if frame.t_s < until_s else 20.0 for frame in frames]
    moved = [replace(f, t_s=f.t_s + s, t_mono_s=f.t_mono_s + s) for f, s in zip(frames, late_s, strict=True)]
    found = extracted(moved, PassageExtractor(watched(DAY), run_id="test"))
    shown = [at_s + 20.0 for at_s in passed(from_s=11.5)]
    gone = [at_s - 4.0 * k for at_s in shown[:1] for k in range(8, 0, -1)]
    due = [at_s for at_s in [*gone, *shown] if at_s >= passed()[0] - 0.5]
    assert middles(found) == pytest.approx(due, abs=0.5)
    assert all(seen(passage) for passage in found if passage.t_middle_s > 32.5)


def test_nothing_is_learnt_across_a_recorders_pause(day: list[Frame]) -> None:
    """It pauses for 4.4 s after 3 s: the interval is that of what follows, 4 s."""
    later = [replace(frame, t_s=frame.t_s + 4.4) for frame in day if 3.0 < frame.t_s < 13.0]
    extractor = PassageExtractor(watched(DAY), options=ExtractorOptions(pause_s=2.0), run_id="test")
    extracted([*(frame for frame in day if frame.t_s <= 3.0), *later], extractor)
    assert extractor.line_interval_s == pytest.approx(4.0, abs=0.15)


def test_frames_that_end_before_the_line_is_found_again_cost_no_carrier(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """No frame from 19 to 29 s, then half a second of them: who passed meanwhile is not seen."""
    extractor, found = copy.deepcopy(begun)
    found += extracted((f for f in day if 18.0 <= f.t_s < 19.0 or 29.0 < f.t_s < 29.5), extractor)
    found += extractor.finish()
    assert middles(found) == pytest.approx(passed(29.5), abs=0.8)


def test_when_a_carrier_left_is_told_on_the_monotonic_clock(
    day: list[Frame], begun: tuple[PassageExtractor, list[Passage]]
) -> None:
    """Whether it is reported at once or recalled from the clip: `left_mono_s` is when it was at TF."""
    found = after(begun, (frame for frame in day if frame.t_s < 23.0))
    assert len(found) >= 5
    for passage, begin_s in zip(found, DAY.carriers, strict=False):
        assert passage.left_mono_s == pytest.approx(CLOCK_S + crossing_s(DAY, begin_s, 1.0), abs=0.3)
    late_s = [passage.decided_mono_s - (passage.left_mono_s or 0.0) for passage in found]
    assert late_s[0] > 1.0  # recalled, long after
    assert late_s[-1] < 0.5  # at once

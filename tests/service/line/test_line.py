"""The interval, the movie and the odometer, each on what was made by hand."""

import numpy as np
import numpy.typing as npt
import pytest

from service.line.movie import Movie
from service.line.odometer import SPEEDS, Odometer
from service.line.reckoning import Reckoning
from service.vision.interval import find_interval, refine_interval

Floats = npt.NDArray[np.float32]
INTERVAL_S = 5.0
STEP_S = 0.1


def views(phases: npt.NDArray[np.float64], seed: int = 1, clutter: float = 6.0) -> Floats:
    """Features of a line whose carriers are a bump that goes through the middle of the interval."""
    rng = np.random.default_rng(seed)
    carrier = rng.integers(-40, 40, 400)
    still = rng.integers(-40, 40, 400)
    out = []
    for phase in phases:
        place = int(((phase % 1.0) - 0.2) * 500)
        view = np.zeros(400)
        if -200 < place < 400:
            at = np.arange(400)
            shown = (at >= place) & (at < place + 80)
            view[shown] = carrier[(at[shown] - place) % 400]
        out.append(np.rint(view + still + rng.normal(0, clutter, 400)))
    return np.array(out, dtype=np.float32)


def run(seconds: float, pace: float = 1.0, start: float = 0.0) -> npt.NDArray[np.float64]:
    steps = np.arange(round(seconds / STEP_S), dtype=np.float64)
    return np.asarray(start + steps * (STEP_S / INTERVAL_S * pace), dtype=np.float64)


def followed(odometer: Odometer, movie: Movie, phases: npt.NDArray[np.float64]) -> list[float]:
    """Step an odometer through a run from 0 s on; return what it read."""
    seen, read = views(phases, seed=1, clutter=4.0), []
    for k, feature in enumerate(seen):
        evidence = None if k < 3 else movie.evidence(feature - seen[k - 3], SPEEDS, 3 * STEP_S / INTERVAL_S)
        odometer.step(k * STEP_S, evidence)
        read.append(odometer.carriers)
    return read


def learnt() -> Movie:
    phases = run(3.5 * INTERVAL_S)
    seen = views(phases)
    movie = Movie(phases, seen, INTERVAL_S)
    for k in range(3, len(seen)):
        movie.learn_change(seen[k] - seen[k - 3], phases[k])
    return movie


def test_the_interval_is_found_once_a_carrier_has_come_again() -> None:
    """From 1.7 intervals on to 3 %; not from less, and not from noise; later frames name it more exactly."""
    times = np.asarray(np.arange(120) * STEP_S, dtype=np.float64)
    for until, known in ((55, False), (88, True), (120, True)):
        seen = views(run(12.0))[:until]
        found = find_interval(times[:until], seen @ seen.T)
        assert (found is not None) == known
        if found is not None:
            assert found.seconds == pytest.approx(INTERVAL_S, rel=0.03)
            assert refine_interval(times[:until], seen @ seen.T, 4.95) == pytest.approx(INTERVAL_S, rel=0.02)
    noise = np.random.default_rng(2).normal(0, 20, (120, 400)).astype(np.float32)
    assert find_interval(times, noise @ noise.T) is None


def test_a_movie_shows_what_every_carrier_shows() -> None:
    """What stands still is background; a phase with the carrier has it, one without is empty."""
    movie = learnt()
    assert movie.presence(views(np.array([0.5]), clutter=0.0)[0], 0.5) == pytest.approx(1.0, abs=0.3)
    assert movie.presence(views(np.array([0.1]), clutter=0.0)[0], 0.5) == pytest.approx(0.0, abs=0.3)


def test_an_odometer_reads_runs_stops_and_crawls() -> None:
    """It follows within a twentieth of an interval, says that the line stands within 2 s, and goes on."""
    movie = learnt()
    odometer = Odometer(movie.phases, INTERVAL_S)
    phases = np.concatenate([run(12.0), np.full(40, 2.4), run(8.0, start=2.4), run(8.0, pace=0.5, start=4.0)])
    read = np.array(followed(odometer, movie, phases))
    off = np.abs(((read - phases) + 0.5) % 1.0 - 0.5)
    assert off[40:120].max() < 0.05
    assert np.median(off[175:235]) < 0.05
    assert off[300:].max() < 0.12
    standing = Odometer(movie.phases, INTERVAL_S)
    followed(standing, movie, np.concatenate([run(12.0), np.full(20, 2.4)]))
    assert standing.speed < 0.2


def test_an_odometer_tells_when_it_read_what() -> None:
    """Between its steps, and ahead of the last by its speed; not before the first."""
    movie = learnt()
    odometer = Odometer(movie.phases, INTERVAL_S)
    followed(odometer, movie, run(10.0))
    assert odometer.at(-1.0) is None
    for t_s in (7.05, 9.0, 11.0):
        read = odometer.at(t_s)
        assert read is not None
        assert odometer.time_of(read) == pytest.approx(t_s, abs=0.05)


def test_a_lost_odometer_takes_no_carrier_for_an_earlier_one() -> None:
    """After frames have been missing for long, numbers go on beyond all that were given."""
    odometer = Odometer(60, INTERVAL_S)
    for k in range(60):
        odometer.step(k * STEP_S, None)
    before = odometer.carriers
    odometer.lose_phase()
    odometer.step(100.0, None)
    assert odometer.carriers > before + 0.9
    assert odometer.at(50.0) is None


def test_an_odometer_that_was_wrong_during_a_pause_finds_its_phase() -> None:
    """The line stands while no frame comes for 0.9 intervals: with doubt, 0.6 intervals later it is found."""
    movie = learnt()
    odometer = Odometer(movie.phases, INTERVAL_S)
    followed(odometer, movie, run(2 * INTERVAL_S))
    odometer.doubt(0.6)
    shown, step = views(run(0.6 * INTERVAL_S), clutter=4.0), 3 * STEP_S / INTERVAL_S
    for k, feature in enumerate(shown):
        evidence = None if k < 3 else movie.evidence(feature - shown[k - 3], SPEEDS, step)
        odometer.step(2.9 * INTERVAL_S + k * STEP_S, evidence)
    assert abs((odometer.carriers - 0.6 + 0.5) % 1.0 - 0.5) < 0.05


def test_carriers_of_a_clip_are_counted_back_to_its_beginning() -> None:
    """Phase 7.3 is known 2 s after the clip began: on a track of 0.5 intervals one carrier has left."""
    reckoning = Reckoning()
    reckoning.lose_phase(100.0, None, 1.0)
    reckoning.advance(102.0, INTERVAL_S, 1.0)
    assert reckoning.settle(102.0, 7.3, INTERVAL_S, 0.2) == pytest.approx([101.5])
    assert reckoning.lost_s is None


def test_carriers_are_counted_to_the_end_of_the_frames() -> None:
    """12 s after phase 3.4 was the last that was known, at 5 s a carrier: two have left, or begun to."""
    reckoning = Reckoning()
    reckoning.lose_phase(100.0, 3.4, 1.0)
    reckoning.advance(112.0, INTERVAL_S, 1.0)
    assert reckoning.settle(112.0, None, INTERVAL_S, 0.5) == pytest.approx([100.5, 105.5, 110.5])

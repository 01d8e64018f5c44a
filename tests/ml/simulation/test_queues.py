"""The queues agree with what is known in closed form, and lose no carrier."""

from dataclasses import replace

import numpy as np
import pytest
import simpy

from ml.simulation.queues import LATE, OVERLOADED, QueuedService, Speeds
from ml.simulation.rules import Rules

ENDLESS = 10**9
OPEN = Rules(12, 0.25, ENDLESS, ENDLESS, 1e9, 3, 24, 0.0, 8.0, 30.0)
"""Rules that refuse and shorten nothing: a plain queue."""

STRICT = Rules(12, 0.25, 4, 64, 5.0, 3, 24, 0.0, 8.0, 30.0)


def speeds(call_s: float, each_s: float = 0.0, *, batch: int = 3, embedders: int = 1) -> Speeds:
    return Speeds(
        lambda pictures: call_s + each_s * pictures, [1.0], [0.0], [0.0], embedders, batch_pictures=batch
    )


def served(service_speeds: Speeds, times_s: list[float], rules: Rules) -> QueuedService:
    env = simpy.Environment()
    service = QueuedService(env, service_speeds, rules)
    service.follow(times_s)
    env.run(times_s[-1] + 1000.0)
    return service


def poisson(rate: float, count: int, seed: int = 7) -> list[float]:
    return list(np.cumsum(np.random.default_rng(seed).exponential(1.0 / rate, count)))


@pytest.mark.parametrize("use", [0.3, 0.8])
def test_the_mean_wait_is_that_of_m_d_1(use: float) -> None:
    """Poisson arrivals, equal calls: Pollaczek and Khinchine's mean wait, use * s / (2 (1 - use))."""
    found = served(speeds(1.0), poisson(use, 15_000), OPEN).close()
    wait_s = np.mean(found.delays_s) - 1.0
    assert wait_s == pytest.approx(use / (2.0 * (1.0 - use)), rel=0.08)


def test_two_embedders_serve_as_m_m_2_at_half_of_a_slow_ones_wait() -> None:
    """Exponential calls, two at once: Erlang's mean time in the system, s / (1 - use^2)."""
    times, use = poisson(1.4, 20_000), 0.7
    drawn = np.random.default_rng(3).exponential(1.0, 20_001)
    two = Speeds(lambda _: 1.0, list(drawn), [0.0], [0.0], 2)
    found = served(two, times, OPEN).close()
    assert np.mean(found.delays_s) == pytest.approx(1.0 / (1.0 - use**2), rel=0.08)


def test_littles_law_holds() -> None:
    """The mean number inside is the rate times the mean time inside, whatever the policy."""
    times = poisson(0.9, 5_000)
    env = simpy.Environment()
    service = QueuedService(env, speeds(0.5, 0.04), replace(STRICT, deadline_s=1e9))
    service.follow(times)
    env.run(times[-1] + 100.0)
    found = service.close()
    assert found.area_s == pytest.approx(sum(found.delays_s), rel=1e-9)
    assert found.entered == found.judged == 5_000
    assert found.shortened > 0


def test_every_carrier_that_passes_is_judged_or_unknown() -> None:
    """Far too many at once: some are judged by three pictures, some refused, some late; none is lost."""
    found = served(speeds(0.1, 0.1), poisson(20.0, 2_000), STRICT).close()
    assert found.passed == 2_000
    assert found.judged + sum(found.unknown.values()) == found.passed
    assert found.unknown[OVERLOADED] > 0
    assert found.unknown[LATE] > 0
    assert found.shortened > 0
    assert found.most_waiting == STRICT.not_judged_beyond


def test_what_is_still_inside_at_the_end_is_unknown() -> None:
    """A run that ends before the network answered says so of each passage."""
    env = simpy.Environment()
    service = QueuedService(env, speeds(100.0), STRICT)
    service.follow([0.0, 1.0, 2.0])
    env.run(10.0)
    found = service.close()
    assert (found.passed, found.judged, found.unknown[LATE]) == (3, 0, 3)


def test_a_call_carries_what_fits_and_one_passage_always() -> None:
    """24 pictures are two whole passages of twelve; three are one, though it has twelve."""
    together = served(speeds(1.0, batch=24), [0.0, 0.1, 0.2], OPEN).close()
    assert together.delays_s == pytest.approx([1.0, 1.9, 1.8])
    alone = served(speeds(1.0, batch=3), [0.0, 0.1, 0.2], OPEN).close()
    assert alone.delays_s == pytest.approx([1.0, 1.9, 2.8])


def test_the_database_writes_one_after_the_other() -> None:
    """Two answers at once: the second commit waits for the first, as by the store's one writer."""
    both = Speeds(lambda _: 1.0, [1.0], [0.0], [0.5], 2)
    found = served(both, [0.0, 0.0], OPEN).close()
    assert found.delays_s == pytest.approx([1.5, 2.0])


def test_what_is_recalled_late_is_late() -> None:
    """A passage that was found three seconds after its last picture has that in its delay."""
    env = simpy.Environment()
    service = QueuedService(env, speeds(1.0), STRICT)
    service.submit(0.0, late_s=3.0)
    env.run(10.0)
    assert service.close().delays_s == pytest.approx([4.0])

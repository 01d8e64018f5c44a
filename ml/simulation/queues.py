"""One service of Barwatch as queues: passages, the embedder's calls, the database's writer (SimPy).

A discrete-event simulation by passages and calls, not by frames: what cameras take of the processor reaches
the calls through `stretches` (ml.simulation.processor). So ten thousand lifts are some million events.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from typing import Any

import simpy

from ml.simulation.rules import Rules

Process = Generator[simpy.Event, Any, None]

LATE, OVERLOADED, NOT_WATCHED = "late", "overloaded", "not watched"
"""Why a passage that passed is unknown."""


@dataclass
class PassageFates:
    """What became of the passages of one service, or of many.

    delays_s: from the last picture to the commit, of each judged passage. area_s: passages in the service,
    integrated over time; entered: how many came into it.
    """

    passed: int = 0
    judged: int = 0
    shortened: int = 0
    entered: int = 0
    most_waiting: int = 0
    area_s: float = 0.0
    unknown: Counter[str] = field(default_factory=Counter)
    delays_s: list[float] = field(default_factory=list)

    def add(self, other: PassageFates) -> None:
        """Add another service's."""
        self.passed += other.passed
        self.judged += other.judged
        self.shortened += other.shortened
        self.entered += other.entered
        self.most_waiting = max(self.most_waiting, other.most_waiting)
        self.area_s += other.area_s
        self.unknown.update(other.unknown)
        self.delays_s += other.delays_s


@dataclass(frozen=True)
class Speeds:
    """How long each step of a service takes, drawn beforehand; each is taken in turn.

    Args:
        call_s: an embedder's call of so many pictures, on an idle machine.
        stretches: how many times longer each call takes.
        before_s: from a passage's last picture to the embedder's queue.
        commit_s: a commit.
        embedders: calls at once. batch_pictures: of a call at most; one passage goes always.
        window_s: how long a call waits for company.
    """

    call_s: Callable[[int], float]
    stretches: Sequence[float]
    before_s: Sequence[float]
    commit_s: Sequence[float]
    embedders: int = 1
    batch_pictures: int = 3
    window_s: float = 0.0


class QueuedService:
    """A service: passages enter by `submit`, and every one of them is judged or unknown.

    Its policy is the product's (service/verdicts/deciding.py): a busy service judges three pictures of a
    passage; beyond a limit passages are unknown; so is what the network does not answer before a deadline.
    """

    def __init__(self, env: simpy.Environment, speeds: Speeds, rules: Rules) -> None:
        self._env, self._speeds, self._rules = env, speeds, rules
        self._waiting: deque[tuple[float, int, float]] = deque()
        self._idle: deque[simpy.Event] = deque()
        self._inside = self._number = 0
        self._since_s = self._writer_free_s = 0.0
        self.outcome = PassageFates()
        for _ in range(speeds.embedders):
            env.process(self._embed())

    def follow(self, times_s: Sequence[float]) -> None:
        """Let passages come at these times, in order."""
        self._env.process(self._arrive(times_s))

    def unwatched(self, count: int) -> None:
        """Count passages that nobody watched."""
        self.outcome.passed += count
        self.outcome.unknown[NOT_WATCHED] += count

    def submit(self, decided_s: float, late_s: float = 0.0) -> None:
        """Take a passage that was found at `decided_s`, its last picture `late_s` before that."""
        found = self.outcome
        found.passed += 1
        if self._inside >= self._rules.not_judged_beyond:
            found.unknown[OVERLOADED] += 1
            return
        self._count(1)
        found.entered += 1
        short = self._inside > self._rules.shortened_beyond
        found.shortened += short
        self._waiting.append((decided_s, 3 if short else self._rules.pictures, late_s))
        found.most_waiting = max(found.most_waiting, self._inside)
        if self._idle:
            self._idle.popleft().succeed()

    def _count(self, change: int) -> None:
        now_s = self._env.now
        self.outcome.area_s += self._inside * (now_s - self._since_s)
        self._inside, self._since_s = self._inside + change, now_s

    def _arrive(self, times_s: Sequence[float]) -> Process:
        env = self._env
        for at_s in times_s:
            yield env.timeout(max(0.0, at_s - env.now))
            self.submit(at_s)

    def _embed(self) -> Process:
        env, speeds = self._env, self._speeds
        while True:
            self._expire()
            if not self._waiting:
                wake = env.event()
                self._idle.append(wake)
                yield wake
                continue
            if speeds.window_s:
                yield env.timeout(speeds.window_s)
                if not self._waiting:  # another embedder was quicker
                    continue
            batch = [self._waiting.popleft()]
            pictures = batch[0][1]
            while self._waiting and pictures + self._waiting[0][1] <= speeds.batch_pictures:
                batch.append(self._waiting.popleft())
                pictures += batch[-1][1]
            self._number += 1
            stretch = speeds.stretches[self._number % len(speeds.stretches)]
            yield env.timeout(stretch * speeds.call_s(pictures))
            for decided_s, _, late_s in batch:
                self._decide(decided_s, late_s)

    def _expire(self) -> None:
        """Give up what has waited beyond the deadline, without a call for it."""
        while self._waiting and self._env.now - self._waiting[0][0] > self._rules.deadline_s:
            self._waiting.popleft()
            self._count(-1)
            self.outcome.unknown[LATE] += 1

    def _decide(self, decided_s: float, late_s: float) -> None:
        """Commit a passage that the network answered. The writer serves one after the other (Lindley)."""
        self._count(-1)
        found, now_s = self.outcome, self._env.now
        if now_s - decided_s > self._rules.deadline_s:
            found.unknown[LATE] += 1
            return
        speeds, number = self._speeds, found.judged
        begun_s = max(now_s, self._writer_free_s)
        self._writer_free_s = begun_s + speeds.commit_s[number % len(speeds.commit_s)]
        found.judged += 1
        found.delays_s.append(
            self._writer_free_s - decided_s + late_s + speeds.before_s[number % len(speeds.before_s)]
        )

    def close(self) -> PassageFates:
        """Return what became of the passages; those still inside are unknown as late."""
        self._count(0)
        self.outcome.unknown[LATE] += self._inside
        return self.outcome

"""How a plan of results is made: by several processes, each result once, whatever is interrupted or fails."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from mmap import mmap
from pathlib import Path
from typing import NamedTuple

import typer

from ml.commands.common import console
from ml.commands.papers.sets import Rendering, SetOfPictures
from ml.machine.together import call

_LOOK_AGAIN_S = 1.0
"""Between two looks for pictures that others render, and for results that others make."""


class MadeResult(NamedTuple):
    """One result: its file below the results, and the commands that make it; the last one writes it.

    pictures: what must be rendered before the first command, and judged: before the last, where others render
    meanwhile. after: results that must be there before, which stand before it in the plan. passing: nobody
    wants it where all that comes after it is there. needs: a checkpoint that what comes before leaves here;
    a result that was made elsewhere comes without it.
    """

    file: str
    commands: tuple[str, ...]
    pictures: tuple[SetOfPictures, ...] = ()
    judged: tuple[SetOfPictures, ...] = ()
    after: tuple[str, ...] = ()
    passing: bool = False
    needs: Path | None = None


class SharedPlan:
    """A plan of results, whose `work` any number of processes may do: those forked from here, and others.

    None makes what another is making. What fails is tried once by this process and all that are forked from
    it; what needs it is left out.

    Args:
        steps: the plan, in the order in which results are made.
        results: where their files go.
        locks: a folder; a lock ends with the process that holds it, however that ends.
        main: runs a command's words.
        rendered: sets of pictures that `render` makes meanwhile; what is not named there, a run renders.
        patient: whether to wait for what others make; else the rest is left to them.
        known: a folder of further results, which are not made again.
    """

    def __init__(
        self,
        steps: Sequence[MadeResult],
        results: Path,
        locks: Path,
        main: Callable[[list[str]], object],
        rendered: Mapping[SetOfPictures, Rendering] | None = None,
        patient: bool = False,
        known: Path | None = None,
    ) -> None:
        self._steps, self._results, self._locks, self._main = steps, results, locks, main
        self._rendered, self._patient, self._known = dict(rendered or {}), patient, known
        self._number = {step.file: number for number, step in enumerate(steps)}
        # A byte for each result that failed, and one for rendering that is over: forked processes share it.
        self._told = mmap(-1, len(steps) + 1)

    def parted(self) -> tuple[list[MadeResult], list[MadeResult]]:
        """Return what can still be made, and what is left out: it needs what failed or is not here.

        Neither has what is there, nor what failed itself.
        """
        left, out, without = list[MadeResult](), list[MadeResult](), set[str]()
        there = {step.file for step in self._steps if self._is_made(step.file)}
        needing = [step for step in self._steps if step.after]
        needed = {file for step in needing for file in step.after}
        wanted = {file for step in needing if step.file not in there for file in step.after}
        for step in self._steps:
            if step.file in there or (step.passing and step.file in needed - wanted):
                continue
            if self._told[self._number[step.file]]:
                without.add(step.file)
            elif any(self._is_lost(file, without) for file in step.after) or self._is_elsewhere(step):
                without.add(step.file)
                out.append(step)
            else:
                left.append(step)
        return left, out

    def say_what_is_left(self) -> None:
        """Print each result that can be made with its commands, and what is left out."""
        for step in self.parted()[0]:
            for command in step.commands:
                say(step.file, command)
        self.say_what_is_left_out()

    def say_what_is_left_out(self) -> None:
        """Print each result that cannot be made, and what it needs."""
        _say_left_out(self.parted()[1])

    def work(self) -> int:
        """Make results until none is left that can be made; returns how many failed here."""
        failed = 0
        while left := self.parted()[0]:
            for step in left:
                if self._can_begin(step) and (outcome := self._make(step)) is not None:
                    failed += not outcome
                    break
            else:
                if not self._patient:
                    break
                time.sleep(_LOOK_AGAIN_S)
        return failed

    def render(self) -> int:
        """Render the sets of pictures; once that is over, however it ended, runs render what is missing."""
        try:
            for each in self._rendered.values():
                for _ in each.render(os.cpu_count() or 1):
                    pass
        finally:
            self._told[len(self._steps)] = 1
        return 0

    def _is_made(self, file: str) -> bool:
        known = self._known is not None and is_whole(self._known / file)
        return known or is_whole(self._results / file)

    def _is_lost(self, file: str, without: set[str]) -> bool:
        return file in without or (file not in self._number and not self._is_made(file))

    def _is_elsewhere(self, step: MadeResult) -> bool:
        """Return whether all that a step needs was made, and a checkpoint of it is not here."""
        return step.needs is not None and not step.needs.exists() and self._follows(step)

    def _follows(self, step: MadeResult) -> bool:
        return all(self._is_made(file) for file in step.after)

    def _can_begin(self, step: MadeResult) -> bool:
        return self._there(step.pictures) and self._follows(step)

    def _there(self, names: Iterable[SetOfPictures]) -> bool:
        over = self._told[len(self._steps)]
        return bool(over) or all(self._rendered[name].there for name in names if name in self._rendered)

    def _make(self, step: MadeResult) -> bool | None:
        """Make a result; returns whether there is one, None where another process is at it."""
        with alone(self._locks / f"{step.file.replace('/', '-')}.lock") as free:
            if not free:
                if not self._patient:
                    say(step.file, "another process makes it")
                return None
            left, out = self.parted()
            if step not in left:  # another process was quicker
                return True
            for command in step.commands:
                while command is step.commands[-1] and not self._there(step.judged):
                    time.sleep(_LOOK_AGAIN_S)
                say(step.file, command)
                if call(self._main, shlex.split(command)[1:]):
                    break
            if is_whole(self._results / step.file):
                return True
            self._told[self._number[step.file]] = 1
            say(step.file, "failed")
            _say_left_out([other for other in self.parted()[1] if other not in out])
            return False


def from_here(folder: Path) -> Path:
    """Return a folder as commands name it: they are published, and hold no place of one machine."""
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def chosen(steps: Iterable[MadeResult], names: Sequence[str] | None) -> list[MadeResult]:
    """Return those steps whose file, with or without its folder, begins with a name; without names all.

    Raises:
        typer.BadParameter: nothing begins so: who waits for a result that is spelt otherwise waits in vain.
    """
    every, wanted = list(steps), names or ()
    if none := [name for name in wanted if not any(_begins(step.file, name) for step in every)]:
        raise typer.BadParameter(f"no result begins with {', '.join(none)}", param_hint="NAMES")
    return [step for step in every if not wanted or any(_begins(step.file, name) for name in wanted)]


def _begins(file: str, name: str) -> bool:
    return file.startswith(name) or Path(file).name.startswith(name)


@contextmanager
def alone(lock: Path) -> Iterator[bool]:
    """Hold a lock; yields whether no other process holds it. It ends with the process, however that ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def _say_left_out(out: Iterable[MadeResult]) -> None:
    for step in out:
        needs = step.after if step.needs is None else (*step.after, str(step.needs))
        say(step.file, f"left out, as it needs {', '.join(needs)}")


def is_whole(file: Path) -> bool:
    """Return whether a result is there, and no part of it is missing."""
    if file.suffix != ".json":
        return file.exists()
    return file.exists() and bool(json.loads(file.read_text(encoding="utf-8")).get("complete", True))


def say(file: str, what: str) -> None:
    """Print what happens to a result."""
    console.print(f"{file}: {what}", soft_wrap=True)

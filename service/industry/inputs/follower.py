"""Follows one lift's input in a thread with an event loop of its own, and begins again when it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Literal, NamedTuple

from service.domain.errors import BarwatchError, SourceError
from service.host.runner import BackOff, Runner
from service.outputs.base.loops import call_on, unless
from service.outputs.base.problems import OutputProblem, output_error

NOTHING_HEARD: Literal["nothing_heard"] = "nothing_heard"

InputProblem = OutputProblem | Literal["nothing_heard"]
"""Codes of why a source is not followed; NOTHING_HEARD: it is, and has said nothing yet."""


class InputFault(NamedTuple):
    """Why a source is not followed: a code, and the same as an English sentence."""

    code: InputProblem
    message: str


class InputFollower:
    """One source; `runner` is its thread.

    Args:
        lift_id: whose.
        follow: follows the source until it is lost, and raises why.
        back_off: the pauses between attempts.
    """

    def __init__(
        self, lift_id: str, follow: Callable[[], Awaitable[None]], back_off: BackOff | None = None
    ) -> None:
        self._follow = follow
        self.fault: InputFault | None = InputFault(NOTHING_HEARD, "nothing was heard yet")
        """Why the source is not followed; None while it is."""
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self.runner = Runner(
            f"input {lift_id}",
            self._turn,
            back_off=back_off or BackOff(first_s=0.5, longest_s=10.0),
            wake=self._end,
        )

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():
            asyncio.run(self._main())

    async def _main(self) -> None:
        stop = asyncio.Event()
        self._running = asyncio.get_running_loop(), stop
        if self.runner.stopping.is_set():
            return
        try:
            await unless(stop, self._follow())
        except (OSError, BarwatchError) as error:
            known = output_error(error)
            self.fault = InputFault(known.problem, str(error) or type(error).__name__)
            raise SourceError(self.fault.message) from error
        finally:
            self._running = None

    def _end(self) -> None:
        if (running := self._running) is not None:
            call_on(running[0], running[1].set)

"""What is to end does, even where a library loses the cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import pytest

from service.outputs.base import loops

pytestmark = pytest.mark.usefixtures("soon_again")


@pytest.fixture
def soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "AGAIN_S", 0.01)


async def answered_as_it_is_cancelled() -> None:
    """Go on for ever, although cancelled: the answer came in the same moment (CPython 3.11, issue 86296)."""
    task = asyncio.current_task()
    assert task is not None
    answer = asyncio.get_running_loop().create_future()

    async def come() -> None:
        await answer

    def at_once() -> None:
        answer.set_result(None)
        asyncio.get_running_loop().call_soon(task.cancel)

    asyncio.get_running_loop().call_soon(at_once)
    await asyncio.wait_for(come(), 60)
    await asyncio.Event().wait()


async def deaf(times: int) -> None:
    """Go on for ever, although cancelled, so many times."""
    for _ in range(times):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            continue
    await asyncio.Event().wait()


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def timed() -> None:
        async with asyncio.timeout(20):
            await main()

    asyncio.run(timed())


def stopped(work: Awaitable[None]) -> Coroutine[Any, Any, None]:
    """Stop the work from outside, as another thread does."""

    async def stop() -> None:
        told = asyncio.Event()
        asyncio.get_running_loop().call_later(0.01, told.set)
        await loops.unless(told, work)

    return stop()


ENDINGS: dict[str, Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]]] = {
    "within": lambda work: loops.within(0.01, work),
    "together": lambda work: loops.within(0.01, loops.together(work, deaf(0))),
    "unless": stopped,
    "nested": lambda work: stopped(loops.together(loops.within(60, work), deaf(2))),
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    "work", [lambda: deaf(0), lambda: deaf(1), lambda: deaf(3), answered_as_it_is_cancelled]
)
def test_it_ends_whatever_it_does_with_its_cancellation(
    ending: str, work: Callable[[], Coroutine[Any, Any, None]]
) -> None:
    """A cancellation that was lost is said again, however deep the work waits."""

    async def main() -> None:
        if ending in {"within", "together"}:
            with pytest.raises(TimeoutError):
                await ENDINGS[ending](work())
        else:
            await ENDINGS[ending](work())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main)


def test_whoever_is_cancelled_leaves_nothing_behind() -> None:
    """The caller's own cancellation, however often it comes, waits for what it began."""

    async def main() -> None:
        task = asyncio.create_task(loops.together(deaf(3), deaf(1)))
        await asyncio.sleep(0)
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        with pytest.raises(asyncio.CancelledError):
            await task
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main)


def test_results_and_failures_are_those_of_the_work() -> None:
    """What is given and what is raised comes through; the first failure ends the others."""

    async def fails() -> None:
        raise KeyError("a fault")

    async def main() -> None:
        assert await loops.within(60, asyncio.sleep(0, "done")) == "done"
        for work in (loops.within(60, fails()), loops.together(deaf(1), fails())):
            with pytest.raises(KeyError):
                await work
        with pytest.raises(KeyError):
            await loops.unless(asyncio.Event(), fails())

    run(main)


@pytest.mark.parametrize(
    "ending",
    [
        lambda work: loops.within(60, work),
        lambda work: loops.together(deaf(0), work),
        lambda work: loops.unless(asyncio.Event(), work),
        lambda work: loops.unless(asyncio.Event(), loops.together(loops.within(60, work), deaf(1))),
    ],
)
def test_what_is_cancelled_by_a_library_has_failed(
    ending: Callable[[Coroutine[Any, Any, None]], Coroutine[Any, Any, None]],
) -> None:
    """Nobody waits for ever for work that is over, and nobody takes it for a cancellation of their own."""

    async def lost() -> None:
        answer = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(answer.cancel)
        await answer

    async def main() -> None:
        with pytest.raises(ConnectionAbortedError):
            await ending(lost())
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run(main)

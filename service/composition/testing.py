"""Makes what tests lifts, and what has people review what they said."""

from __future__ import annotations

from service.api.runtime import Runtime
from service.audit.signing import SigningKey
from service.host.awaited import Awaited
from service.outputs.health import OutputHealth, OutputState
from service.outputs.whole import Outputs
from service.reviewing.drawer import ReviewDrawer
from service.selftest.schedule import SelfTestSchedule
from service.selftest.tester import SelfTester
from service.selftest.whole import SelfTests
from service.store.delivery.outputs import StoredOutput

PASSED_ON_S = 10.0
"""How long an output may take to pass on what a self-test left, in seconds."""


class OutputsUnderTest:
    """The outputs that are on, as a self-test asks them. There may be none at all (None)."""

    def __init__(self, outputs: Outputs | None) -> None:
        self._outputs = outputs

    def names(self) -> tuple[str, ...]:
        """Return their ids."""
        return tuple(output.id for output, _ in self._listing() if output.enabled)

    def ping(self, name: str, seq: int, waits: Awaited) -> str | None:
        """Return why one does not work; None if it does, and has come as far as `seq` or waits on purpose."""
        if self._outputs is None:
            return "there is no such output"
        outputs = self._outputs
        problem = outputs.test(name, waits)
        if problem is not None:
            return str(problem)
        if outputs.wait_for(name, lambda: _has(outputs.get(name)[1], seq), waits, PASSED_ON_S):
            return None
        return f"it answers, and has not passed on entry {seq} ({outputs.get(name)[1].state.value})"

    def _listing(self) -> list[tuple[StoredOutput, OutputHealth]]:
        return [] if self._outputs is None else self._outputs.listing()


def _has(health: OutputHealth, seq: int) -> bool:
    return health.state is OutputState.LIVE or health.seq >= seq


def make_self_tests(runtime: Runtime) -> SelfTests:
    """Return the self-tests of every lift; not started."""
    settings, take = runtime.settings, runtime.pipeline.on_event
    tester = SelfTester(
        runtime.store,
        runtime.pictures,
        runtime.engine,
        runtime.pipeline,
        runtime.cameras,
        runtime.hub,
        OutputsUnderTest(_outputs_of(runtime)),
        SigningKey(settings.data),
        runtime.clock,
        take,
        hides=runtime.hides,
    )
    at = settings.self_test_time()
    schedule = SelfTestSchedule(runtime.store, tester, at, runtime.clock, take)
    return SelfTests(tester, schedule, runtime.runners)


def make_reviews(runtime: Runtime) -> ReviewDrawer:
    """Return what draws passages for people to review; not started."""
    settings = runtime.settings
    plan, days = settings.sample_plan(), (settings.retention_review_days, settings.retention_days)
    return ReviewDrawer(runtime.store, plan, runtime.clock.now, *days, runtime.runners)


def _outputs_of(runtime: Runtime) -> Outputs | None:
    try:
        return runtime.parts.of(Outputs)
    except LookupError:
        return None

"""The self-tests as one part of the service."""

from __future__ import annotations

from service.host.runner import Runners
from service.selftest.schedule import SelfTestSchedule
from service.selftest.tester import SelfTester


class SelfTests:
    """Runs them daily and when somebody asks; `tester` and `schedule` are there for the API."""

    def __init__(self, tester: SelfTester, schedule: SelfTestSchedule, runners: Runners) -> None:
        self.tester, self.schedule, self._runners = tester, schedule, runners

    def start(self) -> None:
        """Begin to look at the clock."""
        self._runners.add(self.schedule.runner).start()

    def stop(self) -> None:
        """End; a test that waits gives up."""
        self.tester.waits.end()
        self.schedule.runner.stop()

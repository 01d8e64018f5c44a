"""What each test costs: `python -m pytest -p tests.tools.costs …` prints the dearest at the end.

In seconds of processor time, of the test with its fixtures and of all processes that it starts: another than
what a busy machine lets it wait. What stands here with more than two or three seconds on a processor without
AVX-512 is marked `thorough`, unless the default suite would miss it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.tools.processes import children_of

NAME, SHOWN = "processor_s", 60
"""The property of a test's report, which also reaches the process that started the workers; lines printed."""

BEFORE = pytest.StashKey[float]()


def spent_s() -> float:
    """Return what this process and its children have used so far, also those that were waited for."""
    ticks = 0
    for pid in {os.getpid()} | children_of(os.getpid()):
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:  # it has just ended: whoever waits for it has its time
            continue
        ticks += sum(map(int, stat.rpartition(")")[2].split()[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    """Note what was spent before the test's fixtures."""
    item.stash[BEFORE] = spent_s()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Add what was spent to the report of the teardown, the last of the three."""
    try:
        return (yield)
    finally:
        item.user_properties.append((NAME, spent_s() - item.stash[BEFORE]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the functions that cost most, all their parameters together, and the sum of all."""
    costs = Counter[str]()
    for report in terminalreporter.getreports("") + terminalreporter.getreports("passed"):
        if report.when == "teardown":
            costs[report.nodeid.partition("[")[0]] += dict(report.user_properties).get(NAME, 0.0)
    terminalreporter.section("processor time, seconds")
    for name, cost in costs.most_common(SHOWN):
        terminalreporter.line(f"{cost:8.1f}  {name}")
    terminalreporter.line(f"{costs.total():8.1f}  all {len(costs)} functions")

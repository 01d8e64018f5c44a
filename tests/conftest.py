"""Loaded before every test module: the service sets limits that numpy and OpenCV read at their import."""

import gc
import logging
import os
import sys
from collections.abc import Iterator

import hypothesis
import pytest
import structlog

import service  # noqa: F401 - for what it does when it is imported

hypothesis.settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

# Tests start many interpreters: each would compile all modules again where a container's setting has it so.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What is imported while tests are collected stays: looking through it for garbage, again and again while it
# grows, takes a third of that time, and half a second each time afterwards. Seldom is enough for what tests
# leave: as often as Python does it by itself, it takes a twelfth of their time.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 20, 20)


PLAIN_LOGS = structlog.get_config()
"""Taken here: a fixture of a whole file may have set up others before its first test."""


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """A command that runs within a test sets up the logs of the whole process, to a stream that goes.

    Which test comes next and looks for lines that went elsewhere depends on the number of workers.
    """
    root = logging.getLogger()
    handlers, level = set(root.handlers), root.level
    yield
    structlog.configure(**PLAIN_LOGS)
    root.setLevel(level)
    for handler in set(root.handlers) - handlers:
        root.removeHandler(handler)

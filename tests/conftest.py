"""Loaded before every test module: the service sets limits that numpy and OpenCV read at their import."""

import gc
import os
import sys

import hypothesis

import service  # noqa: F401 - for what it does when it is imported

hypothesis.settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

# Tests start many interpreters: each would compile all modules again where a container's setting has it so.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What is imported while tests are collected stays: looking through it for garbage, again and again while it
# grows, takes a third of that time, and half a second each time afterwards.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()

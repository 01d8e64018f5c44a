"""Loaded before every test module: the service sets limits that numpy and OpenCV read at their import."""

import hypothesis

import service  # noqa: F401 - for what it does when it is imported

hypothesis.settings.register_profile(
    "busy machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("busy machine")

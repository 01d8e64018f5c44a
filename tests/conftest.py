"""Loaded before every test module: the service sets limits that numpy and OpenCV read at their import."""

import service  # noqa: F401 - for what it does when it is imported

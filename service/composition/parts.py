"""The parts beside the core, a line each. Each is off, or does nothing, until somebody sets it up."""

from __future__ import annotations

from service.composition.core import Core


def add_parts(core: Core) -> None:
    """Make every part and hand it to the runtime, where the API finds it by its class."""

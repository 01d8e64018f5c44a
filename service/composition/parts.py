"""The parts beside the core, a line each. Each is off, or does nothing, until somebody sets it up."""

from __future__ import annotations

from service.composition.core import Core
from service.composition.outputs import make_outputs
from service.composition.testing import make_self_tests


def add_parts(core: Core) -> None:
    """Make every part and hand it to the runtime, where the API finds it by its class."""
    parts = core.runtime.parts
    parts.add("the outputs are being started", make_outputs(core), at_once=True)
    parts.add("the self-tests are being looked up", make_self_tests(core.runtime))

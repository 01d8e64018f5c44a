"""Processes that find their modules loaded: forked from one server for each worker of the test run.

The service spawns an interpreter for its embedder and for each industrial server, which loads torch or an OPC
UA library: a second of the processor for each. What such a process does, how it is told, lost and ended is
the same when it is forked from a server that has loaded them, as the service's cameras are. Tests that start
the whole service still spawn: what only a new interpreter shows is found there.
"""

import threading
from collections.abc import Iterator
from functools import cache
from multiprocessing import forkserver, popen_forkserver
from multiprocessing.context import ForkServerContext, ForkServerProcess
from multiprocessing.process import BaseProcess
from typing import Any

import pytest

LOADED = [
    "service.inference.model",
    "service.industry.peers.registers",
    "service.industry.peers.opcua",
    "service.industry.control.process",
]
SPAWNING = [
    "service.inference.engine",
    "service.industry.peers.link",
    "service.industry.control.link",
    "service.administration.aside",
]
"""Modules that take `get_context` to spawn processes."""

_one_at_a_time = threading.Lock()


@cache
def _server() -> Any:
    server = forkserver.ForkServer()
    server.set_forkserver_preload(LOADED)
    return server


class WarmPopen(popen_forkserver.Popen):
    """Forks from the server of loaded modules instead of the one that cameras come from."""

    def _launch(self, process: BaseProcess) -> None:
        with _one_at_a_time:
            cameras = forkserver.connect_to_new_process
            vars(forkserver)["connect_to_new_process"] = _server().connect_to_new_process
            try:
                super()._launch(process)  # type: ignore[misc]
            finally:
                vars(forkserver)["connect_to_new_process"] = cameras


class WarmProcess(ForkServerProcess):
    """A process of the context."""

    @staticmethod
    def _Popen(process: BaseProcess) -> WarmPopen:  # noqa: N802 - multiprocessing's name
        return WarmPopen(process)


class WarmContext(ForkServerContext):
    """What is started by it begins with its modules loaded."""

    Process = WarmProcess


@cache
def _loaded_context() -> WarmContext:
    """Return the context once its server has loaded the modules.

    A thread that starts a process would wait for that, for seconds, and could not be stopped meanwhile.
    """
    context = WarmContext()
    first = context.Process(target=int)  # does nothing
    first.start()
    first.join()
    return context


@pytest.fixture(autouse=True, scope="session")
def warm_processes() -> Iterator[None]:
    """Whatever is spawned in this process is forked with its modules loaded."""
    with pytest.MonkeyPatch.context() as patch:
        for module in SPAWNING:
            patch.setattr(f"{module}.get_context", lambda _: _loaded_context())
        yield

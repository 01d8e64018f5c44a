"""Ray's driver, in a process of its own: the only one of the service that imports Ray.

It runs a node that lends nothing, joins the cluster by it, and passes messages between the parts of the
main process (service.cluster.link) and their counterparts here, which ask actors. Calls to a dead head block
for a minute, so nobody asks this process whether the cluster works: it tells, four times a second, when the
head last answered, and is ended when it does not.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from multiprocessing import connection
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol

from service.cluster.head import HeadWatch
from service.cluster.nodes import ClusterRefusedError, NodeOptions, check_head, command, environment
from service.host import signals
from service.host.handover.parcels import open_parcel, send_parcel
from service.host.runner import Runner, attempt

LINK = ""
"""The name under which driver and link talk to each other; parts have names of their own."""

UP, BEAT, REFUSED, PART = "up", "beat", "refused", "part"

BEAT_S = 0.25
STEP_S = 0.05

LEAVE_S = 3.0
"""How long a node may take to say goodbye to its cluster, in seconds."""


class DriverPart(Protocol):
    """What a part of the service does in the driver's process, on one thread: it must not block there."""

    def take(self, message: Any) -> None:
        """Take what the part in the main process sent."""

    def step(self) -> None:
        """Do what is due: called every 50 ms, and after each message."""

    def stop(self) -> None:
        """The driver ends."""


class DriverSide:
    """What a part may use here.

    Args:
        driver: what runs all parts.
        name: the part's.
    """

    def __init__(self, driver: Driver, name: str) -> None:
        self._driver, self._name = driver, name
        self.ray: Any = driver.ray
        """The module."""

    def send(self, message: Any, *, large: bool = False) -> None:
        """Send to the part in the main process; from any thread. large: it holds arrays."""
        self._driver.line.send(self._name, message, large=large)

    def watch(self, ref: Any, done: Callable[[Any], object]) -> None:
        """Call `done` on the parts' thread with what an ObjectRef became: its value, or the exception."""
        self._driver.watch(ref, done)


class Line:
    """The driver's end of the pipe to the main process; for any thread."""

    def __init__(self, pipe: Connection) -> None:
        self.pipe = pipe
        self._sending = threading.Lock()

    def send(self, name: str, message: Any, *, large: bool = False) -> None:
        """Send to a part of the main process; raises OSError: it is gone."""
        with self._sending:
            if large:
                send_parcel(self.pipe, (name, message))
            else:
                self.pipe.send((name, message))


class Driver:
    """The loop of the driver's process.

    Args:
        line: leads to the link.
        ray: the module, connected. head: the cluster's.
    """

    def __init__(self, line: Line, ray: Any, head: HeadWatch) -> None:
        self.line, self.ray, self._head = line, ray, head
        self._parts: dict[str, DriverPart] = {}
        self._done: deque[Callable[[], object]] = deque()
        self._woken, self._wake = connection.Pipe(duplex=False)
        self._beat_mono_s = 0.0

    def watch(self, ref: Any, done: Callable[[Any], object]) -> None:
        """See DriverSide."""

        def ready(future: Any) -> None:
            error = future.exception()
            self._done.append(partial(done, future.result() if error is None else error))
            attempt(partial(self._wake.send_bytes, b"."))  # closed: the process ends

        ref.future().add_done_callback(ready)

    def run(self) -> None:
        """Pass messages on until the link closes the pipe."""
        try:
            self.line.send(LINK, (UP, ""))
            while True:
                self._turn()
        except (EOFError, OSError):
            return
        finally:
            for part in self._parts.values():
                attempt(part.stop)

    def _turn(self) -> None:
        ready = connection.wait([self.line.pipe, self._woken], STEP_S)
        if self._woken in ready:
            self._woken.recv_bytes()
        if self.line.pipe in ready:
            self._take(self.line.pipe.recv())
        while self._done:
            self._done.popleft()()
        for part in self._parts.values():
            part.step()
        now = time.monotonic()
        if now - self._beat_mono_s >= BEAT_S:
            self._beat_mono_s = now
            self.line.send(LINK, (BEAT, self._head.silent_s))

    def _take(self, sent: Any) -> None:
        name, message = open_parcel(self.line.pipe, sent) if isinstance(sent, list) else sent
        if name != LINK:
            if name in self._parts:  # it may have been taken away meanwhile
                self._parts[name].take(message)
            return
        _, made, factory, arguments = message
        if factory is None:
            over = self._parts.pop(made, None)
            if over is not None:
                over.stop()
            return
        module, _, function = factory.partition(":")
        make = getattr(importlib.import_module(module), function)
        self._parts[made] = make(DriverSide(self, made), *arguments)


def driver_main(pipe: Connection, options: NodeOptions) -> None:
    """Join a cluster and pass messages on; ends when its parent closes the pipe.

    Args:
        pipe: leads to the link (service.cluster.link), which says which parts there are.
        options: the node to run here: one that lends nothing. Its folder is empty and ours.
    """
    signals.ignore()
    os.environ.update(environment(options.token_file))
    # Ray prints here what it hears of nodes and workers that end: the link says it in its own words.
    sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - for as long as this process lives
    line, node, address = Line(pipe), None, options.address or ""
    try:
        check_head(address)  # at once, where the node would take seconds
        node = OwnNode(options, line)
        Driver(line, _join(options), HeadWatch(address)).run()
    except ClusterRefusedError as error:
        attempt(partial(line.send, LINK, (REFUSED, str(error))))
    finally:
        if node is not None:
            node.leave()
        # Ray's own clean-up at exit asks the head, and waits for a dead one.
        os._exit(0)


class OwnNode:
    """This machine's node. When it ends by itself, so does the driver: Ray's calls would wait for it."""

    def __init__(self, options: NodeOptions, line: Line) -> None:
        self._log = (options.folder or Path()) / "node.log"
        self._line, self._leaving = line, False
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                command(options), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
            )
        Runner("node", self._watch).start()

    def leave(self) -> None:
        """End it: by a word to the head, if that answers in time."""
        self._leaving = True
        self._process.terminate()
        try:
            self._process.wait(LEAVE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _watch(self) -> bool:
        self._process.wait()
        if not self._leaving:
            lines = self._log.read_text("utf-8", "replace").strip().splitlines() or [""]
            reason = f"this machine's own node of the cluster has ended: {lines[-1].strip()}"
            attempt(partial(self._line.send, LINK, (REFUSED, reason)))
            os._exit(1)
        return False


def _join(options: NodeOptions) -> Any:
    """Connect by the node that runs here; return Ray's module. Raises ClusterRefusedError."""
    ray: Any = importlib.import_module("ray")
    try:
        ray.init(
            address=options.address,
            _temp_dir=str(options.folder),
            log_to_driver=False,
            configure_logging=False,
            namespace="barwatch",
        )
    except (ConnectionError, RuntimeError, ray.exceptions.RayError) as error:
        raise ClusterRefusedError(f"the cluster cannot be joined: {str(error).splitlines()[0]}") from error
    return ray

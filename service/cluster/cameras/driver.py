"""Cameras on nodes, in the driver's process: makes their actors, and passes on what each reports."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from service.cluster.cameras.actor import CameraActor
from service.cluster.cameras.clock import Exchange
from service.cluster.driver import DriverSide
from service.cluster.nodes import A_SHARE, VERSION_RESOURCE
from service.host.runner import Runner

WAIT_S = 0.4
"""How long an actor waits for something to report, before it answers that there is nothing."""

NODES_S = 1.0
"""How often nodes are looked up."""


@dataclass
class _Hosted:
    handle: Any
    heard: int = 0
    """The number of the last report that was passed on."""
    asked: int = 0


def make(driver: DriverSide) -> CameraCalls:
    """Make the driver's part of cameras (service.cluster.link)."""
    return CameraCalls(driver)


class CameraCalls:
    """Asks each actor for its reports, one question at a time: the next confirms what was heard.

    Args:
        driver: what is around it.
    """

    def __init__(self, driver: DriverSide) -> None:
        from service.cluster.cameras import messages  # noqa: PLC0415 - see make

        self._messages, self._driver = messages, driver
        self._actor = driver.ray.remote(CameraActor)
        self._hosted: dict[str, _Hosted] = {}
        self._nodes = Runner("nodes", self._look_at_nodes, every_s=NODES_S)
        self._nodes.start()

    def take(self, message: Any) -> None:
        """See DriverPart."""
        if isinstance(message, self._messages.HostCamera):
            self._host(message.key, message.node)
        elif isinstance(message, self._messages.TellCamera):
            if (hosted := self._hosted.get(message.key)) is not None:
                done = partial(self._answered_telling, message.key)
                self._driver.watch(hosted.handle.tell.remote(message.what), done)
        elif (hosted := self._hosted.pop(message.key, None)) is not None:
            self._driver.watch(hosted.handle.end.remote(), partial(self._kill, hosted.handle))

    def step(self) -> None:
        """See DriverPart."""

    def stop(self) -> None:
        """See DriverPart: the actors end with the driver's job."""
        self._nodes.stopping.set()

    def _host(self, key: str, node: str) -> None:
        strategies = self._driver.ray.util.scheduling_strategies
        hosted = self._hosted[key] = _Hosted(
            self._actor.options(
                num_cpus=0,  # placed by what cameras are measured to take (service.cluster.cameras.placing)
                max_restarts=0,
                max_concurrency=8,
                resources={VERSION_RESOURCE: A_SHARE},
                scheduling_strategy=strategies.NodeAffinitySchedulingStrategy(node, soft=False),
            ).remote(own_process=True)
        )
        self._ask(key, hosted)

    def _ask(self, key: str, hosted: _Hosted) -> None:
        # The first answers come at once: they tell how far the node's clock is ahead.
        wait_s = WAIT_S if hosted.asked > 3 else 0.0
        hosted.asked += 1
        ref = hosted.handle.reports.remote(hosted.heard, wait_s)
        self._driver.watch(ref, partial(self._answered, key, hosted, time.monotonic()))

    def _answered(self, key: str, hosted: _Hosted, sent_s: float, answer: Any) -> None:
        heard_s = time.monotonic()
        if self._hosted.get(key) is not hosted:
            return
        if isinstance(answer, Exception):
            self._lost(key, answer)
            return
        exchange = Exchange(sent_s, answer.received_s, answer.answered_s, heard_s)
        self._driver.send(self._messages.CameraBatch(key, exchange, answer), large=True)
        if answer.reports:
            hosted.heard = answer.reports[-1].number
        self._ask(key, hosted)

    def _answered_telling(self, key: str, answer: Any) -> None:
        if isinstance(answer, Exception) and key in self._hosted:
            self._lost(key, answer)

    def _lost(self, key: str, error: Exception) -> None:
        hosted = self._hosted.pop(key)
        self._driver.ray.kill(hosted.handle)
        lines = str(error).strip().splitlines() or [""]
        self._driver.send(self._messages.CameraGone(key, f"{type(error).__name__}: {lines[-1].strip()}"))

    def _kill(self, handle: Any, _: Any) -> None:
        self._driver.ray.kill(handle)

    def _look_at_nodes(self) -> None:
        """Tell which nodes there are; blocks for a minute where the head is dead."""
        nodes = tuple(
            self._messages.NodeSeen(
                node["NodeID"], node["NodeManagerAddress"], float(node["Resources"].get("CPU", 0.0))
            )
            for node in self._driver.ray.nodes()
            if node["Alive"] and VERSION_RESOURCE in node["Resources"] and node["Resources"].get("CPU")
        )
        self._driver.send(self._messages.NodesSeen(nodes))

"""What a call of a cluster's embedder costs beside this machine's engine: by turns, in one run."""

from __future__ import annotations

import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from service.cluster.embedding.engine import RayEngine
from service.cluster.embedding.scale import ClusterEmbedding, ScaleLimits
from service.cluster.link import DriverLink
from service.cluster.nodes import NodeOptions
from service.domain.errors import EngineUnavailableError
from service.inference.engine import WorkerEngine
from service.inference.protocol import Engine

BATCH = 12
"""A passage's pictures."""

JOIN_S = 120.0
PATIENT_S = 60.0


@contextmanager
def one_node() -> Iterator[tuple[str, Path]]:
    """Run a head that lends one processor on this machine; yield its address and the token's file."""
    with tempfile.TemporaryDirectory(prefix="bw-bench-") as folder:
        token = Path(folder) / "token"
        token.write_text(secrets.token_hex(16), encoding="ascii")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = ["node", "--head", f"--port={port}", "--cpus=1", "--gpus=0", f"--token-file={token}"]
        program = [sys.executable, "-m", "service.cli", *options]
        node = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
        try:
            if node.stdout is None or not node.stdout.readline().startswith("ready"):
                raise EngineUnavailableError("this machine's node does not start")
            yield f"127.0.0.1:{port}", token
        finally:
            node.terminate()
            node.wait()


def embedders_cost(model: Path, rounds: int) -> dict[str, Any]:
    """Measure a passage's pictures as one call and one by one, on an embedder of a cluster and here.

    One thread each. The four take turns, so that whatever else the machine does meets all alike.

    Args:
        model: the network's manifest. rounds: how many turns.

    Returns:
        `ms`: medians of `cluster_batch`, `cluster_singles` (the same pictures in so many calls, one after the
        other), `local_batch`, `local_singles`. `singles_over_batch`: of the cluster. `cluster_over_local`: of
        batches. `way_ms`: what the way to an embedder and back takes, with one picture and with all:
        the median of what a turn took longer than here.

    Raises:
        EngineUnavailableError: no embedder came up.
    """
    with one_node() as (address, token):
        link = DriverLink(NodeOptions(token, address))
        local = WorkerEngine(model, device="cpu", threads=1, deadline_s=PATIENT_S)
        joined = RayEngine(
            # Its own local engine is not asked: a request that it is given is no measurement.
            lambda report: WorkerEngine(model, device="cpu", threads=1, on_health=report),
            link,
            model,
            ClusterEmbedding(limits=ScaleLimits(1, 1)),
            device="cpu",
            deadline_s=PATIENT_S,
        )
        try:
            local.start()
            joined.start()
            link.start()
            _await_embedder(joined)
            return _by_turns(joined, local, rounds)
        finally:
            joined.stop()
            link.stop()
            local.stop()


def _by_turns(joined: RayEngine, local: WorkerEngine, rounds: int) -> dict[str, Any]:
    dim = joined.manifest.embedding_dim
    images = np.random.default_rng(0).integers(0, 256, (BATCH, 200, 200, 3), dtype=np.uint8)
    references = np.ones((3, dim), np.float32)

    def batch(engine: Engine) -> None:
        engine.submit_pictures(images, references).result()

    def singles(engine: Engine) -> None:
        for number in range(BATCH):
            engine.submit_pictures(images[number : number + 1], references).result()

    asked: dict[str, Callable[[], None]] = {
        "cluster_batch": lambda: batch(joined),
        "cluster_singles": lambda: singles(joined),
        "local_batch": lambda: batch(local),
        "local_singles": lambda: singles(local),
    }
    took: dict[str, list[float]] = {name: [] for name in asked}
    given_up = 0
    for turn in range(rounds + 1):
        for name, ask in asked.items():
            moved, began = joined.moved, time.perf_counter()
            ask()
            spent_ms = 1000 * (time.perf_counter() - began)
            if joined.moved != moved:
                given_up += 1  # the machine was so busy that the local engine was asked as well
            elif turn:  # the first warms up
                took[name].append(spent_ms)
    ms = {name: statistics.median(each) for name, each in took.items() if each}
    if len(ms) < len(asked):
        raise EngineUnavailableError("the machine is too busy: no call was answered in time")
    return {
        "pictures": BATCH,
        "rounds": rounds,
        "left_out": given_up,
        "ms": {name: round(each, 2) for name, each in ms.items()},
        "singles_over_batch": round(ms["cluster_singles"] / ms["cluster_batch"], 2),
        "cluster_over_local": round(ms["cluster_batch"] / ms["local_batch"], 2),
        "way_ms": {
            "one": round(_way_ms(took["cluster_singles"], took["local_singles"]) / BATCH, 2),
            "batch": round(_way_ms(took["cluster_batch"], took["local_batch"]), 2),
        },
    }


def _way_ms(there: list[float], here: list[float]) -> float:
    return statistics.median(a - b for a, b in zip(there, here, strict=False))


def _await_embedder(engine: RayEngine) -> None:
    until = time.monotonic() + JOIN_S
    while not engine.embedders:
        if time.monotonic() > until:
            raise EngineUnavailableError("no embedder of the cluster came up")
        time.sleep(0.1)

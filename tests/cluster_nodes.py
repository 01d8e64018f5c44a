"""A cluster on this machine for tests: a head and nodes as `barwatch node` runs them, ended by process id.

with ClusterNodes(folder) as cluster:
    cluster.head(cpus=1)
    cluster.node(cpus=1)
    cluster.kill(cluster.nodes[0])
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import secrets
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

READY_S = 90.0
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
NEEDS_RAY = pytest.mark.skipif(importlib.util.find_spec("ray") is None, reason="Ray is not installed")


class ClusterNodes:
    """Nodes, each a process of its own; all end with this. folder: for the secret that they share."""

    def __init__(self, folder: Path) -> None:
        self.token = folder / "cluster-token"
        self.token.write_text(secrets.token_hex(16), encoding="ascii")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self.nodes: list[subprocess.Popen[str]] = []

    def __enter__(self) -> ClusterNodes:
        return self

    def __exit__(self, *_: object) -> None:
        for node in self.nodes:
            if node.poll() is None:
                node.terminate()
        for node in self.nodes:
            node.wait(30)
            if node.stdout is not None:
                node.stdout.close()

    @property
    def address(self) -> str:
        """The head's."""
        return f"127.0.0.1:{self.port}"

    def head(self, *, cpus: int = 1) -> subprocess.Popen[str]:
        """Start a head, on the same port each time; return it once it is ready."""
        return self._start("--head", f"--port={self.port}", f"--cpus={cpus}", "--gpus=0")

    def node(self, *, cpus: int = 1, token: Path | None = None) -> subprocess.Popen[str]:
        """Start a node beside the head; return it once it is ready."""
        return self._start(f"--address={self.address}", f"--cpus={cpus}", "--gpus=0", token=token)

    def kill(self, node: subprocess.Popen[str]) -> None:
        """Kill a node: all its processes end with it."""
        os.kill(node.pid, signal.SIGKILL)
        node.wait(10)

    def _start(self, *options: str, token: Path | None = None) -> subprocess.Popen[str]:
        program = [
            sys.executable,
            "-m",
            "service.cli",
            "node",
            *options,
            f"--token-file={token or self.token}",
        ]
        node = subprocess.Popen(
            program,
            stdout=subprocess.PIPE,
            text=True,
            # Also where the tests themselves are killed.
            preexec_fn=lambda: ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM),  # noqa: PLW1509
        )
        self.nodes.append(node)
        assert node.stdout is not None
        said = node.stdout.readline()  # the test's own time limit ends one that never says anything
        assert said.startswith("ready: ") or node.wait(READY_S), said
        return node

"""Ray's own processes on a machine: by which command and environment they are started, and what refuses them.

`barwatch node` runs them in the foreground; the driver (service.cluster.driver) has one that lends nothing.
Needs no Ray until something is started.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import socket
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from service.domain.errors import BarwatchError, ConfigurationError
from service.host.handover.environment import for_children

VERSION_RESOURCE = f"barwatch-{version('barwatch')}"
"""What a node has where the same version is installed as here; actors ask for `A_SHARE` of it."""

A_SHARE = 0.0001

HEAD = "head"
"""In place of the address of a head to join: be one."""

WRONG_TOKEN, NO_HEAD = 3, 4
"""Exit status of a node (service.cluster.bound) whose token the head refuses, and that finds none."""

OBJECT_STORE_MB = 96
"""Ray's store of large objects on a node. Batches travel beside it; the network's file is put there once."""

DIAL_S = 3.0
"""How long a head may take to accept a connection, in seconds."""

LEAST_TOKEN = 16
"""A token with fewer characters is refused: whoever guesses it runs code on every node."""

_SETTINGS = {
    "RAY_AUTH_MODE": "token",
    "RAY_USAGE_STATS_ENABLED": "0",
    # Ray would start a worker per processor for a job that comes, 80 MB each.
    "RAY_prestart_worker_first_driver": "0",
    # Its processes end this long after their head; Ray waits for 60 s. Usually the node ends them (bound.py).
    "RAY_gcs_rpc_server_reconnect_timeout_s": "10",
    # After how long the head gives up a node that does not answer: about 6 s instead of 20 s.
    "RAY_health_check_period_ms": "1000",
    "RAY_health_check_timeout_ms": "5000",
    "RAY_DEDUP_LOGS": "0",
}


class ClusterRefusedError(BarwatchError):
    """The cluster cannot be joined; the message says why, for people."""


class TokenRefusedError(ClusterRefusedError):
    """The head has another token: it will not help to try again."""


@dataclass(frozen=True, slots=True)
class NodeOptions:
    """A node to run.

    token_file: the secret that all nodes share.
    address: HOST:PORT of the head to join; None: be the head, and listen on `port`.
    ip: the address by which the others reach this machine; None: as Ray finds it.
    cpus, gpus: what it lends; None: all.
    ports: the first and the last port for everything beside the head's; None: any that are free.
    folder: where Ray keeps its logs and sockets; short, for sockets' names are limited. None: Ray's own.
    lends: whether actors of this version may run here.
    """

    token_file: Path
    address: str | None = None
    port: int = 6379
    ip: str | None = None
    cpus: int | None = None
    gpus: int | None = None
    ports: tuple[int, int] | None = None
    folder: Path | None = None
    lends: bool = True


def need_ray() -> None:
    """Raise ConfigurationError where Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise ConfigurationError(
            "Ray is not installed: install the extra `ray` (pip install 'barwatch[ray]')"
        )


def checked_token(path: Path | None) -> Path:
    """Return the file of the cluster's token as an absolute path. Raises ConfigurationError."""
    source = "BARWATCH_RAY_TOKEN_FILE"
    if path is None:
        raise ConfigurationError(f"{source} is not set: the cluster's nodes know each other by its content")
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{source} ({path}): cannot be read: {error}") from error
    if len(token) < LEAST_TOKEN or not token.isprintable() or " " in token:
        raise ConfigurationError(
            f"{source} ({path}): expected one line of at least {LEAST_TOKEN} characters without spaces"
        )
    return path.resolve()


def environment(token_file: Path) -> dict[str, str]:
    """Return what Ray's processes are given: what programs need, no secret but the token's place."""
    return for_children(os.environ) | _SETTINGS | {"RAY_AUTH_TOKEN_PATH": str(token_file)}


def command(options: NodeOptions) -> list[str]:
    """Return the program that runs a node in the foreground; it ends with its processes and with ours."""
    parts = [
        sys.executable,
        "-m",
        "service.cluster.bound",
        str(os.getpid()),
        options.address or HEAD,
        "start",
        "--block",
    ]
    parts += ["--disable-usage-stats"]
    if options.address is None:
        parts += ["--head", f"--port={options.port}", "--include-dashboard=false", "--no-monitor"]
    else:
        parts += [f"--address={options.address}"]
    parts += ["--include-log-monitor=false", f"--object-store-memory={OBJECT_STORE_MB << 20}"]
    for name, value in (
        ("node-ip-address", options.ip),
        ("num-cpus", options.cpus),
        ("num-gpus", options.gpus),
        ("temp-dir", options.folder),
    ):
        if value is not None:
            parts.append(f"--{name}={value}")
    if options.lends:
        parts.append(f"--resources={json.dumps({VERSION_RESOURCE: 1})}")
    return parts + _ports(options.ports)


def _ports(ports: tuple[int, int] | None) -> list[str]:
    if ports is None:
        return ["--min-worker-port=0", "--max-worker-port=0"]
    first, last = ports
    named = (
        "object-manager-port",
        "node-manager-port",
        "runtime-env-agent-port",
        "dashboard-agent-grpc-port",
        "dashboard-agent-listen-port",
        "metrics-export-port",
    )
    fixed = [f"--{name}={first + number}" for number, name in enumerate(named)]
    return [*fixed, f"--min-worker-port={first + len(named)}", f"--max-worker-port={last}"]


def check_head(address: str) -> None:
    """Ask the head whether it takes this process's token (RAY_AUTH_TOKEN_PATH). Imports Ray.

    Raises:
        ClusterRefusedError: nothing listens there; TokenRefusedError: it has another token.
    """
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), DIAL_S).close()
    except OSError as error:
        raise ClusterRefusedError(f"no head answers at {address}: {error.strerror or error}") from error
    client: Any = importlib.import_module("ray._raylet").GcsClient
    errors: Any = importlib.import_module("ray.exceptions")
    try:
        client(address=address)
    except errors.AuthenticationError as error:
        raise TokenRefusedError(
            f"the head at {address} refuses the token of BARWATCH_RAY_TOKEN_FILE: it has another"
        ) from error
    except errors.RayError as error:
        raise ClusterRefusedError(f"no head answers at {address}: {str(error).splitlines()[0]}") from error

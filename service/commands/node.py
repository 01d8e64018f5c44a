"""`barwatch node`: this machine as a node of a cluster, in the foreground."""

from __future__ import annotations

import re
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import structlog
import typer

from service.cluster.nodes import WRONG_TOKEN, NodeOptions, checked_token, command, environment, need_ray
from service.domain.errors import ConfigurationError
from service.host.folders.scratch import scratch
from service.host.limits.descriptors import raise_descriptors
from service.host.logs import set_up_logging
from service.host.runner import BackOff, Runners
from service.host.signals import StopSignals
from service.settings import load_settings

log = structlog.get_logger(__name__)

LOOK_S = 0.2
END_S = 5.0
"""How long Ray's processes may take to end, in seconds; then they end as they are."""


def node(
    head: Annotated[bool, typer.Option("--head", help="Be the head, which the others join.")] = False,
    address: Annotated[
        str | None, typer.Option(help="The head to join, HOST:PORT [BARWATCH_RAY_ADDRESS].")
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="The head's port.")] = 6379,
    ip: Annotated[
        str | None, typer.Option(help="The address by which the others reach this machine.")
    ] = None,
    cpus: Annotated[int | None, typer.Option(min=0, help="Processors to lend [all].")] = None,
    gpus: Annotated[int | None, typer.Option(min=0, help="GPUs to lend [all].")] = None,
    ports: Annotated[
        str | None,
        typer.Option(
            help="Ports for everything else, FIRST-LAST: 6 and one per process [any].", metavar="A-B"
        ),
    ] = None,
    token_file: Annotated[
        Path | None, typer.Option(help="The secret that all nodes share [BARWATCH_RAY_TOKEN_FILE].")
    ] = None,
) -> None:
    """Lend this machine to a cluster: run Ray's processes until a signal ends them.

    When the head is lost, the node ends what runs on it, and joins again as soon as a head answers.
    """
    settings = load_settings(ray_token_file=token_file, ray_address=None if head else address)
    set_up_logging(settings.log_level, settings.log_json)
    need_ray()
    options = NodeOptions(
        checked_token(settings.ray_token_file),
        None if head else settings.ray_address,
        port=port,
        ip=ip or settings.ray_node_ip,
        cpus=cpus,
        gpus=gpus,
        ports=None if ports is None else _range(ports),
    )
    if head == (address is not None) or (not head and options.address is None):
        raise ConfigurationError("expected either --head, or --address HOST:PORT of the head to join")
    raise_descriptors()
    stopping = threading.Event()
    signals = StopSignals(Runners())
    signals.hand_to(stopping.set)
    pauses = BackOff(first_s=0.5, longest_s=5.0)
    while not stopping.is_set():
        with scratch("bw-node-") as folder:
            if _run(replace(options, folder=folder), stopping):
                pauses.reset()
        pauses.wait(stopping)


def _run(options: NodeOptions, stopping: threading.Event) -> bool:
    """Run Ray's processes until they or we end; return whether they came up.

    Raises:
        ConfigurationError: the head refuses the token.
    """
    output = (options.folder or Path()) / "node.log"
    with output.open("wb") as written:
        process = subprocess.Popen(
            command(options),
            env=environment(options.token_file),
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    ready = False
    while process.poll() is None and not stopping.wait(LOOK_S):
        said = "" if ready else output.read_text("utf-8", "replace")
        if "Ray runtime started" in said:
            ready = True
            own = re.search(r"Local node IP: (\S+)", said)
            place = f"head on port {options.port}" if options.address is None else f"joined {options.address}"
            typer.echo(f"ready: {place}, this machine is {'?' if own is None else own[1]}")
    if stopping.is_set():
        process.terminate()
        try:
            process.wait(END_S)
        except subprocess.TimeoutExpired:
            process.kill()  # the kernel ends the others with it
            process.wait()
        return ready
    lines = output.read_text("utf-8", "replace").strip().splitlines() or ["it said nothing"]
    if process.returncode == WRONG_TOKEN:
        raise ConfigurationError(lines[-1])
    log.warning(
        "the node has ended and is started again", status=process.returncode, reason=lines[-1].strip()
    )
    return ready


def _range(ports: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,5})-(\d{1,5})", ports)
    if found is None or not 0 < int(found[1]) + 10 <= int(found[2]) < 65536:
        raise ConfigurationError(f"--ports {ports}: expected FIRST-LAST, at least ten, such as 6380-6480")
    return int(found[1]), int(found[2])

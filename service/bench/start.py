"""How long the service takes from its command to being ready, on a data folder: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from service.domain.errors import ConfigurationError

READY = "ready: "
"""How the line begins that `barwatch serve` writes when the model is loaded and the cameras are started."""


def start_s(data: Path, model: Path | None = None) -> float:
    """Start `barwatch serve` on a data folder, wait until it is ready, and end it; return the seconds.

    model: another model than the shipped one.

    Raises:
        ConfigurationError: it ended before it was ready; its last line is the reason.
    """
    command = [
        sys.executable,
        "-m",
        "service",
        "serve",
        "--port",
        "0",
        "--data",
        str(data),
        "--device",
        "cpu",
    ]
    command += [] if model is None else ["--model", str(model)]
    # Without what this process was told by its environment: only the folder is to differ.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BARWATCH_")}
    began_s, last = time.monotonic(), ""
    with subprocess.Popen(
        command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        try:
            for line in process.stdout:
                if line.startswith(READY):
                    return time.monotonic() - began_s
                last = line.strip() or last
        finally:
            process.terminate()
            process.stdout.close()
    raise ConfigurationError(f"the service ended before it was ready: {last}")

"""What child processes inherit of the environment: what programs need to run, and no secret.

multiprocessing hands a new process the whole environment, where it stands for as long as it lives for all to
read who run as the same user (/proc/PID/environ). So its one way to start a program is replaced here, for all
processes alike: children, the server that forks cameras, and the tracker of shared memory. What a child has
to know comes through its pipe.
"""

from __future__ import annotations

import multiprocessing.util
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_NEEDED = re.compile(
    r"PATH|HOME|USER|LOGNAME|TZ|TZDIR|TMPDIR|TMP|TEMP|TERM|NO_COLOR|VIRTUAL_ENV"  # any program
    r"|LANG|LANGUAGE|LC_\w+"
    r"|PYTHON\w*|LD_\w+|GLIBC_TUNABLES|MALLOC_\w+|COVERAGE_\w+|COV_CORE_\w+"  # how programs are loaded
    r"|(?:OMP|GOMP|KMP|MKL|OPENBLAS|ATEN|TORCH|PYTORCH|OPENCV)_\w+"  # how they compute
    r"|(?:CUDA|CUBLAS|CUDNN|NVIDIA|LIBVA|DRI|VDPAU)_\w+"  # and on what
)
_SECRET = re.compile(r"TOKEN|SECRET|PASS|PWD|KEY|CRED|AUTH", re.IGNORECASE)


def for_children(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what of an environment a child process inherits.

    Python's children are started with `-c`, which would take modules from the folder that the service is
    started in before those of the installation.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if _NEEDED.fullmatch(name) is not None and _SECRET.search(name) is None
    }
    return kept | {"PYTHONSAFEPATH": "1"}


def start_program(path: str | bytes, args: Sequence[str | bytes], descriptors: Sequence[int]) -> int:
    """Start a program with the environment of children and these descriptors open; return its process id.

    Takes the place of `multiprocessing.util.spawnv_passfds`, whose arguments these are.
    """
    passed = {int(number) for number in descriptors}
    # Opened again under its own number, a descriptor stays open in the program.
    actions: list[tuple[int, ...]] = [(os.POSIX_SPAWN_DUP2, number, number) for number in sorted(passed)]
    actions += [(os.POSIX_SPAWN_CLOSE, number) for number in sorted(_inherited() - passed)]
    return os.posix_spawn(path, list(args), for_children(os.environ), file_actions=actions)


def _inherited() -> set[int]:
    """Return the descriptors that a program would inherit beside the first three."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir() if Path("/proc/self/fd").exists() else ():
        try:
            if int(entry.name) > 2 and os.get_inheritable(int(entry.name)):
                found.add(int(entry.name))
        except OSError:  # closed meanwhile, as the one that lists them
            continue
    return found


def keep_secrets_from_children() -> None:
    """Start programs for multiprocessing by `start_program` from now on."""
    multiprocessing.util.spawnv_passfds = start_program  # type: ignore[assignment]

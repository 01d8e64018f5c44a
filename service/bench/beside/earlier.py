"""Another checkout over a recording, in processes of its own: time and memory that a change cost or saved.

Run by its path, with that checkout first on Python's: it must import that one's code, not what is beside it.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self


class EarlierPath:
    """Goes on through a recording as the code of another checkout does; a context manager.

    Args:
        checkout: the other working tree's root; its commit must be able to run on this environment.
        video: the recording, of the sample lift that is benchmarked.
    """

    def __init__(self, checkout: Path, video: Path) -> None:
        self.checkout = checkout
        command = [sys.executable, "-P", str(Path(__file__).resolve()), str(video.resolve())]
        variables = os.environ | {"PYTHONPATH": str(checkout.resolve())}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            command, cwd=checkout, env=variables, stdin=pipe, stdout=pipe, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def go_on(self, seconds: float) -> float:
        """Process the next `seconds` of the recording; return the processor time taken, seconds.

        Raises:
            RuntimeError: the process has ended, its error on stderr.
        """
        to, back = self._process.stdin, self._process.stdout
        if to is None or back is None:
            raise AssertionError("made with pipes")
        with contextlib.suppress(BrokenPipeError):
            print(seconds, file=to, flush=True)
        answer = back.readline()
        if not answer:
            raise RuntimeError(f"the code of {self.checkout} does not run here")
        return float(answer)


def earlier_memory(
    checkout: Path, video: Path, cameras: int, *, limit_s: float | None = None, settle_s: float = 5.0
) -> dict[str, Any]:
    """Return what `service.bench.fleet.memory` finds with the code of another checkout.

    Args:
        checkout, video: see `EarlierPath`. cameras: how many. limit_s, settle_s: see `memory`.

    Raises:
        RuntimeError: it does not run here, its error on stderr.
    """
    how = json.dumps({"cameras": cameras, "limit_s": limit_s, "settle_s": settle_s})
    command = [sys.executable, "-P", str(Path(__file__).resolve()), str(video.resolve()), how]
    variables = os.environ | {"PYTHONPATH": str(checkout.resolve())}
    done = subprocess.run(
        command, cwd=checkout, env=variables, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"the code of {checkout} does not run here")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _main(video: Path, memory_of: str | None) -> None:
    import service  # noqa: PLC0415 - first: it sets limits that numpy and OpenCV read at their import

    # isort: split
    import cv2  # noqa: PLC0415

    from service.bench.cameras import sample, watched  # noqa: PLC0415
    from service.bench.cost import WholePath  # noqa: PLC0415

    if Path(service.__file__).resolve().parents[1] != Path.cwd():
        sys.exit(f"no service in {Path.cwd()}: an installed one would be measured in its place")
    cv2.setNumThreads(1)
    if memory_of is not None:
        from service.bench.fleet import memory  # noqa: PLC0415

        how = json.loads(memory_of)
        names = [f"camera-{number}" for number in range(how.pop("cameras"))]
        found = memory([watched(sample()[0], video, name) for name in names], **how)
        sys.stdout.write(json.dumps(found) + "\n")
        return
    whole = WholePath(video, watched(sample()[0], video))
    for line in sys.stdin:
        begun = time.process_time()
        whole.go_on(float(line), [])
        sys.stdout.write(f"{time.process_time() - begun}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)

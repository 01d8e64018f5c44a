"""Real cameras for the tests: recorded videos over RTSP."""

import contextlib
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PYTHON = "/usr/bin/python3"
SERVER = Path(__file__).with_name("rtsp_server.py")
PROBE = "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import GstRtspServer"

Serve = Callable[[dict[str, Path]], contextlib.AbstractContextManager[dict[str, str]]]


@pytest.fixture(scope="session")
def rtsp() -> Serve:
    """Serve files by name; gives their addresses. Skipped where GStreamer is missing, unless CI=true."""
    try:
        subprocess.run([PYTHON, "-c", PROBE], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        reason = "GStreamer's RTSP server is missing: run tests/install-system"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    return serve_videos


@contextlib.contextmanager
def serve_videos(files: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Serve files by name over RTSP; gives their addresses."""
    arguments = [f"{name}={file.resolve()}" for name, file in files.items()]
    process = subprocess.Popen([PYTHON, str(SERVER), *arguments], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        lines = [process.stdout.readline().split() for _ in files]
        yield {line[0]: line[1] for line in lines}
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()

"""What processes of the service inherit of its environment."""

import os
import tempfile
from multiprocessing import get_context
from multiprocessing.context import ForkServerContext, SpawnContext
from pathlib import Path

import pytest

from service.host.child import NOTHING, Child
from service.host.handover.environment import for_children
from service.station.supervisor import camera_context
from tests.service.host import children
from tests.tools.processes import children_of

SECRETS = {
    "BARWATCH_ADMIN_TOKEN": "canary-1",
    "BARWATCH_SECRET_KEY": "canary-2",
    "QUAD_PASSWORD": "canary-3",
    "AWS_SECRET_ACCESS_KEY": "canary-4",
    "DATABASE_URL": "postgres://user:canary-5@db/",
    "OPENCV_TOKEN": "canary-6",
    "HTTPS_PROXY": "http://user:canary-7@proxy:3128",
}


def test_what_programs_need_is_handed_on_and_nothing_else() -> None:
    """Path, libraries, threads and devices; nothing that may be a secret, however its name begins."""
    needed = {
        "PATH": "/usr/bin",
        "LD_LIBRARY_PATH": "/opt/lib",
        "OMP_NUM_THREADS": "1",
        "OPENCV_IO_MAX_IMAGE_PIXELS": "34000000",
        "CUDA_VISIBLE_DEVICES": "0",
        "PYTHONPATH": "/src",
    }
    assert for_children({**needed, **SECRETS}) == {**needed, "PYTHONSAFEPATH": "1"}


@pytest.mark.fault(38)
@pytest.mark.parametrize("context", [get_context("spawn"), camera_context()], ids=["spawn", "forkserver"])
def test_a_child_inherits_no_secret(
    context: SpawnContext | ForkServerContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither what the child sees nor what the system shows of it and its helpers holds one."""
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    child = Child.spawn(context, "tells", children.tell_environment)
    try:
        while (told := child.receive(0.1)) is NOTHING:
            pass
        shown = [Path(f"/proc/{pid}/environ").read_bytes() for pid in children_of(os.getpid())]
    finally:
        child.end(1.0)
    assert told["PATH"] == os.environ["PATH"]
    assert "canary" not in repr(told)
    assert len(shown) >= 2
    assert not any(b"canary" in environment for environment in shown)


def test_a_child_takes_no_module_from_the_folder_that_the_service_is_started_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secrets.py").write_text("raise SystemExit('not ours')")
    (tmp_path / "pickle.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    child = Child.spawn(get_context("spawn"), "echo", children.echo)
    try:
        child.send(1)
        while (told := child.receive(0.1)) is NOTHING:
            pass
    finally:
        child.end(1.0)
    assert told == 1


def test_a_child_inherits_no_open_file() -> None:
    """Beside its pipe and the first three: an inheritable file of the service does not stay open in it."""
    with tempfile.TemporaryFile() as file:
        os.set_inheritable(file.fileno(), True)
        held = Path(f"/proc/self/fd/{file.fileno()}").readlink()
        child = Child.spawn(get_context("spawn"), "echo", children.echo)
        try:
            child.send(1)
            while child.receive(0.1) is NOTHING:
                pass
            found = [path.readlink() for path in Path(f"/proc/{child.pid}/fd").iterdir()]
        finally:
            child.end(1.0)
    assert held not in found

"""Evidence on a store that speaks S3: a real server in a process of its own, which also hangs and refuses."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import httpx
import numpy as np
import pytest
from pydantic import SecretStr

from service.audit.verification import verify
from service.domain.errors import EvidenceUnreachableError
from service.store.evidence.remote import EvidenceAddress, RemoteStore
from tests.service.audit.history import make_history
from tests.service.kept_pictures import keep
from tests.service.store.evidence.test_shared import Place, until
from tests.service.tiny_model import OPEN, picture

MISSING = [name for name in ("s3fs", "moto", "flask") if find_spec(name) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {MISSING}"),
]
SERVER = """
import sys, time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
time.sleep(3600)
"""
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
CLIP = np.arange(200, dtype=np.uint8)


class S3Server:
    """The server's process, and where it answers."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.address = EvidenceAddress("s3://evidence/resort", self.url, "key", SecretStr("a-secret"))
        self.made = httpx.put(f"{self.url}/evidence", timeout=60).status_code

    def signal(self, number: int) -> None:
        os.kill(self.process.pid, number)


@pytest.fixture
def server() -> Iterator[S3Server]:
    made = S3Server()
    with made.process:
        try:
            assert made.made == 200
            yield made
        finally:
            made.process.kill()


def place_on(server: S3Server, data: Path) -> Place:
    place = Place(data, data, address=server.address)
    place.shipper.start()
    return place


def test_a_history_goes_to_s3_and_is_whole_there(server: S3Server, tmp_path: Path) -> None:
    """Pictures, maps, numbers and clips; verified there; deleted there, old strangers too."""
    make_history(tmp_path / "data")
    place = place_on(server, tmp_path / "data")
    place.sent()
    assert place.spooled() == []
    report = verify(place.store.data, evidence=server.address)
    assert (report.broken, report.pictures, report.clips) == ([], 24, 1)
    (old,) = keep(place.pictures, NOW - timedelta(days=9), [picture(OPEN)], "nobody")
    (new,) = keep(place.pictures, NOW, [picture(OPEN)], "new")
    assert old is not None
    assert new is not None
    place.sent()
    assert place.pictures.remove_unnamed(NOW - timedelta(days=8), set()) == 1
    place.pictures.remove([new])
    place.sent()
    store = RemoteStore(server.address)
    assert [store.exists(f"pictures/{name}") for name in (old, new)] == [False, False]
    place.close()


def test_a_server_that_hangs_delays_nothing(server: S3Server, tmp_path: Path) -> None:
    """Its connections stay open and say nothing: written here, said, given up when read, and sent later."""
    place = place_on(server, tmp_path / "data")
    (old,) = keep(place.pictures, NOW, [picture(OPEN)], "old")
    assert old is not None
    place.sent()
    server.signal(signal.SIGSTOP)
    began_s = time.monotonic()
    names = [keep(place.pictures, NOW, [picture(OPEN)], f"p-{n}")[0] for n in range(20)]
    took_s = time.monotonic() - began_s
    with pytest.raises(EvidenceUnreachableError):
        place.pictures.there(old)
    gave_up_s = time.monotonic() - began_s
    assert took_s < gave_up_s  # twenty are written while one read waits
    until("it is said", lambda: place.pictures.files.trouble)
    assert all(place.pictures.content(str(name)) for name in names)
    server.signal(signal.SIGCONT)
    place.sent()
    assert place.spooled() == []
    place.close()


def test_what_is_larger_than_asked_for_is_not_fetched(server: S3Server) -> None:
    """As if it were not there."""
    store = RemoteStore(server.address)
    store.put({"learnt/l.7.npz": b"four"})
    assert store.get("learnt/l.7.npz", 4) == b"four"
    assert store.get("learnt/l.7.npz", 3) is None


def test_a_secret_that_is_wrong_stays_out_of_what_is_said(server: S3Server, tmp_path: Path) -> None:
    """No bucket, no server: the reason names the store, and never the key."""
    nowhere = server.address._replace(url="s3://nobodys-bucket/x")
    server.process.kill()
    for address in (server.address, nowhere):
        with pytest.raises(EvidenceUnreachableError) as raised:
            RemoteStore(address).put({"a": b"a"})
        assert address.url in str(raised.value)
        assert "a-secret" not in str(raised.value)

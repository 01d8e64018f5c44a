"""The parts of setting lifts up, put together."""

import os
import time
from pathlib import Path

import pytest

from service.inference.inline import InlineEngine
from service.station.dialling import no_credentials
from service.usecases.setup import whole
from service.usecases.setup.kept import RECORDINGS_KEPT_S
from tests.service.store.empty import open_empty
from tests.tools.tiny_model import TinyEmbedder, tiny_manifest


def test_a_recording_goes_while_the_service_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A week after it was made, not only at the next start; a newer one stays."""
    monkeypatch.setattr(whole, "PURGE_EVERY_S", 0.02)
    store = open_empty(tmp_path)
    setups = whole.Setups.make(tmp_path, store, InlineEngine(TinyEmbedder(), tiny_manifest()), no_credentials)
    setups.start()
    recordings = [tmp_path / "setup" / name / "recording.mkv" for name in ("new", "old")]
    for recording in recordings:
        recording.parent.mkdir(parents=True)
        recording.write_bytes(b"a recording")
    new, old = recordings
    before_s = time.time() - RECORDINGS_KEPT_S - 60
    os.utime(old, (before_s, before_s))
    ends_s = time.monotonic() + 30
    while old.exists() and time.monotonic() < ends_s:
        setups.keeper.stopping.wait(0.01)
    assert (old.exists(), new.exists()) == (False, True)
    setups.stop()
    store.close()

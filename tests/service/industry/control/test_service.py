"""A real service drops the coil of a lift's control within two seconds of its death."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from service.industry.control.terms import DROPS_WITHIN_S
from tests.service.industry.control.device import device
from tests.service.test_chaos import Struck
from tests.tools.struck_service import LIFT
from tests.tools.tiny_model import release

pytestmark = pytest.mark.slow


class Sighted(Struck):
    module = "tests.service.industry.control.sighted"

    def start(self) -> None:
        """Start it; a busy machine takes its time to answer."""
        super().start()
        self.client.timeout = 60.0


@pytest.mark.fault(9)
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_real_service_that_dies_or_hangs_drops_the_coil(tmp_path: Path, blow: signal.Signals) -> None:
    """Proposed and confirmed over HTTP, energised by its camera; then struck."""
    (tmp_path / "model").mkdir()
    with Sighted(tmp_path, release(tmp_path / "model")) as service, device() as quad:
        where = {"host": "127.0.0.1", "port": quad.port, "coil": 7, "counter": 9}
        proposed = service.client.put(f"/lifts/{LIFT}/control", json=where).raise_for_status().json()
        confirm = {"proposal": proposed["proposal"]}
        service.client.post(f"/lifts/{LIFT}/control/confirm", json=confirm).raise_for_status()
        quad.wait(lambda seen: seen.coil is True, 120)
        struck_s = time.monotonic()
        os.kill(service.process.pid, blow)
        quad.wait(lambda seen: seen.coil is False)
        assert quad.fell_s - struck_s < DROPS_WITHIN_S

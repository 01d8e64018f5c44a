"""Real services on one PostgreSQL database: one watches, the other stands by; the server goes and returns."""

import json
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms
from service.store.database import Store
from tests.postgres import Cluster
from tests.tools.processes import ADMIN_TOKEN, Running, environment, running
from tests.tools.tiny_model import release

pytestmark = pytest.mark.postgres

SIGNED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
PATIENCE_S = 120.0


def _next_alarm(feed: ClientConnection) -> int:
    while (told := json.loads(feed.recv(PATIENCE_S)))["type"] != "alarm":
        pass
    return int(told["seq"])


def _raise(store: Store, passage: str) -> int:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "lift", "open", passage_id=passage)
    alarm = store.write(lambda session: alarms.raise_alarm(session, draft)).result()
    assert alarm is not None
    return alarm.seq


def _await_status(service: Running, status: int) -> str:
    until = time.monotonic() + PATIENCE_S
    while (answer := httpx.get(f"{service.url}/health/ready", timeout=PATIENCE_S)).status_code != status:
        assert time.monotonic() < until, answer.text
        time.sleep(0.1)  # another process's state cannot be awaited
    return answer.text


def test_a_second_service_stands_by_and_goes_on_where_the_first_was(server: Cluster, tmp_path: Path) -> None:
    """Every alarm once, in one sequence, whoever wrote it; a server that was away is said, and forgotten."""
    model, url = release(tmp_path), server.url(server.empty())
    folders = [tmp_path / name for name in ("one", "two", "beside")]
    for folder in folders:
        folder.mkdir()
    of = [("--data", str(folder / "data"), "--model", str(model)) for folder in folders]
    with running(folders[0], *of[0], BARWATCH_DATABASE_URL=url) as one:
        refused = subprocess.run(
            [sys.executable, "-m", "service", "serve", "--port", "0", *of[1]],
            capture_output=True,
            text=True,
            env=environment(BARWATCH_DATABASE_URL=url),
            timeout=600,
            check=False,
        )
        assert refused.returncode == 1
        assert "another service watches with this database" in refused.stderr
        with (
            closing(Store.open(folders[2], url=url)) as beside,
            connect(one.feed, additional_headers=SIGNED, open_timeout=PATIENCE_S) as feed,
        ):
            seen = [json.loads(feed.recv(PATIENCE_S))["seq"]]
            seen += [_next_alarm(feed) for passage in "abc" if _raise(beside, passage)]
            server.stop()
            try:
                assert "database" in _await_status(one, 503)
            finally:
                server.start()
            _await_status(one, 200)
            last = _raise(beside, "after")
            while seen[-1] < last:
                seen.append(_next_alarm(feed))
        one.process.kill()
    assert seen == list(range(seen[0], seen[-1] + 1))
    with (
        running(folders[1], *of[1], BARWATCH_DATABASE_URL=url) as two,
        connect(f"{two.feed}?after=0", additional_headers=SIGNED, open_timeout=PATIENCE_S) as feed,
    ):
        replayed = [_next_alarm(feed) for _ in range(seen[-1])]
    assert replayed == list(range(1, seen[-1] + 1))

"""A full disk loses no alarm: operators see each as not stored, and each is stored once there is room."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.host.disk import ALARM_BYTES, LOG_BYTES, RESERVE_BYTES, RESERVED_ALARMS
from service.store import alarms
from service.store.database import Store
from tests.service.verdicts.test_recorder import BAR_OPEN, Desk

pytestmark = pytest.mark.thorough

MOUNT = 'mount -t tmpfs -o size=8m none "$1" && exec "$2" -m tests.tools.small_disk "$1"'


def pages(session: Session) -> int:
    return int(session.execute(text("PRAGMA page_count")).scalar_one())


@pytest.mark.fault(44)
@pytest.mark.sqlite
def test_no_room_for_good(store: Store, tmp_path: Path) -> None:
    """SQLite itself says that the disk is full: each alarm is shown until it is stored, and stored once."""
    desk = Desk(store, tmp_path / "kept")
    full = store.write(pages).result()
    limit = text(f"PRAGMA max_page_count={full}")
    store.write(partial(Session.execute, statement=limit)).result()
    count = 60
    for n in range(count):
        desk.add(f"p{n}", BAR_OPEN)
    with desk.recorder._settled:
        assert desk.recorder._settled.wait_for(lambda: desk.recorder._open == 0, 60)
    with store.reading() as session:
        stored = {entry.alarm.passage_id for entry in alarms.outbox(session, 0) if entry.alarm is not None}
    shown = {name for name in desk.shown[-1] if name is not None}
    assert shown
    assert stored | shown == {f"p{n}" for n in range(count)}
    assert not stored & shown
    store.write(partial(Session.execute, statement=text("PRAGMA max_page_count=1000000"))).result()
    desk.recorder._try_again()
    desk.stop()
    assert desk.shown[-1] == []
    with store.reading() as session:
        entries = alarms.outbox(session, 0, 1000)
        assert len(entries) == count == len({e.alarm.passage_id for e in entries if e.alarm is not None})
        assert session.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"


@pytest.mark.fault(12)
@pytest.mark.skipif(shutil.which("unshare") is None, reason="no mount namespaces")
def test_a_disk_of_eight_megabytes(tmp_path: Path) -> None:
    """Filled to the last byte: the reserve takes alarms, then operators see them; afterwards all is whole."""
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("mount namespaces are not allowed here")
    command = ["unshare", "-rm", "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["reserve"] > 0
    assert found["low"]
    assert found["raised"] > found["refused"] > 0  # alarms went on in the reserve's room
    assert len(found["shown"]) == found["refused"]
    assert found["shown_after"] == []
    assert found["stored"] == found["distinct"] == found["raised"]
    assert found["check"] == "ok"
    assert found["room"]


@pytest.mark.fault(44)
@pytest.mark.sqlite
def test_the_reserve_is_sized_by_what_an_alarm_takes(store: Store, tmp_path: Path) -> None:
    """An alarm with its passage takes at most what the reserve was sized with, indexes and audit included."""
    desk, count = Desk(store, tmp_path / "kept"), 200
    desk.add("first", BAR_OPEN)
    before = store.write(pages).result()
    for n in range(count):
        desk.add(f"p{n}", BAR_OPEN)
    desk.stop()
    took = (store.write(pages).result() - before) * 4096 / count
    assert took <= ALARM_BYTES
    assert took >= ALARM_BYTES / 4
    assert RESERVE_BYTES == RESERVED_ALARMS * ALARM_BYTES + LOG_BYTES

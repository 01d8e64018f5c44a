"""Raises alarms on a small disk until it is full and beyond, then makes room; says what became of them.

Run in a mount namespace of its own: `python -m tests.tools.small_disk FOLDER`.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from service.host.disk import DiskSpace, Room
from service.store import alarms
from service.store.database import Store
from tests.service.verdicts.test_recorder import BAR_OPEN, Desk


def settled(desk: Desk) -> None:
    with desk.recorder._settled:
        desk.recorder._settled.wait_for(lambda: desk.recorder._open == 0, 60)


def main(folder: Path) -> None:
    data = folder / "data"
    store = Store.open(data)
    desk = Desk(store, data)
    space = desk.pictures.space
    kept_back = space.check().reserve_bytes
    heap, rooms = folder / "heap", list[str]()
    with heap.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(1 << 14))
    # The reserve is given up at the first look, and is room for many alarms; then there is none.
    for n in range(10_000):
        if n % 10 == 0:
            rooms.append(space.check().room)
        desk.add(f"p{n}", BAR_OPEN)
        settled(desk)
        if desk.recorder._refused and len(desk.recorder._refused) >= 5:
            break
    raised, refused = n + 1, len(desk.recorder._refused)
    shown = list(desk.shown[-1])
    heap.unlink()
    desk.recorder._try_again()
    desk.stop()
    with store.reading() as session:
        entries = alarms.outbox(session, 0, 100_000)
        passages_ = [entry.alarm.passage_id for entry in entries if entry.alarm is not None]
    store.close()
    with closing(sqlite3.connect(data / "barwatch.db")) as connection:
        (check,) = connection.execute("PRAGMA integrity_check").fetchone()
    sys.stdout.write(
        json.dumps(
            {
                "reserve": kept_back,
                "raised": raised,
                "refused": refused,
                "shown": shown,
                "shown_after": desk.shown[-1],
                "stored": len(passages_),
                "distinct": len(set(passages_)),
                "room": DiskSpace(data).check().room is not Room.FULL,
                "check": check,
                "low": any(room != Room.ENOUGH for room in rooms),
            }
        )
    )


if __name__ == "__main__":
    os.environ.setdefault("BARWATCH_LOG_LEVEL", "error")
    main(Path(sys.argv[1]))

"""A disk that runs low while the service works: old pictures go early, alarms go on."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from service.domain.alarm import AlarmKind
from service.host.disk import LOW_BYTES, DiskSpace
from service.inference.inline import InlineEngine
from service.store import passages
from service.store.database import Store
from service.store.records import PassageRecord, PictureRecord
from tests.service.host.test_disk import Disk
from tests.service.kept_pictures import keep
from tests.service.tiny_model import OPEN
from tests.service.verdicts.test_pipeline import House, _await


def earlier(house: House, age: timedelta) -> Path:
    """Record a passage with one picture, so long ago; returns the picture's path."""
    seen_at = datetime.now(UTC) - age
    (file,) = keep(house.pictures, seen_at, [np.zeros((200, 200, 3), np.uint8)])
    assert file is not None
    pictures = (PictureRecord(file, 1.0, 1.0, None),)
    record = PassageRecord(f"p{age.days}", "lift", 1, seen_at, 0.0, 1.0, 2.0, unknown(Reason.DARK), pictures)
    house.store.write(partial(passages.add, record=record)).result()
    return house.pictures.path(file)


def test_old_pictures_make_room_and_alarms_go_on(
    store: Store, inline_engine: InlineEngine, tmp_path: Path
) -> None:
    """Low: it is said; a picture of three days ago goes, today's stays; an alarm comes, without pictures."""
    house, disk = House(store, inline_engine, tmp_path / "data", inline_engine), Disk(10 * LOW_BYTES)
    (tmp_path / "data").mkdir(exist_ok=True)
    try:
        old, new = earlier(house, timedelta(days=3)), earlier(house, timedelta(0))
        house.pictures.space = DiskSpace(tmp_path / "data", disk.usage)
        disk.free = LOW_BYTES - 1
        _await(lambda: not old.exists(), "the old picture to go")
        assert new.exists()
        house.send("late", [OPEN] * 3)
        heard = {alarm.kind: alarm for alarm in (house.heard.get(timeout=120), house.heard.get(timeout=120))}
        assert set(heard) == {AlarmKind.DISK_LOW, AlarmKind.BAR_OPEN}
        assert heard[AlarmKind.BAR_OPEN].evidence == ()
        assert [kept.file for kept in house.record("late").pictures] == [None] * 3
    finally:
        house.pipeline.stop()

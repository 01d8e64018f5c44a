"""Room on the disk: a reserve while there is room, given up when there is none; pictures go first."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from service.host.disk import FULL_BYTES, LOW_BYTES, RESERVE, RESERVE_BYTES, DiskSpace, Room
from service.store.pictures import Pictures
from service.store.upkeep.classes import Retention
from tests.service.api.conftest import House
from tests.service.api.conftest import make_house as make_house  # noqa: PLC0414 - a fixture
from tests.service.kept_pictures import keep

TOTAL = 100_000_000_000


class Disk:
    """A disk as full as a test wants it; what the reserve takes is taken off."""

    def __init__(self, free: int, total: int = TOTAL) -> None:
        self.free, self.total = free, total

    def usage(self, folder: Path) -> tuple[int, int]:
        reserve = folder / RESERVE
        return self.free - (reserve.stat().st_size if reserve.exists() else 0), self.total


def test_the_reserve_is_kept_given_up_and_kept_again(tmp_path: Path) -> None:
    """Enough room: kept; none: given up, which is room again; tidied up: kept again."""
    disk = Disk(10 * LOW_BYTES)
    space = DiskSpace(tmp_path, disk.usage)
    assert (space.check().room, space.status.reserve_bytes) == (Room.ENOUGH, RESERVE_BYTES)
    disk.free = RESERVE_BYTES + FULL_BYTES - 1
    assert (space.check().room, space.status.reserve_bytes) == (Room.LOW, 0)
    assert not (tmp_path / RESERVE).exists()
    assert "no more pictures" in str(space.status)
    disk.free = FULL_BYTES - 1
    assert space.check().room is Room.FULL
    assert str(space.status).startswith("full: 2 MB free")
    disk.free = 10 * LOW_BYTES
    assert (space.check().room, str(space.status)) == (Room.ENOUGH, "ready")
    assert (tmp_path / RESERVE).stat().st_size == RESERVE_BYTES


def test_low_does_not_go_to_and_fro(tmp_path: Path) -> None:
    """Once low, half as much again must be free before it is not."""
    disk = Disk(LOW_BYTES - 1)
    space = DiskSpace(tmp_path, disk.usage)
    assert space.check().room is Room.LOW
    disk.free = LOW_BYTES + 1
    assert space.check().room is Room.LOW
    disk.free = int(1.5 * LOW_BYTES) + 1
    assert space.check().room is Room.ENOUGH


def test_a_small_disk_keeps_back_a_share(tmp_path: Path) -> None:
    """Of 24 MB not 32."""
    space = DiskSpace(tmp_path, Disk(23_000_000, 24_000_000).usage)
    assert space.check().room is Room.ENOUGH
    assert 0 < space.status.reserve_bytes < 2_000_000


def test_a_folder_that_is_not_there_yet_is_no_trouble(tmp_path: Path) -> None:
    """The first start looks before the database has made it."""
    assert DiskSpace(tmp_path / "data").check().room is Room.ENOUGH
    real = DiskSpace(tmp_path)
    assert real.check().total_bytes > 0


def test_pictures_are_not_kept_while_the_disk_is_low(tmp_path: Path) -> None:
    """They are counted; with room again they are written."""
    pictures, disk = Pictures(tmp_path), Disk(LOW_BYTES - 1)
    pictures.space = DiskSpace(tmp_path, disk.usage)
    image = np.zeros((200, 200, 3), np.uint8)
    now = datetime.now(UTC)
    pictures.space.check()
    assert keep(pictures, now, [image, image]) == [None, None]
    assert pictures.failed_writes == 2
    disk.free = 10 * LOW_BYTES
    pictures.space.check()
    assert None not in keep(pictures, now, [image])


def test_old_pictures_go_early_but_not_todays() -> None:
    """And a retention that is shorter than that stays as it is."""
    short = Retention().when_low()
    assert (short.max_age_days, short.max_alarm_age_days) == (1.0, 7.5)
    assert Retention(max_age_days=0.5, max_alarm_age_days=0.5).when_low().max_age_days == 0.5
    assert Retention(max_age_days=0.5, max_alarm_age_days=0.5).when_low().max_alarm_age_days == 0.5


@pytest.mark.parametrize(("free", "code", "expected"), [(LOW_BYTES - 1, 200, "low: "), (1, 503, "full: ")])
def test_health_and_metrics_say_so(
    make_house: Callable[..., House], free: int, code: int, expected: str
) -> None:
    """Little room is reported; with none the service is not ready: no alarm could be committed."""
    house = make_house()
    house.runtime.pictures.space = DiskSpace(house.runtime.settings.data, Disk(free).usage)
    house.runtime.pictures.space.check()
    answer = house.client.get("/health/ready")
    assert (answer.status_code, answer.json()["disk"][: len(expected)]) == (code, expected)
    text = house.client.get("/metrics").text
    assert "barwatch_disk_low 1.0" in text
    assert float(re.findall(r"^barwatch_disk_free_bytes (\S+)$", text, re.MULTILINE)[0]) == free

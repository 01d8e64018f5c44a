"""A damaged row of the database disables only what it belongs to, and is reported."""

import contextlib
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.clusters import BimodalFit
from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from lifts.decision.site import SiteCalibration
from lifts.schema import Lift, MaskPair
from service.alarms import lifecycle
from service.alarms.conditions import apply
from service.app import Service
from service.domain.alarm import AlarmKind
from service.domain.errors import ConflictError
from service.domain.health import Health
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.settings import Settings
from service.store import alarms, lifts, masks, passages, site_calibrations
from service.store.database import Store
from service.store.records import PassageRecord
from tests.service.capture.videos import write_video
from tests.service.store.empty import open_empty
from tests.tools.processes import ADMIN_TOKEN
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, release, tiny_manifest

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
POSES = {
    name: {"x": x, "y": 90.0, "scale": 2.0} for name, x in (("begin", 80), ("middle", 160), ("end", 240))
}
DAMAGED_MASKS = (
    "mask_versions SET embeddings = X'0000'",
    "mask_versions SET embeddings = X'000000'",
    "mask_versions SET open_png = X''",
    "mask_versions SET warnings = X'FF'",
    "mask_versions SET warnings = CAST(X'FF5B' AS TEXT)",
    "mask_versions SET warnings = '3'",
    "mask_versions SET created_at = 'yesterday'",
    "thresholds SET heaps = '{half'",
    "thresholds SET heaps = '{\"fit\": 1}'",
    "thresholds SET always = X'00'",
)


def fill(session: Session, video: Path, model: str) -> None:
    """Two lifts with masks, a site calibration, a passage and a standing alarm each."""
    pair = MaskPair(open=draw_mask(OPEN_Y), close=draw_mask(CLOSE_Y))
    for lift_id in ("odd", "well"):
        camera = {"url": str(video), "width": 320, "height": 180}
        lifts.put(
            session, Lift.model_validate({"id": lift_id, "name": lift_id, "camera": camera, "track": POSES})
        )
        empty = np.zeros((2, 5, 4), np.float32)
        masks.add(session, MaskVersion(lift_id, 0, model, pair, empty, 1.0, (), True, NOW))
        site = SiteCalibration(BimodalFit(-0.5, 0.5, 0.1, 0.2), None, np.zeros(4, np.float32))
        site_calibrations.add(
            session, SiteCalibrationVersion(lift_id, 0, 1, model, site, (0.1,), 0, True, NOW)
        )
        site_calibrations.activate(session, lift_id, 1)
        record = PassageRecord(f"{lift_id}-1", lift_id, 1, NOW, 0.0, 1.0, 2.0, unknown(Reason.DARK), ())
        passages.add(session, record)
        apply(session, Health(AlarmKind.VIEW_CHANGED, lift_id, True, "turned away", "another lift"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that loads in no time."""
    return release(tmp_path_factory.mktemp("model"))


@contextlib.contextmanager
def serving(data: Path, model: Path, *damage: str) -> Iterator[httpx.Client]:
    """A service on a database some of whose rows are damaged."""
    video = write_video(data / "camera.mp4", range(0, 4000, 40))
    store = open_empty(data)
    store.write(lambda session: fill(session, video, tiny_manifest().identity)).result()
    store.close()
    with contextlib.closing(sqlite3.connect(data / "barwatch.db")) as database, database:
        for each in damage:
            assert database.execute(f"UPDATE {each}").rowcount == 1, "the row is there"
    settings = Settings(
        data=data,
        model=model,
        port=0,
        device="cpu",
        watchdog_s=0,
        admin_token=ADMIN_TOKEN,
        allow_file_cameras=True,
    )
    service = Service(settings, loop_files=True)
    thread = threading.Thread(target=service.run)
    thread.start()
    try:
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        with httpx.Client(base_url=service.url, headers=headers, timeout=120) as client:
            yield client
    finally:
        service.stop()
        thread.join(60)
        assert not thread.is_alive()


def until(client: httpx.Client, path: str, wanted: Callable[[Any], bool]) -> Any:
    """Return what an address answers, once it is what is waited for."""
    pause = threading.Event()
    for _ in range(600):
        answer = client.get(path).json()
        if wanted(answer):
            return answer
        pause.wait(0.1)
    raise AssertionError(f"after a minute there is still {answer}")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "enrolled",
    [
        "mask_versions SET open_png = X''",
        pytest.param("thresholds SET heaps = '{half'", marks=pytest.mark.slow),
    ],
)
def test_damaged_rows_keep_back_no_other_lift(tmp_path: Path, model: Path, enrolled: str) -> None:
    """The lift of damaged masks is out of service under its own alarm; the other is watched, alarms stand."""
    damage = (enrolled, "alarms SET state = 'gone'", "passages SET judgement = '{half'")
    with serving(tmp_path, model, *(f"{each} WHERE lift_id = 'odd'" for each in damage)) as client:
        until(client, "/health/ready", lambda said: said["cameras"] == {"well": "live"})
        found = until(client, "/alarms?kind=lift_invalid", lambda said: said["items"])["items"]
        assert [(alarm["lift_id"], alarm["state"]) for alarm in found] == [("odd", "active")]
        until(client, "/health/ready", lambda said: said["problems"] == [])
        found = client.get("/alarms?kind=view_changed").json()["items"]
        assert sorted(alarm["lift_id"] for alarm in found) == ["odd", "well"]
        for alarm in found:
            client.post(f"/alarms/{alarm['id']}/acknowledge", json={}).raise_for_status()
        assert "well-1" in {passage["id"] for passage in client.get("/passages").json()["items"]}


def damaged(store: Store, damage: str) -> None:
    """Fill the database and damage the rows of one of its lifts."""
    store.write(lambda session: fill(session, Path("/camera.mp4"), "m")).result()
    if store.database.writer.dialect.name == "postgresql":
        damage = re.sub(r"X'(\w*)'", r"'\\x\1'", damage)  # bytes, in its words
    store.write(lambda s: s.execute(text(f"UPDATE {damage} WHERE lift_id = 'odd'"))).result()


@pytest.mark.thorough
@pytest.mark.parametrize("damage", DAMAGED_MASKS)
def test_damaged_masks_are_one_lifts_trouble(store: Store, damage: str) -> None:
    """Whatever is damaged, reading them is a conflict that names it; the other lift's are read."""
    damaged(store, damage)
    with store.reading() as session:
        with pytest.raises(ConflictError, match=r"odd.* are damaged"):
            masks.active(session, "odd")
        history = masks.history(session, "odd")
        assert (history.items, history.unreadable) == ((), 1)
        assert masks.active(session, "well") is not None


@pytest.mark.thorough
@pytest.mark.parametrize(
    "damage", ["state = 'gone'", "kind = X'FF'", "evidence = '{half'", "raised_at = 'soon'"]
)
def test_a_damaged_alarm_is_restored_from_the_outbox(store: Store, damage: str) -> None:
    """It stands as before, under a new seq, and can be cleared."""
    damaged(store, f"alarms SET {damage}")
    store.write(alarms.restore).result()
    with store.reading() as session:
        standing = alarms.standing(session)
    assert [(alarm.lift_id, alarm.message, alarm.seq) for alarm in standing] == [
        ("odd", "turned away", 3),
        ("well", "turned away", 2),
    ]
    store.write(lambda session: lifecycle.clear(session, standing[0].id)).result()
    store.write(alarms.restore).result()
    with store.reading() as session:
        assert alarms.last_seq(session) == 4


def test_an_alarm_that_nothing_restores_can_be_raised_again(store: Store) -> None:
    """A row that nobody can read does not stand in the way of the same alarm."""
    damaged(store, "alarms SET severity = ''")
    store.write(lambda session: session.execute(text("UPDATE alarm_events SET alarm = '{half'"))).result()
    store.write(alarms.restore).result()
    again = Health(AlarmKind.VIEW_CHANGED, "odd", True, "turned again", "another lift")
    store.write(lambda session: apply(session, again)).result()
    with store.reading() as session:
        assert sorted(alarm.message for alarm in alarms.standing(session)) == ["turned again", "turned away"]


@pytest.mark.parametrize("damage", ["judgement = '{half'", "pictures = '3'", "seen_at = 'soon'"])
def test_a_damaged_passage_keeps_back_no_other(store: Store, damage: str) -> None:
    """The others are listed, on their own page as well."""
    damaged(store, f"passages SET {damage}")
    with store.reading() as session:
        first = passages.listing(session, limit=1)
        assert [record.id for record in first.items] == ["well-1"]
        assert passages.listing(session, limit=1, before=first.next).items == ()
        assert len(passages.listing(session).items) == 1

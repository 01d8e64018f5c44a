"""Clips that are awaited when the service ends: cut as far as they came, or said never to have come."""

import io
import json
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.audit.evidence import export_evidence
from service.audit.signing import SigningKey
from service.audit.verification import verify
from service.domain.evidence.clip import ClipMade, NoClip
from service.store.audit import entries
from service.store.pictures import Pictures
from tests.service.clips.test_keeper import CONTENT, Keeping


@pytest.fixture
def kept(tmp_path: Path) -> Keeping:
    return Keeping(tmp_path / "data")


def test_what_is_awaited_at_the_end_is_stored_as_far_as_it_came(kept: Keeping) -> None:
    """Its camera is asked at once, and the record says that it was cut short."""
    kept.keeper.start()
    first = kept.alarm(1)
    kept.desk.on_alarms([first])
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(kept.keeper.stop)
        pause = threading.Event()
        while not any(wanted.at_once for wanted in kept.desk.wanted("quad")):
            assert not pause.wait(0.01)
        kept.desk.made(ClipMade(first.id, CONTENT, "h264", -8.2, 1.5, cut_short=True))
        stopped.result(120)
    clip = kept.clip(first)
    assert (clip.cut_short, clip.ends_s, clip.none) == (True, 1.5, None)
    assert kept.folder.path(clip.file or "").read_bytes() == CONTENT.tobytes()
    assert kept.evidence(first) == (f"/alarms/{first.id}/clip.mp4",)
    with kept.store.reading() as session:
        (entry,) = entries.listing(session, action="clip.store")
    assert '"cut_short": true' in entry.details
    assert verify(kept.data).broken == []


def test_a_camera_that_does_not_answer_holds_up_no_end(tmp_path: Path) -> None:
    """It has its moment; then the record says that the service ended before the clip came."""
    kept = Keeping(tmp_path / "data", stop_s=0.05)
    kept.keeper.start()
    alarm = kept.alarm()
    kept.desk.on_alarms([alarm])
    kept.keeper.stop()
    assert kept.clip(alarm).none is NoClip.SERVICE_ENDED


def test_a_service_that_was_killed_says_at_its_next_start_which_clips_never_came(kept: Keeping) -> None:
    """Word of what is awaited is left at once, beside the alarm; what had come stays what it was."""
    came = kept.keep(1)
    alarm = kept.alarm(2)
    kept.desk.on_alarms([alarm])
    kept.keeper._note_awaited()
    assert kept.clip(alarm).none is NoClip.PENDING
    kept.store.close()  # nothing else of it ends in order
    again = Keeping(kept.data)
    again.keeper.start()
    again.keeper.stop()
    assert (again.clip(alarm).none, again.clip(came).none) == (NoClip.SERVICE_ENDED, None)
    assert again.actions().count("clip.none") == 1
    key = SigningKey(kept.data)
    pack = export_evidence(again.store, Pictures(kept.data), alarm.id, {}, again.folder, key)
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        manifest = json.loads(files.read("manifest.json"))
    assert manifest["clip"]["none"] == "service_ended"
    assert verify(kept.data).broken == []


def test_a_clip_that_is_awaited_is_stored_in_the_place_that_was_kept_for_it(kept: Keeping) -> None:
    """One row an alarm; what comes a second time is dropped."""
    alarm = kept.alarm()
    kept.desk.on_alarms([alarm])
    kept.keeper._note_awaited()
    kept.desk.made(ClipMade(alarm.id, CONTENT, "h264", -8.0, 4.0))
    outcome = kept.desk.take()
    assert outcome is not None
    kept.keeper._store_one(outcome)
    kept.keeper._store_one(outcome)
    assert kept.clip(alarm).none is None
    assert kept.actions() == ["clip.store"]

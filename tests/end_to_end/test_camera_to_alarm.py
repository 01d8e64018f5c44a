"""From a real camera stream to an alarm at a WebSocket client: exactly the alarms of the truth."""

import contextlib
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from lifts.folder import read_lift
from service.usecases.samples import VIDEO, sample_folders
from tests.end_to_end.conftest import Serve
from tests.tools.processes import ADMIN_TOKEN, Running, running

SIGNED = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
NEAR_S = 1.0
"""A passage belongs to the carrier whose middle is this near in the recording."""

SAMPLES = sample_folders()


def enrol(client: httpx.Client, folder: Path, url: str) -> None:
    """Register a sample lift with its camera, as an operator would, over HTTP."""
    lift = read_lift(folder / "lift.toml").model_dump(mode="json", exclude_none=True)
    lift["camera"]["url"] = url
    references = [path for path in folder.glob("reference_*") if path.suffix in {".jpg", ".png"}]
    files = {name: (folder / f"{name}.png").read_bytes() for name in ("open", "close")}
    files |= {path.stem: path.read_bytes() for path in references}
    answer = client.post(f"/lifts/{lift['id']}/masks", files=files)
    assert answer.status_code in {201, 422}, answer.text
    if answer.status_code == 422:  # camera-size drawings need the track first
        assert client.put(
            f"/lifts/{lift['id']}", json={**lift, "camera": {**lift["camera"], "url": None}}
        ).is_success
        assert client.post(f"/lifts/{lift['id']}/masks", files=files).status_code == 201
    assert client.put(f"/lifts/{lift['id']}", json=lift).is_success


def until_recordings_end(client: httpx.Client, feed: ClientConnection, ends_s: dict[str, float]) -> Any:
    """Collect the feed's messages until every recording has been played once.

    Returns the messages, and for each lift when its recording was over.
    """
    over: dict[str, datetime] = {}
    messages: list[Any] = []
    give_up = time.monotonic() + 180
    while time.monotonic() < give_up:
        now = datetime.now(UTC)
        for lift in client.get("/lifts").json()["items"]:
            if lift["camera_status"] and lift["camera_status"]["frames_read"]:
                over.setdefault(lift["id"], now + timedelta(seconds=ends_s[lift["id"]]))
        with contextlib.suppress(TimeoutError):
            messages.append(json.loads(feed.recv(1.0)))
        if over.keys() == ends_s.keys() and now > max(over.values()):
            return messages, over
    raise AssertionError(f"cameras that never began: {ends_s.keys() - over.keys()}")


def carrier_of(passage: Any, truth: Any) -> int | None:
    near = [c for c in truth["carriers"] if abs(c["t_middle"] - passage["t_middle_s"]) < NEAR_S]
    return near[0]["carrier"] if near else None


@pytest.fixture
def service(tmp_path: Path) -> Any:
    """The service with the released model, started on an empty folder."""
    with running(tmp_path, "--data", str(tmp_path / "data")) as started:
        yield started


@pytest.mark.timeout(300)
@pytest.mark.skipif(not SAMPLES, reason="no sample lifts are installed")
def test_alarms_arrive_exactly_for_open_and_occupied_carriers(service: Running, rtsp: Serve) -> None:
    """Every carrier is judged once and rightly; one alarm for each that left occupied and open, no other."""
    truths = {folder.name: json.loads((folder / "truth.json").read_text()) for folder in SAMPLES}
    videos = {folder.name: folder / VIDEO for folder in SAMPLES}
    with (
        rtsp(videos) as addresses,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=20) as client,
        connect(service.feed, additional_headers=SIGNED) as feed,
    ):
        for folder in SAMPLES:
            enrol(client, folder, addresses[folder.name])
        ends_s = {name: truth["carriers"][-1]["t_end"] + 1.0 for name, truth in truths.items()}
        messages, over = until_recordings_end(client, feed, ends_s)
        raised = [m["alarm"] for m in messages if m["type"] == "alarm" and m["alarm"]["kind"] == "bar_open"]
        passages = client.get("/passages?limit=200").json()["items"]
    for name, truth in truths.items():
        # The camera comes back after the recording's end and plays it again: that is no part of the test.
        seen = [
            p
            for p in passages
            if p["lift_id"] == name and datetime.fromisoformat(p["recorded_at"]) <= over[name]
        ]
        found = {p["id"]: carrier_of(p, truth) for p in seen}
        assert sorted(str(n) for n in found.values()) == sorted(
            str(c["carrier"]) for c in truth["carriers"]
        ), name
        by_carrier = {c["carrier"]: c for c in truth["carriers"]}
        verdicts = {found[p["id"]]: p["verdict"] for p in seen}
        assert verdicts == {n: c["state"] for n, c in by_carrier.items()}, name
        # One rider of six, small behind a closed bar, may be overlooked; the alarms below may not.
        overlooked = [p for p in seen if p["occupied"] != by_carrier[found[p["id"]]]["occupied"]]
        assert len(overlooked) <= 1, name
        alarmed = [found[a["passage_id"]] for a in raised if a["passage_id"] in found]
        due = [n for n, c in by_carrier.items() if c["state"] == "open" and c["occupied"]]
        assert sorted(map(str, alarmed)) == sorted(map(str, due)), name

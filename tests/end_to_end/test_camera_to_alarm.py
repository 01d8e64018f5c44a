"""From a real camera stream to an alarm at a WebSocket client: exactly the alarms of the truth."""

import contextlib
import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import ClientConnection, connect

from service.usecases.samples import VIDEO, sample_folders
from tests.end_to_end.conftest import Serve
from tests.tools.enrolled import enrol
from tests.tools.processes import SIGNED, Running, running

NEAR_S = 1.0
"""A passage belongs to the carrier whose middle is this near in the recording."""

SAMPLES = sample_folders()
WATCHED = 4
"""Carriers that are waited for, of the nine in each recording: two are reported late."""


def carrier_of(passage: Any, truth: Any) -> int | None:
    near = [c for c in truth if abs(c["t_middle"] - passage["t_middle_s"]) < NEAR_S]
    return near[0]["carrier"] if near else None


def until_all_have_passed(client: httpx.Client, feed: ClientConnection, truths: dict[str, Any]) -> Any:
    """Wait until each lift's last carrier is reported, and whatever was raised until then has been sent.

    Returns each lift's passages as they were at that moment (the recording plays on, and again from its
    beginning), the alarms that the feed sent, and the lifts whose frames this machine was too slow for.
    """
    passages: dict[str, list[Any]] = {}
    raised: dict[str, Any] = {}
    give_up = time.monotonic() + 600  # a machine that is busy drops frames, and reports carriers late
    while time.monotonic() < give_up:
        reported = client.get("/passages?limit=200").json()["items"]
        for name, truth in truths.items():
            due = [p for p in reported if p["lift_id"] == name and p["t_middle_s"] < truth[-1]["t_end"]]
            if name not in passages and any(carrier_of(p, truth[-1:]) is not None for p in due):
                passages[name] = due
        stored = {alarm["id"] for alarm in client.get("/alarms?kind=bar_open&limit=200").json()["items"]}
        with contextlib.suppress(TimeoutError):
            while True:
                message = json.loads(feed.recv(0.5))
                if message["type"] == "alarm" and message["alarm"]["kind"] == "bar_open":
                    raised[message["alarm"]["id"]] = message["alarm"]
        if passages.keys() == truths.keys() and stored <= raised.keys():
            lifts = client.get("/lifts").json()["items"]
            slow = {lift["id"] for lift in lifts if lift["camera_status"]["frames_dropped"]}
            return passages, list(raised.values()), slow
    raise AssertionError(f"not all have passed: {truths.keys() - passages.keys()}")


def hung_cameras(output: Path) -> set[str]:
    """Return the lifts whose camera's process was replaced, because it did not answer."""
    events = [json.loads(line) for line in output.read_text().splitlines() if line.startswith("{")]
    return {each["lift_id"] for each in events if each["event"] == "camera process restarted"}


@pytest.fixture
def service(tmp_path: Path) -> Any:
    """The service with the released model, started on an empty folder."""
    with running(tmp_path, "--data", str(tmp_path / "data")) as started:
        yield started


@pytest.mark.skipif(not SAMPLES, reason="no sample lifts are installed")
@pytest.mark.parametrize("carriers", [WATCHED, pytest.param(9, marks=pytest.mark.slow)])
def test_alarms_arrive_exactly_for_open_and_occupied_carriers(
    service: Running, rtsp: Serve, carriers: int
) -> None:
    """Every carrier is judged once, correctly; one alarm for each that left occupied and open, no other."""
    whole = {folder.name: json.loads((folder / "truth.json").read_text())["carriers"] for folder in SAMPLES}
    truths = {name: truth[:carriers] for name, truth in whole.items()}
    videos = {folder.name: folder / VIDEO for folder in SAMPLES}
    with (
        rtsp(videos) as addresses,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client,
        connect(service.feed, additional_headers=SIGNED, open_timeout=120) as feed,
    ):
        for folder in SAMPLES:
            enrol(client, folder, addresses[folder.name])
        passages, raised, slow = until_all_have_passed(client, feed, truths)
    hung = hung_cameras(service.output)
    for name, truth in truths.items():
        # Who left between a process that this machine was too slow for and its successor is `unknown`.
        between = [p for p in passages[name] if p["t_end_s"] < 0.0 and p["verdict"] == "unknown"]
        seen = [p for p in passages[name] if name not in hung or p not in between]
        found = {p["id"]: carrier_of(p, truth) for p in seen}
        assert sorted(map(str, found.values())) == sorted(str(c["carrier"]) for c in truth), name
        by_carrier = {c["carrier"]: c for c in truth}
        # Where frames had to be dropped, a carrier may be `unknown`: but never wrong, and never missing.
        undecided = {found[p["id"]] for p in seen if p["verdict"] == "unknown" and name in slow}
        verdicts = {found[p["id"]]: p["verdict"] for p in seen if found[p["id"]] not in undecided}
        assert verdicts == {n: c["state"] for n, c in by_carrier.items() if n not in undecided}, name
        # One rider of six, small behind a closed bar, may be overlooked; the alarms below may not.
        overlooked = [
            p
            for p in seen
            if found[p["id"]] in verdicts and p["occupied"] != by_carrier[found[p["id"]]]["occupied"]
        ]
        assert len(overlooked) <= 1, name
        alarmed = [found[a["passage_id"]] for a in raised if a["passage_id"] in found]
        due = [n for n, c in by_carrier.items() if n in verdicts and c["state"] == "open" and c["occupied"]]
        assert sorted(map(str, alarmed)) == sorted(map(str, due)), name

"""A carrier that leaves open before a real RTSP camera: its clip is what the camera sent, bit for bit."""

import io
import json
import time
from pathlib import Path
from typing import Any

import av
import httpx
import numpy as np
import pytest

from service.audit.unpacking import verify_pack
from service.usecases.samples import VIDEO, sample_folders
from tests.end_to_end.conftest import Serve
from tests.tools.enrolled import enrol
from tests.tools.processes import SIGNED, running

SAMPLES = sample_folders()
PATIENCE_S = 180.0
FPS = 25.0


def alarm_with_clip(client: httpx.Client) -> Any:
    """Wait for an alarm of an open bar whose clip is there; returns it and what is said of its clip."""
    give_up_s = time.monotonic() + PATIENCE_S
    clips = []
    while time.monotonic() < give_up_s:
        found = client.get("/alarms?kind=bar_open").json()["items"]
        clips = [client.get(f"/alarms/{alarm['id']}/clip").json() for alarm in found]
        for alarm, clip in zip(found, clips, strict=True):
            if clip["url"] is not None and not clip["begins_late"]:
                return client.get(f"/alarms/{alarm['id']}").json(), clip
        time.sleep(0.5)  # another process's camera cannot be awaited
    raise AssertionError(f"no alarm has a clip: {clips}")


def pictures(file: Any) -> list[Any]:
    with av.open(file) as container:
        return [frame.to_ndarray(format="gray")[::8, ::8] for frame in container.decode(video=0)]


def place_of(picture: Any, sent: list[Any]) -> int:
    """Return the number of the very same picture among those that the camera sent."""
    same = [n for n, each in enumerate(sent) if np.array_equal(each, picture)]
    assert same, "this picture was never sent"
    return same[0]


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.skipif(not SAMPLES, reason="no sample lifts are installed")
def test_a_clip_is_what_the_camera_sent(rtsp: Serve, tmp_path: Path) -> None:
    """From a key frame 8 s before TF to 4 s after; named in the alarm, packed, signed and verified."""
    folder = SAMPLES[0]
    with (
        rtsp({folder.name: folder / VIDEO}) as addresses,
        running(tmp_path, "--data", str(tmp_path / "data"), BARWATCH_CLIPS="on") as service,
        httpx.Client(base_url=service.url, headers=SIGNED, timeout=120) as client,
    ):
        enrol(client, folder, addresses[folder.name])
        alarm, clip = alarm_with_clip(client)
        passage = client.get(f"/passages/{alarm['passage_id']}").json()
        content = client.get(clip["url"]).content
        pack = client.get(f"/alarms/{alarm['id']}/evidence").content
        key = client.get("/audit/key").json()["public_key"]
    assert alarm["evidence"][-1] == clip["url"]
    assert len(alarm["evidence"]) == 4
    (tmp_path / "pack.zip").write_bytes(pack)
    assert verify_pack(tmp_path / "pack.zip", key=key).broken == []
    assert content in pack
    sent, shown = pictures(str(folder / VIDEO)), pictures(io.BytesIO(content))
    first, last = place_of(shown[0], sent), place_of(shown[-1], sent)
    assert last - first == len(shown) - 1
    left_s = passage["t_end_s"]
    assert first / FPS == pytest.approx(left_s + clip["begins_s"], abs=0.3)
    assert last / FPS == pytest.approx(left_s + 4.0, abs=0.3)
    assert clip["begins_s"] <= -8.0
    assert not clip["ends_early"]
    assert json.loads(json.dumps(clip))["shows_people"]

"""A lift that nothing has seen is enrolled in the browser, by taps and drags alone, up to its first alarm."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from service.usecases.samples import sample_folder, video_of
from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.console import setup_pages
from tests.service.console.conftest import Served
from tests.service.console.test_console import open_page, shown
from tests.tools.processes import ADMIN_TOKEN, Running, running

LOOPS = 60
NEAR_S = 1.5
PATIENCE_MS = 1_800_000  # the service learns behind everything else that the machine does
LIFT = "new-double"


@dataclass
class Recording:
    """A lift's video, looped without a seam, and what its carriers are."""

    file: Path
    duration_s: float
    carriers: list[dict[str, Any]]

    def at(self, t_s: float) -> dict[str, Any] | None:
        """Return the carrier that is at the middle of the track then."""
        wrapped = t_s % self.duration_s
        near = [one for one in self.carriers if abs(one["t_middle"] - wrapped) < NEAR_S]
        return near[0] if near else None


@dataclass
class Operator:
    """Somebody who taps, drags and types, and nothing else."""

    page: Page
    taps: int = 0
    drags: int = 0

    def tap(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=PATIENCE_MS)
        target.click(timeout=PATIENCE_MS)
        self.taps += 1

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def drag(self, target: Locator, dx: float, dy: float) -> None:
        expect(target).to_be_visible(timeout=PATIENCE_MS)
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=6)
        self.page.mouse.up()
        self.drags += 1


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    folder = sample_folder("demo-double")
    assert folder is not None
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    file = tmp_path / "long.mp4"
    command = ["ffmpeg", "-v", "error", "-stream_loop", str(LOOPS - 1), "-i", str(video_of(folder))]
    subprocess.run([*command, "-c", "copy", str(file)], check=True)
    return Recording(file, truth["duration_s"], truth["carriers"])


@pytest.fixture
def service(built: None, tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "service"
    folder.mkdir()
    with running(folder, "--data", str(folder / "data")) as made:
        yield made


@pytest.mark.slow
def test_a_new_lift_is_enrolled_by_taps_alone(
    browser: Browser, service: Running, rtsp: Serve, recording: Recording
) -> None:
    """Address, carriers, picks, a drag, GO; the first open occupied carrier afterwards alarms in time."""
    client = httpx.Client(
        base_url=service.url, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"}, timeout=60
    )
    page = open_page(browser, service.url)
    page.set_viewport_size({"width": 820, "height": 1180})
    page.get_by_label("API token").fill(ADMIN_TOKEN)
    page.get_by_role("button", name="Sign in").click()
    person = Operator(page)
    with rtsp({"cam": recording.file}) as addresses:
        began = time.monotonic()
        person.tap(page.get_by_role("link", name="New lift"))
        page.get_by_label("Name of the lift").fill("New double")
        page.get_by_label("Camera's address").fill(addresses["cam"])
        person.press("Look")
        person.press("Find the carriers")
        person.press("Watch this track")
        expect(page.get_by_role("heading", name="Which are open, which are closed?")).to_be_visible(
            timeout=PATIENCE_MS
        )
        for state, name in (("open", "Open"), ("closed", "Closed")):
            number = look_for(client, recording, state)
            person.tap(page.get_by_role("button", name=f"Carrier {number}: {name}", exact=True))
        person.tap(page.get_by_role("link", name="Next: Masks"))
        person.drag(page.locator(".knob").first, 2, 1)
        expect(page.get_by_text("Kept.", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        person.press("Use these masks")
        decided = page.locator(".decided[data-decision=go]")
        expect(decided).to_be_visible(timeout=PATIENCE_MS)
        armed_s = time.monotonic() - began
        before = {one["id"] for one in client.get("/passages", params={"limit": 500}).json()["items"]}
        person.tap(decided.get_by_role("link", name="Back to the lifts"))
        passage, alarm = first_alarm(client, recording, before)
        row = page.locator(f"#alarms [data-alarm='{alarm['id']}']")
        expect(row).to_be_visible(timeout=PATIENCE_MS)
    print(f"\narmed after {armed_s:.0f} s, {person.taps} taps, {person.drags} drag")  # noqa: T201 - the note
    assert (passage["verdict"], passage["late"], alarm["late"]) == ("open", False, False)
    assert client.get(f"/lifts/{LIFT}").json()["armed"] is True
    assert person.taps <= 10


def look_for(client: httpx.Client, recording: Recording, state: str) -> int:
    """Return a carrier that is seen to be open, or closed: what the operator's eyes do."""
    for one in client.get(f"/lifts/{LIFT}/setup/carriers").json()["items"]:
        truth = recording.at(one["t_s"])
        if truth is not None and truth["state"] == state and truth["occupied"]:
            return int(one["number"])
    raise AssertionError(f"no carrier is {state}")


def first_alarm(
    client: httpx.Client, recording: Recording, before: set[str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the first open and occupied carrier that passes from now on, and its alarm."""
    end_s = time.monotonic() + PATIENCE_MS / 1000
    while time.monotonic() < end_s:
        items = client.get("/passages", params={"limit": 100}).json()["items"]
        for one in reversed([item for item in items if item["id"] not in before]):
            truth = recording.at(one["t_middle_s"])
            if truth is None or truth["state"] != "open" or not truth["occupied"]:
                continue
            alarms = client.get("/alarms", params={"kind": "bar_open", "limit": 100}).json()["items"]
            found = [alarm for alarm in alarms if alarm["passage_id"] == one["id"]]
            assert found, f"no alarm of {one}"
            return one, found[0]
        time.sleep(0.5)  # another process's state cannot be awaited
    raise AssertionError("no open and occupied carrier passed")


def test_every_step_is_passed_by_taps_alone(browser: Browser, served: Served) -> None:
    """The same way with a scripted camera and the small network: each step leads to the next."""
    setup_pages.begin(served)
    page = open_page(browser, served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/{setup_pages.LIFT}/setup")
    person = Operator(page)
    person.press("Watch this track")
    person.press("Carrier 1: Open")
    person.press("Carrier 2: Closed")
    person.tap(page.get_by_role("link", name="Next: Masks"))
    person.drag(page.locator(".knob").first, 2, 1)
    person.press("Use these masks")
    expect(page.locator(".decided")).to_have_attribute("data-decision", "wait", timeout=PATIENCE_MS)
    assert person.taps == 5
    lift = served.house.call("GET", f"/lifts/{setup_pages.LIFT}").json()
    assert (lift["mask_version"], lift["not_armed"]["reason"]) == (1, "too_few_passages")

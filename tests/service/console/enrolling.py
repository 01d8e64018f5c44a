"""A lift that nothing has seen is enrolled in a browser, by taps and drags alone, up to its first alarm."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Locator, Page, WebSocket, expect

from lifts.folder import read_lift
from lifts.schema import Track
from ml.evaluate.watching import RenderedRecording, render
from service.setup.jobs.carriers import progress_of
from tests.tools.processes import ADMIN_TOKEN, Running

RENDERED = Path(__file__).parents[3] / "runs" / "events"
"""Where rendered recordings are kept, those of `barwatch evaluate-events` too."""

CARRIERS, LOOPS = 13, 60
KEY_EVERY_S = 2.0  # as `render_video` writes them
PATIENCE_MS = 1_800_000  # the service learns behind everything else that the machine does
LIFT, NAME = "new-lift", "New lift"


@dataclass(frozen=True)
class Recording:
    """A lift's video, looped without a seam, its true track, and what its carriers are, as in truth.json."""

    file: Path
    track: Track
    duration_s: float
    carriers: list[dict[str, Any]]

    @classmethod
    def of(cls, seed: int, folder: Path, root: Path = RENDERED) -> "Recording":
        """Render the lift of a seed, unless that was done before, and put its video into `folder`, looped."""
        rendered = render(root, RenderedRecording(seed, 0, CARRIERS)).folder(root)
        track, file = read_lift(rendered / "lift.toml").track, folder / "long.mp4"
        assert track is not None
        command = ["ffmpeg", "-v", "error", "-stream_loop", str(LOOPS - 1)]
        subprocess.run([*command, "-i", str(rendered / "video.mp4"), "-c", "copy", str(file)], check=True)
        truth = json.loads((rendered / "truth.json").read_text(encoding="utf-8"))
        return cls(file, track, truth["duration_s"], truth["carriers"])

    @property
    def interval_s(self) -> float:
        """Seconds from carrier to carrier."""
        return self.duration_s / len(self.carriers)

    def at(self, t_s: float, track: Track) -> dict[str, Any] | None:
        """Return the carrier that is at the middle of a track then; None between two carriers."""
        passage_s = self.carriers[0]["t_end"] - self.carriers[0]["t_begin"]
        # The middle of a track that was found is elsewhere on the rope than that of the rendered lift.
        offset_s = (progress_of(self.track, track.middle) - 0.5) * passage_s
        for lost_s in (0.0, KEY_EVERY_S):  # a recording begins with the first picture that has a time
            wrapped = (t_s + lost_s - offset_s) % self.duration_s
            for one in self.carriers:
                if abs(one["t_middle"] - wrapped) < self.interval_s / 8:
                    return one
        return None


@dataclass
class Operator:
    """Somebody who taps, drags and types, and nothing else; think_s: before each tap and each drag."""

    page: Page
    think_s: float = 0.0
    taps: int = 0
    drags: int = 0
    fields: int = 0

    def tap(self, target: Locator) -> None:
        expect(target).to_be_visible(timeout=PATIENCE_MS)
        self._think()
        target.click(timeout=PATIENCE_MS)
        self.taps += 1

    def press(self, name: str) -> None:
        self.tap(self.page.get_by_role("button", name=name, exact=True))

    def write(self, label: str, text: str) -> None:
        self.page.get_by_label(label).fill(text)
        self.fields += 1

    def drag(self, target: Locator, dx: float, dy: float) -> None:
        expect(target).to_be_visible(timeout=PATIENCE_MS)
        self._think()
        target.scroll_into_view_if_needed()
        box = target.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + dx, y + dy, steps=6)
        self.page.mouse.up()
        self.drags += 1

    def _think(self) -> None:
        self.page.wait_for_timeout(1000 * self.think_s)


@dataclass
class Enrolled:
    """What became of an enrolment.

    at_s: when each step was done, seconds after the first connection to the camera; armed: the whole.
    before_tf_s: how long before the carrier left its alarm was raised, and was at the browser.
    """

    taps: int = 0
    drags: int = 0
    fields: int = 0
    at_s: dict[str, float] = field(default_factory=dict)
    state: str = ""
    late: bool = True
    raised_before_tf_s: float | None = None
    shown_before_tf_s: float | None = None
    verdicts: dict[str, int] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        """Return the figures, for JSON."""
        return asdict(self)


class Enrolment:
    """One run through the wizard: address, carriers, picks, a drag, GO, the first alarm.

    Args:
        page: not opened yet.
        service: with nothing in it.
        recording: what the camera sends.
        address: the camera's.
        think_s: how long the operator thinks before each tap.
        on_step: called with the name of each step that is done, while it is shown.
    """

    def __init__(
        self,
        page: Page,
        service: Running,
        recording: Recording,
        address: str,
        think_s: float = 0.0,
        on_step: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._page, self._recording, self._address = page, recording, address
        self._url, self._on_step = service.url, on_step
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        self.client = httpx.Client(base_url=service.url, headers=headers, timeout=120)
        self._person = Operator(page, think_s)
        self._began_s, self.found = 0.0, Enrolled()
        self._arrived: dict[str, float] = {}
        page.on("websocket", self._listen)

    def run(self) -> Enrolled:
        """Do all of it; raises AssertionError where the lift is not armed or its carrier raises no alarm."""
        page, person = self._page, self._person
        page.goto(self._url)
        page.get_by_label("API token").fill(ADMIN_TOKEN)
        page.get_by_role("button", name="Sign in").click()
        person.tap(page.get_by_role("link", name="New lift"))
        person.write("Name of the lift", NAME)
        person.write("Camera's address", self._address)
        self._began_s = time.monotonic()
        person.press("Look")
        expect(page.get_by_role("button", name="Find the carriers")).to_be_visible(timeout=PATIENCE_MS)
        self._note("looked")
        person.press("Find the carriers")
        expect(page.locator(".live img")).to_be_visible(timeout=PATIENCE_MS)
        self._note("recording")
        expect(page.get_by_role("button", name="Watch this track")).to_be_visible(timeout=PATIENCE_MS)
        self._note("track")
        person.press("Watch this track")
        expect(page.get_by_role("heading", name="Which are open, which are closed?")).to_be_visible(
            timeout=PATIENCE_MS
        )
        self._note("watched")
        for state, name in (("open", "Open"), ("closed", "Closed")):
            number = self._look_for(state)
            person.tap(page.get_by_role("button", name=f"Carrier {number}: {name}", exact=True))
        expect(page.get_by_role("link", name="Next: Masks")).to_be_visible(timeout=PATIENCE_MS)
        self._note("picked")
        person.tap(page.get_by_role("link", name="Next: Masks"))
        person.drag(page.locator(".knob").first, 2, 1)
        expect(page.get_by_text("Kept.", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        self._note("drawn")
        person.press("Use these masks")
        decided = page.locator(".decided[data-decision=go]")
        expect(decided).to_be_visible(timeout=PATIENCE_MS)
        self._note("armed")
        before = {one["id"] for one in self._passages(500)}
        person.tap(decided.get_by_role("link", name="Back to the lifts"))
        self._await_alarm(before)
        self.found.taps, self.found.drags, self.found.fields = person.taps, person.drags, person.fields
        return self.found

    def _note(self, step: str) -> None:
        self.found.at_s[step] = round(time.monotonic() - self._began_s, 1)
        self._on_step(step)

    def _listen(self, feed: WebSocket) -> None:
        feed.on("framereceived", self._hear)

    def _hear(self, payload: bytes | str) -> None:
        alarm = json.loads(payload).get("alarm")
        if alarm is not None:
            self._arrived.setdefault(alarm["id"], time.time())

    def _passages(self, limit: int) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get("/passages", params={"limit": limit}).json()["items"]
        return items

    def _track(self) -> Track:
        return Track.model_validate(self.client.get(f"/lifts/{LIFT}").json()["track"])

    def _look_for(self, state: str) -> int:
        """Return a carrier that is seen to be open, or closed: what the operator's eyes do."""
        items = self.client.get(f"/lifts/{LIFT}/setup/carriers").json()["items"]
        for one in items:
            truth = self._recording.at(one["t_s"], self._track())
            if truth is not None and truth["state"] == state and truth["occupied"]:
                return int(one["number"])
        raise AssertionError(f"no carrier is {state}: {items}, {self._track()}")

    def _await_alarm(self, before: set[str]) -> None:
        """Wait for the first open and occupied carrier that passes from now on, and for its alarm."""
        end_s = time.monotonic() + PATIENCE_MS / 1000
        while time.monotonic() < end_s:
            for one in reversed([item for item in self._passages(100) if item["id"] not in before]):
                truth = self._recording.at(one["t_middle_s"], self._track())
                if truth is not None and truth["state"] == "open" and truth["occupied"]:
                    return self._take(one)
            self._page.wait_for_timeout(300)  # another process's state cannot be awaited; the page goes on
        raise AssertionError("no open and occupied carrier passed")

    def _take(self, passage: dict[str, Any]) -> None:
        alarms = self.client.get("/alarms?kind=bar_open&limit=100").json()["items"]
        raised = [alarm for alarm in alarms if alarm["passage_id"] == passage["id"]]
        assert raised, f"no alarm of {passage}"
        alarm = raised[0]
        row = self._page.locator(f"#alarms [data-alarm='{alarm['id']}']")
        expect(row).to_be_visible(timeout=PATIENCE_MS)
        self._on_step("alarm")
        self.found.state, self.found.late = passage["verdict"], passage["late"] or alarm["late"]
        if passage["left_at"] is not None:
            left_s = _posix(passage["left_at"])
            self.found.raised_before_tf_s = round(left_s - _posix(alarm["raised_at"]), 3)
            self.found.shown_before_tf_s = round(left_s - self._arrived[alarm["id"]], 3)
        for one in self._passages(500):
            self.found.verdicts[one["verdict"]] = self.found.verdicts.get(one["verdict"], 0) + 1


def _posix(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()

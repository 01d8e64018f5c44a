"""A clip of an alarm in a real browser: it plays beside the pictures, and shows the right moments."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.capture.packets.ring import PacketRing
from service.domain.evidence.clip import ClipMade, ClipWanted, StoredClip
from service.domain.passage import Passage
from service.station.cutting import ClipCutter
from service.store import alarms
from service.store.clips import rows
from service.store.clips.folder import ClipFolder
from tests.service.api.conftest import House, status_of
from tests.service.capture.packets.counted import BITS, write_counted
from tests.service.capture.packets.test_ring import fill
from tests.service.console.conftest import PATIENCE_MS, Served

pytestmark = pytest.mark.thorough

LEFT_S, FPS = 15.5, 10

# The number that the picture at a time bears, read from the middle of each of its blocks.
READ = """async (video, [at_s, bits]) => {
  if (video.readyState < 1) await new Promise((done) => video.addEventListener("loadedmetadata", done));
  const seeked = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
  video.currentTime = at_s < 0 ? video.duration + at_s : at_s;
  await seeked;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  const context = canvas.getContext("2d");
  do {  // "seeked" may come before the picture is there: nothing is drawn then
    await new Promise(requestAnimationFrame);
    context.drawImage(video, 0, 0);
  } while (context.getImageData(0, 0, 1, 1).data[3] === 0);
  let number = 0;
  for (let place = 0; place < bits; place += 1) {
    const x = Math.floor(((place + 0.5) * canvas.width) / bits);
    number = 2 * number + (context.getImageData(x, canvas.height / 2, 1, 1).data[0] > 127 ? 1 : 0);
  }
  return number;
}"""


def cut_clip(video: Path) -> ClipMade:
    """Cut the clip of a carrier that left at LEFT_S, as a camera's process does."""
    ring, got = PacketRing(), list[ClipMade]()
    fill(ring, video, from_s=time.monotonic() - 20.0)
    cutter = ClipCutter(ring, got.append)
    cutter.passed(Passage("p-1", "demo-quad", 1, 12.0, 14.0, LEFT_S, (), 0.0))
    cutter.want(ClipWanted("a", "p-1", time.monotonic()))
    cutter._turn()
    return got[0]


def keep(house: House, alarm_id: str, made: ClipMade) -> None:
    """Store a clip as the service does."""
    assert made.content is not None
    with house.store.reading() as session:
        at = alarms.get(session, alarm_id).raised_at
    folder = ClipFolder(house.runtime.settings.data)
    file = folder.name("demo-quad", at, alarm_id)
    digest = folder.save(file, made.content)
    clip = StoredClip(
        alarm_id,
        "demo-quad",
        at,
        None,
        file,
        digest,
        made.content.nbytes,
        made.codec,
        made.begins_s,
        made.ends_s,
    )
    assert house.store.write(lambda s: rows.add(s, clip)).result()


@pytest.fixture
def page(served: Served, browser: Browser) -> Page:
    """A signed-in page of a service without alarms."""
    served.house.enrol()
    served.house.arm()
    served.house.cameras.by_lift["demo-quad"] = status_of("demo-quad")
    opened = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    opened.goto(served.link())
    expect(opened.locator("#link[data-state=live]")).to_be_visible(timeout=PATIENCE_MS)
    return opened


def test_a_clip_plays_and_shows_the_right_moments(page: Page, served: Served, tmp_path: Path) -> None:
    """H.264 with B pictures and a key frame in four seconds: its first and last picture bear their numbers.

    It comes by the feed while the banner is shown, and whoever watches it is in the audit.
    """
    made = cut_clip(write_counted(tmp_path / "a.mp4", 20.0, fps=FPS, gop=40, b_frames=2))
    served.house.add_passage("p-1")
    alarm = served.house.raise_alarm("p-1")
    banner = page.locator(".banner.critical")
    expect(banner).to_be_visible(timeout=PATIENCE_MS)
    expect(banner.locator(".play")).to_have_count(0)
    keep(served.house, alarm.id, made)
    banner.locator(".play").click(timeout=PATIENCE_MS)
    video = banner.locator("video")
    expect(video).to_be_visible(timeout=PATIENCE_MS)
    first = video.evaluate(READ, [0.0, BITS])
    last = video.evaluate(READ, [-0.01, BITS])
    assert first == 40  # the key frame before 7.5 s
    assert last in range(195, 198)  # 19.5 s; what comes early in decoding order may be shown later
    duration_s = video.evaluate("(video) => video.duration")
    assert duration_s == pytest.approx((last - first + 1) / FPS, abs=0.02)
    assert LEFT_S + made.begins_s == pytest.approx(first / FPS)
    assert LEFT_S + made.ends_s == pytest.approx(last / FPS)
    expect(banner.locator("figcaption")).to_contain_text("From 11.5 s before to 4.")
    expect(banner.locator("figcaption")).to_contain_text("People can be recognised.")
    video.evaluate("(video) => video.play()")
    served.house.runtime.notes.flush(served.house.store)
    (entry,) = served.house.call("GET", "/audit?action=clip.view").json()["items"]
    assert entry["subject"] == alarm.id


def test_an_alarm_without_a_clip_says_why(page: Page, served: Served) -> None:
    """In the list, beside its pictures: by default people are hidden, so that there is none."""
    alarm = served.house.raise_alarm("p-1")
    row = page.locator(f"#alarms [data-alarm='{alarm.id}']")
    row.locator(".proof button").click(timeout=PATIENCE_MS)
    expect(row.locator(".clip.note")).to_contain_text("people are hidden", timeout=PATIENCE_MS)

"""The alarms' room in a real browser: nothing steals a tap, a whole life, no false calm, the history."""

import csv
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy.orm import Session

from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.domain.people import Role
from service.store import alarms
from service.store.alarms.escalating import escalate
from tests.service.api.conftest import House
from tests.service.capture.packets.counted import write_counted
from tests.service.console.alarm_pages import explained
from tests.service.console.conftest import Served, held_back
from tests.service.console.test_clips import cut_clip, keep
from tests.service.console.test_console import PATIENCE_MS, page, shown

__all__ = ["page"]

# Every frame: what lies below the pointer, which of its row, and where that begins.
WATCH = """([x, y]) => {
  window.under = new Set();
  const note = () => {
    const found = document.elementFromPoint(x, y);
    const part = found?.closest("[data-part]")?.dataset.part;
    const row = found?.closest("[data-row]");
    window.under.add(`${row?.dataset.row} ${part} ${Math.round(row?.getBoundingClientRect().top)}`);
    requestAnimationFrame(note);
  };
  note();
}"""
# Every frame: whether the page says, anywhere, that all is well while the alarm is not there.
CALM = """() => {
  window.calm = [];
  const texts = ["None.", "Everything that stands is shown.", "no alarm stands"];
  const note = () => {
    const said = texts.filter((text) => document.body.innerText.includes(text));
    if (document.querySelector("#link[data-state=live]")) said.push("green");
    if (said.length && !document.querySelector(".lane.open .lane-row")) window.calm.push(said.join());
    requestAnimationFrame(note);
  };
  note();
}"""


def put(house: House, kind: AlarmKind, lift_id: str, passage_id: str | None = None) -> Alarm:
    draft = AlarmDraft(kind, Severity.CRITICAL, lift_id, "m", passage_id=passage_id, cause=passage_id or "")
    alarm = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm


def go(page: Page, served: Served, *route: str) -> None:
    page.goto(f"{served.url}/#/{'/'.join(route)}")


def middle(target: Locator) -> tuple[float, float]:
    box = target.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.thorough
@pytest.mark.parametrize("arrivals", [20, pytest.param(1000, marks=pytest.mark.slow)])
def test_an_alarm_that_arrives_never_steals_the_tap(page: Page, served: Served, arrivals: int) -> None:
    """Blind, open, of the same group: none moves the row below the pointer; a tap takes what was seen."""
    house = served.house
    meant = [put(house, AlarmKind.BAR_OPEN, "demo-quad", f"p-{n}") for n in range(2)]
    put(house, AlarmKind.BAR_OPEN, "other", "p-other")
    put(house, AlarmKind.CAMERA_LOST, "other")
    go(page, served, "alarms")
    row = page.locator(f".lane.open [data-row='{meant[0].group}']")
    button = row.locator("[data-part=acknowledge]")
    expect(button).to_have_text("Acknowledge all 2", timeout=PATIENCE_MS)
    place = middle(button)
    page.mouse.move(*place)
    expect(page.locator(".lanes")).to_have_attribute("data-held", "true")
    page.evaluate(WATCH, place)
    kinds: tuple[Callable[[int], Alarm], ...] = (
        lambda n: put(house, AlarmKind.BAR_OPEN, "demo-quad", f"new-{n}"),
        lambda n: put(house, AlarmKind.CAMERA_LOST, f"lift-{n}"),
        lambda n: put(house, AlarmKind.BAR_OPEN, f"lift-{n}", f"new-{n}"),
        lambda n: put(house, AlarmKind.DISK_LOW, f"lift-{n}"),
    )
    for n in range(arrivals):
        kinds[n % len(kinds)](n)
        if n % 50 == 49:  # no hand is still for ever
            page.mouse.move(place[0] + n % 2, place[1])
    fresh = page.locator(".fresh-bar .fresh")
    expect(fresh).to_contain_text(f"{arrivals:,} new alarms wait, first Camera lost", timeout=PATIENCE_MS)
    assert f"▲ {arrivals + 4:,} ·" in page.title()
    (under,) = page.evaluate("[...window.under]")
    assert under.startswith(f"{meant[0].group} acknowledge ")
    page.mouse.down()
    page.mouse.up()
    expect(button).to_have_text("Acknowledged", timeout=PATIENCE_MS)
    done = house.call("GET", "/alarms?state=acknowledged&limit=500").json()["items"]
    assert {alarm["id"] for alarm in done} == {alarm.id for alarm in meant}
    fresh.press("Enter")  # the way to it would end the hold, and with it the button
    expect(page.locator(f".lane.open [data-row='{meant[0].group}']")).to_contain_text("open bars since")
    for lane, others in (("blind", 1), ("open", 2), ("machine", 0)):
        rows = arrivals // 4 + others  # however many: every row can be reached
        for _ in range((rows - 1) // 50):
            page.locator(f".lane.{lane} > button").press(
                "Enter"
            )  # a click so soon after new rows does nothing
        expect(page.locator(f".lane.{lane} .lane-row")).to_have_count(rows)


@pytest.mark.thorough
def test_the_keyboards_focus_stays_where_it_was(page: Page, served: Served) -> None:
    """While it is in a lane nothing moves; what is shown then leaves it on the same alarm."""
    house = served.house
    alarm = put(house, AlarmKind.BAR_OPEN, "demo-quad", "p-1")
    go(page, served, "alarms")
    button = page.locator(f"[data-row='{alarm.group}'] [data-part=acknowledge]")
    expect(button).to_be_visible(timeout=PATIENCE_MS)
    page.locator(f"[data-row='{alarm.group}'] [data-part=open]").focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    put(house, AlarmKind.BAR_OPEN, "another", "p-2")
    expect(page.locator(".fresh-bar .fresh")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".lane.open .lane-row")).to_have_count(1)
    page.evaluate("document.querySelector('.fresh-bar .fresh').click()")
    expect(page.locator(".lane.open .lane-row")).to_have_count(2)
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Acknowledged", timeout=PATIENCE_MS)


@pytest.mark.slow
def test_a_whole_life(page: Page, served: Served, tmp_path: Path) -> None:
    """Receive, open, play the clip, acknowledge, shelve, unshelve, comment, and say whether it was right."""
    house = served.house
    made = cut_clip(write_counted(tmp_path / "a.mp4", 20.0, fps=10, gop=10))
    go(page, served, "alarms")
    shown(page, ".lane.blind .none")
    lost = put(house, AlarmKind.CAMERA_LOST, "demo-quad")
    explained(house)
    alarm = put(house, AlarmKind.BAR_OPEN, "demo-quad", "p-explained")
    keep(house, alarm.id, made)
    page.locator(f"[data-row='{alarm.group}'] [data-part=open]").click(timeout=PATIENCE_MS)
    one = page.locator(f".one-alarm[data-alarm='{alarm.id}']")
    expect(one.locator("h2").first).to_have_text("Bar open · Demo quad", timeout=PATIENCE_MS)
    expect(one.locator(".triptych svg .open")).to_have_count(3)
    expect(one.locator(".triptych svg .close")).to_have_count(3)
    expect(one.locator(".why .margin")).to_contain_text("open up to")
    expect(one.locator(".numbers")).to_contain_text("none: by the masks alone")
    video = one.locator("video")
    expect(video).to_be_visible(timeout=PATIENCE_MS)
    video.evaluate("(video) => new Promise((played) => { video.ontimeupdate = played; video.play(); })")
    assert video.evaluate("(video) => video.currentTime + video.videoWidth") > 1

    one.get_by_role("button", name="Acknowledge").click()
    expect(one).to_have_attribute("data-state", "acknowledged", timeout=PATIENCE_MS)
    expect(one.locator(".life")).to_contain_text("Acknowledged: the operator")
    one.get_by_role("button", name="False: Empty").click()
    expect(one.locator(".judged .said")).to_contain_text("False: Empty. the operator")
    one.get_by_role("button", name="Take my answer back").click()
    expect(one.locator(".judged .said")).to_have_text("Nobody has said yet.")
    one.get_by_role("textbox", name="Write a comment").fill("Lowered by hand <b>")
    one.get_by_role("button", name="Write").click()
    expect(one.locator(".life q").last).to_have_text("Lowered by hand <b>", timeout=PATIENCE_MS)
    expect(one.get_by_role("textbox", name="Write a comment")).to_have_value("")

    go(page, served, "alarms", lost.id)
    one = page.locator(f".one-alarm[data-alarm='{lost.id}']")
    one.get_by_role("button", name="Acknowledge").click()
    one.get_by_role("button", name="Shelve").click()
    one.get_by_label("Why", exact=True).fill("ice")
    one.locator("form.put-away button[type=submit]").click()
    expect(one).to_have_attribute("data-state", "shelved", timeout=PATIENCE_MS)
    expect(one.locator(".one-head .state")).to_contain_text("by the operator: ice")
    one.get_by_role("button", name="Unshelve").click()
    expect(one).to_have_attribute("data-state", "acknowledged", timeout=PATIENCE_MS)
    actions = house.call("GET", f"/alarms/{lost.id}").json()["events"]
    assert [each["action"] for each in actions] == ["raise", "acknowledge", "shelve", "unshelve"]


@pytest.mark.slow
def test_no_false_calm_while_the_server_is_lost_and_comes_back(page: Page, served: Served) -> None:
    """Not in one frame: an alarm of the meantime stands before anything is called well again."""
    go(page, served, "alarms")
    shown(page, "#link[data-state=live]")
    expect(page.locator(".fresh-bar")).to_have_text("Everything that stands is shown.")
    page.context.set_offline(True)
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)
    page.evaluate(CALM)
    expect(page.locator(".lane.open .none")).to_have_text("Not known: nothing arrives here now.")
    assert "not connected" in page.title()
    served.house.raise_alarm("p-missed")
    page.context.set_offline(False)
    shown(page, ".lane.open .lane-row[data-state=active]")
    expect(page.locator("#link")).to_contain_text("1 alarm stands", timeout=PATIENCE_MS)
    assert page.evaluate("window.calm") == []


@pytest.mark.slow
def test_silence_ends_by_itself(browser: Browser, served: Served) -> None:
    """Of one station, said there; a more important alarm brings the sound back, and so does the time."""
    house = served.house
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.clock.install()
    page.goto(served.link())
    shown(page, "#watch")

    def wait_for_long(kind: AlarmKind, passage_id: str | None = None, level: int = 1) -> None:
        alarm = put(house, kind, "demo-quad", passage_id)
        steps = (EscalationStep(15), EscalationStep(90))
        house.store.write(partial(escalate, calls=[EscalationCall(alarm.id, level, steps)])).result()

    wait_for_long(AlarmKind.BAR_OPEN, "p-1")
    sound = page.locator(".sound")
    silence = page.get_by_role("button", name="Silence here for 10 minutes")
    page.locator("h1").click()
    silence.click()
    expect(sound).to_have_attribute("data-silent", "true")
    expect(sound).to_contain_text("Silent at this station until ")
    page.reload()
    expect(sound).to_have_attribute("data-silent", "true")
    other = browser.new_context(locale="en-GB").new_page()
    other.goto(served.link())
    expect(other.locator(".sound")).to_have_attribute("data-silent", "false", timeout=PATIENCE_MS)
    wait_for_long(AlarmKind.BAR_OPEN, "p-2")
    expect(page.locator(".banner")).to_contain_text("2 open bars")
    expect(sound).to_have_attribute("data-silent", "true")
    wait_for_long(AlarmKind.CAMERA_LOST)
    expect(sound).to_have_attribute("data-silent", "false")
    page.locator("h1").click()
    silence.click()
    expect(sound).to_have_attribute("data-silent", "true")
    page.clock.fast_forward("10:00")
    expect(sound).to_have_attribute("data-silent", "false")


@pytest.mark.thorough
def test_the_history_is_filtered_and_paged_and_leaves_as_a_table(page: Page, served: Served) -> None:
    """Pages stand still while alarms come; what is found leaves as it is filtered; an alarm leads back."""
    house = served.house
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "m")
    drafts = [replace(draft, passage_id=f"p-{n}") for n in range(55)]

    def raise_all(session: Session) -> list[str]:
        made = [alarms.raise_alarm(session, each) for each in drafts]
        return [alarm.id for alarm in made if alarm is not None]

    raised = house.store.write(raise_all).result()
    lost = put(house, AlarmKind.CAMERA_LOST, "demo-quad")
    go(page, served, "alarms", "history")
    rows = page.locator(".past-row")
    expect(rows).to_have_count(50, timeout=PATIENCE_MS)
    expect(rows.first).to_have_attribute("data-alarm", lost.id)
    put(house, AlarmKind.BAR_OPEN, "demo-quad", "p-late")
    page.get_by_role("button", name="Older").click()
    expect(rows).to_have_count(6)
    expect(rows.last).to_have_attribute("data-alarm", raised[0])
    rows.last.get_by_role("link").click()
    shown(page, f".one-alarm[data-alarm='{raised[0]}']")
    page.go_back()
    expect(page.get_by_text("Page 2, as it was at")).to_be_visible()
    late = held_back(page, "**/alarms?*kind=camera_lost*")
    with page.expect_request("**/alarms?*kind=camera_lost*"):
        page.get_by_label("Kind").select_option("camera_lost")
    page.get_by_role("link", name="Standing").click()  # before there is an answer
    shown(page, ".lane-row")
    page.go_back()
    expect(rows).to_have_count(1)
    late.pop().abort()
    with page.expect_download() as started:
        page.get_by_role("link", name="Table (CSV)").click()
    with Path(started.value.path()).open(newline="") as table:
        assert [line[0] for line in [*csv.reader(table)][1:]] == [lost.id]
    page.get_by_label("State").select_option("cleared")
    expect(page.locator("#past")).to_have_text("No alarm fits these filters.")


@pytest.mark.thorough
def test_a_viewer_sees_everything_and_changes_nothing(browser: Browser, served: Served) -> None:
    """No button that would be refused; an address of no alarm says so."""
    house = served.house
    explained(house)
    alarm = put(house, AlarmKind.BAR_OPEN, "demo-quad", "p-explained")
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link(Role.VIEWER))
    shown(page, "#watch")
    go(page, served, "alarms")
    shown(page, ".lane-row")
    assert page.locator(".lane-row button").count() == 0
    go(page, served, "alarms", alarm.id)
    shown(page, ".scale .mark")
    buttons: list[Any] = page.locator(".one-alarm button").all_text_contents()
    assert buttons == ["Both masks", "Where the bar was seen", "Picture alone"]
    go(page, served, "alarms", "no-such-alarm")
    expect(page.get_by_role("alert")).to_contain_text("There is no such alarm")

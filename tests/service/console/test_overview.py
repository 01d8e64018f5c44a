"""Every lift on one screen: those that need somebody first, nothing moves under a pointer, no false calm."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.alarm import AlarmKind
from service.domain.camera import CameraState
from service.domain.people import Role
from tests.service.console import fleet
from tests.service.console.conftest import Served, held_back
from tests.service.console.test_console import PATIENCE_MS, shown

pytestmark = pytest.mark.thorough

DESK = (1440, 900)
NEEDS = ["blind", "open", "unseen", "stopped", "unlearnt", "unarmed", "out"]
ORDER = "all => all.map((one) => one.dataset.lift)"
WITHIN = """(all) => all.filter((one) => {
  const {left, top, right, bottom} = one.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
}).length"""


@pytest.fixture
def look(browser: Browser, served: Served) -> Callable[..., Page]:
    """Open the first page as somebody, in a window of a size."""

    def opened(role: Role = Role.OPERATOR, size: tuple[int, int] = DESK) -> Page:
        viewport = {"width": size[0], "height": size[1]}
        page = browser.new_context(locale="en-GB", viewport=viewport).new_page()  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        page.goto(served.link(role))
        shown(page, "#link:not([data-state=waiting])")
        shown(page, ".tile:not([data-need=silent])")
        return page

    return opened


def tile(page: Page, lift_id: str, need: str | None = None) -> None:
    """Wait until a lift's tile says what it needs."""
    says = page.locator(f".tile[data-lift={lift_id}]")
    expect(says).to_have_attribute("data-need", need or re.compile("."), timeout=PATIENCE_MS)


def order(page: Page) -> list[str]:
    found: list[str] = page.locator(".tile").evaluate_all(ORDER)
    return found


def first(page: Page, lift_id: str) -> None:
    expect(page.locator(".tile").first).to_have_attribute("data-lift", lift_id, timeout=PATIENCE_MS)


def test_forty_lifts_are_on_one_screen(look: Callable[..., Page], served: Served) -> None:
    """At 1440 x 900, with alarms standing and in groups too: no scrolling; sorted by need, then by name."""
    ids = fleet.fill(served.house, 40)
    fleet.trouble(served.house, ids)
    page = look()
    first(page, ids[-1])
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(40)
    assert [tiles.nth(n).get_attribute("data-need") for n in range(8)] == [*NEEDS, "well"]
    assert tiles.evaluate_all(WITHIN) == 40
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.set_viewport_size({"width": 1280, "height": 720})  # banners leave the list its place
    page.get_by_role("link", name="Reports").click(trial=True)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    page.get_by_label("Groups").select_option("area")
    expect(page.locator(".tiles h3")).to_have_count(4)
    assert tiles.evaluate_all(WITHIN) == 40
    blind = page.locator(f".tile[data-lift={ids[-1]}]")
    expect(blind.locator(".need")).to_have_text("BLIND camera lost")
    well = page.locator(".tile[data-need=well]").first
    expect(well.locator(".flow")).to_contain_text("3.0 m/s")
    expect(well.locator(".flow")).to_contain_text("600/h")
    expect(well.get_by_role("img", name="The last 10 carriers: 1 open, 8 closed, 1 unknown")).to_be_visible()


def test_no_tile_moves_under_a_pointer(look: Callable[..., Page], served: Served) -> None:
    """A lift that needs somebody changes where it is, while a pointer or the focus is among the tiles."""
    ids = fleet.fill(served.house, 8)
    page = look()
    before = order(page)
    last, other = before[-1], before[-2]
    page.locator(".tile").nth(2).hover()
    boxes = page.locator(".tile").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().toJSON())"
    )
    fleet.alarm(served.house, last)
    tile(page, last, "open")
    expect(page.locator(".waits")).not_to_be_empty(timeout=PATIENCE_MS)
    assert order(page) == before
    assert boxes == page.locator(".tile").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect().toJSON())"
    )
    page.mouse.move(5, 5)
    first(page, last)
    expect(page.locator(".waits")).to_be_empty()
    before = order(page)
    link = page.locator(f".tile[data-lift={ids[3]}] a")
    link.focus()
    fleet.report(served.house, other, line_speed="stopped", carrier_every_s=None)
    tile(page, other, "stopped")
    assert order(page) == before
    expect(link).to_be_focused()
    page.get_by_label("Find a lift").focus()
    expect(page.locator(".tile").nth(1)).to_have_attribute("data-lift", other, timeout=PATIENCE_MS)


def test_a_lift_without_fresh_word_is_not_well(look: Callable[..., Page], served: Served) -> None:
    """Frames that stop coming blind it, whatever its camera said last; without word no tile moves."""
    ids = fleet.fill(served.house, 3)
    page = look()
    tile(page, ids[1], "well")
    fleet.report(served.house, ids[1], frame_age_s=31.0)
    tile(page, ids[1], "blind")
    says = page.locator(f".tile[data-lift={ids[1]}] .need")
    expect(says).to_have_text(re.compile(r"^BLIND no frame from the camera for 3\d s$"), timeout=PATIENCE_MS)
    first(page, ids[1])
    before = order(page)
    served.stop()
    expect(page.locator(".tile[data-need=silent]")).to_have_count(3, timeout=PATIENCE_MS)
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED")
    assert order(page) == before


def test_each_need_has_its_place(look: Callable[..., Page], served: Served) -> None:
    """One lift through everything that it may need: what weighs more is said first."""
    (lift,) = fleet.fill(served.house, 1)
    page = look()
    tile(page, lift, "well")
    assert page.locator(".tiles").evaluate("(one) => one.scrollHeight <= one.clientHeight")
    fleet.report(served.house, lift, line_speed="stopped", carrier_every_s=None)
    tile(page, lift, "stopped")
    doubt = fleet.alarm(served.house, lift, AlarmKind.INPUT_DOUBTFUL, "input_stale")
    tile(page, lift, "unseen")
    bar = fleet.alarm(served.house, lift)
    tile(page, lift, "open")
    blind = fleet.alarm(served.house, None, AlarmKind.WORKER_DOWN)
    tile(page, lift, "blind")
    for alarm in (bar, doubt):
        served.house.call("POST", f"/alarms/{alarm.id}/acknowledge")
    tile(page, lift, "blind")  # acknowledged or not, nothing is judged
    served.house.call("POST", f"/alarms/{blind.id}/acknowledge")
    expect(page.locator(".banner")).to_have_count(0, timeout=PATIENCE_MS)
    tile(page, lift, "blind")


def test_a_picture_shows_its_own_age(look: Callable[..., Page], served: Served) -> None:
    """Of its frame, however often it is asked for: red when it is old, and it goes on while nothing comes."""
    ids = fleet.fill(served.house, 2)
    fleet.show(served.house, ids[1], age_s=150.0)
    page = look()
    old, live = (page.locator(f".tile[data-lift={one}] .sight") for one in reversed(ids))
    expect(old).to_have_attribute("data-picture", "old", timeout=PATIENCE_MS)
    expect(old.locator(".age")).to_have_text("2 min")
    expect(live).to_have_attribute("data-picture", "live")
    expect(live.locator(".age")).to_have_text(re.compile(r"^\d\ss$"))
    fleet.show(served.house, ids[1])
    expect(old).to_have_attribute("data-picture", "live", timeout=PATIENCE_MS)
    page.route("**/snapshot.jpg*", lambda route: route.abort())
    drawn = old.locator(".age").text_content()
    expect(old.locator(".age")).not_to_have_text(drawn or "", timeout=PATIENCE_MS)


def test_a_filter_hides_no_need(look: Callable[..., Page], served: Served) -> None:
    """What is filtered away and needs somebody is counted loudly; one touch shows all again."""
    ids = fleet.fill(served.house, 6)
    fleet.alarm(served.house, ids[5])
    page = look()
    page.get_by_label("Find a lift").fill("sunnegga")  # an area
    expect(page.locator(".tile")).to_have_count(2)
    expect(page.locator(".hides")).to_contain_text("1 lift that needs somebody is not shown")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator(".tile")).to_have_count(6)
    page.get_by_role("button", name="Only what needs me").click()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.locator(".hides")).to_contain_text("5 lifts are not shown")
    page.reload()
    expect(page.locator(".tile")).to_have_count(6)  # who comes tomorrow sees every lift


def test_a_late_refusal_calls_nobody_out_of_another_field(look: Callable[..., Page], served: Served) -> None:
    """It is said at its field, and whoever has gone on to another one by then goes on there."""
    ids = fleet.fill(served.house, 1)
    page = look()
    page.goto(f"{served.url}/#/lifts/{ids[0]}")
    page.locator(".place summary").click()
    page.get_by_label("Metres between carriers").fill("far")
    late = held_back(page, "**/place")
    with page.expect_request("**/place"):
        page.get_by_role("button", name="Save").click()
    area = page.get_by_label("Area")
    area.fill("Gla")
    late[0].continue_()
    expect(page.get_by_label("Metres between carriers")).to_have_attribute("aria-invalid", "true")
    expect(area).to_be_focused()
    page.keyboard.type("cier")
    expect(area).to_have_value("Glacier")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Metres between carriers")).to_be_focused()


def test_a_tile_leads_to_its_lift(look: Callable[..., Page], served: Served) -> None:
    """By a tap or by the keyboard; there an operator says where it is, and the overview groups it."""
    ids = fleet.fill(served.house, 2)
    page = look()
    page.locator(f".tile[data-lift={ids[0]}] a").press("Enter")
    expect(page.locator(f".card[data-lift={ids[0]}]")).to_be_visible()
    page.locator(".place summary").click()
    page.get_by_label("Area").fill("Glacier")
    page.get_by_label("Metres between carriers").fill("far")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Metres between carriers")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Metres between carriers").fill("12,5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    found = served.house.call("GET", f"/lifts/{ids[0]}/place").json()
    assert found == {"area": "Glacier", "station": "Valley", "spacing_m": 12.5}
    page.get_by_role("link", name="All lifts").click()
    page.get_by_label("Groups").select_option("area")
    expect(page.locator(".tiles h3").first).to_have_text("Glacier")
    expect(page.locator(f".tile[data-lift={ids[0]}] .flow")).to_contain_text("2.1 m/s")
    seen = look(Role.VIEWER)
    seen.locator(f".tile[data-lift={ids[0]}] a").click()
    expect(seen.locator(".card")).to_be_visible()
    expect(seen.locator(".place")).to_have_count(0)
    seen.goto(f"{served.url}/#/lifts/nowhere")
    expect(seen.get_by_text("There is no lift “nowhere”.")).to_be_visible()


def test_a_lifts_page_is_there_before_anything_was_read(look: Callable[..., Page], served: Served) -> None:
    """What its tile knew is drawn at once, and stays when the rest comes; what is blind looks so."""
    ids = fleet.fill(served.house, 2)
    fleet.report(served.house, ids[1], state=CameraState.LOST)
    page = look()
    tile(page, ids[1], "blind")
    read = re.compile(r"/lifts/[\w-]+$|/passages\?")
    page.route(read, lambda route: route.abort())
    page.locator(f".tile[data-lift={ids[1]}] a").click()
    card = page.locator(f".one-lift .card[data-lift={ids[1]}]")
    expect(card.locator("h3")).to_have_text("Gipfel 2")
    expect(card.locator(".pill")).to_have_text("camera lost")
    expect(card).to_have_attribute("data-watched", "false")
    expect(card.locator(".sight[data-picture=live]")).to_be_visible()
    expect(card.locator(".verdict")).to_have_count(0)
    canvas = card.locator("canvas").element_handle()
    page.unroute(read)
    expect(card.locator(".verdict")).to_be_visible()
    assert page.evaluate("(one) => one === document.querySelector('.one-lift canvas')", canvas)


def test_a_room_that_cannot_be_loaded_leaves_the_warning(look: Callable[..., Page], served: Served) -> None:
    """Without a connection the page stays, and says so; a room that was loaded before opens all the same."""
    (lift,) = fleet.fill(served.house, 1)
    page = look()
    served.stop()
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)
    page.get_by_role("link", name="Reports").click()
    expect(page.get_by_text("This room cannot be loaded")).to_be_visible()
    expect(page.locator("#link")).to_contain_text("NOT CONNECTED")
    page.go_back()
    page.locator(f".tile[data-lift={lift}] a").click()
    expect(page.locator(".one-lift")).to_be_visible()

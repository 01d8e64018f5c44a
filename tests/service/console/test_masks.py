"""Masks are drawn in the browser, seen at work, and gone back to."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from lifts.decision.arming import Arming, ArmingReason
from lifts.drawing.lines import Drawing
from lifts.masks import overlap
from service.domain.people import Role
from service.store import passages
from tests.service.api.conftest import status_of
from tests.service.console import setting_up, setup_pages
from tests.service.console.conftest import Served, unreached
from tests.service.console.test_console import PATIENCE_MS
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, png

pytestmark = pytest.mark.thorough

LIFT = "/lifts/high-six"
at_step = partial(setup_pages.at_step, lift="high-six")


@pytest.fixture
def ready(served: Served, monkeypatch: pytest.MonkeyPatch) -> Served:
    """A set-up with its track watched, one open and one closed carrier picked."""
    house = served.house
    monkeypatch.setattr(house.runtime.setup.board, "_main", setting_up.finding)
    body = {"url": "rtsp://10.0.0.12/live", "name": "High six"}
    assert house.call("POST", f"{LIFT}/setup", json=body).status_code == 202
    while house.call("GET", f"{LIFT}/setup").json()["state"] == "running":
        served.thread.join(0.05)
    assert house.call("POST", f"{LIFT}/setup/watch").status_code == 200
    for number, state in ((1, "open"), (2, "closed")):
        path = f"{LIFT}/setup/carriers/{number}/pick"
        assert house.call("PUT", path, json={"state": state}).status_code == 200
    return served


def drawn(served: Served, lift: str = LIFT) -> dict[str, Any]:
    found: dict[str, Any] = served.house.call("GET", f"{lift}/setup/drawn").json()
    return found


def drawing(served: Served, which: str) -> Drawing:
    return Drawing.model_validate(drawn(served)[which])


def point(page: Page, number: int = 1, line: int = 1) -> Any:
    return page.get_by_role("slider", name=f"Point {number} of line {line}", exact=True)


def place(knob: Any) -> tuple[float, float]:
    x, y = knob.get_attribute("aria-valuetext").removesuffix(" down").split(" to the right, ")
    return float(x), float(y)


def stands_at(knob: Any, x: float, y: float, within: int = 0) -> tuple[float, float]:
    """Wait until it stands there: the page draws in its own time."""
    across, down = ("|".join(str(round(at) + off) for off in range(-within, within + 1)) for at in (x, y))
    where = re.compile(rf"^({across}) to the right, ({down}) down$")
    expect(knob).to_have_attribute("aria-valuetext", where, timeout=PATIENCE_MS)
    return place(knob)


def kept_as(served: Served, which: str, wanted: Callable[[Drawing], bool], lift: str = LIFT) -> None:
    """Wait until the service has it so."""
    ends = time.monotonic() + PATIENCE_MS / 1000
    while which not in (now := drawn(served, lift)) or not wanted(Drawing.model_validate(now[which])):
        assert time.monotonic() < ends, now
        served.thread.join(0.05)


def begins_at(x: float, y: float) -> Callable[[Drawing], bool]:
    return lambda found: list(found.lines[0].points[0]) == pytest.approx([x, y], abs=1)


def drag(page: Page, knob: Any, dx: float, dy: float) -> None:
    box = knob.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + dx / 2, y + dy / 2, steps=3)
    page.mouse.move(x + dx, y + dy, steps=3)
    page.mouse.up()


def kept(page: Page) -> None:
    expect(page.get_by_text("Kept.", exact=True)).to_be_visible(timeout=PATIENCE_MS)


def test_both_bars_are_drawn_already_and_a_point_is_dragged(browser: Browser, ready: Served) -> None:
    """The network's lines lie on the bars; a dragged point, undone and redone, is what the service keeps."""
    page = at_step(browser, ready, "masks")
    expect(page.get_by_role("heading", name="Where is the bar?")).to_be_focused()
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    kept(page)
    for which, y_px in (("open", OPEN_Y), ("close", CLOSE_Y)):
        assert overlap(draw_mask(y_px), drawing(ready, which).raster(), tolerance_px=12) > 0.9
    before = place(point(page))
    unit = page.locator("svg.canvas").bounding_box()["width"] / 200  # type: ignore[index]
    drag(page, point(page), 20 * unit, 10 * unit)
    expect(point(page)).to_be_focused()
    x, y = stands_at(point(page), before[0] + 20, before[1] + 10, within=1)
    page.get_by_role("button", name="Undo").click()
    stands_at(point(page), *before)
    page.get_by_role("button", name="Redo").click()
    stands_at(point(page), x, y)
    kept_as(ready, "open", begins_at(x, y))


def test_dragging_redraws_nothing_but_the_point(browser: Browser, ready: Served) -> None:
    """While a finger moves, no element is made or removed; only the point and its line move."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    kept(page)
    point(page).focus()
    expect(point(page)).to_have_attribute("data-selected", "true")
    page.evaluate("""
        window.seen = [];
        const note = (one) => window.seen.push(one.attributeName ?? one.type);
        const all = {subtree: true, childList: true, attributes: true};
        const canvas = document.querySelector("svg.canvas");
        new MutationObserver((found) => found.forEach(note)).observe(canvas, all);
    """)
    drag(page, point(page), 40, 30)
    seen = set(page.evaluate("window.seen"))
    assert {"cx", "cy", "points"} <= seen <= {"cx", "cy", "points", "aria-valuenow", "aria-valuetext"}


def test_the_keyboard_alone_draws(browser: Browser, ready: Served) -> None:
    """Arrow keys move a point, Delete removes it; points are added, lines widened; a second tab finds it."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    x, y = place(point(page))
    point(page).focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowLeft")
    stands_at(point(page), x - 1, y + 10)
    count = page.locator(".knob").count()
    page.get_by_role("button", name="Add point").press("Enter")
    expect(page.locator(".knob")).to_have_count(count + 1)
    expect(point(page, 2)).to_be_focused()
    page.keyboard.press("Delete")
    expect(page.locator(".knob")).to_have_count(count)
    kept_as(ready, "open", begins_at(x - 1, y + 10))
    width = drawing(ready, "open").lines[0].width
    page.get_by_role("button", name="Wider").press("Enter")
    kept_as(
        ready, "open", lambda found: found.lines[0].width == width + 1 and begins_at(x - 1, y + 10)(found)
    )
    other = at_step(browser, ready, "masks")
    expect(point(other)).to_be_visible(timeout=PATIENCE_MS)
    stands_at(point(other), x - 1, y + 10)
    page.get_by_role("button", name="Thinner").press("Enter")
    kept_as(ready, "open", lambda found: found.lines[0].width == width)


@pytest.mark.parametrize("late", [False, True], ids=["drawn when pressed", "drawn later"])
def test_the_keyboard_goes_on_before_the_page_draws(browser: Browser, ready: Served, late: bool) -> None:
    """A machine that draws late calls nobody back to a point, and loses no key."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    kept(page)
    page.evaluate("() => { window.late = []; window.requestAnimationFrame = (draw) => late.push(draw); }")
    point(page).focus()
    add = page.get_by_role("button", name="Add point")
    add.focus()
    if not late:
        draw_late(page)
        expect(point(page)).to_have_attribute("data-selected", "true")
    expect(add).to_be_focused()
    count = page.locator(".knob").count()
    page.keyboard.press("Enter")
    draw_late(page)
    expect(page.locator(".knob")).to_have_count(count + 1)
    expect(point(page, 2)).to_be_focused()


def draw_late(page: Page) -> None:
    """Draw what waits for a frame, and what that leaves to draw."""
    page.evaluate("() => { while (late.length) late.shift()(performance.now()); }")


def test_a_mask_is_drawn_from_nothing_and_imported(browser: Browser, ready: Served, tmp_path: Any) -> None:
    """Lines removed, a new one tapped point by point, zoomed in; the closed mask comes from a PNG."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    while count := page.locator(".knob").count():
        page.locator(".knob").first.focus()
        page.get_by_role("button", name="Remove line").click()
        expect(page.locator(".knob")).not_to_have_count(count)
    expect(page.get_by_text("Both masks need a line.")).to_be_visible()
    page.get_by_role("button", name="Draw a line").click()
    canvas = page.locator("svg.canvas")
    unit = canvas.bounding_box()["width"] / 200  # type: ignore[index]
    for x, y in ((50, OPEN_Y), (100, OPEN_Y), (150, OPEN_Y)):
        canvas.click(position={"x": x * unit, "y": y * unit})
    page.get_by_role("button", name="Draw a line").click()
    expect(page.locator(".knob")).to_have_count(3)
    point(page, 2).focus()
    page.get_by_role("button", name="Zoom in").click()
    expect(canvas).to_have_attribute("viewBox", re.compile(r" 100 100$"))
    page.get_by_role("button", name="Zoom out").click()
    page.get_by_role("button", name="Closed mask").click()
    mask = tmp_path / "close.png"
    mask.write_bytes(png(draw_mask(CLOSE_Y)))
    page.locator("input[type=file]").set_input_files(mask)
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    for which, y_px in (("open", OPEN_Y), ("close", CLOSE_Y)):
        bar = draw_mask(y_px)
        kept_as(ready, which, lambda found, bar=bar: overlap(bar, found.raster(), tolerance_px=4) > 0.9)  # type: ignore[misc]


def test_what_is_enrolled_is_what_was_drawn(browser: Browser, ready: Served) -> None:
    """The page makes the same pixels of the lines as the service does; the references go along."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    kept(page)
    page.get_by_role("button", name="Use these masks").click()
    expect(page.get_by_role("heading", name="Does it see?")).to_be_focused(timeout=PATIENCE_MS)
    for which in ("open", "close"):
        stored = ready.house.call("GET", f"{LIFT}/masks/1/{which}.png").content
        pixels = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_GRAYSCALE)
        assert pixels is not None
        assert np.array_equal(pixels, drawing(ready, which).raster())
    arming = ready.house.call("GET", LIFT).json()["not_armed"]
    assert arming["reason"] == "too_few_passages"  # and not `not_confirmed`: both references were there


def test_each_carrier_is_confirmed_or_corrected_by_a_tap(browser: Browser, ready: Served) -> None:
    """WAIT with its reason, a carrier with its masks; one tap is its review."""
    assert ready.house.enrol("high-six").status_code == 201
    page = at_step(browser, ready, "proof")
    expect(page.locator(".decided")).to_have_attribute("data-decision", "wait", timeout=PATIENCE_MS)
    expect(page.get_by_text("No carrier was judged by these masks yet.")).to_be_visible()
    passage = replace(ready.house.add_passage("p-0"), id="p-1", lift_id="high-six")
    ready.house.store.write(partial(passages.add, record=passage)).result()
    page.get_by_role("button", name="Carrier 1 is: Closed").click()
    expect(page.get_by_role("button", name="Carrier 1 is: Closed")).to_have_attribute("aria-pressed", "true")
    review = ready.house.call("GET", f"/passages/{passage.id}").json()["review"]
    assert (review["verdict"], review["by"]) == ("closed", "the operator")


def test_versions_are_compared_and_gone_back_to(browser: Browser, ready: Served) -> None:
    """Two pairs of masks side by side; one tap goes back; the camera is looked at again from here."""
    for _ in range(2):
        assert ready.house.enrol("high-six").status_code == 201
    page = at_step(browser, ready, "after", Role.ADMIN)
    page.get_by_role("button", name="Compare: Masks v1").click()
    page.get_by_role("button", name="Compare: Masks v2").click()
    expect(page.locator(".pair svg.overlay")).to_have_count(2)
    page.get_by_role("button", name="Go back: Masks v1").click()
    expect(page.get_by_text("Done: version 1 is in use.")).to_be_visible(timeout=PATIENCE_MS)
    assert ready.house.call("GET", LIFT).json()["mask_version"] == 1
    expect(page.get_by_alt_text("Track v1")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Find the track again").click()
    expect(page.get_by_role("button", name="Watch this track")).to_be_visible(timeout=PATIENCE_MS)


@pytest.mark.parametrize(
    ("state", "decision", "says", "leads_to"),
    [
        (
            Arming(ArmingReason.MASKS_SWAPPED, {"open_wrong": 2, "open": 2, "closed_wrong": 1, "closed": 1}),
            "no_go",
            "the masks are swapped",
            "Next: Pick",
        ),
        (Arming(ArmingReason.MASKS_OF_ANOTHER_LIFT, {}), "no_go", "another lift's masks", "Next: Masks"),
        (
            Arming(ArmingReason.CLOSED_BAR_HIDDEN, {"strength": 0.4, "needed": 1.5}),
            "no_go",
            "move the camera",
            "Next: Address",
        ),
        (Arming(None), "go", "The lift is armed", "Back to the lifts"),
    ],
)
def test_go_and_no_go_say_why_and_lead_to_what_to_do(
    browser: Browser, ready: Served, state: Arming, decision: str, says: str, leads_to: str
) -> None:
    """In words and with the step that mends it; GO only where the service says that the lift is armed."""
    assert ready.house.enrol("high-six").status_code == 201
    ready.house.arm("high-six", state)
    ready.house.cameras.by_lift["high-six"] = status_of("high-six")
    page = at_step(browser, ready, "proof")
    decided = page.locator(".decided")
    expect(decided).to_have_attribute("data-decision", decision, timeout=PATIENCE_MS)
    expect(decided).to_contain_text(says)
    expect(decided.get_by_role("link", name=leads_to)).to_be_visible()


def test_a_double_tap_takes_the_masks_in_once(browser: Browser, ready: Served) -> None:
    """No second version of the same masks."""
    page = at_step(browser, ready, "masks")
    kept(page)
    page.get_by_role("button", name="Use these masks").dblclick()
    expect(page.locator(".decided")).to_be_visible(timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    assert [one["version"] for one in ready.house.call("GET", f"{LIFT}/masks").json()["items"]] == [1]


def test_an_armed_lift_that_nobody_watches_is_no_all_clear(browser: Browser, ready: Served) -> None:
    """GO is taken back while its camera is away: silence means nothing then."""
    assert ready.house.enrol("high-six").status_code == 201
    ready.house.arm("high-six")
    ready.house.cameras.by_lift["high-six"] = status_of("high-six")
    page = at_step(browser, ready, "proof")
    decided = page.locator(".decided")
    expect(decided).to_contain_text("silence from it means that all is well", timeout=PATIENCE_MS)
    del ready.house.cameras.by_lift["high-six"]
    expect(decided).to_have_attribute("data-decision", "wait", timeout=PATIENCE_MS)
    expect(decided).to_contain_text("not watched now: camera not started")
    expect(decided).not_to_contain_text("all is well")


@pytest.mark.parametrize(
    ("heights", "says"),
    [
        ((CLOSE_Y, OPEN_Y), "swapped, or the picked carriers are: look at the picks"),
        ((OPEN_Y, OPEN_Y + 1), "nearly the same"),
    ],
)
def test_wrong_masks_are_refused(
    browser: Browser, ready: Served, heights: tuple[int, int], says: str
) -> None:
    """Masks that the picked carriers contradict, or that are alike: the page says what to do."""
    lines = [{"points": [[50, y], [150, y]], "width": 8} for y in heights]
    body = {which: {"lines": [line]} for which, line in zip(("open", "close"), lines, strict=True)}
    assert ready.house.call("PUT", f"{LIFT}/setup/drawn", json=body).status_code == 200
    page = at_step(browser, ready, "masks")
    page.get_by_role("button", name="Use these masks").click()
    expect(page.get_by_role("alert").filter(has_text=says)).to_be_visible(timeout=PATIENCE_MS)
    assert ready.house.call("GET", LIFT).json()["mask_version"] is None


def test_a_lost_connection_loses_no_line(browser: Browser, ready: Served) -> None:
    """What was drawn meanwhile is kept as soon as the service is reached again."""
    page = at_step(browser, ready, "masks")
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    kept(page)
    with unreached(page):
        point(page).focus()
        page.keyboard.press("Shift+ArrowDown")
        expect(page.get_by_role("alert").filter(has_text="nobody knows yet")).to_be_visible(
            timeout=PATIENCE_MS
        )
        moved = place(point(page))
    kept_as(ready, "open", begins_at(*moved))
    page.reload()
    expect(point(page)).to_be_visible(timeout=PATIENCE_MS)
    stands_at(point(page), *moved)

"""What arrives while somebody works on the page takes nothing out of their hands."""

import pytest
from playwright.sync_api import ElementHandle, Page, expect

from service.domain.alarm import AlarmKind
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, page, shown

pytestmark = pytest.mark.thorough

__all__ = ["page"]


def same(page: Page, before: ElementHandle, after: ElementHandle) -> bool:
    return bool(page.evaluate("([a, b]) => a === b", [before, after]))


def test_an_update_leaves_the_focus_and_the_pictures(page: Page, served: Served) -> None:
    """Another alarm comes: the focused button is still focused, each picture still the same element."""
    shown(page, "#link[data-state=live]")
    served.house.add_passage("p-1")
    first = served.house.raise_alarm("p-1")
    button = page.locator(f".banner[data-alarm='{first.id}'] .acknowledge")
    row = page.locator(f".alarm[data-alarm='{first.id}']")
    button.focus()
    picture = page.locator(".pictures .carrier").first
    kept = [button.element_handle(), row.element_handle(), picture.element_handle(timeout=PATIENCE_MS)]
    served.house.raise_alarm(None, AlarmKind.CAMERA_FROZEN)
    expect(page.locator("#banners .fresh")).to_have_text(
        "1 new alarm: Picture frozen · Demo quad", timeout=PATIENCE_MS
    )
    expect(page.locator(".banner")).to_have_count(1)
    expect(button).to_be_focused()
    now = [button.element_handle(), row.element_handle(), picture.element_handle()]
    assert all(same(page, before, after) for before, after in zip(kept, now, strict=True))
    page.locator("#account").focus()
    expect(page.locator(".banner")).to_have_count(2)


def test_a_tap_reaches_what_the_finger_is_on(page: Page, served: Served) -> None:
    """An alarm that arrives between press and release moves nothing: what was pressed is acknowledged."""
    shown(page, "#link[data-state=live]")
    first = served.house.raise_alarm(None, AlarmKind.CAMERA_FROZEN)
    button = page.locator(f".banner[data-alarm='{first.id}'] .acknowledge")
    box = button.bounding_box(timeout=PATIENCE_MS)
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    served.house.raise_alarm(None, AlarmKind.VIEW_CHANGED)
    expect(page).to_have_title("▲ 2 · Barwatch", timeout=PATIENCE_MS)  # it has arrived
    assert button.bounding_box() == box
    page.mouse.up()
    expect(page.locator(f".alarm[data-alarm='{first.id}'] .state")).to_have_text(
        "acknowledged", timeout=PATIENCE_MS
    )
    # It waited for the pointer: then it comes, as nothing else is left.
    expect(page.locator(".banner")).to_have_attribute("data-kind", "view_changed", timeout=PATIENCE_MS)


def test_an_open_panel_stays_open(page: Page, served: Served) -> None:
    """Polls redraw the card; what was unfolded on it stays unfolded, with the focus on it."""
    summary = page.locator(".own summary")
    summary.press("Enter", timeout=PATIENCE_MS)
    with page.expect_response("**/lifts/demo-quad", timeout=PATIENCE_MS):
        pass
    served.house.add_passage("p-2")
    expect(page.locator(".strip li")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.locator(".own")).to_have_attribute("open", "")
    expect(summary).to_be_focused()

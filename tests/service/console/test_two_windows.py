"""A reload, a lost connection and a second window harm nothing, at any step of a set-up."""

from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from service.api.routes import cameras
from tests.service.console import setting_up, setup_pages
from tests.service.console.conftest import Served, unreached
from tests.service.console.setup_pages import at_step
from tests.service.console.test_console import PATIENCE_MS, open_page, shown
from tests.service.console.test_masks import begins_at, drag, kept, kept_as, place, point, stands_at

pytestmark = pytest.mark.thorough

ADDRESS = "rtsp://10.0.0.12:8554/live"
LIFT = f"/lifts/{setup_pages.LIFT}"


@pytest.fixture(autouse=True)
def camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera can be probed."""
    monkeypatch.setattr(cameras, "probe_apart", setting_up.probed)


def begin_of(line: Any) -> tuple[float, float]:
    x, y = line["lines"][0]["points"][0]
    return float(x), float(y)


def test_a_typed_address_is_there_after_a_reload_but_no_password(browser: Browser, served: Served) -> None:
    """Name and address as they were typed; what stood before the @ is nowhere in the browser."""
    page = open_page(browser, served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/setup")
    url = page.get_by_label("Camera's address")
    page.get_by_label("Name of the lift").fill("New six")
    url.fill(ADDRESS.replace("//", "//viewer:s3cret-word@") + "?channel=1&pwd=0therw0rd")
    page.reload()
    expect(url).to_have_value(ADDRESS, timeout=PATIENCE_MS)
    expect(page.get_by_label("Name of the lift")).to_have_value("New six")
    expect(page.get_by_label("Password")).to_have_value("")
    url.fill("rtsp://viewer:4711")  # a password that is being typed looks like a port
    page.reload()
    expect(url).to_have_value("", timeout=PATIENCE_MS)
    url.fill(ADDRESS)
    page.get_by_label("User").fill("viewer")
    page.get_by_label("Password").fill("s3cret-word")
    page.reload()
    expect(url).to_have_value(ADDRESS, timeout=PATIENCE_MS)
    kept_in_browser = page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}, location.href])")
    assert ADDRESS in kept_in_browser
    for secret in ("s3cret-word", "0therw0rd", "4711", "viewer"):
        assert secret not in kept_in_browser


def test_the_wait_is_found_again_without_a_connection_meanwhile(browser: Browser, served: Served) -> None:
    """A browser that was cut off, or loaded anew, finds the job as it is, and no second one is begun."""
    setup_pages.begin(served, setting_up.looking)
    page = at_step(browser, served, "carriers")
    expect(page.locator(".progress")).to_contain_text("50", timeout=PATIENCE_MS)
    job = served.house.call("GET", f"{LIFT}/setup").json()["job_id"]
    with unreached(page):
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("alert").filter(has_text="nobody knows yet")).to_be_visible(
            timeout=PATIENCE_MS
        )
    expect(page.locator(".progress")).to_contain_text("50", timeout=PATIENCE_MS)
    page.reload()
    expect(page.locator(".progress")).to_contain_text("50", timeout=PATIENCE_MS)
    assert served.house.call("GET", f"{LIFT}/setup").json()["job_id"] == job


def test_picks_of_two_windows_are_one(browser: Browser, served: Served) -> None:
    """What one picks the other shows; a pick without a connection is said to be lost."""
    setup_pages.begin(served)
    setup_pages.await_end(served)
    one, two = (at_step(browser, served, "pick") for _ in range(2))
    one.get_by_role("button", name="Carrier 1: Open").click()
    two.get_by_role("button", name="Carrier 2: Closed").click()
    for page in (one, two):
        expect(page.get_by_role("status").filter(has_text="picked")).to_have_text(
            "1 open, 1 closed picked", timeout=PATIENCE_MS
        )
    with unreached(one):
        one.get_by_role("button", name="Carrier 3: Open").click()
        expect(one.get_by_role("alert").filter(has_text="nobody knows yet")).to_be_visible(
            timeout=PATIENCE_MS
        )
    one.reload()
    expect(one.get_by_role("status").filter(has_text="picked")).to_have_text(
        "1 open, 1 closed picked", timeout=PATIENCE_MS
    )


@pytest.mark.parametrize("choice", ["theirs", "mine"])
def test_the_second_window_to_draw_chooses(browser: Browser, served: Served, choice: str) -> None:
    """Nothing is overwritten before a person chose; theirs can be undone, mine is then what both have."""
    setup_pages.picked(served)
    one = at_step(browser, served, "masks")
    expect(point(one)).to_be_visible(timeout=PATIENCE_MS)
    kept(one)
    two = at_step(browser, served, "masks")
    expect(point(two)).to_be_visible(timeout=PATIENCE_MS)
    start = place(point(one))
    point(one).focus()
    one.keyboard.press("Shift+ArrowDown")
    kept(one)
    kept_as_now(served, start[0], start[1] + 10)
    unit = two.locator("svg.canvas").bounding_box()["width"] / 200  # type: ignore[index]
    drag(two, point(two), 20 * unit, 0)
    elsewhere = two.locator(".elsewhere")
    expect(elsewhere).to_be_visible(timeout=PATIENCE_MS)
    mine = place(point(two))
    two.get_by_role("button", name="Use these masks").click()
    expect(two.get_by_role("alert").filter(has_text="drawn in another window")).to_be_visible()
    assert begin_of(served.house.call("GET", f"{LIFT}/setup/drawn").json()["open"])[1] == pytest.approx(
        start[1] + 10, abs=1
    )
    assert served.house.call("GET", LIFT).json()["mask_version"] is None
    if choice == "theirs":
        two.get_by_role("button", name="Take the other window's").click()
        stands_at(point(two), start[0], start[1] + 10)
        two.get_by_role("button", name="Undo").click()
    else:
        two.get_by_role("button", name="Keep mine").click()
    expect(elsewhere).to_have_count(0)
    stands_at(point(two), *mine)
    kept_as_now(served, *mine)


def kept_as_now(served: Served, x: float, y: float) -> None:
    kept_as(served, "open", begins_at(x, y), LIFT)


def test_the_check_goes_on_after_a_lost_connection(browser: Browser, served: Served) -> None:
    """A confirmation that was not sent is not shown as if it were; the other window's is."""
    setup_pages.setup_proof(open_page(browser, served.link()), served)
    one, two = (at_step(browser, served, "proof") for _ in range(2))
    right = "Carrier 1 is: Open"
    expect(one.get_by_role("button", name=right)).to_be_visible(timeout=PATIENCE_MS)
    with unreached(one):
        one.get_by_role("button", name=right).click()
        expect(one.get_by_role("alert").filter(has_text="nobody knows yet")).to_be_visible(
            timeout=PATIENCE_MS
        )
        expect(one.get_by_role("button", name=right)).to_have_attribute("aria-pressed", "false")
    two.get_by_role("button", name=right).click()
    for page in (one, two):
        expect(page.get_by_role("button", name=right)).to_have_attribute(
            "aria-pressed", "true", timeout=PATIENCE_MS
        )
    one.reload()
    expect(one.locator(".decided")).to_have_attribute("data-decision", "wait", timeout=PATIENCE_MS)

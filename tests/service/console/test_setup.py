"""A lift is set up in the browser: its address, the wait for carriers, the track, the picks."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, Route, expect

from service.api.routes import cameras
from service.domain.camera import Credentials, DialTerms
from service.domain.people import Role
from tests.service.console import setting_up, setup_pages
from tests.service.console.conftest import Served, held_back
from tests.service.console.test_console import PATIENCE_MS, open_page, shown

pytestmark = pytest.mark.thorough

URL = "rtsp://10.0.0.12/live"
WITH_PASSWORD = DialTerms(credentials=Credentials("viewer", "word"))


@pytest.fixture(autouse=True)
def camera(served: Served, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], None]:
    """The camera can be probed; what a set-up finds is what the test says."""
    monkeypatch.setattr(cameras, "probe_apart", setting_up.probed)

    def finds(process: Any) -> None:
        monkeypatch.setattr(served.house.runtime.setup.board, "_main", process)

    finds(setting_up.finding)
    return finds


def job_of(served: Served, lift_id: str = "high-six") -> dict[str, Any]:
    found: dict[str, Any] = served.house.call("GET", f"/lifts/{lift_id}/setup").json()
    return found


def begin(served: Served, lift_id: str = "high-six") -> None:
    body = {"url": URL, "name": "High six"}
    assert served.house.call("POST", f"/lifts/{lift_id}/setup", json=body).status_code == 202


def at_step(browser: Browser, served: Served, step: str = "") -> Page:
    page = open_page(browser, served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/high-six/setup/{step}".rstrip("/"))
    return page


def centre(handle: Locator) -> tuple[float, float]:
    box: FloatRect | None = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_new_lift_begins_with_its_address(
    browser: Browser, served: Served, camera: Callable[[Any], None]
) -> None:
    """A password that stands in the address goes to the secrets; the picture is shown; the job begins."""
    camera(setting_up.looking)
    page = open_page(browser, served.link())
    page.get_by_role("link", name="New lift").click()
    expect(page.get_by_role("heading", name="Where is the camera?")).to_be_focused()
    page.get_by_label("Name of the lift").fill("High six")
    page.get_by_label("Camera's address").fill(URL)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("alert").first).to_contain_text(
        "wants a user and a password", timeout=PATIENCE_MS
    )
    page.get_by_label("Camera's address").fill(URL.replace("//", "//viewer:pa%23ss@"))
    page.keyboard.press("Enter")
    expect(page.get_by_alt_text("What the camera shows")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_label("Camera's address")).to_have_value(URL)
    expect(page.get_by_role("button", name="Find the carriers")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Wait for carriers")).to_be_focused(timeout=PATIENCE_MS)
    job = job_of(served)
    assert (job["state"], job["url"], job["credentials"]) == ("running", URL, "high-six")
    stored = served.house.runtime.vault.credentials("high-six", URL)
    assert (stored.user, stored.password) == ("viewer", "pa#ss")


def test_a_start_whose_answer_is_lost_has_begun_all_the_same(
    browser: Browser, served: Served, camera: Callable[[Any], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The service heard the call and the browser no answer: the page finds the job and goes on with it."""
    camera(setting_up.looking)
    monkeypatch.setattr(cameras, "probe_apart", lambda *_: setting_up.probed(URL, None, WITH_PASSWORD))
    page = open_page(browser, served.link())
    page.get_by_role("link", name="New lift").click()
    page.get_by_label("Name of the lift").fill("High six")
    page.get_by_label("Camera's address").fill(URL)
    page.get_by_role("button", name="Look").click()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/setup?again=true", lose)
    page.get_by_role("button", name="Find the carriers").click()
    expect(page.get_by_role("heading", name="Wait for carriers")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".progress")).to_contain_text("Watching carriers pass", timeout=PATIENCE_MS)


def test_a_set_up_is_found_again_and_can_be_cancelled(
    browser: Browser, served: Served, camera: Callable[[Any], None]
) -> None:
    """A reload and a second tab, from the first page, show the job; a cancel in one is seen in the other."""
    camera(setting_up.looking)
    begin(served)
    page = at_step(browser, served)
    expect(page.get_by_alt_text("What the camera shows now")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".progress")).to_contain_text("Watching carriers pass: 50%")
    page.reload()
    expect(page.locator(".progress")).to_contain_text("Watching carriers pass", timeout=PATIENCE_MS)
    other = at_step(browser, served)
    other.goto(f"{served.url}/#/")
    other.get_by_role("link", name="Being set up: ").click()
    other.get_by_role("button", name="Cancel").click()
    expect(other.get_by_role("heading", name="Where is the camera?")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".progress")).to_have_count(0, timeout=PATIENCE_MS)
    assert job_of(served)["code"] == "no_setup"


def test_a_new_lift_never_takes_the_place_of_another_set_up(browser: Browser, served: Served) -> None:
    """Whoever types its name, before or after looking, is led to the set-up that there is; it stays."""
    begin(served)
    page = open_page(browser, served.link())
    page.get_by_role("link", name="New lift").click()
    page.get_by_label("Name of the lift").fill("Low six")
    page.get_by_label("Camera's address").fill(URL.replace("//", "//viewer:word@"))
    page.get_by_role("button", name="Look").click()
    find = page.get_by_role("button", name="Find the carriers")
    expect(find).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_label("Name of the lift").fill("")
    find.click()
    expect(page.get_by_role("alert").filter(has_text="Give the lift a name")).to_be_visible()
    page.get_by_label("Name of the lift").fill("High six")
    before = job_of(served)["job_id"]
    find.click()
    expect(page.get_by_role("alert").filter(has_text="is being set up already")).to_be_visible()
    page.get_by_role("link", name="Set up: High six").click()
    expect(page.get_by_role("button", name="Watch this track")).to_be_visible(timeout=PATIENCE_MS)
    assert job_of(served)["job_id"] == before


def test_another_camera_is_not_asked_with_the_password_of_the_one_before(
    browser: Browser, served: Served
) -> None:
    """After a typing error, or for a camera that wants none: nothing has to be taken back first."""
    page = open_page(browser, served.link())
    page.get_by_role("link", name="New lift").click()
    page.get_by_label("Name of the lift").fill("High six")
    url = page.get_by_label("Camera's address")
    url.fill(URL.replace("//", "//viewer:word@"))
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_alt_text("What the camera shows")).to_be_visible(timeout=PATIENCE_MS)
    url.fill(URL.replace(".12", ".13"))
    page.get_by_role("button", name="Look").click()
    said = page.get_by_role("alert").filter(has_text="wants a user and a password")  # `probed` got none
    expect(said).to_be_visible(timeout=PATIENCE_MS)
    url.fill(URL)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_alt_text("What the camera shows")).to_be_visible(timeout=PATIENCE_MS)


def looking(browser: Browser, served: Served, url: str) -> tuple[Page, Route]:
    """Return a new lift's page while its camera is looked at, and the call whose answer it waits for."""
    page = open_page(browser, served.link())
    page.get_by_role("link", name="New lift").click()
    page.get_by_label("Name of the lift").fill("High six")
    page.get_by_label("Camera's address").fill(url)
    late = held_back(page, "**/cameras/probe")
    with page.expect_request("**/cameras/probe", timeout=PATIENCE_MS):
        page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("status").filter(has_text="Looking")).to_be_visible(timeout=PATIENCE_MS)
    return page, late[0]


@pytest.mark.parametrize("field", ["Camera's address", "Second stream", "Password"])
def test_an_answer_about_what_was_typed_before_is_not_shown(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    """Who corrects an address while it is looked at sees no other camera's picture, and goes on typing."""
    monkeypatch.setattr(cameras, "probe_apart", lambda *_: setting_up.probed(URL, None, WITH_PASSWORD))
    page, late = looking(browser, served, URL.replace(".12", ".13"))
    typed = page.get_by_label(field)
    typed.fill(URL)
    with page.expect_response("**/cameras/probe"):
        late.continue_()
    expect(page.get_by_role("status").filter(has_text="Looking")).to_have_count(0, timeout=PATIENCE_MS)
    expect(typed).to_be_focused()
    expect(page.get_by_alt_text("What the camera shows")).to_have_count(0)
    typed.fill("")
    page.get_by_label("Camera's address").fill(URL)
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_alt_text("What the camera shows")).to_be_visible(timeout=PATIENCE_MS)


def test_who_goes_on_typing_while_it_is_looked_at_is_not_called_away(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The picture appears, and the next letter still goes where the keyboard is."""
    monkeypatch.setattr(cameras, "probe_apart", lambda *_: setting_up.probed(URL, None, WITH_PASSWORD))
    page, late = looking(browser, served, URL)
    name = page.get_by_label("Name of the lift")
    name.press("End")
    late.continue_()
    expect(page.get_by_alt_text("What the camera shows")).to_be_visible(timeout=PATIENCE_MS)
    expect(name).to_be_focused()
    page.keyboard.type("er")
    expect(name).to_have_value("High sixer")


def test_what_was_typed_is_there_after_a_cancel(
    browser: Browser, served: Served, camera: Callable[[Any], None]
) -> None:
    """Name and address are corrected, not typed again."""
    camera(setting_up.looking)
    begin(served)
    page = at_step(browser, served)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Camera's address")).to_have_value(URL, timeout=PATIENCE_MS)
    expect(page.get_by_label("Name of the lift")).to_have_value("High six")


def test_picks_are_not_thrown_away_unasked(
    browser: Browser, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Finding carriers anew says how many picks it costs; nothing is done until that is agreed to."""
    monkeypatch.setattr(cameras, "probe_apart", lambda *_: setting_up.probed(URL, None, WITH_PASSWORD))
    begin(served)
    assert setup_pages.await_end(served, "high-six")["state"] == "ready"
    pick = "/lifts/high-six/setup/carriers/1/pick"
    assert served.house.call("PUT", pick, json={"state": "open"}).status_code == 200
    job = job_of(served)["job_id"]
    page = at_step(browser, served, "address")
    page.get_by_role("button", name="Look").click()
    find = page.get_by_role("button", name="Find the carriers")
    find.click(timeout=PATIENCE_MS)
    expect(page.get_by_role("alert").filter(has_text="the pick of 1 carrier is lost")).to_be_visible()
    page.get_by_role("button", name="Keep the picks").click()
    find.click()
    assert job_of(served)["job_id"] == job
    page.get_by_role("button", name="Find them anew").click()
    expect(page.get_by_role("button", name="Watch this track")).to_be_visible(timeout=PATIENCE_MS)
    assert job_of(served)["job_id"] != job


def test_a_track_is_watched_before_masks_are_drawn(browser: Browser, served: Served) -> None:
    """Picking first leads back to the track; masks of a lift without a camera say what they wait for."""
    begin(served)
    page = at_step(browser, served, "pick")
    page.get_by_role("button", name="Carrier 1: Open").click()
    page.get_by_role("button", name="Carrier 2: Closed").click()
    expect(page.get_by_role("link", name="Next: Carriers")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="4. Masks")).to_have_count(0)
    assert served.house.enrol("high-six").status_code == 201
    page.goto(f"{served.url}/#/lifts/high-six/setup/proof")
    decided = page.locator(".decided")
    expect(decided).to_contain_text("not watched now: no camera", timeout=PATIENCE_MS)
    decided.get_by_role("link", name="Next: Carriers").click()
    expect(page.get_by_role("button", name="Watch this track")).to_be_visible(timeout=PATIENCE_MS)


def test_what_went_wrong_is_said_with_what_to_do(
    browser: Browser, served: Served, camera: Callable[[Any], None]
) -> None:
    """A set-up that found nothing says why, and can be started again from where it is."""
    camera(setting_up.failing)
    begin(served)
    page = at_step(browser, served)
    expect(page.get_by_role("alert").first).to_contain_text("Is the lift running", timeout=PATIENCE_MS)
    camera(setting_up.finding)
    page.get_by_role("button", name="Look again").click()
    expect(page.get_by_text("4 carriers seen, one every 6.0 s.")).to_be_visible(timeout=PATIENCE_MS)


def test_looking_for_longer_asks_for_no_more_than_the_service_takes(
    browser: Browser, served: Served, camera: Callable[[Any], None]
) -> None:
    """Nor does the third time: first 1.6 times as long, then as long as may be; none is refused."""
    camera(setting_up.failing)
    begin(served)
    page = at_step(browser, served)
    for seconds in (144, 180, 180):
        with page.expect_response("**/setup?again=true", timeout=PATIENCE_MS) as answer:
            page.get_by_role("button", name="Look for longer").click()
        assert (answer.value.status, job_of(served)["seconds"]) == (202, seconds)


def test_begin_and_end_are_dragged_and_moved_by_keys(browser: Browser, served: Served) -> None:
    """By pointer and by arrow keys, along the carriers' way only; then the carriers are cut out anew."""
    begin(served)
    page = at_step(browser, served)
    end = page.get_by_role("slider", name="End of the track")
    start = page.get_by_role("slider", name="Begin of the track")
    expect(end).to_be_visible(timeout=PATIENCE_MS)
    page.set_viewport_size({"width": 1280, "height": 1200})
    x, y = centre(end)
    start_x, start_y = centre(start)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move((x + start_x) / 2, (y + start_y) / 2 + 30, steps=5)
    page.mouse.move(x - (x - start_x) / 4, y - (y - start_y) / 4 + 30, steps=5)
    page.mouse.up()
    expect(end).to_have_attribute(
        "aria-valuenow", "76"
    )  # 75 on the screen, and the part of 30 pixels that is along the way
    start.focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowLeft")
    expect(start).to_have_attribute("aria-valuenow", "9")
    page.get_by_role("button", name="Cut out again").click()
    expect(end).to_have_attribute("aria-valuenow", "100", timeout=PATIENCE_MS)
    job = job_of(served)
    track = job["proposal"]["track"]
    assert track["begin"]["x"] == pytest.approx(120 + 0.09 * 400, abs=1)
    assert track["end"]["x"] == pytest.approx(120 + 0.76 * 400, abs=4)


def test_carriers_are_picked_by_a_tap_each(browser: Browser, served: Served) -> None:
    """One tap says open or closed, another who sits there; undo or a second tap takes it back."""
    begin(served)
    page = at_step(browser, served)
    page.get_by_role("button", name="Watch this track").click()
    expect(page.get_by_role("heading", name="Which are open, which are closed?")).to_be_focused()
    assert job_of(served)["watched"] is True
    expect(page.get_by_role("heading", name="Alike: 2")).to_have_count(2)
    expect(page.get_by_role("link", name="Next: Masks")).to_have_count(0)
    page.get_by_role("button", name="Carrier 1: Open").click()
    expect(page.get_by_role("heading", name="Alike: 2, as picked open")).to_be_visible()
    page.get_by_role("button", name="Carrier 1: Empty").click()
    page.get_by_role("button", name="Carrier 2: Closed").click()
    expect(page.get_by_role("status").filter(has_text="picked")).to_have_text("1 open, 1 closed picked")
    expect(page.get_by_role("link", name="Next: Masks")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("status").filter(has_text="picked")).to_have_text("1 open, 0 closed picked")
    page.reload()
    expect(page.get_by_role("button", name="Carrier 1: Open")).to_have_attribute(
        "aria-pressed", "true", timeout=PATIENCE_MS
    )
    expect(page.get_by_role("button", name="Carrier 1: Empty")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="Carrier 1: Open").click()
    expect(page.get_by_role("status").filter(has_text="picked")).to_have_text("0 open, 0 closed picked")


def test_a_viewer_looks_and_changes_nothing(browser: Browser, served: Served) -> None:
    """No button for a viewer, but the state of the set-up is there."""
    begin(served)
    page = open_page(browser, served.link(Role.VIEWER))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="New lift")).to_have_count(0)
    page.goto(f"{served.url}/#/lifts/high-six/setup/pick")
    expect(page.get_by_alt_text("Carrier 1")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".step button")).to_have_count(0)

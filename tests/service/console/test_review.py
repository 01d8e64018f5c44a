"""Reviews in a real browser: by keyboard and by touch, taken back, and what follows from them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.people import Role
from service.domain.reviewing.sampling import Stratum
from service.store.reviewing import answers
from tests.service.api.conftest import House
from tests.service.api.reviewing.reviewers import Person, drawn
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, open_page

SCREENS = os.environ.get("SCREENS")
"""A folder for pictures of what the test sees."""
SIZES = {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}

NAMES = [f"p-{number:02}" for number in range(20)]
KEYS = "ocmet12345" * 2
SAID = ["open", "closed", "moving", "empty", "cannot_tell"] * 4


def picture(page: Page, name: str) -> None:
    if not SCREENS:
        return
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for size, (width, height) in SIZES.items():
            page.set_viewport_size({"width": width, "height": height})
            page.screenshot(path=str(Path(SCREENS) / f"{name}-{size}-{scheme}.png"), full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})


def opened(browser: Browser, served: Served, part: str = "", role: Role = Role.OPERATOR) -> Page:
    page = open_page(browser, served.link(role))
    page.goto(f"{served.url}/#/lifts/demo-quad/review{part}")
    return page


def shows(page: Page, name: str) -> None:
    """The carrier's pictures are there, so that it can be answered."""
    expect(page.locator(".triple")).to_have_attribute("data-passage", name, timeout=PATIENCE_MS)
    expect(page.locator("button.answer.open")).not_to_have_attribute(
        "aria-disabled", "true", timeout=PATIENCE_MS
    )


def said(house: House) -> dict[str, list[str]]:
    with house.store.reading() as session:
        return {name: [one.answer.value for one in answers.standing_of(session, name)] for name in NAMES}


@pytest.mark.slow
def test_twenty_passages_are_reviewed_by_keyboard(browser: Browser, served: Served) -> None:
    """A letter or a number each; one is taken back and answered again; all of it is stored, blind."""
    house = served.house
    house.enrol()
    drawn(house, *NAMES)
    page = opened(browser, served)
    for number, (name, key) in enumerate(zip(NAMES, KEYS, strict=True)):
        shows(page, name)
        if number == 2:
            picture(page, "review")
        page.keyboard.press(key)
        if number == 6:
            shows(page, NAMES[7])
            page.keyboard.press("u")
            shows(page, name)
            page.keyboard.press(key)
    expect(page.locator(".reviewing .nothing")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator(".reviewing .count")).to_have_text("20 of 20 today")
    expect(page.get_by_role("status").filter(has_text="Cannot tell")).to_be_visible()
    page.wait_for_function("() => !document.querySelector('.problem')?.textContent")
    _await(page, lambda: said(house) == {name: [one] for name, one in zip(NAMES, SAID, strict=True)})
    with house.store.reading() as session:
        assert all(one.given.blind for name in NAMES for one in answers.history(session, name))
        assert len(answers.history(session, NAMES[6])) == 2


def _await(page: Page, holds: Callable[[], bool]) -> None:
    """Let the page go on until what it sent was stored."""
    for _ in range(PATIENCE_MS // 20):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("not stored in time")


@pytest.mark.slow
def test_by_touch_and_when_the_service_refuses(browser: Browser, served: Served) -> None:
    """A tap answers; a key that is held does not go on; what was refused comes back and says why."""
    house = served.house
    house.enrol()
    drawn(house, *NAMES[:4])
    page = opened(browser, served)
    shows(page, "p-00")
    page.locator("button.answer.closed").click()
    shows(page, "p-01")
    page.keyboard.down("o")
    shows(page, "p-02")
    page.keyboard.down("o")  # what a held key sends
    page.keyboard.up("o")
    shows(page, "p-02")
    page.route("**/passages/p-02/review", lambda route: route.fulfill(status=503, json={"code": "x"}))
    page.keyboard.press("e")
    shows(page, "p-02")
    expect(page.locator(".reviewing .problem")).to_contain_text("Not done", timeout=PATIENCE_MS)
    page.unroute("**/passages/p-02/review")
    page.get_by_role("button", name="Undo").click()
    shows(page, "p-01")
    _await(page, lambda: said(house)["p-01"] == [])
    assert said(house)["p-00"] == ["closed"]


@pytest.mark.slow
def test_where_people_differ_and_what_it_comes_to(browser: Browser, served: Served) -> None:
    """A third person decides; the accuracy has its interval, its weeks, and how many more it takes."""
    house = served.house
    house.enrol()
    drawn(house, *NAMES[:4], second=True)
    drawn(house, *NAMES[4:8], stratum=Stratum.ALARM)
    anna, bert = Person.named(house, "anna"), Person.named(house, "bert")
    for name in NAMES[:8]:
        anna.answers(name, "closed" if name < "p-04" or name == "p-07" else "open")
    for name in NAMES[:4]:
        bert.answers(name, "moving" if name == "p-00" else "closed")
    page = opened(browser, served, "/disagreements")
    dispute = page.locator("[data-passage=p-00]")
    expect(dispute).to_contain_text("anna: Closed", timeout=PATIENCE_MS)
    expect(dispute).to_contain_text("bert: Moving")
    picture(page, "review-disagreements")
    dispute.get_by_role("button", name="Closed").click()
    expect(page.locator(".disputes .nothing")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="Accuracy").click()
    misses, false = page.locator("[data-rate=misses]"), page.locator("[data-rate=false]")
    expect(false.locator(".number")).to_have_text("0.6 to 81of 100", timeout=PATIENCE_MS)
    expect(false).to_contain_text("25 is likeliest")
    expect(misses.locator(".number")).to_have_text("0 to 708of 1,000")  # never a bare 0 from so little
    expect(misses.locator(".needed")).to_contain_text("more reviews make the interval useful")
    expect(page.locator(".accuracy")).to_contain_text("4 passages were answered by two people")
    picture(page, "review-accuracy")
    with page.expect_download(timeout=PATIENCE_MS) as download:
        page.get_by_role("button", name="Labels (CSV)").click()
    assert Path(download.value.path()).read_text().count("\n") == 9
    page.get_by_label("Time").select_option("365")
    expect(false.locator(".number")).to_have_text("0.6 to 81of 100", timeout=PATIENCE_MS)


@pytest.mark.slow
def test_a_viewer_sees_the_accuracy_alone(browser: Browser, served: Served) -> None:
    """Neither the queue nor the files."""
    served.house.enrol()
    page = opened(browser, served, role=Role.VIEWER)
    expect(page.locator(".accuracy")).to_contain_text("0 reviewed passages", timeout=PATIENCE_MS)
    expect(page.locator(".rate .nothing")).to_have_count(2)
    expect(page.locator(".answers, .export")).to_have_count(0)

"""Two people change the same, or an answer is lost: nothing is overwritten unseen, nothing typed is lost."""

from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lifts.schema import Lift
from service.domain.people import Role
from service.store import lifts
from tests.service.console.conftest import Served, held_back
from tests.service.console.test_console import LIFT, open_lift, open_page

PLACE = "/lifts/demo-quad/place"
TWICE = "(button) => { button.click(); button.click(); }"
"""Two presses, with no time to draw between them."""


def at_the_lift(browser: Browser, served: Served) -> Page:
    """The lift's own page."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    served.house.enrol()
    page = open_page(browser, served.link())
    open_lift(page, served)
    return page


def at_the_place(browser: Browser, served: Served) -> Page:
    """The lift's own page, with the form that says where it is, once that was read."""
    page = at_the_lift(browser, served)
    with page.expect_response(f"**{PLACE}"):
        page.locator("details.place summary").click()
    return page


@pytest.mark.thorough
def test_what_another_person_saved_is_shown_beside_what_is_typed(browser: Browser, served: Served) -> None:
    """The first save is refused in words, with what is stored now; the second one is meant."""
    page = at_the_place(browser, served)
    form = page.locator("details.place")
    form.get_by_label("Area").fill("Furi")
    served.house.call("PUT", PLACE, json={"area": "Rothorn", "station": "Top"})
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("Somebody else changed this meanwhile")
    stored = form.locator(".stored-now")
    expect(stored.locator("dd")).to_have_text(["Rothorn", "Top"])
    expect(form.get_by_label("Area")).to_have_value("Furi")
    assert served.house.call("GET", PLACE).json()["area"] == "Rothorn"
    form.get_by_role("button", name="Save").click()
    expect(form.locator("p[role=status]")).to_have_text("Saved.")
    expect(stored).to_have_count(0)
    assert served.house.call("GET", PLACE).json()["area"] == "Furi"


@pytest.mark.thorough
def test_a_change_whose_answer_is_lost_is_looked_at_again(browser: Browser, served: Served) -> None:
    """Nobody says that it was not done; once the service answers, what is stored stands there.

    Who saves before the form was read takes the place of what is stored, not of nothing.
    """
    page = at_the_lift(browser, served)
    form = page.locator("details.place")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route(
        f"**{PLACE}", lambda route: lose(route) if route.request.method == "PUT" else route.continue_()
    )
    late = held_back(page, f"**{PLACE}")
    with page.expect_request(f"**{PLACE}"):
        form.locator("summary").click()
    form.get_by_label("Area").fill("Furi")
    form.get_by_role("button", name="Save").click()
    late.pop().continue_()
    expect(form.get_by_role("alert")).to_contain_text("nobody knows yet whether this was done")
    expect(form.locator(".stored-now dd")).to_have_text("Furi")
    page.unroute(f"**{PLACE}")
    form.get_by_label("Station").fill("Top")
    form.get_by_role("button", name="Save").click()
    expect(form.locator("p[role=status]")).to_have_text("Saved.")
    assert served.house.call("GET", PLACE).json()["station"] == "Top"


@pytest.mark.thorough
def test_an_output_that_another_admin_changed_keeps_what_they_set(browser: Browser, served: Served) -> None:
    """A switch and a form are refused alike; the form keeps what was typed, and what it does not show."""
    made: dict[str, Any] = {
        "id": "hut",
        "kind": "webhook",
        "name": "Hut",
        "settings": {"url": "https://example.org/a"},
    }
    served.house.call("POST", "/outputs", json=made)
    page = open_page(browser, served.link(Role.ADMIN))
    expect(page.locator("#who")).to_contain_text("admin")
    page.goto(f"{served.url}/#/admin/outputs")
    page.get_by_role("button", name="Change Hut").click()
    expect(page.get_by_label("Name")).to_have_value("Hut")  # no longer the form for a new one
    page.get_by_label("Name").fill("Cabin")
    change = {key: value for key, value in made.items() if key not in ("id", "kind")}
    change |= {"settings": {"url": "https://example.org/b"}, "enabled": False, "priorities": [1]}
    assert served.house.call("PUT", "/outputs/hut", json=change).status_code == 200
    page.get_by_role("button", name="Switch on Hut").click()
    problem = page.locator(".problem").first
    expect(problem).to_contain_text("Somebody else changed this meanwhile")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".stored-now dd")).to_have_text(["https://example.org/b", "1"])
    expect(page.get_by_label("Name")).to_have_value("Cabin")
    stored = served.house.call("GET", "/outputs/hut").json()
    assert (stored["name"], stored["enabled"]) == ("Hut", False)


@pytest.mark.thorough
def test_a_slow_answer_takes_the_place_of_no_later_one(browser: Browser, served: Served) -> None:
    """Key figures are of the time that was chosen last, though those of another come after them."""
    page = open_page(browser, served.link())
    page.goto(f"{served.url}/#/figures")
    figures = page.locator(".figures")
    expect(figures).to_contain_text("0 alarms")
    late = held_back(page, "**/alarms/figures?*")
    with page.expect_request("**/alarms/figures?*"):
        page.get_by_label("Time").select_option("Last 30 days")
    served.house.raise_alarm(None)
    page.get_by_label("Time").select_option("Last 24 hours")
    expect(figures).to_contain_text("1 alarm ")
    late.pop().fulfill(json=served.house.call("GET", "/alarms/figures").json() | {"alarms": 77})
    page.evaluate("fetch('/session').then((answer) => answer.text())")
    assert "77 alarms" not in figures.inner_text()


@pytest.mark.thorough
def test_a_second_press_sends_nothing_twice(browser: Browser, served: Served) -> None:
    """Two presses in one breath make one output: a second one would send each alarm twice."""
    page = open_page(browser, served.link(Role.ADMIN))
    expect(page.locator("#who")).to_contain_text("admin")
    page.goto(f"{served.url}/#/admin/outputs")
    page.get_by_label("Name").fill("Hut")
    page.get_by_label("Address").fill("https://example.org/a")
    page.locator("form.adding").evaluate("(form) => { form.requestSubmit(); form.requestSubmit(); }")
    expect(page.locator(".secret")).to_contain_text("whsec_")
    expect(page.locator(".entries li")).to_have_count(1)
    assert len(served.house.call("GET", "/outputs").json()["items"]) == 1


@pytest.mark.thorough
def test_a_second_press_before_the_page_draws_does_nothing(browser: Browser, served: Served) -> None:
    """One link, one test for two presses in one breath; a person's other buttons wait, another's do not."""
    for name in ("Anna", "Beat"):
        served.house.call("POST", "/users", json={"name": name, "roles": {"*": "viewer"}})
    given = {"kind": "webhook", "name": "Hut", "settings": {"url": "http://127.0.0.1:9/"}}
    assert served.house.call("POST", "/outputs", json=given).status_code == 201
    page = open_page(browser, served.link(Role.ADMIN))
    expect(page.locator("#who")).to_contain_text("admin")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)

    page.goto(f"{served.url}/#/admin/people")
    anna, beat = (page.locator(".entries li").filter(has_text=name) for name in ("Anna", "Beat"))
    answer = held_back(page, "**/link")
    with page.expect_request("**/link"):
        anna.get_by_role("button", name="Make a link for Anna").evaluate(TWICE)
    expect(anna.get_by_role("button", name="Shut out")).to_have_attribute("aria-disabled", "true")
    assert beat.get_by_role("button", name="Shut out").get_attribute("aria-disabled") is None
    answer[0].continue_()
    expect(page.locator(".secret")).to_contain_text("#key=")
    assert len([url for url in sent if url.endswith("/link")]) == 1

    page.goto(f"{served.url}/#/admin/outputs")
    page.get_by_role("button", name="Test Hut").evaluate(TWICE)
    expect(page.get_by_role("status").filter(has_text="Hut: ")).to_be_visible()
    assert len([url for url in sent if url.endswith("/test")]) == 1


@pytest.mark.thorough
def test_roles_that_nobody_touched_stay_as_they_are(browser: Browser, served: Served) -> None:
    """Who has another role on each lift keeps each; what they will have stands there before it is saved."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    roles = {"*": "viewer", "demo-quad": "operator"}
    person = served.house.call("POST", "/users", json={"name": "Anna", "roles": roles}).json()
    page = open_page(browser, served.link(Role.ADMIN))
    expect(page.locator("#who")).to_contain_text("admin")
    page.goto(f"{served.url}/#/admin/people")
    entry = page.locator(".entries li").filter(has_text="Anna")
    entry.get_by_role("button", name="Change roles").click()
    will = entry.get_by_role("status")
    expect(will).to_have_text("Will have: viewer on All lifts, operator on Demo quad")
    entry.get_by_role("button", name="Save").click()
    expect(will).to_have_count(0)
    stored = served.house.call("GET", "/users").json()["items"]
    assert [each["roles"] for each in stored if each["id"] == person["id"]] == [roles]
    entry.get_by_role("button", name="Change roles").click()
    entry.get_by_label("Role").select_option("admin")
    expect(will).to_have_text("Will have: admin on Demo quad")
    page.context.close()


@pytest.mark.thorough
def test_signing_out_without_an_answer_is_said(browser: Browser, served: Served) -> None:
    """Nobody is told that they are signed out while the sign-in may still be good."""
    page = open_page(browser, served.link())
    expect(page.locator("#who")).to_contain_text("operator")
    page.route("**/session", lambda route: route.abort("connectionreset"))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("alert")).to_contain_text("Signing out did not reach the service")
    page.context.close()

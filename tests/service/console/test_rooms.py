"""Rooms of what once took the API: escalation, a lift's control, candidates. In a real browser."""

import time
from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.domain.people import Role
from service.industry.control.link import CoilLink
from service.industry.control.terms import CoilStatus
from service.industry.control.whole import LiftControls
from service.industry.inputs.nouns import LIMITS
from service.industry.inputs.whole import LiftInputs
from service.store import lifts
from service.store.alarms.escalating import escalate
from service.trials.whole import Trials
from tests.service.api.conftest import House
from tests.service.console.conftest import Served
from tests.service.console.covered import shows
from tests.service.console.test_accessibility import SCREENS, SIZES, findings, small, take_picture
from tests.service.console.test_console import LIFT, PATIENCE_MS
from tests.service.industry.inputs.test_sources import Plc

pytestmark = pytest.mark.thorough

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@pytest.fixture
def house(served: Served) -> House:
    """A lift with masks and no passages."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    assert served.house.enrol("demo-quad").status_code == 201
    return served.house


def room(browser: Browser, served: Served, address: str, role: Role = Role.ADMIN) -> Page:
    """The page at an address, as somebody who has just signed in."""
    page = browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844}).new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link(role))
    expect(page.locator("#who")).to_contain_text(role.value)
    page.goto(f"{served.url}/#{address}")
    return page


def type_and_enter(field: Locator, text: str) -> None:
    """Type and press Enter before the page draws its next picture, as on a machine that is busy.

    What is sent has to be what was typed, and the keyboard has to be where it belongs, all the same.
    """
    field.focus()
    field.evaluate(
        """(field, text) => {
          field.value = text;
          field.dispatchEvent(new InputEvent("input", { bubbles: true }));
          field.form.requestSubmit();
        }""",
        text,
    )


def pictures(page: Page, name: str) -> None:
    """Take pictures of the room as it is now, where SCREENS asks for them."""
    for scheme in SCHEMES if SCREENS else ():
        page.emulate_media(color_scheme=scheme)
        for size in SIZES:
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            take_picture(page, Path(SCREENS or "") / f"{name}-{size}-{scheme}.png")


def everybody_can_use(page: Page, name: str) -> None:
    """No finding of axe-core, no target that a glove misses, nothing beyond the edge of a phone."""
    shows(page, name)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        assert findings(page) == []
    pictures(page, name)
    assert small(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_rule_of_escalation_is_set_and_a_standing_alarm_shows_its_step(
    browser: Browser, served: Served, house: House
) -> None:
    """A wrong time is said at its field, which gets the keyboard; whom each step reaches stands there."""
    alarm = house.raise_alarm("p1")
    house.call(
        "POST",
        "/outputs",
        json={
            "id": "pager",
            "kind": "webhook",
            "name": "Pager",
            "settings": {"url": "https://hook.example/"},
        },
    )
    page = room(browser, served, "/escalation")
    waits = page.locator(f"[data-waits='{alarm.id}']")
    expect(waits).to_contain_text("no step yet · step 1 comes after 1 min")
    page.get_by_label("Alarms of").select_option("demo-quad")
    after = page.get_by_label("After how many seconds")
    after.fill("0")
    page.get_by_role("button", name="Save the rule").click()
    expect(page.get_by_text("At least 5.")).to_be_visible()
    expect(after).to_be_focused()
    pictures(page, "escalation-refused")
    after.fill("15")
    page.get_by_role("button", name="Add a step").click()
    page.get_by_label("After how many seconds").nth(1).fill("15")
    page.get_by_label("Who is to look").nth(1).fill("Anna")
    page.get_by_label("Pager").nth(1).check()
    page.get_by_role("button", name="Save the rule").press("Enter")
    expect(page.get_by_text("Each step has to come later than the one before.")).to_be_visible()
    type_and_enter(page.get_by_label("After how many seconds").nth(1), "90")
    expect(page.get_by_role("heading", name="Rules")).to_be_focused()
    rule = page.locator(".entries li").filter(has_text="Demo quad")
    expect(rule).to_contain_text(
        "After 1 min 30 s: the page becomes louder, Anna is to look, Pager gets the alarm"
    )
    (stored,) = house.call("GET", "/escalation").json()["rules"]
    assert stored == {
        "lift_id": "demo-quad",
        "priority": None,
        "steps": [
            {"after_s": 15.0, "outputs": [], "person": ""},
            {"after_s": 90.0, "outputs": ["pager"], "person": "Anna"},
        ],
    }
    steps = (EscalationStep(15), EscalationStep(90, ("pager",), "Anna"))
    house.store.write(partial(escalate, calls=[EscalationCall(alarm.id, 2, steps)])).result()
    expect(waits).to_contain_text("at step 2 of 2 · Anna is to look · Pager got it · nobody else is called")
    expect(rule.locator("[data-here=true]")).to_contain_text("1 alarm is at this step")
    rule.get_by_role("button", name="Change").click()
    everybody_can_use(page, "escalation")
    theirs: dict[str, object] = {"lift_id": None, "priority": 2, "steps": []}
    house.call("PUT", "/escalation", json={"rules": [stored, theirs]}).raise_for_status()
    rule.get_by_role("button", name="Delete").click()
    expect(page.locator(".problem").filter(has_text="Somebody else changed this meanwhile")).to_be_visible()
    expect(page.locator(".entries li").filter(has_text="priority 2")).to_be_visible()
    rule.get_by_role("button", name="Delete").click()
    expect(rule).to_have_count(0)
    assert [each["priority"] for each in house.call("GET", "/escalation").json()["rules"]] == [2]


def test_an_input_is_set_up_and_says_its_value_its_age_and_why_it_is_doubted(
    browser: Browser, served: Served, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a real Modbus device; a forbidden address and a number that is none are said at their fields."""
    plc = Plc()
    plc.words[:2] = [1, 420]
    plc.listen()
    page = room(browser, served, "/lifts/demo-quad/control")
    part = page.get_by_role("region", name="What the control tells")
    expect(part).to_contain_text("Nothing: no input is set up.")
    part.get_by_role("button", name="Set an input up").press("Enter")
    expect(part.get_by_label("How the control is reached")).to_be_focused()
    part.get_by_label("Host").fill("169.254.169.254")
    part.get_by_label("Kind of address").select_option("holding")
    part.get_by_label("Address", exact=True).fill("soon")
    part.get_by_role("button", name="Save the input").click()
    expect(part.get_by_text("A whole number is needed.")).to_be_visible()
    expect(part.get_by_label("Address", exact=True)).to_be_focused()
    part.get_by_label("Address", exact=True).fill("0")
    part.get_by_role("button", name="Save the input").click()
    expect(part.get_by_label("Host")).to_be_focused()
    expect(part.get_by_text("This address may not be dialled: ask who runs the service.")).to_be_visible()
    pictures(page, "input-refused")
    part.get_by_label("Host").fill("127.0.0.1")
    part.get_by_label("Port").fill(str(plc.port))
    part.get_by_label("Listen: Speed").check()
    speed = part.get_by_role("group", name="Speed")
    speed.get_by_label("Kind of address").select_option("holding")
    speed.get_by_label("Address", exact=True).fill("1")
    part.get_by_role("button", name="Save the input").press("Enter")
    expect(part.locator("[data-signal=line_running]")).to_contain_text("runs")
    expect(part.locator("[data-signal=speed]")).to_contain_text("4.2 m/s")
    expect(part.locator("[data-signal=speed]")).to_contain_text("s ago")
    expect(part.locator(".plant-says")).to_contain_text("it is listened to")

    plc.stop()
    inputs, late = house.runtime.parts.of(LiftInputs), time.monotonic()
    monkeypatch.setattr(inputs, "_clock", lambda: late + LIMITS.stale + 10)
    inputs.step()
    expect(part.locator(".plant-says")).to_contain_text(
        "Doubted: An input of the lift's control says nothing any more"
    )
    expect(part.locator("[data-signal=speed]")).to_contain_text("too old to count")
    expect(part.locator("[data-followed=false]")).to_be_visible()
    everybody_can_use(page, "input")
    part.get_by_role("button", name="Change the input").click()
    expect(part.get_by_label("Port")).to_have_value(str(plc.port))
    part.get_by_role("button", name="Cancel").press("Enter")
    expect(part.get_by_role("heading", name="What the control tells")).to_be_focused()
    part.get_by_role("button", name="Take the input away").click()
    expect(part).to_contain_text("Nothing: no input is set up.")


def test_the_output_towards_a_control_is_armed_in_two_steps(
    browser: Browser, served: Served, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off; proposed, with what it is; armed after somebody shows who they are; its heartbeat; off again."""
    monkeypatch.setattr(CoilLink, "start", lambda link: None)
    page = room(browser, served, "/lifts/demo-quad/control")
    part = page.get_by_role("region", name="What the control is told")
    expect(part).to_contain_text("Off: nothing is written.")
    expect(part).to_contain_text("It is no certified safety component")
    part.get_by_role("button", name="Propose an output").click()
    part.get_by_label("Host").fill("10.0.0.5")
    part.get_by_label("Coil", exact=True).fill("70000")
    part.get_by_label("Counter register").fill("9")
    part.get_by_role("button", name="Propose an output").click()
    expect(part.get_by_text("At most 65535.")).to_be_visible()
    type_and_enter(part.get_by_label("Coil", exact=True), "7")
    shown = part.locator("[data-control]")
    expect(shown).to_contain_text("Proposed, nothing is written yet: coil 7 of unit 1 at 10.0.0.5:502")
    monkeypatch.setattr(house.runtime.gate.sessions, "proven_s", 0.0)
    part.get_by_role("button", name="Arm what is proposed").click()
    expect(page.locator("#proof")).to_be_visible()
    expect(shown).to_have_attribute("data-control", "proposed")
    monkeypatch.undo()
    monkeypatch.setattr(CoilLink, "start", lambda link: None)
    page.get_by_label("Your API token").fill(house.tokens[Role.ADMIN])
    page.get_by_role("button", name="Go on").click()
    expect(shown).to_have_attribute("data-control", "armed")
    expect(shown).to_contain_text("Heartbeat: 0, not healthy. It cannot be written: what writes it starts.")
    link = house.runtime.parts.of(LiftControls)._links["demo-quad"]
    link.status = CoilStatus(True)
    expect(shown).to_contain_text("Heartbeat: 1 is written, healthy.")
    everybody_can_use(page, "control")
    part.get_by_role("button", name="Switch it off").click()
    expect(shown).to_have_attribute("data-control", "off")
    assert house.call("GET", "/lifts/demo-quad/control").json()["state"] == "off"


def test_something_else_is_tried_in_shadow_and_on_stored_carriers(
    browser: Browser, served: Served, house: House
) -> None:
    """A probability above one is said at its field; masks of before judge along, and what is stored again."""
    assert house.enrol("demo-quad").status_code == 201
    house.add_passage("p-1", Verdict.OPEN)
    page = room(browser, served, "/lifts/demo-quad", Role.OPERATOR)
    panel = page.locator("[data-lift=demo-quad] .trials")
    panel.locator("summary").press("Enter")
    panel.get_by_role("button", name="Try something else").press("Enter")
    form = panel.get_by_role("form", name="Try something else: Demo quad")
    form.get_by_label("What", exact=True).select_option("model")
    expect(form).to_contain_text("There is no other model")
    form.get_by_label("What", exact=True).select_option("threshold")
    form.get_by_label("Open from this probability").fill("2")
    form.get_by_label("Closed up to").fill("0.2")
    form.get_by_role("button", name="Try it").click()
    expect(form.get_by_text("Less than 1.")).to_be_visible()
    expect(form.get_by_label("Open from this probability")).to_be_focused()
    everybody_can_use(page, "candidate-refused")
    form.get_by_label("What", exact=True).select_option("masks")
    expect(form.get_by_label("Which", exact=True)).to_contain_text("v1, made")
    form.get_by_label("Judge stored carriers again as well (replay)").check()
    form.get_by_role("button", name="Try it").press("Enter")
    one = panel.locator("[data-candidate='1']")
    expect(one).to_contain_text("judges along, decides nothing")
    expect(form).to_have_count(0)
    expect(panel.get_by_role("button", name="Try something else")).to_be_focused()
    while house.runtime.parts.of(Trials).replaying.step():
        pass
    (replay,) = house.call("GET", "/lifts/demo-quad/replays").json()["items"]
    assert (replay["candidate"], replay["state"]) == (1, "done")
    pictures(page, "candidate")

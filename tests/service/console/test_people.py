"""Signing in as a person, and what an account holds, in a real browser."""

import json
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, Page, expect

from service.host.clocks.steady import steady_now
from service.people.passwords import Passwords
from tests.service.console.conftest import Served
from tests.service.console.test_console import open_page, shown

pytestmark = pytest.mark.thorough

PASSWORD = "a bar that is down"


@pytest.fixture
def page(browser: Browser, served: Served) -> Page:
    """The form for signing in, where there is an admin with a password."""
    house = served.house
    house.app.state.entrance.passwords = Passwords(PasswordHasher(1, 8, 1))
    body = {"name": "Anna", "roles": {"*": "admin"}, "password": PASSWORD}
    house.call("POST", "/users", json=body).raise_for_status()
    house.call("PUT", "/lifts/demo-quad", json={"name": "Demo quad"}).raise_for_status()
    return open_page(browser, served.url)


def sign_in(page: Page, code: str | None = None) -> None:
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    if code is not None:
        expect(page.get_by_label("Code of the authenticator app")).to_be_focused()
        page.keyboard.insert_text(code)
        page.keyboard.press("Enter")
    expect(page.locator("#who")).to_have_text("Anna (admin)")


def test_a_person_signs_in_with_a_second_factor(page: Page, served: Served) -> None:
    """Wrong password, then the right one; an app is set up by its picture, and its code is asked for."""
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Password").fill("something else")
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#sign-in .problem")).to_have_text("Name or password is wrong.")
    sign_in(page)
    page.locator("#account").click()
    expect(page.locator(".entries li strong")).to_have_text(["This browser"])
    page.get_by_role("button", name="Set up an app").click()
    shown(page, ".qr")
    secret = page.locator("form p").filter(has_text="type:").inner_text().rpartition(" ")[2]
    totp, now = pyotp.TOTP(secret), steady_now()
    page.get_by_label("A code that the app shows now").fill(totp.at(now))
    page.get_by_role("button", name="Use it").click()
    expect(page.locator(".secret")).to_contain_text("-")
    codes = page.locator(".secret").inner_text().split()
    assert len(codes) == 10
    page.get_by_role("button", name="Sign out everywhere").click()
    shown(page, "#sign-in")
    sign_in(page, codes[0])


def test_an_admin_makes_people_and_tokens(page: Page, served: Served) -> None:
    """With roles on lifts; what is dangerous asks again after a while, and goes on once it was shown."""
    sign_in(page)
    page.locator("#admin").click()
    page.get_by_role("link", name="People Who").click()
    page.locator("#person-name").fill("Bert")
    page.locator("#person-role").select_option("operator")
    page.locator(".adding").get_by_label("Demo quad").check()
    page.get_by_role("button", name="Add a person").click()
    expect(page.locator(".secret")).to_contain_text(f"{served.url}/#key=")
    expect(page.locator(".entries li").nth(1)).to_contain_text("operator on Demo quad")
    link = page.locator(".secret").inner_text()

    later = steady_now() + timedelta(minutes=16)
    served.house.runtime.gate.sessions.now = lambda: later
    page.locator("#admin").click()
    page.get_by_role("link", name="Tokens").click()
    page.locator("#token-name").fill("panel")
    page.get_by_role("button", name="Make a token").click()
    shown(page, "#proof")
    page.locator("#proof-secret").fill("something else")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#proof .problem")).to_have_text("Name or password is wrong.")
    page.locator("#proof-secret").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("#proof")).to_have_count(0)
    expect(page.get_by_role("button", name="Make a token")).to_be_focused()
    token = page.locator(".secret").inner_text()
    assert served.house.client.get("/lifts", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    page.get_by_role("button", name="Revoke panel").click()
    expect(page.locator(".entries li").filter(has_text="panel")).to_have_attribute("data-off", "true")
    assert served.house.client.get("/lifts", headers={"Authorization": f"Bearer {token}"}).status_code == 401

    other = page.context.browser
    assert other is not None
    bert = open_page(other, link)
    expect(bert.locator("#who")).to_have_text("Bert (operator)")
    expect(bert.locator("#account")).to_be_visible()
    expect(bert.locator("#admin")).to_have_count(0)
    page.goto(f"{served.url}/#/account/people")  # where it stood once
    page.get_by_role("button", name="Shut out Bert").click()
    shown(bert, "#sign-in")


def test_an_admin_reads_the_audit(page: Page, served: Served) -> None:
    """Who did what, when and from where; by filters; whether the chain is whole; all of it as a file."""
    sign_in(page)
    page.locator("#admin").click()
    page.get_by_role("link", name="Audit").click()
    expect(page.locator(".audit [role=status]")).to_contain_text("follow from each other")
    rows = page.locator(".audit tbody tr")
    expect(rows.first).to_contain_text("session.start")
    expect(rows.filter(has_text="lift.create")).to_contain_text("the admin")
    page.get_by_label("What", exact=True).fill("lift.")
    page.get_by_role("button", name="Show").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("demo-quad")
    page.get_by_label("Where from").fill("203.0.113.9")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".audit")).to_contain_text("Nothing.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all").click()
    assert download.value.suggested_filename.startswith("barwatch-audit-")
    lines = Path(download.value.path()).read_text(encoding="utf-8").splitlines()
    assert "user.create" in {json.loads(line)["action"] for line in lines}


def test_a_person_is_made_and_audited_and_a_session_elsewhere_is_ended(
    page: Page, browser: Browser, served: Served
) -> None:
    """The audit names who made whom; of two browsers one ends the other's sign-in."""
    sign_in(page)
    page.locator("#admin").click()
    page.get_by_role("link", name="People Who").click()
    page.locator("#person-name").fill("Vera")
    page.locator("#person-role").select_option("viewer")
    page.get_by_role("button", name="Add a person").click()
    vera = open_page(browser, page.locator(".secret").inner_text())
    expect(vera.locator("#who")).to_have_text("Vera (viewer)")
    expect(vera.locator("#admin")).to_have_count(0)
    page.goto(f"{served.url}/#/admin/audit")
    made = page.locator(".audit tbody tr").filter(has_text="user.create").first
    expect(made).to_contain_text("Anna")

    elsewhere = open_page(browser, served.url)
    sign_in(elsewhere)
    page.goto(f"{served.url}/#/account")
    expect(page.locator(".entries li")).to_have_count(2)
    page.get_by_role("button", name="End").click()
    shown(elsewhere, "#sign-in")
    expect(elsewhere.locator("#link")).to_contain_text("NOT CONNECTED")
    expect(page.locator(".entries li")).to_have_count(1)
    expect(page.locator("#to-alarms")).to_be_visible()

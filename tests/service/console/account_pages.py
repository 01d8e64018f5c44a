"""The pages of an account and of the administration, for checks of their looks."""

import pytest
from playwright.sync_api import Page, expect

from service.domain.people import Role
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, shown


def _open(page: Page, served: Served, address: str) -> None:
    page.goto(served.link(Role.ADMIN))
    shown(page, "#watch")
    page.goto(f"{served.url}/#/{address}")


def account(page: Page, served: Served) -> None:
    _open(page, served, "account")
    expect(page.locator(".entries li strong")).to_have_text(["This browser"], timeout=PATIENCE_MS)


def administration(page: Page, served: Served) -> None:
    _open(page, served, "admin")
    expect(page.locator(".index a").last).to_be_visible(timeout=PATIENCE_MS)


def people(page: Page, served: Served) -> None:
    body = {"name": "Anna", "roles": {"demo-quad": "operator"}, "password": "something longer"}
    assert served.house.call("POST", "/users", json=body).status_code == 201
    _open(page, served, "admin/people")
    shown(page, ".entries li")


def tokens(page: Page, served: Served) -> None:
    _open(page, served, "admin/tokens")
    shown(page, ".entries li")


def outputs(page: Page, served: Served) -> None:
    settings = {"url": "https://hook.example/"}
    body = {"id": "pager", "kind": "webhook", "name": "Pager", "settings": settings}
    assert served.house.call("POST", "/outputs", json=body).status_code == 201
    _open(page, served, "admin/outputs")
    shown(page, ".entries li")


def audit(page: Page, served: Served) -> None:
    _open(page, served, "admin/audit")
    shown(page, ".audit tbody tr")


ACCOUNT_PAGES = [pytest.param(where, marks=pytest.mark.slow) for where in (people, tokens, outputs, audit)]

"""The pages of an account and of the administration, for checks of their looks."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from service.audit.signing import SigningKey
from service.domain.people import Role
from service.domain.trials.selftest import SelfTest
from service.store.audit import entries
from service.store.trials import self_tests
from service.store.upkeep import backup
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


def health(page: Page, served: Served) -> None:
    _open(page, served, "admin/health")
    shown(page, ".findings [data-code=camera_not_live]")
    shown(page, "#health-versions")


def backups(page: Page, served: Served) -> None:
    data = served.house.runtime.settings.data
    made = backup.make(data, data / "backups")
    note = partial(entries.record, action="backup.verify", subject=made.name, problem="cut short")
    served.house.store.write(note).result()
    _open(page, served, "admin/backups")
    shown(page, ".entries [data-whole=false]")
    shown(page, "pre.secret")


def keeping(page: Page, served: Served) -> None:
    _open(page, served, "admin/keeping")
    shown(page, ".entries [data-kind=passages]")


def models(page: Page, served: Served) -> None:
    _open(page, served, "admin/models")
    shown(page, "#models-judging")
    shown(page, "#models-candidates")


def records(page: Page, served: Served) -> None:
    key, now = SigningKey(served.house.runtime.settings.data), datetime.now(UTC)
    for number, sign in enumerate((key.sign, lambda _: "")):
        done = SelfTest(f"t-{number}", "demo-quad", 0, now, now, "system", (), (), 1, "tiny", 0)
        signed = partial(_signed, sign=sign, public=key.public())
        served.house.store.write(partial(self_tests.add, done=done, sign=signed)).result()
    _open(page, served, "admin/records")
    shown(page, ".entries [data-state=signed]")
    shown(page, ".entries [data-state=not_signed]")


def _signed(content: bytes, sign: Callable[[bytes], str], public: str) -> tuple[str, str]:
    return sign(content), public


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


ACCOUNT_PAGES = [
    *(pytest.param(where, marks=pytest.mark.slow) for where in (backups, keeping, models, records)),
    *(pytest.param(where, marks=pytest.mark.slow) for where in (people, tokens, outputs, audit)),
]

"""The administration's room in a real browser: what it does is done, and who may not see a part does not."""

import pytest
from playwright.sync_api import Browser, expect

from service.administration.backups import BackupDesk
from service.administration.checking import AuditCheck
from service.domain.people import Role
from service.store.file import archive
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS
from tests.service.console.test_rooms import room

NO_MINUTE_PASSES = """() => {
  const wait = setTimeout;
  window.setTimeout = (work, ms, ...given) => wait(work, ms >= 60_000 ? 2 ** 31 - 1 : ms, ...given);
}"""
"""What is read once a minute anyway is not read: what is begun has to be followed."""


@pytest.mark.thorough
def test_an_admin_makes_a_backup(browser: Browser, served: Served) -> None:
    """It is listed once it is made, can be taken away as it is, and is no finding any more."""
    desk = served.house.runtime.parts.of(BackupDesk)
    desk.start()
    page = room(browser, served, "/admin/health")
    page.evaluate(NO_MINUTE_PASSES)
    expect(page.locator("[data-code=no_backup]")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="All of the administration").click()
    page.get_by_role("link", name="Backups").click()
    page.get_by_role("button", name="Make a backup now").press("Enter")
    entry = page.locator(".entries li")
    expect(entry).to_contain_text("whole, checked", timeout=PATIENCE_MS)
    (made,) = archive.listing(desk.plan.folder)
    with page.expect_download() as download:
        page.get_by_role("button", name=f"Download {made.name}").click()
    assert download.value.suggested_filename == made.name
    assert made.name in page.locator("pre.secret").inner_text()
    page.goto(f"{served.url}/#/admin/health")
    expect(page.locator("#health-versions")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("[data-code=no_backup]")).to_have_count(0)


@pytest.mark.slow
def test_an_admin_checks_the_audit_and_an_operator_sees_less(browser: Browser, served: Served) -> None:
    """Up to which entry it is whole stands there afterwards; an operator's index has what they may read."""
    served.house.runtime.parts.of(AuditCheck).start()
    page = room(browser, served, "/admin/audit")
    said = page.locator(".checked")
    expect(said).to_contain_text("never checked", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Check now").click()
    expect(said).to_contain_text("Whole up to entry", timeout=4 * PATIENCE_MS)
    operator = room(browser, served, "/admin", Role.OPERATOR)
    titles = operator.locator(".index strong")
    expect(titles).to_have_text(
        ["Health", "Retention and privacy", "Models", "Self-tests"], timeout=PATIENCE_MS
    )
    operator.goto(f"{served.url}/#/admin/backups")
    expect(titles).to_have_count(4)

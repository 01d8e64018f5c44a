"""An alarm's life on the page: groups, what is put away and until when, lifts out of service, floods."""

import os
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from service.domain.alarm import AlarmFlood, AlarmKind, AlarmStatus
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, page, shown

__all__ = ["page"]


def _picture(page: Page, name: str) -> None:
    """Keep a picture of the page for whoever asks for one."""
    if folder := os.environ.get("BARWATCH_TEST_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.slow
def test_groups_shelving_and_out_of_service(page: Page, served: Served) -> None:
    """Open bars of a run are one banner and one press; the rest says who put it away, why and until when."""
    house = served.house
    shown(page, "#link[data-state=live]")
    for n in range(4):
        house.raise_alarm(f"p-{n}")
    lost = house.raise_alarm(None, AlarmKind.CAMERA_LOST)
    house.runtime.hub.show_status(AlarmStatus(AlarmFlood(datetime.now(UTC), 12)))
    expect(page.locator("#flood")).to_contain_text("Flood: 12 alarms", timeout=PATIENCE_MS)
    expect(page.locator(".banner")).to_have_count(2, timeout=PATIENCE_MS)
    expect(page.locator(".banner").first).to_have_attribute("data-kind", "camera_lost")
    group = page.locator(".banner[data-group]")
    expect(group).to_contain_text("4 open bars since")
    _picture(page, "group")
    group.get_by_role("button", name="Acknowledge all 4 open bars of").click()
    expect(group.locator(".acknowledge")).to_have_text("Acknowledged", timeout=PATIENCE_MS)
    expect(page.locator(".banner")).to_have_count(2)  # nothing else comes under the pointer
    page.mouse.move(0, 0)
    expect(page.locator(".banner")).to_have_count(1, timeout=PATIENCE_MS)

    page.locator(".banner .acknowledge").press("Enter")  # a click so soon after the rows changed does nothing
    row = page.locator(f".alarm[data-alarm='{lost.id}']")
    row.get_by_role("button", name="Shelve").click()
    row.get_by_label("Why").fill("ice")
    _picture(page, "shelve")
    row.locator("button[type=submit]").click()
    expect(row.locator(".state")).to_contain_text("by the operator: ice", timeout=PATIENCE_MS)
    row.get_by_role("button", name="Unshelve").click()
    expect(row.locator(".state")).to_have_text("acknowledged", timeout=PATIENCE_MS)

    card = page.locator(".card[data-lift=demo-quad]")
    card.get_by_role("button", name="out of service").click()
    card.get_by_label("Why").fill("rope inspection")
    card.locator("form.put-away button[type=submit]").click()
    expect(card.locator(".out-of-service")).to_contain_text(
        "by the operator: rope inspection", timeout=PATIENCE_MS
    )
    expect(page.locator("#link")).to_contain_text("· Demo quad: out of service, Camera lost ·")  # named once
    expect(row.locator(".state")).to_have_text("out of service", timeout=PATIENCE_MS)
    _picture(page, "out-of-service")
    card.get_by_role("button", name="Return").click()
    expect(card.locator(".out-of-service")).to_have_count(0, timeout=PATIENCE_MS)
    expect(row.locator(".state")).to_have_text("acknowledged", timeout=PATIENCE_MS)

"""The alarms' room with everything that it can show, for checks of its looks."""

from dataclasses import replace
from functools import partial

from playwright.sync_api import Page, expect

from service.domain.people import Role
from service.store import passages
from service.store.records import PassageRecord
from tests.service.api.conftest import House
from tests.service.console.conftest import Served
from tests.service.console.test_console import shown


def explained(house: House, passage_id: str = "p-explained") -> PassageRecord:
    """Store a carrier whose confidence its margin explains, as the service stores them."""
    record = house.add_passage("template-explained")
    manifest = house.engine.manifest
    margin = manifest.calibration.margin_of(manifest.calibration.unknown_high) - 0.3
    judgement = replace(
        record.judgement,
        margin=margin,
        confidence=manifest.calibration.probability_open(margin),
        model=manifest.identity,
    )
    record = replace(record, id=passage_id, number=7, judgement=judgement)
    house.store.write(partial(passages.add, record=record)).result()
    return record


def lanes(page: Page, served: Served) -> None:
    page.goto(served.link())
    shown(page, "#link[data-state=degraded]")
    page.goto(f"{served.url}/#/alarms")
    shown(page, ".lane.open .lane-row[data-state=active]")
    shown(page, ".lane.blind .lane-row")


def history(page: Page, served: Served) -> None:
    lanes(page, served)
    page.get_by_role("link", name="History").click()
    shown(page, ".past-row")
    page.get_by_label("Priority").select_option("2")
    expect(page.locator(".past-row")).to_have_count(1)


def one_alarm(page: Page, served: Served) -> None:
    house = served.house
    explained(house)
    alarm = house.raise_alarm("p-explained")
    house.call("POST", f"/alarms/{alarm.id}/comment", Role.OPERATOR, json={"text": "A child, bar late."})
    house.call("POST", "/passages/p-explained/review", Role.OPERATOR, json={"answer": "open"})
    lanes(page, served)
    page.goto(f"{served.url}/#/alarms/{alarm.id}")
    shown(page, ".triptych svg")
    shown(page, ".scale .mark")
    shown(page, ".group li")
    page.get_by_role("button", name="Where the bar was seen").click()
    shown(page, ".triptych .over")
    page.get_by_role("button", name="Both masks").click()


ALARM_PAGES = [lanes, history, one_alarm]

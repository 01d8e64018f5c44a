"""The page in each of its languages, by the resort's clock, in light and dark: one service for all of it."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.escalation.plan import EscalationCall, EscalationStep
from service.store.alarms.escalating import escalate
from tests.service.api.conftest import houses
from tests.service.console.conftest import Served, serving
from tests.service.console.everything import fill, put
from tests.service.console.test_accessibility import SCREENS, SIZES, small, take_picture
from tests.service.console.test_console import PATIENCE_MS, shown

ROOMS = ("lifts/demo-quad", "lifts/demo-quad/review", "figures", "escalation", "reports", "account", "")
TITLES = {
    "de": "Kennzahlen der Alarme",
    "fr": "Chiffres clés des alarmes",
    "it": "Cifre chiave degli allarmi",
}
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|were|not|no|with|from|for|this|alarms?|carriers?|lifts?|open|closed|language|colours)\b"
)
"""Words that stand in nearly every English sentence, and in none of the other languages."""
GIVEN = re.compile(
    r"A double chairlift of an uncommonly long name|English|barwatch token create|the operator"
    r"|“[^”]*”|„[^“]*“|«[^»]*»"
)
"""Names, which nobody translates, and what the service recorded of alarms without numbers, quoted."""
KEY, PLACE = re.compile(r"\b[a-z]+\.[a-z][A-Za-z]+\b"), re.compile(r"\{\w+(:\w+)?\}")
ZONE = "Pacific/Auckland"


@pytest.fixture(scope="module")
def standing(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A service with everything that the page can show, at a resort on the other side of the earth."""
    with houses(tmp_path_factory.mktemp("languages")) as make:
        house = make(heartbeat_s=0.5, serve=True, time_zone=ZONE)
        fill(house)
        with serving(house) as made:
            yield made


def opened(browser: Browser, served: Served, tag: str, size: str = "phone") -> Page:
    width, height = SIZES[size]
    context = browser.new_context(
        locale=tag, viewport={"width": width, "height": height}, timezone_id="America/Lima"
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link())
    shown(page, "#watch")
    return page


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("language", "size"),
    [
        pytest.param(language, size, marks=[] if (language, size) == ("de", "phone") else pytest.mark.slow)
        for language in TITLES
        for size in ("phone", "desktop")
    ],
)
def test_the_page_speaks_the_browsers_language(
    browser: Browser, standing: Served, language: str, size: str
) -> None:
    """No room has an English word left, a key or a place; words fit the width, targets gloves."""
    page = opened(browser, standing, language, size)
    expect(page.locator("html")).to_have_attribute("lang", language)
    asked = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    spoken = {found[1] for name in asked if (found := re.search(r"/(de|en|fr|it)-\w+\.js$", name))}
    assert spoken == {language}
    for room in ROOMS:
        page.evaluate("(room) => { location.hash = `#/${room}`; }", room)
        page.wait_for_load_state("networkidle")
        if room == "figures":
            expect(page.get_by_role("heading", name=TITLES[language], exact=True)).to_be_visible(
                timeout=PATIENCE_MS
            )
        said = GIVEN.sub("", page.locator("body").inner_text())
        for pattern in (ENGLISH, KEY, PLACE):
            assert [line for line in said.splitlines() if pattern.search(line)] == [], room
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), room
        assert small(page) == []
        if SCREENS:
            take_picture(
                page, Path(SCREENS) / f"language-{language}-{size}-{room.replace('/', '-') or 'overview'}.png"
            )
    page.context.close()


@pytest.mark.thorough
def test_times_are_the_resorts_and_numbers_the_languages(browser: Browser, standing: Served) -> None:
    """Whoever looks from Lima reads the clock of Auckland, and a share as German is written."""
    page = opened(browser, standing, "de-AT")
    clock = page.evaluate(
        "(timeZone) => new Intl.DateTimeFormat('de', { timeStyle: 'short', timeZone }).format()",
        ZONE,
    )
    shown_at = page.locator("#clock").inner_text()
    minutes = [int(each[:2]) * 60 + int(each[3:5]) for each in (clock, shown_at)]
    assert (minutes[1] - minutes[0]) % 1440 in {0, 1, 1439}
    page.evaluate("location.hash = '#/lifts/demo-quad'")
    expect(page.locator(".last .detail")).to_contain_text(
        re.compile(r"Sicherheit \d+\s%"), timeout=PATIENCE_MS
    )
    page.context.close()


@pytest.mark.thorough
def test_language_colours_and_keys_are_chosen_at_the_foot_and_kept(
    browser: Browser, standing: Served
) -> None:
    """Italian for a French browser, light on a dark machine; ? opens the list until that is off."""
    page = opened(browser, standing, "fr-CH", "desktop")
    page.emulate_media(color_scheme="dark")
    page.get_by_label("Langue").select_option("it")
    expect(page.locator("html")).to_have_attribute("lang", "it", timeout=PATIENCE_MS)
    page.get_by_label("Colori").select_option("light")
    light = "getComputedStyle(document.body.parentElement).colorScheme"
    assert page.evaluate(light) == "light"
    page.reload()
    shown(page, "#watch")
    assert page.evaluate(light) == "light"
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Scorciatoie da tastiera")
    expect(keys).to_contain_text("Rispondere")
    keys.get_by_label("Le singole lettere attivano qualcosa").uncheck()
    page.keyboard.press("Escape")
    expect(keys).to_have_count(0)
    page.keyboard.press("?")
    expect(keys).to_have_count(0)
    page.get_by_label("Lingua").select_option("")
    expect(page.locator("html")).to_have_attribute("lang", "fr", timeout=PATIENCE_MS)
    page.context.close()


@pytest.mark.thorough
def test_what_stays_english_is_read_out_as_english(browser: Browser, standing: Served) -> None:
    """A record quoted as evidence is marked as such; a step of escalation is told in the page's language."""
    house = standing.house
    draft = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "bare", "no frame for long", cause="lost")
    alarm = put(house, draft)
    call = EscalationCall(alarm.id, 2, (EscalationStep(30), EscalationStep(60, (), "Anna")))
    house.store.write(partial(escalate, calls=[call])).result()
    page = opened(browser, standing, "de")
    page.goto(f"{standing.url}/#/alarms/{alarm.id}")
    expect(page.locator(".life q").filter(has_text="Anna")).to_have_text("Stufe 2; Anna")
    expect(page.locator("[lang=en]").first).to_have_text(alarm.message)
    page.context.close()

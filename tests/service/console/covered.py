"""Which page each screen shows: what the checks of looks and of use open, and that none is left out.

A screen is a function that opens a page with everything that it can show, or the name by which a test of a
room calls `everybody_can_use`. Whoever looks at one calls `shows`, which compares it with what the page
itself says that it is.
"""

import re
from pathlib import Path

from playwright.sync_api import Page

from service.console import build

SHOWS = {
    "overview": "",
    "filtered": "",
    "everything": "lifts/:lift",
    "cut_off": "",
    "wall": "wall",
    "figures": "figures",
    "reports": "reports",
    "nowhere": "none",
    "signing_in": "",
    "reference": None,
    "setup_address": "setup",
    "setup_present": "lifts/:lift/setup",
    "setup_again": "lifts/:lift/setup/address",
    "setup_waiting": "lifts/:lift/setup/carriers",
    "setup_track": "lifts/:lift/setup/carriers",
    "setup_pick": "lifts/:lift/setup/pick",
    "setup_masks": "lifts/:lift/setup/masks",
    "setup_proof": "lifts/:lift/setup/proof",
    "setup_after": "lifts/:lift/setup/after",
    "review_queue": "lifts/:lift/review",
    "review_disagreements": "lifts/:lift/review/disagreements",
    "review_accuracy": "lifts/:lift/review/accuracy",
    "lanes": "alarms",
    "history": "alarms/history",
    "one_alarm": "alarms/:alarm",
    "account": "account",
    "administration": "admin",
    "health": "admin/health",
    "backups": "admin/backups",
    "keeping": "admin/keeping",
    "models": "admin/models",
    "records": "admin/records",
    "people": "admin/people",
    "tokens": "admin/tokens",
    "outputs": "admin/outputs",
    "audit": "admin/audit",
    "escalation": "escalation",
    "input": "lifts/:lift/control",
    "control": "lifts/:lift/control",
    "candidate-refused": "lifts/:lift",
}
"""The page that each screen shows, by its path in src/route/table.ts; none: there is no such page. The
reference is a page of its own, outside that table."""

DOCUMENTS = {"index.html", "docs.html"}
"""What a browser loads: the page, whose addresses are the table, and the reference of the API."""


def paths() -> list[str]:
    """Every page's path, as the table of the page names them."""
    table = (build.HERE / "src" / "route" / "table.ts").read_text(encoding="utf-8")
    listed = re.search(r"^export const PATHS = \[\n(.*?)^\] as const;", table, re.MULTILINE | re.DOTALL)
    assert listed is not None
    lines = listed[1].splitlines()
    found = [match[1] for line in lines if (match := re.fullmatch(r'  "(.*)",', line))]
    assert len(found) == len(lines)  # a line that is not understood would be a page that is forgotten
    return found


def documents() -> set[str]:
    """What the page is built into, that a browser loads by itself."""
    return {path.name for path in (build.HERE / "public").glob("*.html")}


def looked_at() -> set[str]:
    """The names that tests of rooms call `everybody_can_use` by."""
    folder = Path(__file__).parent
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("test_*.py")]
    return {name for text in texts for name in re.findall(r'everybody_can_use\(page, "([\w-]+)"\)', text)}


def shows(page: Page, name: str) -> None:
    """Check that a page is the one that its screen is for, and that each of its headings has help."""
    assert page.locator("body").get_attribute("data-route") == SHOWS[name], name
    if SHOWS[name] is not None:  # the reference explains itself
        assert helpless(page) == [], name


NAMED = (".hidden", ".card > header h3", ".tiles h3", ".one-head h2", "#report-title")
"""Headings that are the name of a lift, an area, an alarm or a time: others head what is shown of it."""

HELPLESS = """named => [
  ...[...document.querySelectorAll(`main :is(h2, h3):not(${named})`)]
    .filter((heading) => !heading.parentElement.querySelector(':scope > .help > p')?.textContent.trim()),
  ...[...document.querySelectorAll('main .card > details')]
    .filter((panel) => !panel.querySelector(':scope > .about')?.textContent.trim()),
].map((one) => one.textContent.slice(0, 60))"""


def helpless(page: Page) -> list[str]:
    """Return headings, and panels of a lift's card, beside which no sentence says what they are for."""
    found: list[str] = page.evaluate(HELPLESS, ", ".join(NAMED))
    return found

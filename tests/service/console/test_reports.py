"""A report in a real browser: its figures are those of SQL, on the screen, in the CSV and on paper."""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from service.domain.people import Role
from service.store.reports import history
from tests.service.api.conftest import House
from tests.service.api.operating.test_reports import BEGIN, END, ZONE, happen, sql, watch
from tests.service.console.conftest import Served, serving
from tests.service.console.test_console import PATIENCE_MS

SCREENS = os.environ.get("SCREENS")
"""A folder for pictures of what the test sees."""

A4_PT = (595, 842)


@pytest.fixture
def served(built: None, make_house: Callable[..., House], browser: Browser) -> Iterator[Served]:
    """A service with three days behind it, on one of which the clock was changed."""
    house = make_house(heartbeat_s=0.5, serve=True, time_zone=ZONE, shifts="08:00-16:30, 18:00-01:00")
    house.store.write(happen).result()
    house.store.write(partial(history.note_since, times={"carriers": BEGIN, "alarms": BEGIN})).result()
    watch(house.store)
    with serving(house) as made:
        yield made
        for context in browser.contexts:
            context.close()


def numbers(house: House) -> dict[str, str]:
    """What the page must show of the day, from the passages themselves."""
    by = sql(house, BEGIN, END)
    judged = by["open_occupied"] + by["closed_occupied"]
    return {
        "carriers": str(sum(by.values())),
        "occupied": str(sum(n for name, n in by.items() if name.endswith("occupied"))),
        "open_share": f"{100 * by['open_occupied'] / judged:.1f}%",
        "unknown": str(sum(n for name, n in by.items() if name.startswith("unknown"))),
    }


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_report_on_screen_and_on_paper(browser: Browser, served: Served, scheme: str) -> None:
    """Opened, changed to a day, a shift, one lift; printed on A4, black on white, with all figures."""
    house = served.house
    context = browser.new_context(
        locale="en-GB", color_scheme="dark" if scheme == "dark" else "light", accept_downloads=True
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served.link(Role.VIEWER))
    page.get_by_role("link", name="Reports").click()
    page.get_by_label("Day", exact=True).fill("2025-10-26")
    expect(page.locator("#report-title")).to_have_text("Day: 26 October 2025", timeout=PATIENCE_MS)
    expected = numbers(house)
    for name, value in expected.items():
        expect(page.locator(f"[data-figure={name}] strong")).to_have_text(value)
    rows = page.locator("#report-parts tbody tr")
    assert rows.count() == 25
    assert rows.locator("th").all_inner_texts()[1:5] == ["01:00", "02:00", "02:00", "03:00"]
    down = page.locator("#report-states tr[data-line=service_down]")
    assert down.locator("td").first.inner_text().startswith("20\u00a0min")  # ten minutes of each lift
    plotted(page)
    picture(page, f"reports-{scheme}")

    pdf = printed(page)
    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    for value in expected.values():
        assert value.replace("\u00a0", " ") in text.replace("\u00a0", " "), value
    for words in ('=Lift "a", above', "26 October 2025", "Service down", "Camera lost", "Bar open", ZONE):
        assert words in text, words
    assert "Earlier" not in text  # what is pressed is not printed
    assert "Sign out" not in text
    assert tuple(round(float(side)) for side in pdf.pages[0].mediabox[2:]) == A4_PT
    page.emulate_media(media="print")
    colours = "e => { const s = getComputedStyle(e); return [s.color, s.backgroundColor] }"
    assert page.evaluate(f"({colours})(document.documentElement)") == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
    page.emulate_media(media="screen")

    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    lines = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(), newline="")))
    assert str(sum(int(line["Carriers"]) for line in lines)) == expected["carriers"]

    page.get_by_label("Time", exact=True).select_option("shift")
    page.get_by_label("Hours", exact=True).select_option("18:00-01:00")
    expect(page.locator("#report-title")).to_have_text("Shift: 26 October 2025")
    expect(page.locator("article.report")).to_contain_text("18:00-01:00 each day")
    page.get_by_label("Time", exact=True).select_option("week")
    expect(page.locator("#report-title")).to_contain_text("Week: 20 October 2025 to 26 October 2025")
    page.get_by_label("Lifts", exact=True).select_option("lift b")
    expect(page.locator("#report-lifts tbody tr")).to_have_count(1)
    assert re.search(
        r"Carriers are counted from 26 October 2025", page.locator("article.report").inner_text()
    )
    page.get_by_role("button", name="Later").click()
    expect(page.locator("#report-title")).to_contain_text("Week: 27 October 2025")
    picture(page, f"reports-week-{scheme}")


def plotted(page: Page) -> None:
    """Each hour has a bar as high as its number in the table is; whoever points at it is told it."""
    plot = page.locator(".plot").first
    columns = page.locator("#report-parts thead th").all_inner_texts()
    hours = page.locator("#report-parts tbody tr").all()
    told = [int(hour.locator("td").nth(columns.index("Occupied") - 1).inner_text()) for hour in hours]
    assert max(told) > 0
    bars = plot.locator("g[stroke=none] rect").evaluate_all("all => all.map((one) => one.getBBox().height)")
    assert len(bars) == len(told)
    unit = max(bars) / max(told)
    assert bars == pytest.approx([unit * each for each in told], abs=0.1)
    most = told.index(max(told))
    plot.locator("rect.part").nth(most).hover()
    expect(plot.locator("figcaption")).to_contain_text(f"Occupied {max(told)}")


def printed(page: Page) -> PdfReader:
    """What the browser makes when somebody prints to a file."""
    content = page.pdf(prefer_css_page_size=True, print_background=True)
    if SCREENS:
        (Path(SCREENS) / "report.pdf").write_bytes(content)
    return PdfReader(io.BytesIO(content))


def picture(page: Page, name: str) -> None:
    if not SCREENS:
        return
    for size, (width, height) in {"desktop": (1440, 900), "tablet": (820, 1180), "phone": (390, 844)}.items():
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, size
        page.screenshot(path=str(Path(SCREENS) / f"{name}-{size}.png"), full_page=True)
    page.set_viewport_size({"width": 1440, "height": 900})

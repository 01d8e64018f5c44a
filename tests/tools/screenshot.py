"""Take the pictures of README and docs/console.md while the demonstration runs.

python -m tests.tools.screenshot
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from playwright.sync_api import Browser, Error, Locator, Page, expect, sync_playwright

from lifts.arrays import UInt8
from tests.service.console.conftest import launch
from tests.tools.processes import Running, running

MOST_PICTURE, MOST_ANIMATION = 150_000, 1_000_000
"""Bytes: a clone should not grow by much whenever the page changes."""

DESKTOP, HIGH, PHONE = (1400, 900), (1400, 1150), (390, 844)
QUALITIES = range(90, 40, -5)
"""Of a picture, best first: the first that is small enough is taken."""

FILMED, FILM_WIDTH = (1200, 760), 900
FRAME_MS, WEBP_QUALITY = 400, 55
BEFORE, AFTER = 4, 6
"""Frames before something happens, and after."""

DRAWN = "() => [...document.images].every((each) => !each.checkVisibility() || each.naturalWidth)"
DRAWN_MS = 1500
"""Pictures are drawn after they are there; nothing on the page says when."""

BANNER = ".banner.critical"
TRIES = 8
LEFT = 1
"""Banners that stay: a first page without an alarm would not show what it is for."""

Scheme = Literal["light", "dark"]


def main() -> None:
    """Start the demonstration, wait for carriers and an alarm, write six pictures and an animation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/console"))
    parser.add_argument("--patience", type=float, default=300, help="seconds to wait for every lift")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=options.patience * 1000)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        data = str(folder / "data")
        with running(folder, "--data", data, command="demo", BARWATCH_ADMIN_TOKEN="") as service:
            browser = launch(playwright)
            kept = _sign_in(browser, service, folder / "signed-in.json")
            for picture, size, scheme, address, ready in VIEWS:
                page = _page(browser, size, scheme, kept)
                page.goto(f"{service.url}/#{address}")
                ready(page)
                page.wait_for_function(DRAWN)
                page.wait_for_timeout(DRAWN_MS)
                _write(options.out / f"{picture}.webp", page.screenshot())
                page.context.close()
            _film(_page(browser, FILMED, "light", kept), service.url, options.out / "an-alarm.webp")
            browser.close()


def _page(browser: Browser, size: tuple[int, int], scheme: Scheme, kept: Path | None = None) -> Page:
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale="en-GB",
        has_touch=width < 500,
        storage_state=kept,
    )
    page = context.new_page()
    page.on("pageerror", _tell)
    return page


def _tell(error: Error) -> None:
    sys.stderr.write(f"{error}\n")


def _sign_in(browser: Browser, service: Running, kept: Path) -> Path:
    """Sign in, wait until every lift has shown carriers and an alarm stands; return the kept sign-in."""
    link = next(word for word in service.output.read_text().split() if "#key=" in word)
    page = _page(browser, DESKTOP, "light")
    page.goto(link)
    expect(page.locator("#watch")).to_be_visible()
    page.context.storage_state(path=kept)
    _overview(page)
    while not page.locator(BANNER).count():
        expect(page.locator(".banner").first).to_be_visible()
        _acknowledge(page, LEFT)
    page.context.close()
    return kept


def _acknowledge(page: Page, left: int) -> None:
    """Acknowledge what is about the machine, and open bars until so many are left; more come meanwhile."""
    others, opened = page.locator(".banner:not(.critical)"), page.locator(BANNER)
    for _ in range(TRIES):
        if not others.count() and opened.count() <= left:
            return
        banner = others.first if others.count() else opened.last
        which = banner.get_attribute("data-alarm")
        banner.locator("button.acknowledge").press("Enter")  # clicks can be too soon
        expect(page.locator(f".banner[data-alarm='{which}']")).to_have_count(0)


def _tiles(page: Page) -> None:
    """Wait until every lift is seen and has shown carriers: a machine that is too busy shows blind ones."""
    expect(page.locator(".tile").first).to_be_visible()
    expect(page.locator(".tile[data-need=blind]")).to_have_count(0)
    for tile in page.locator(".tile").all():
        expect(tile.locator(".marks i").nth(5)).to_be_visible()
        expect(tile.locator("img, canvas").first).to_be_visible()


def _overview(page: Page) -> None:
    _tiles(page)
    _acknowledge(page, LEFT)


def _alarm(page: Page) -> None:
    """Open an alarm from its banner: it is on the page all the same, and others would lie over it."""
    _overview(page)
    address = page.locator(f"{BANNER} strong a").first.get_attribute("href")
    page.goto(f"{page.url.partition('#')[0]}{address}")
    expect(page.locator(".triptych svg").first).to_be_visible()


def _shown(selector: str) -> Callable[[Page], None]:
    def ready(page: Page) -> None:
        expect(page.locator(selector).first).to_be_visible()
        _acknowledge(page, 0)

    return ready


def _lanes(page: Page) -> None:
    expect(page.locator(".lane.open .lane-row a").first).to_be_visible()


VIEWS: tuple[tuple[str, tuple[int, int], Scheme, str, Callable[[Page], None]], ...] = (
    ("overview", DESKTOP, "dark", "/", _overview),
    ("phone", PHONE, "dark", "/alarms", _lanes),
    ("alarm", HIGH, "light", "/", _alarm),
    ("lift", HIGH, "light", "/lifts/demo-quad", _shown(".one-lift .pictures .carrier")),
    ("report", HIGH, "light", "/reports", _shown("#report-lifts")),
    ("health", DESKTOP, "dark", "/admin/health", _shown("#health-versions")),
)
"""Name, size, colours and address of each picture, and what is awaited before it is taken."""


def _write(path: Path, png: bytes) -> None:
    """Write a WebP as good as its size allows. Raises SystemExit where none is small enough."""
    shown = _decoded(png)
    for quality in QUALITIES:
        webp = cv2.imencode(".webp", shown, [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
        if len(webp) <= MOST_PICTURE:
            path.write_bytes(webp)
            sys.stdout.write(f"{path}: {len(webp):,} bytes, quality {quality}\n")
            return
    raise SystemExit(f"{path}: larger than {MOST_PICTURE:,} bytes")


def _decoded(png: bytes) -> UInt8:
    shown = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    return shown.astype(np.uint8, copy=False)


class _Film:
    """Frames of a page, each for as long as it stayed the same."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[UInt8] = []
        self.durations: list[int] = []

    def shoot(self) -> None:
        """Take a frame, then wait."""
        shown = _decoded(self.page.screenshot())
        scale = FILM_WIDTH / shown.shape[1]
        frame = cv2.resize(shown, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        if self.frames and np.array_equal(frame, self.frames[-1]):
            self.durations[-1] += FRAME_MS
        else:
            self.frames.append(frame.astype(np.uint8, copy=False))
            self.durations.append(FRAME_MS)
        self.page.wait_for_timeout(FRAME_MS)

    def until(self, what: Locator, after: int = AFTER) -> None:
        """Go on until something is there, and for so many frames after it."""
        while not what.count():
            self.shoot()
        for _ in range(after):
            self.shoot()

    def write(self, path: Path) -> None:
        """Write an animated WebP that begins anew at its end. Raises SystemExit where it is too large."""
        film = cv2.Animation()
        film.frames, film.durations = self.frames, self.durations
        cv2.imwriteanimation(str(path), film, [cv2.IMWRITE_WEBP_QUALITY, WEBP_QUALITY])
        length = path.stat().st_size
        sys.stdout.write(f"{path}: {length:,} bytes, {len(self.frames)} frames\n")
        if length > MOST_ANIMATION:
            raise SystemExit(f"larger than {MOST_ANIMATION:,} bytes")


def _film(page: Page, url: str, path: Path) -> None:
    """Film how an alarm comes, is opened, and is acknowledged."""
    page.goto(f"{url}/#/")
    _tiles(page)
    _acknowledge(page, 0)
    page.wait_for_timeout(DRAWN_MS)
    film = _Film(page)
    opened = page.locator(f"{BANNER} strong a")
    while not opened.count():
        film.shoot()
        film.frames, film.durations = film.frames[-BEFORE:], film.durations[-BEFORE:]
    film.until(opened)
    opened.first.press("Enter")
    film.until(page.locator(".triptych svg"))
    page.locator(".one-head button.acknowledge").press("Enter")
    film.until(page.locator(".one-alarm:not([data-state=active])"))
    film.write(path)


if __name__ == "__main__":
    main()

"""Take the README's picture of the console while the demonstration runs: python -m tests.tools.screenshot."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.service.console.conftest import launch
from tests.tools.processes import running

MAX_BYTES = 400_000


def main() -> None:
    """Start the demonstration, wait for alarms and pictures of every lift, write the PNG."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs/console.png"))
    parser.add_argument("--width", type=int, default=1400)
    parser.add_argument("--height", type=int, default=960)
    parser.add_argument("--patience", type=float, default=240, help="seconds to wait for every lift")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = str(Path(folder) / "data")
        with running(Path(folder), "--data", data, command="demo", BARWATCH_ADMIN_TOKEN="") as service:
            link = next(word for word in service.output.read_text().split() if "#key=" in word)
            browser = launch(playwright)
            size = {"width": options.width, "height": options.height}
            page = browser.new_context(viewport=size, color_scheme="dark", locale="en-GB").new_page()  # type: ignore[arg-type]
            page.goto(link)
            _wait(page, options.patience * 1000)
            page.keyboard.press("Home")
            page.wait_for_timeout(1500)
            options.out.parent.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=options.out)
            browser.close()
    length = options.out.stat().st_size
    sys.stdout.write(f"{options.out}: {length:,} bytes\n")
    if length > MAX_BYTES:
        raise SystemExit(f"larger than {MAX_BYTES:,} bytes")


def _wait(page: Page, patience_ms: float) -> None:
    """Wait until every lift has shown some carriers and an alarm stands; acknowledge all but the newest."""
    page.locator(".tile").first.wait_for(timeout=patience_ms)
    # Not by a script in the page: its content policy forbids that to everybody.
    for tile in page.locator(".tile").all():
        tile.locator(".marks i").nth(5).wait_for(timeout=patience_ms)
    page.locator(".banner.critical").first.wait_for(timeout=patience_ms)
    while page.locator("#alarms .acknowledge").count() > 1:
        page.locator("#alarms .acknowledge").last.click()
        page.wait_for_timeout(300)


if __name__ == "__main__":
    main()

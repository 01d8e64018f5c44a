"""Enrols a rendered lift in a browser and measures it: python -m tests.tools.enrolment [--out FILE].

A lift that nothing has seen plays over RTSP from the project's renderer. Chromium leads it through the wizard
of a real service, by taps and drags alone, until its first open and occupied carrier has raised its alarm.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import FloatRect, Page, ViewportSize, sync_playwright

from service.bench.about import about
from service.console import build
from tests.end_to_end.conftest import serve_videos
from tests.service.console.conftest import launch
from tests.service.console.enrolling import Enrolment, Recording
from tests.tools.processes import running

SEED = 10166
"""Of a lift that no training, no demonstration and no other figure uses."""

SIZE: ViewportSize = {"width": 820, "height": 1180}
"""A tablet's."""

THINK_S = 3.0

PICTURES = {"track": "carriers", "picked": "pick", "drawn": "masks", "armed": "proof"}
"""Which steps are pictured when they are done, and what the pictures are called: the README shows them."""

_HIGH_PX, _MARGIN_PX = 1140, 14


def main() -> None:
    """Enrol, print the figures, write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--think", type=float, default=THINK_S, help="seconds before each tap and drag")
    parser.add_argument("--screens", type=Path, help="folder for the pictures of four steps")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    build.build()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        recording = Recording.of(options.seed, folder)
        browser = launch(playwright)
        page = browser.new_context(locale="en-GB", viewport=SIZE).new_page()

        def picture(step: str) -> None:
            if options.screens is not None and step in PICTURES:
                take_step(page, options.screens / f"{PICTURES[step]}.jpg")

        with (
            running(folder, "--data", str(folder / "data")) as service,
            serve_videos({"cam": recording.file}) as addresses,
        ):
            enrolment = Enrolment(page, service, recording, addresses["cam"], options.think, picture)
            with enrolment.client:
                found = enrolment.run()
        browser.close()
    made = about() | {
        "command": f"python -m tests.tools.enrolment --seed {options.seed} --think {options.think}"
    }
    made |= {"seed": options.seed, "think_s": options.think, "interval_s": recording.interval_s}
    text = json.dumps(made | found.figures(), indent=1)
    sys.stdout.write(text + "\n")
    if options.out is not None:
        options.out.write_text(text + "\n", encoding="utf-8")


def take_step(page: Page, path: Path) -> None:
    """Write a picture of the wizard's present step: the upper part of it, in a window that is high enough."""
    page.set_viewport_size({**SIZE, "height": 4000})
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".wizard").bounding_box()
    assert box is not None
    clip: FloatRect = {
        "x": box["x"] - _MARGIN_PX,
        "y": box["y"] - _MARGIN_PX,
        "width": box["width"] + 2 * _MARGIN_PX,
        "height": min(box["height"] + 2 * _MARGIN_PX, _HIGH_PX),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, type="jpeg", quality=82, clip=clip)
    page.set_viewport_size(SIZE)


if __name__ == "__main__":
    main()

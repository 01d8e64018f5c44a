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

from playwright.sync_api import ViewportSize, sync_playwright

from service.bench.about import about
from service.console import build
from tests.end_to_end.conftest import serve_videos
from tests.service.console.conftest import ARGUMENTS, CHROMIUM
from tests.service.console.enrolling import Enrolment, Recording
from tests.tools.processes import running

SEED = 10166
"""Of a lift that no training, no demonstration and no other figure uses."""

SIZE: ViewportSize = {"width": 820, "height": 1180}
"""A tablet's."""

THINK_S = 3.0


def main() -> None:
    """Enrol, print the figures, write them as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--think", type=float, default=THINK_S, help="seconds before each tap and drag")
    parser.add_argument("--screens", type=Path, help="folder for a picture of each step")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    options = parser.parse_args()
    build.build()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        recording = Recording.of(options.seed, folder)
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_context(locale="en-GB", viewport=SIZE).new_page()

        def picture(step: str) -> None:
            if options.screens is not None:
                page.screenshot(path=options.screens / f"{len(enrolment.found.at_s)}-{step}.png")

        with (
            running(folder, "--data", str(folder / "data")) as service,
            serve_videos({"cam": recording.file}) as addresses,
        ):
            enrolment = Enrolment(page, service, recording, addresses["cam"], options.think, picture)
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


if __name__ == "__main__":
    main()

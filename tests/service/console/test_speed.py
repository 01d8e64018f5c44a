"""The page is there at once, and a finger that drags something is followed in every frame.

`PAGE_SPEED=FILE` writes the figures of the slow tests as JSON: `make page-speed`.
"""

import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page

from service.bench.about import about
from tests.service.console import setup_pages
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, shown

OUT = os.environ.get("PAGE_SPEED")
LOADS, MOVES, IDLE_MS = 10, 360, 3000
FRAMES = """() => {
  window.frames_ms = [];
  const note = (at) => { window.frames_ms.push(at); window.asked = requestAnimationFrame(note); };
  window.asked = requestAnimationFrame(note);
}"""
TAKE = "() => { cancelAnimationFrame(window.asked); return window.frames_ms; }"
OBSERVE = """(svg) => {
  window.changed = { added: 0, elements: new Set() };
  const note = (records) => records.forEach(({ type, target }) => {
    if (type === 'childList') window.changed.added += 1;
    else window.changed.elements.add(target.closest('.knob, .handle, .lines, .ghost, .path, svg') ?? target);
  });
  new MutationObserver(note).observe(svg, { attributes: true, childList: true, subtree: true });
}"""
CHANGED = (
    "() => [window.changed.added, [...window.changed.elements].map((one) => one.id || one.className.baseVal)]"
)


def drag(page: Page, target: Locator, moves: int) -> None:
    """Press on a target and move it round and round, one move after another."""
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for number in range(moves):
        turn = 2 * math.pi * number / 60
        page.mouse.move(x + 18 * math.sin(turn), y + 12 * (1 - math.cos(turn)))
    page.mouse.up()


def intervals(page: Page, work: Callable[[], object]) -> dict[str, float]:
    """Return what lay between the frames that the browser drew meanwhile, in milliseconds."""
    page.evaluate(FRAMES)
    work()
    apart = np.diff(page.evaluate(TAKE))
    return {
        "frames": len(apart),
        "per_s": round(1000.0 * len(apart) / float(apart.sum()), 1),
        "median_ms": round(float(np.median(apart)), 2),
        "p95_ms": round(float(np.percentile(apart, 95)), 2),
        "worst_ms": round(float(apart.max()), 2),
    }


def masks(page: Page, served: Served) -> Locator:
    setup_pages.setup_masks(page, served)
    return page.locator(".knob").first


def track(page: Page, served: Served) -> Locator:
    setup_pages.setup_track(page, served)
    return page.locator(".handle.end")


DRAGS: list[Callable[[Page, Served], Locator]] = [masks, track]


@pytest.mark.thorough
@pytest.mark.parametrize("where", DRAGS)
def test_a_drag_draws_what_moves_and_nothing_else(browser: Browser, served: Served, where: Any) -> None:
    """No element is made or removed, no other point is touched: the work of a frame does not grow."""
    page = browser.new_context(locale="en-GB").new_page()
    page.set_default_timeout(PATIENCE_MS)
    target = where(page, served)
    target.focus()
    target.evaluate("(one) => (%s)(one.closest('svg'))" % OBSERVE)  # noqa: UP031 - braces of its own
    drag(page, target, 12)
    added, elements = page.evaluate(CHANGED)
    assert elements
    assert added == 0
    assert len(elements) <= 3, elements


@pytest.mark.slow
def test_the_page_is_quick(browser: Browser, served: Served) -> None:
    """First paint of a cold page; frames while a mask's point and a track's end are dragged."""
    figures: dict[str, Any] = about() | {"command": "make page-speed", "loads": LOADS}
    paints = []
    for _ in range(LOADS):
        context = browser.new_context(locale="en-GB")
        page = context.new_page()
        page.goto(served.link())
        shown(page, "#watch")
        entries = page.evaluate(
            "performance.getEntriesByType('paint').map((one) => [one.name, one.startTime])"
        )
        paints.append(dict(entries)["first-contentful-paint"])
        context.close()
    figures["first_paint_ms"] = {
        "median": round(float(np.median(paints)), 1),
        "worst": round(max(paints), 1),
    }
    for where in DRAGS:
        page = browser.new_context(locale="en-GB", viewport={"width": 820, "height": 1180}).new_page()
        page.set_default_timeout(PATIENCE_MS)
        target = where(page, served)
        idle = intervals(page, lambda page=page: page.wait_for_timeout(IDLE_MS))  # type: ignore[misc]
        dragged = intervals(page, lambda page=page, target=target: drag(page, target, MOVES))  # type: ignore[misc]
        figures[where.__name__] = {"idle": idle, "dragging": dragged}
        assert dragged["median_ms"] < 1.5 * idle["median_ms"]
        served.house.call("DELETE", f"/lifts/{setup_pages.LIFT}/setup")
        page.close()
    note(figures)


def note(figures: dict[str, Any]) -> None:
    """Show figures, and write them beside those that the same command has measured."""
    print(json.dumps(figures, indent=1))  # noqa: T201 - what it is for
    if OUT is not None:
        path = Path(OUT)
        before = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        path.write_text(json.dumps(before | figures, indent=1) + "\n", encoding="utf-8")

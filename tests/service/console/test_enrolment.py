"""A lift that nothing has seen is enrolled in the browser, by taps and drags alone, up to its first alarm."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.end_to_end.conftest import Serve
from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture, used by its name
from tests.service.console import setup_pages
from tests.service.console.conftest import Served
from tests.service.console.enrolling import LIFT, PATIENCE_MS, Enrolment, Operator, Recording
from tests.service.console.test_console import open_page, shown
from tests.tools.enrolment import SEED, SIZE
from tests.tools.processes import Running, running


@pytest.fixture
def service(built: None, tmp_path: Path) -> Iterator[Running]:
    folder = tmp_path / "service"
    folder.mkdir()
    with running(folder, "--data", str(folder / "data")) as made:
        yield made


@pytest.mark.slow
@pytest.mark.timeout(PATIENCE_MS / 1000)
def test_a_new_lift_is_enrolled_by_taps_alone(
    browser: Browser, service: Running, rtsp: Serve, tmp_path: Path
) -> None:
    """Address, carriers, picks, a drag, GO; the first open occupied carrier afterwards alarms in time."""
    recording = Recording.of(SEED, tmp_path)
    page = browser.new_context(locale="en-GB", viewport=SIZE).new_page()
    with rtsp({"cam": recording.file}) as addresses:
        enrolment = Enrolment(page, service, recording, addresses["cam"])
        with enrolment.client as client:
            found = enrolment.run()
            assert client.get(f"/lifts/{LIFT}").json()["armed"] is True
    assert (found.state, found.late) == ("open", False)
    assert found.taps <= 10


def test_every_step_is_passed_by_taps_alone(browser: Browser, served: Served) -> None:
    """The same way with a scripted camera and the small network: each step leads to the next."""
    setup_pages.begin(served)
    page = open_page(browser, served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/{setup_pages.LIFT}/setup")
    person = Operator(page)
    person.press("Watch this track")
    person.press("Carrier 1: Open")
    person.press("Carrier 2: Closed")
    person.tap(page.get_by_role("link", name="Next: Masks"))
    person.drag(page.locator(".knob").first, 2, 1)
    person.press("Use these masks")
    expect(page.locator(".decided")).to_have_attribute("data-decision", "wait", timeout=PATIENCE_MS)
    assert person.taps == 5
    lift = served.house.call("GET", f"/lifts/{setup_pages.LIFT}").json()
    assert (lift["mask_version"], lift["not_armed"]["reason"]) == (1, "too_few_passages")

"""The page says what is watched and what is not, and is calm only where it may be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route, WebSocketRoute, expect

from lifts.decision.arming import Arming, ArmingReason
from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.alarms import conditions
from service.alarms.unstored import UnstoredAlarms
from service.domain.alarm import CHATTERING, Alarm, AlarmDraft, AlarmKind, Severity
from service.domain.camera import CameraState
from service.domain.health import Health
from service.domain.people import Role
from service.store import alarms, lifts
from tests.service.api.conftest import House, status_of
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_page, page, shown

__all__ = ["page"]

LINK = "#link"


def says(page: Page, text: str, state: str) -> None:
    expect(page.locator(LINK)).to_have_text(text, timeout=PATIENCE_MS)
    expect(page.locator(LINK)).to_have_attribute("data-state", state, timeout=PATIENCE_MS)


def trouble(house: House, kind: AlarmKind, cause: str, lift_id: str | None = "demo-quad") -> Alarm:
    draft = AlarmDraft(kind, Severity.WARNING, lift_id, f"trouble: {cause}", cause=cause)
    alarm = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm


def test_all_is_well_only_where_every_lift_is_watched_and_nothing_stands(page: Page) -> None:
    """One lift, live, with masks, without an alarm: the only state that is green."""
    says(page, "The lift is watched · no alarm stands", "live")


@pytest.mark.thorough
def test_every_lift_that_is_not_watched_is_counted_with_the_reason(page: Page, served: Served) -> None:
    """Without a camera, on its substream alone, without masks: none of them looks like safety."""
    says(page, "The lift is watched · no alarm stands", "live")
    camera = {"substream": "rtsp://camera.example/s", "stream": "sub", "width": 640, "height": 480}
    for lift in (
        {"id": "bare", "name": "Bare"},
        {"id": "sub", "name": "Sub", "camera": camera},
        {"id": "undrawn", "name": "Undrawn", "camera": LIFT["camera"]},
    ):
        served.house.store.write(partial(lifts.put, lift=Lift.model_validate(lift))).result()
    served.house.cameras.by_lift["sub"] = status_of("sub", CameraState.LOST)
    served.house.cameras.by_lift["undrawn"] = status_of("undrawn")
    says(
        page,
        "1 of 4 lifts watched · Bare: no camera · Sub: camera lost · Undrawn: no masks",
        "degraded",
    )
    for number in (2, 3):
        more = Lift.model_validate({"id": f"bare-{number}", "name": f"Bare {number}"})
        served.house.store.write(partial(lifts.put, lift=more)).result()
    names = "Bare: no camera · Bare 2: no camera · Bare 3: no camera"
    says(page, f"1 of 6 lifts watched · {names} · and 2 more lifts", "degraded")
    expect(page.locator(".card")).to_have_attribute("data-watched", "true")
    page.goto(f"{served.url}/#/lifts/bare")
    expect(page.locator(".card .pill")).to_have_text("no camera", timeout=PATIENCE_MS)
    expect(page.locator(".card")).to_have_attribute("data-watched", "false")


@pytest.mark.thorough
@pytest.mark.parametrize(
    "message",
    [
        "the lens is covered",
        pytest.param("the camera has sent the same picture for 6 s", marks=pytest.mark.slow),
    ],
)
def test_a_live_camera_that_sees_nothing_is_not_watching(page: Page, served: Served, message: str) -> None:
    """Frames come, and show nothing: said before the alarm is due."""
    says(page, "The lift is watched · no alarm stands", "live")
    served.house.cameras.by_lift["demo-quad"] = replace(status_of("demo-quad"), message=message)
    says(page, f"0 of 1 lifts watched · Demo quad: {message}", "degraded")


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("cause", "said"),
    [
        ("overloaded", "this machine cannot keep up: it reads 60% of what the camera sends"),
        ("process_down", "the camera's process is being restarted"),
        ("", "camera degraded"),
    ],
)
def test_a_camera_is_not_blamed_for_a_service_that_is_too_slow(
    page: Page, served: Served, cause: str, said: str
) -> None:
    """Its frames are late for want of time, or because its process died: that is said, not that it is bad."""
    says(page, "The lift is watched · no alarm stands", "live")
    served.house.cameras.by_lift["demo-quad"] = replace(
        status_of("demo-quad", CameraState.DEGRADED),
        cause=cause,
        message="(a sentence)",
        parameters={"read_share": 0.6},
    )
    says(page, f"0 of 1 lifts watched · Demo quad: {said}", "degraded")


@pytest.mark.thorough
def test_codes_become_sentences_on_the_page(page: Page, served: Served) -> None:
    """What the page says is made of codes and numbers, in its own words, never of the service's sentence."""
    says(page, "The lift is watched · no alarm stands", "live")
    served.house.cameras.by_lift["demo-quad"] = replace(
        status_of("demo-quad"), cause="camera_frozen", parameters={"still_s": 7}, message="(a sentence)"
    )
    says(page, "0 of 1 lifts watched · Demo quad: the camera's picture was frozen", "degraded")
    facts = page.locator("[data-lift=demo-quad] .facts")
    expect(facts).to_contain_text("the camera has sent the same picture for 7 s")
    numbers = {"carriers": 1, "confidence": 0.987}
    draft = AlarmDraft(
        AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "(a sentence)", "p-1", parameters=numbers
    )
    served.house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    banner = page.locator(".banner.critical .say")
    expect(banner).to_contain_text("an occupied carrier (confidence 98.7%)", timeout=PATIENCE_MS)
    later = AlarmDraft(AlarmKind.CAMERA_FROZEN, Severity.WARNING, "demo-quad", "a sentence", cause="of later")
    served.house.store.write(partial(alarms.raise_alarm, draft=later)).result()
    expect(page.locator("[data-kind=camera_frozen] .say")).to_contain_text("a sentence", timeout=PATIENCE_MS)
    expect(page.locator("body")).not_to_contain_text("(a sentence)")


@pytest.mark.thorough
def test_an_alarm_that_was_only_acknowledged_still_stands(page: Page, served: Served) -> None:
    """Acknowledged or shelved, the lens is as covered as before: counted, named, and never calm."""
    says(page, "The lift is watched · no alarm stands", "live")
    alarm = trouble(served.house, AlarmKind.LOW_VISIBILITY, "lens_covered")
    says(page, "0 of 1 lifts watched · Demo quad: the lens is covered · 1 alarm stands", "degraded")
    page.locator(".banner .acknowledge").click()
    expect(page.locator(".banner")).to_have_count(0, timeout=PATIENCE_MS)
    expect(page.locator(".still")).to_have_text("Still standing: Low visibility · Demo quad (acknowledged)")
    says(page, "0 of 1 lifts watched · Demo quad: the lens is covered · 1 alarm stands", "degraded")
    page.reload()
    says(page, "0 of 1 lifts watched · Demo quad: the lens is covered · 1 alarm stands", "degraded")
    note = {"expiry": (datetime.now(UTC) + timedelta(hours=1)).isoformat(), "reason": "snow"}
    served.house.call("POST", f"/alarms/{alarm.id}/shelve", Role.OPERATOR, json=note)
    expect(page.locator(".still")).to_contain_text("(shelved)", timeout=PATIENCE_MS)


@pytest.mark.thorough
@pytest.mark.fault(30)
def test_what_was_over_before_anybody_saw_it_can_be_acknowledged(page: Page, served: Served) -> None:
    """Row 30: a camera lost and back unseen is no reason not to watch, and stays until it is acknowledged."""
    says(page, "The lift is watched · no alarm stands", "live")
    numbers = {"silent_s": 8, CHATTERING: 3}
    lost = Health(AlarmKind.CAMERA_LOST, "demo-quad", True, "(a sentence)", "no_frames", numbers)
    served.house.store.write(partial(conditions.apply, health=lost)).result()
    says(page, "0 of 1 lifts watched · Demo quad: the camera sent no frames · 1 alarm stands", "degraded")
    said = "no frame for 8 s. It comes and goes: 3 times or more within a minute"
    expect(page.locator(".banner .say")).to_contain_text(said)
    served.house.store.write(partial(conditions.apply, health=replace(lost, active=False))).result()
    says(page, "The lift is watched · 1 alarm is over and not acknowledged", "degraded")
    expect(page.locator(".banner .late")).to_have_text("Over now, but nobody has acknowledged it.")
    page.reload()
    page.locator(".banner .acknowledge").click()
    says(page, "The lift is watched · no alarm stands", "live")


@pytest.mark.thorough
def test_a_moment_that_was_acknowledged_is_dealt_with(page: Page, served: Served) -> None:
    """An open bar and a service that was down are no conditions: seen by somebody, they no longer stand."""
    served.house.raise_alarm("p-1")
    trouble(served.house, AlarmKind.SERVICE_DOWN, "since 08:00")
    says(page, "The lift is watched · 2 alarms stand", "degraded")
    for count in (1, 0):
        page.locator(".banner .acknowledge").first.click()
        page.mouse.move(0, 0)  # while it points there nothing else comes under it
        expect(page.locator(".banner")).to_have_count(count, timeout=PATIENCE_MS)
    says(page, "The lift is watched · no alarm stands", "live")
    expect(page.locator(".alarm small")).to_have_text("trouble: since 08:00")  # from when to when


@pytest.mark.thorough
def test_an_alarm_that_is_not_stored_yet_stands(page: Page, served: Served) -> None:
    """The disk is full: the operator sees it all the same, and why nothing can be done with it yet."""
    says(page, "The lift is watched · no alarm stands", "live")
    waiting = UnstoredAlarms(served.house.runtime.hub.show_unstored)
    waiting.add("p-1", AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "Bar open", "p-1"))
    says(page, "The lift is watched · 1 alarm stands", "degraded")
    expect(page.locator(".banner .unstored")).to_contain_text("Not stored yet")
    expect(page.locator(".banner .acknowledge")).to_have_count(0)
    expect(page.locator(".alarm .state")).to_have_text("not stored yet")
    waiting.discard("p-1")
    served.house.raise_alarm("p-1")
    expect(page.locator(".banner .acknowledge")).to_have_count(1, timeout=PATIENCE_MS)
    says(page, "The lift is watched · 1 alarm stands", "degraded")


def test_a_lift_that_cannot_be_read_is_counted(page: Page, served: Served) -> None:
    """It is not among the lifts any more: its alarm alone tells of it."""
    trouble(served.house, AlarmKind.LIFT_INVALID, "", lift_id="broken")
    says(page, "1 of 2 lifts watched · broken: out of service · 1 alarm stands", "degraded")
    expect(page.locator(".banner strong")).to_have_text("Lift out of service · broken")


def test_no_lift_at_all_is_not_calm(browser: Browser, served: Served) -> None:
    """A page without lifts watches nothing, and says so."""
    empty = open_page(browser, served.link())
    says(empty, "No lift is watched: none is enrolled", "degraded")


@pytest.mark.thorough
def test_an_alarm_that_comes_late_says_when_the_carrier_left(page: Page, served: Served) -> None:
    """Found a minute after it left: it does not look like what the camera shows now."""
    shown(page, "#link[data-state=live]")
    draft = AlarmDraft(
        AlarmKind.BAR_OPEN,
        Severity.CRITICAL,
        "demo-quad",
        "Bar open",
        "p-1",
        Verdict.OPEN,
        left_at=datetime.now(UTC) - timedelta(seconds=58),
    )
    served.house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    expect(page.locator(".banner .late")).to_contain_text("Late: the carrier left at", timeout=PATIENCE_MS)
    expect(page.locator(".alarm .state")).to_have_text("active · late")


@pytest.mark.thorough
def test_a_picture_that_is_not_written_yet_is_asked_for_again(page: Page, served: Served) -> None:
    """The alarm is shown before its pictures exist: after a 404 they are fetched again."""
    shown(page, "#link[data-state=live]")
    refused: list[str] = []

    def once(route: Route) -> None:
        if len(refused) < 2:
            refused.append(route.request.url)
            route.fulfill(status=404)
        else:
            route.continue_()

    page.route("**/passages/*/pictures/*.jpg*", once)
    served.house.add_passage("p-1")
    for n in (1, 2, 3):
        picture = page.locator(".pictures .carrier").nth(n - 1)
        expect(picture).to_have_js_property("naturalWidth", 200, timeout=PATIENCE_MS)
    assert len(refused) == 2


@pytest.mark.thorough
def test_a_feed_that_falls_behind_the_heartbeat_resumes(page: Page) -> None:
    """Alarms are committed and do not come, though the connection lives: it resumes from the last seq."""
    asked: list[str] = []

    def feed(socket: WebSocketRoute) -> None:
        asked.append(socket.url)
        socket.send('{"type":"hello","epoch":"e","seq":3}')
        if not socket.url.endswith("?after=3"):
            for _ in range(3):
                socket.send('{"type":"heartbeat","seq":5}')

    page.route_web_socket("**/alarms*", feed)
    page.reload()
    for _ in range(400):
        if any(url.endswith("?after=3") for url in asked):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never resumed: {asked}")


@pytest.mark.thorough
def test_a_card_holds_what_it_shows_however_long_the_words(page: Page, served: Served) -> None:
    """A long name beside a long state: neither runs over the card's edge."""
    lift = Lift.model_validate({**LIFT, "id": "demo-quad", "name": "Demo double of an uncommonly long name"})
    served.house.store.write(partial(lifts.put, lift=lift)).result()
    served.house.cameras.by_lift["demo-quad"] = status_of("demo-quad", CameraState.DEGRADED)
    page.set_viewport_size({"width": 1400, "height": 900})
    card, pill = page.locator(".card"), page.locator(".card header .pill")
    expect(pill).to_have_text("camera degraded", timeout=PATIENCE_MS)
    expect(card.locator("h3")).to_contain_text("uncommonly long", timeout=PATIENCE_MS)
    whole = card.bounding_box()
    assert whole is not None
    for part in (pill, card.locator("h3"), card.locator(".facts")):
        box = part.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= whole["x"] + whole["width"]


def test_a_lift_that_is_not_armed_gives_no_all_clear(page: Page, served: Served) -> None:
    """It is watched, and the page says why that is not enough: at the top, on its card, never calm."""
    says(page, "The lift is watched · no alarm stands", "live")
    few = {"seen": 7, "needed": 20}
    served.house.arm(state=Arming(ArmingReason.TOO_FEW_PASSAGES, few))
    says(page, "The lift is watched · Demo quad: not armed: 7 of 20 carriers seen", "degraded")
    served.house.raise_alarm("p-1")  # is shown like any other, and said to be unproven
    expect(page.locator(".banner .provisional")).to_contain_text("not armed", timeout=PATIENCE_MS)
    page.locator(".banner .acknowledge").click()
    card = page.locator("[data-lift=demo-quad]")
    expect(card).to_have_attribute("data-armed", "false")
    expect(card.locator(".unarmed")).to_have_text("not armed: 7 of 20 carriers seen; wait for more")
    served.house.arm()
    says(page, "The lift is watched · no alarm stands", "live")
    expect(card.locator(".unarmed")).to_be_hidden()
    expect(card.locator(".facts")).to_contain_text("armed")

"""What an operator can lay over a carrier's pictures."""

from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, expect

from lifts.schema import Lift
from service.domain.people import Role
from service.store import lifts
from tests.service.console.conftest import Served
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_page

GROUP = "Where a second network looked; it has no part in the verdict"


@pytest.fixture
def card(browser: Browser, served: Served) -> Locator:
    """The card of a lift with one carrier, as a viewer sees it; the second network is there."""
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    served.house.enrol()
    served.looking.available = True
    served.house.add_passage()
    return open_page(browser, served.link(Role.VIEWER)).locator(".card")


def pressed(card: Locator) -> list[str]:
    """What is laid over the pictures, by its button."""
    return card.locator(".overlays [aria-pressed=true]").all_inner_texts()


def test_an_operator_sees_where_a_second_network_looked(card: Locator, served: Served) -> None:
    """Nothing is worked out before somebody asks; one thing at a time is laid over, by the keyboard."""
    group = card.get_by_role("group", name=GROUP)
    parts = group.get_by_role("button", name="parts")
    expect(parts).to_be_visible(timeout=PATIENCE_MS)
    looked = card.locator(".pictures .looked")
    assert served.looking.asked == 0
    parts.press("Enter")
    expect(looked).to_have_count(3, timeout=PATIENCE_MS)
    expect(group.get_by_role("status")).to_have_text("Lighter: looked at more.", timeout=PATIENCE_MS)
    expect(looked.first).to_be_visible(timeout=PATIENCE_MS)
    expect(looked.first).to_have_js_property("naturalWidth", 200, timeout=PATIENCE_MS)
    assert pressed(card) == ["parts"]
    group.get_by_role("button", name="surroundings").press("Enter")
    expect(card.locator(".pictures .looked[src$=surroundings]")).to_have_count(3, timeout=PATIENCE_MS)
    expect(looked).to_have_count(3, timeout=PATIENCE_MS)
    assert pressed(card) == ["surroundings"]
    card.get_by_role("button", name="Where was the bar seen?").press("Enter")
    expect(looked).to_have_count(0, timeout=PATIENCE_MS)
    expect(card.locator(".pictures .seen").first).to_be_visible(timeout=PATIENCE_MS)
    assert pressed(card) == ["Where was the bar seen?"]
    expect(group.get_by_role("status")).to_have_text("", timeout=PATIENCE_MS)


def test_what_cannot_be_looked_at_is_said(card: Locator, served: Served) -> None:
    """The process is gone: words, and the pictures stay as they are."""
    served.looking.down = True
    group = card.get_by_role("group", name=GROUP)
    group.get_by_role("button", name="surroundings").click()
    expect(group.get_by_role("status")).to_have_text("Cannot be shown now.", timeout=PATIENCE_MS)
    expect(card.locator(".pictures .looked")).to_have_count(0, timeout=PATIENCE_MS)
    expect(card.locator(".pictures .carrier").first).to_have_css("filter", "none", timeout=PATIENCE_MS)


def test_a_machine_without_time_for_it_is_let_be(card: Locator, served: Served) -> None:
    """Looks that are not over when the next carrier comes, twice: it is said, and no more is asked for."""
    group = card.get_by_role("group", name=GROUP)
    served.looking.free.clear()
    try:
        group.get_by_role("button", name="parts").click()
        for number in (2, 3):
            expect(group.get_by_role("status")).to_have_text("Looking …", timeout=PATIENCE_MS)
            record = served.house.add_passage(f"p-{number}")
            picture = f".pictures .carrier[src*='{record.id}']"
            expect(card.locator(picture)).to_have_count(3, timeout=PATIENCE_MS)
        expect(group.get_by_role("status")).to_contain_text("Carriers come faster", timeout=PATIENCE_MS)
        assert pressed(card) == []
        expect(card.locator(".pictures .looked")).to_have_count(0, timeout=PATIENCE_MS)
    finally:
        served.looking.free.set()


def test_without_a_second_network_there_is_nothing_to_press(card: Locator, served: Served) -> None:
    """The bar's map alone is offered."""
    # Signed in before the page is read anew: a link works once.
    expect(card.get_by_role("group", name=GROUP)).to_have_count(1, timeout=PATIENCE_MS)
    served.looking.available = False
    card.page.reload()
    expect(card.get_by_role("button", name="Where was the bar seen?")).to_be_visible(timeout=PATIENCE_MS)
    expect(card.get_by_role("group", name=GROUP)).to_have_count(0, timeout=PATIENCE_MS)

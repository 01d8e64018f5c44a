"""What an operator can lay over a carrier's pictures."""

from functools import partial

import pytest
from playwright.sync_api import Browser, Locator, expect

from lifts.schema import Lift
from service.store import lifts
from service.types import Role
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
    parts = group.get_by_role("button", name="object parts")
    expect(parts).to_be_visible(timeout=PATIENCE_MS)
    looked = card.locator(".pictures .looked")
    assert served.looking.asked == 0
    parts.press("Enter")
    expect(looked).to_have_count(3)
    expect(group.get_by_role("status")).to_have_text("The lighter, the more it looked there.")
    expect(looked.first).to_be_visible()
    expect(looked.first).to_have_js_property("naturalWidth", 200)
    assert pressed(card) == ["object parts"]
    group.get_by_role("button", name="surroundings").press("Enter")
    expect(card.locator(".pictures .looked[src$=surroundings]")).to_have_count(3)
    expect(looked).to_have_count(3)
    assert pressed(card) == ["surroundings"]
    card.get_by_role("button", name="Where was the bar seen?").press("Enter")
    expect(looked).to_have_count(0)
    expect(card.locator(".pictures .seen").first).to_be_visible()
    assert pressed(card) == ["Where was the bar seen?"]
    expect(group.get_by_role("status")).to_have_text("")


def test_what_cannot_be_looked_at_is_said(card: Locator, served: Served) -> None:
    """The process is gone: words, and the pictures stay as they are."""
    served.looking.down = True
    group = card.get_by_role("group", name=GROUP)
    group.get_by_role("button", name="surroundings").click()
    expect(group.get_by_role("status")).to_have_text("Cannot be shown now.", timeout=PATIENCE_MS)
    expect(card.locator(".pictures .looked")).to_have_count(0)
    expect(card.locator(".pictures .carrier").first).to_have_css("filter", "none")


def test_without_a_second_network_there_is_nothing_to_press(card: Locator, served: Served) -> None:
    """The bar's map alone is offered."""
    served.looking.available = False
    card.page.reload()
    expect(card.get_by_role("button", name="Where was the bar seen?")).to_be_visible(timeout=PATIENCE_MS)
    expect(card.get_by_role("group", name=GROUP)).to_have_count(0)

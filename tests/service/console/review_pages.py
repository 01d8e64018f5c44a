"""The pages of reviews, for checks of every page's looks."""

import pytest
from playwright.sync_api import Page, expect

from service.domain.reviewing.sampling import Stratum
from tests.service.api.reviewing.reviewers import Person, drawn
from tests.service.console.conftest import Served
from tests.service.console.test_console import PATIENCE_MS, shown


def _open(page: Page, served: Served, part: str = "") -> None:
    house = served.house
    drawn(house, "r-1", "r-2", "r-3", second=True)
    drawn(house, "r-4", "r-5", stratum=Stratum.ALARM)
    anna, bert = Person.named(house, "anna"), Person.named(house, "bert")
    for name in ("r-2", "r-3", "r-4"):
        anna.answers(name, "open" if name == "r-4" else "closed")
    bert.answers("r-2", "moving")
    page.goto(served.link())
    shown(page, "#watch")
    page.goto(f"{served.url}/#/lifts/demo-quad/review{part}")


def review_queue(page: Page, served: Served) -> None:
    _open(page, served)
    expect(page.locator("button.answer.open")).not_to_have_attribute(
        "aria-disabled", "true", timeout=PATIENCE_MS
    )
    page.locator(".counts-as summary").click()


def review_disagreements(page: Page, served: Served) -> None:
    _open(page, served, "/disagreements")
    shown(page, ".disputes [data-passage=r-2]")


def review_accuracy(page: Page, served: Served) -> None:
    _open(page, served, "/accuracy")
    shown(page, "[data-rate=false] .number")


REVIEW_PAGES = [
    review_queue,
    pytest.param(review_disagreements, marks=pytest.mark.slow),
    review_accuracy,
]

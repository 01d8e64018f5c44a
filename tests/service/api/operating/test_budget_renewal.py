"""A budget is found again by itself as its lift changes: bounded, under the audit, and shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.decision.budgets.renewing import RenewalState
from lifts.decision.verdict import Judgement, Verdict
from service.domain.errors import ConflictError
from service.site.renewing import EVERY_S, FIRST_AFTER_S, WAITING_S, BudgetCheck, BudgetRenewals
from service.store import budgets, passages
from service.store.records import PassageRecord, Review
from tests.service.api.conftest import House
from tests.service.api.operating.test_budgets import AT, CLOSE, LIFT, ask, known, verdict_of

__all__ = ["known"]


def plant(
    house: House, name: str, count: int, opened: float = -0.1, closed: float = 0.1, mask_version: int = 1
) -> None:
    """Further carriers, a quarter of them open, every tenth reviewed."""
    random, model = np.random.default_rng(7), house.engine.manifest.identity
    is_open = np.arange(count) < count // 4
    margins = random.normal(np.where(is_open, opened, closed), 0.03)
    now = datetime.now(UTC) + timedelta(seconds=2)

    def add(session: Session) -> None:
        for number, margin in enumerate(margins):
            judgement = Judgement(
                Verdict.UNKNOWN, 0.9, float(margin), True, 0.9, (), mask_version, model, CLOSE
            )
            own = f"{name}-{number}"
            passages.add(session, PassageRecord(own, LIFT, 1, now, 0.0, 1.0, 2.0, judgement, ()))
            if number % 10 == 0:
                state = Verdict.OPEN if is_open[number] else Verdict.CLOSED
                passages.review(session, own, Review(state, True, "x", now, ""))

    house.store.write(add).result()


def look(house: House) -> BudgetCheck:
    masks = house.runtime.pipeline.active_masks(LIFT)
    assert masks is not None
    assert masks.budget is not None
    return house.runtime.parts.of(BudgetRenewals).look(LIFT, masks, masks.budget)


def shown(house: House) -> Any:
    return house.call("GET", AT).json()


def actions(house: House) -> list[tuple[str, str, str]]:
    items = house.call("GET", "/audit?action=budget.").json()["items"]
    return [(each["action"], each["subject"], each["actor"]) for each in items]


@pytest.mark.thorough
def test_a_budget_follows_what_its_lift_shows(known: House) -> None:
    """Closed carriers lie farther away than they did: fewer misses for the same false alarms."""
    chosen = ask(known, false_alarms_per_day=20).json()
    assert shown(known)["renewal"] is None
    assert look(known).state is RenewalState.UNCHANGED
    plant(known, "later", 600, closed=0.18)
    assert look(known).state is RenewalState.RENEWED
    page = shown(known)
    now = page["budget"]
    assert (now["version"], now["chosen"], now["by"], now["in_force"]) == (2, 1, chosen["by"], True)
    assert now["open_from"] < chosen["open_from"]
    assert now["threshold"] > chosen["threshold"]
    assert now["cost"]["false_alarms_a_day"]["expected"] <= 20
    assert now["cost"]["misses_per_1000"]["high"] <= now["accepted_misses_per_1000"]
    assert now["accepted_misses_per_1000"] == chosen["cost"]["misses_per_1000"]["high"]
    assert (page["renewal"]["state"], page["renewal"]["code"]) == ("renewed", "")
    assert actions(known) == [
        ("budget.renew", f"{LIFT}/2", "system"),
        ("budget.set", f"{LIFT}/1", "the operator"),
    ]
    masks = known.runtime.pipeline.active_masks(LIFT)
    assert masks is not None
    assert masks.lift_references().band is not None
    assert masks.lift_references().band.version == 2  # type: ignore[union-attr]
    assert look(known).state is RenewalState.UNCHANGED


def test_a_budget_comes_back_after_new_masks(known: House) -> None:
    """Until enough was judged by them it is said to wait, and for how many; then it is found with them."""
    ask(known, false_alarms_per_day=20)
    known.enrol(LIFT)
    assert not shown(known)["budget"]["in_force"]
    assert look(known).state is RenewalState.KEPT
    renewal = shown(known)["renewal"]
    assert (renewal["state"], renewal["code"]) == ("kept", "budget_too_few_passages")
    assert renewal["parameters"] == {"seen": 0, "needed": 200}
    assert verdict_of(known)[0] == "unknown"
    plant(known, "new", 250, mask_version=2)
    assert look(known).state is RenewalState.RENEWED
    now = shown(known)["budget"]
    assert (now["version"], now["chosen"], now["in_force"]) == (2, 1, True)
    assert verdict_of(known)[0] == "open"


@pytest.mark.thorough
def test_a_budget_that_would_now_miss_more_is_withdrawn(known: House) -> None:
    """Open carriers look closed now: the model's own band decides, the page and the audit say why."""
    ask(known, misses_per_1000=150)
    strict = text("UPDATE budgets SET high = 0.99")  # it missed few when it was chosen
    known.store.write(lambda session: session.execute(strict)).result()
    known.runtime.pipeline.reload_masks(LIFT)
    plant(known, "later", 600, opened=0.06, closed=0.1)
    assert look(known).state is RenewalState.WITHDRAWN
    page = shown(known)
    assert page["budget"] is None
    assert page["renewal"]["state"] == "withdrawn"
    assert page["renewal"]["code"].startswith("budget_")
    assert actions(known)[0] == ("budget.withdraw", f"{LIFT}/1", "system")
    masks = known.runtime.pipeline.active_masks(LIFT)
    assert masks is not None
    assert masks.lift_references().band is None


def test_what_a_person_chose_meanwhile_stays(known: House) -> None:
    """A renewal replaces the version that it was found from, and no other."""
    ask(known, false_alarms_per_day=20)
    masks = known.runtime.pipeline.active_masks(LIFT)
    assert masks is not None
    before = masks.budget
    assert before is not None
    ask(known, false_alarms_per_day=30)
    with pytest.raises(ConflictError):
        known.store.write(partial(budgets.add, found=before, renews=before.version)).result()
    with pytest.raises(ConflictError):
        known.store.write(partial(budgets.withdraw, lift_id=LIFT, version=1, reason="x")).result()
    assert shown(known)["budget"]["version"] == 2


def test_lifts_are_looked_at_once_a_day_or_while_they_wait_each_hour(known: House) -> None:
    """Neither a choice nor a renewal is looked at within its first day, however often the service starts."""
    ask(known, false_alarms_per_day=20)
    now_s, began, pipeline = [0.0], datetime.now(UTC), known.runtime.pipeline
    renewals = BudgetRenewals(
        known.store,
        lambda: known.engine.manifest,
        pipeline.active_masks,
        pipeline.reload_masks,
        lambda: began + timedelta(seconds=now_s[0]),
        known.runtime.runners,
        lambda: now_s[0],
    )
    looked: list[float] = []
    renewals.look = lambda *_: looked.append(now_s[0])  # type: ignore[method-assign, assignment]

    def at(seconds: float) -> bool:
        now_s[0] = seconds
        count = len(looked)
        renewals.step()
        return len(looked) > count

    assert not at(FIRST_AFTER_S)
    assert not at(EVERY_S - 60)
    assert at(EVERY_S)
    assert not at(2 * EVERY_S - 1)
    assert at(2 * EVERY_S)
    known.enrol(LIFT)
    assert not at(2 * EVERY_S + WAITING_S - 1)
    assert at(2 * EVERY_S + WAITING_S)

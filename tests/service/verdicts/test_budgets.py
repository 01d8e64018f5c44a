"""What a budget promises on the page is what the product alarms: planted margins down the live path."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from sqlalchemy.orm import Session

from lifts.decision.budgets.choosing import BudgetKind, BudgetWish
from lifts.decision.clusters import ClusterPrior
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Judgement, Verdict
from service.domain.arrays import Float32, Image
from service.domain.masks import BudgetVersion
from service.inference.inline import InlineEngine
from service.site.budgets import evidence_of, find_budget
from service.store import budgets, passages
from service.store.database import Store
from service.store.records import PassageRecord, Review
from tests.service.tiny_model import OPEN, passage, picture
from tests.service.verdicts.test_pipeline import House, _await

OPENED, CLOSED, SPREAD = -0.1, 0.1, 0.03
KNOWN, KNOWN_OPEN = 400, 100
EACH = 20
"""Carriers of each state that pass."""


class PlantedEngine(InlineEngine):
    """The tiny network, whose margin is what a test says."""

    margin = 0.0

    def submit_pictures(self, images: Image, references: Float32 | None = None) -> Future[Inference]:
        made = super().submit_pictures(images, references).result()
        matches = np.full((len(images), 2), [self.margin, 1.0], np.float32)
        answer: Future[Inference] = Future()
        answer.set_result(made._replace(matches=matches))
        return answer


@pytest.fixture
def house(store: Store, inline_engine: InlineEngine, tmp_path: Path) -> Iterator[House]:
    manifest = inline_engine.manifest
    clusters = ClusterPrior(OPENED, CLOSED, 0.05, 0.05, SPREAD, 0.12)
    known = manifest.model_copy(
        update={"calibration": manifest.calibration.model_copy(update={"clusters": clusters})}
    )
    engine = PlantedEngine(inline_engine._model, known)
    made = House(store, engine, tmp_path / "data", inline_engine)
    yield made
    made.pipeline.stop()


def plant(house: House) -> None:
    """What the lift has shown so far: two normal clusters of margins, some of them reviewed."""
    random, now = np.random.default_rng(5), datetime.now(UTC) + timedelta(seconds=1)
    is_open = np.arange(KNOWN) < KNOWN_OPEN
    margins = random.normal(np.where(is_open, OPENED, CLOSED), SPREAD)
    masks = house.pipeline.active_masks("lift")
    assert masks is not None

    def add(session: Session) -> None:
        for number, margin in enumerate(margins):
            judgement = Judgement(
                *(Verdict.UNKNOWN, 0.9, float(margin), True, 0.9, (), 1, masks.model, (Reason.TOO_CLOSE,))
            )
            name = f"known-{number}"
            passages.add(session, PassageRecord(name, "lift", 1, now, 0.0, 1.0, 2.0, judgement, ()))
            if number % 10 == 0:
                state = Verdict.OPEN if is_open[number] else Verdict.CLOSED
                passages.review(session, name, Review(state, True, "x", now, ""))

    house.store.write(add).result()


def choose(house: House, wish: BudgetWish) -> BudgetVersion:
    """Give the lift a budget, as the page does."""
    manifest = house.pipeline._engine.manifest
    masks = house.pipeline.active_masks("lift")
    assert masks is not None
    with house.store.reading() as session:
        evidence = evidence_of(session, masks, manifest)
    found = find_budget(wish, evidence, masks, manifest, "me")
    stored = house.store.write(lambda session: budgets.add(session, found)).result()
    house.pipeline.reload_masks("lift")
    return stored


def pass_by(house: House, name: str) -> tuple[float, float]:
    """Let carriers of both states pass; return false alarms of 1,000 closed ones, misses of 1,000 open ones.

    Their margins are the quantiles of what was planted: no chance decides.
    """
    engine = house.pipeline._engine
    assert isinstance(engine, PlantedEngine)
    shares = [(number + 0.5) / EACH for number in range(EACH)]
    for state, centre in (("open", OPENED), ("closed", CLOSED)):
        for number, share in enumerate(shares):
            engine.margin = NormalDist(centre, SPREAD).inv_cdf(share)
            house.pipeline.on_event(passage(f"{name}-{state}-{number}", [picture(OPEN)], time.monotonic()))

    def alarmed() -> dict[str, bool] | None:
        with house.store.reading() as session:
            found = passages.listing(session, limit=500).items
        mine = {each.id: each.judgement.verdict is Verdict.OPEN for each in found if each.id.startswith(name)}
        return mine if len(mine) == 2 * EACH else None

    _await(alarmed, name)
    heard = {house.heard.get_nowait().passage_id for _ in range(house.heard.qsize())}
    closed = sum(f"{name}-closed-{number}" in heard for number in range(EACH))
    opened = sum(f"{name}-open-{number}" in heard for number in range(EACH))
    return 1000 * closed / EACH, 1000 * (EACH - opened) / EACH


@pytest.mark.thorough
def test_a_budget_changes_what_is_alarmed_as_its_figure_says(house: House) -> None:
    """By the model's own band and by a budget, misses and false alarms are those that the page shows."""
    plant(house)
    missed_before = pass_by(house, "before")[1]
    budget = choose(house, BudgetWish(BudgetKind.FALSE_ALARMS_PER_DAY, 40.0))
    false_alarms, missed = pass_by(house, "after")
    one = 1000 / EACH  # so few carriers tell no less
    for found, cost in ((missed_before, budget.default), (missed, budget.cost)):
        assert cost.misses_per_1000.low - one <= found <= cost.misses_per_1000.high + one
    assert missed_before - missed > 2 * one
    share = 1000 * budget.cost.false_alarms_a_day.high / budget.numbers["carriers_a_day"]
    assert false_alarms <= share * KNOWN / (KNOWN - KNOWN_OPEN) + one
    with house.store.reading() as session:
        all_of_them = {each.id: each.judgement for each in passages.listing(session, limit=500).items}
    judged = {name: each for name, each in all_of_them.items() if name.startswith("after")}
    assert {judgement.budget for judgement in judged.values()} == {budget.version}
    for judgement in judged.values():
        assert (judgement.verdict is Verdict.OPEN) == (judgement.margin <= budget.threshold)

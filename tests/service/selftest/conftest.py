"""Houses for self-tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lifts.decision.verdict import Verdict
from service.inference.inline import InlineEngine
from service.store.database import Store
from tests.service.selftest.house import SelfTestHouse, WorkerThatMayLie


@pytest.fixture
def engine(inline_engine: InlineEngine) -> WorkerThatMayLie:
    return WorkerThatMayLie(inline_engine)


@pytest.fixture
def house(
    store: Store, engine: WorkerThatMayLie, inline_engine: InlineEngine, tmp_path: Path
) -> Iterator[SelfTestHouse]:
    made = SelfTestHouse(store, engine, tmp_path / "data", inline_engine)
    yield made
    made.pipeline.stop()


@pytest.fixture
def watched(house: SelfTestHouse) -> SelfTestHouse:
    """One carrier of each state has passed and was reviewed."""
    house.watch("open", Verdict.OPEN, reviewed=True)
    house.watch("closed", Verdict.CLOSED, reviewed=True)
    return house

"""Candidates beside what judges: compared, shown as what they are, promoted, rolled back, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lifts.decision.budgets.choosing import BudgetWish
from lifts.decision.budgets.rates import RateEstimate, ThresholdCost
from lifts.decision.calibration import VerdictBand
from lifts.decision.verdict import Verdict
from service.domain.errors import ConflictError, NotFoundError
from service.domain.masks import BudgetVersion, MaskVersion
from service.domain.trials.candidate import CandidateKind, CandidateSpec, CandidateState, ReplayState
from service.inference.inline import InlineEngine
from service.store.audit import entries
from service.store.database import Store
from service.store.trials import candidates, comparisons, replays
from service.trials import promoting
from service.trials.live import MAX_WAITING
from tests.service.tiny_model import CLOSE, OPEN
from tests.service.trials.house import TrialHouse

MASKS, THRESHOLD = CandidateKind.MASKS, CandidateKind.THRESHOLD


@pytest.fixture
def house(store: Store, inline_engine: InlineEngine, tmp_path: Path) -> Iterator[TrialHouse]:
    made = TrialHouse(store, inline_engine, tmp_path / "data", inline_engine)
    yield made
    made.stop()


def test_swapped_masks_are_shown_as_what_they_are(house: TrialHouse) -> None:
    """Live and replayed nearly every verdict is inverted: words say so, and promotion asks for a reason."""
    bad = house.propose()
    house.watch(8)
    live = house.compared(bad, 8)
    assert (live.compared, live.agreed, live.inverted, live.decided) == (8, 0, 8, 8)
    assert live.looks_swapped
    assert live.words().startswith("looks swapped: 8 of 8 verdicts are inverted")
    assert {house.record(f"p{n}").judgement.verdict for n in (0, 2)} == {Verdict.CLOSED}
    assert [house.heard.get(timeout=120).passage_id for _ in range(4)] == ["p1", "p3", "p5", "p7"]
    house.review("p0", Verdict.CLOSED)
    number = house.replay(bad)
    again = house.trials.summary("lift", bad.number, number)
    assert (again.inverted, again.decided, again.looks_swapped) == (8, 8, True)
    assert (again.reviewed, again.active_right, again.candidate_right) == (1, 1, 0)
    with house.store.reading() as session:
        page = comparisons.differences(session, "lift", bad.number, number)
    assert len(page.items) == 8
    first = next(one for one in page.items if one.passage_id == "p0")
    assert (first.verdict, first.candidate_verdict, first.stored, first.review) == (
        Verdict.CLOSED,
        Verdict.OPEN,
        Verdict.CLOSED,
        Verdict.CLOSED,
    )
    with pytest.raises(ConflictError) as refused:
        house.trials.promote("lift", bad.number)
    assert (refused.value.code, refused.value.parameters["inverted"]) == ("candidate_looks_swapped", 16)
    active = house.pipeline.active_masks("lift")
    assert active is not None
    assert active.version == 1


def test_a_good_one_is_promoted_and_rolled_back_by_one_call_each(house: TrialHouse) -> None:
    """What it replaced is kept, what is in flight is judged and alarmed, and the audit has every step."""
    good = house.propose(swapped=False)
    with pytest.raises(ConflictError) as refused:
        house.trials.promote("lift", good.number)
    assert refused.value.code == "candidate_untested"
    house.watch(4)
    house.compared(good, 4)
    for number in range(100, 104):
        house.send(f"p{number}", [OPEN] * 3)
    done = house.trials.promote("lift", good.number)
    for number in range(104, 108):
        house.send(f"p{number}", [OPEN] * 3)
    heard = {house.heard.get(timeout=120).passage_id for _ in range(10)}
    assert heard == {"p1", "p3", *(f"p{n}" for n in range(100, 108))}
    assert (done.state, done.shadow, done.replaced) == (
        CandidateState.PROMOTED,
        False,
        CandidateSpec(version=1),
    )
    assert house.record("p107").judgement.mask_version == 2
    back = house.trials.roll_back("lift", good.number)
    house.send("p200", [CLOSE] * 3)
    assert (back.state, house.record("p200").judgement.mask_version) == (CandidateState.ROLLED_BACK, 1)
    with house.store.reading() as session:
        steps = [one.action for one in reversed(entries.listing(session, action="candidate."))]
    assert steps == ["candidate.propose", "candidate.promote", "candidate.roll_back"]
    with pytest.raises(ConflictError) as refused:
        house.trials.roll_back("lift", good.number)
    assert refused.value.code == "candidate_not_promoted"
    house.trials.promote("lift", good.number)
    with pytest.raises(ConflictError) as refused:
        house.trials.drop("lift", good.number)
    assert refused.value.code == "candidate_judges"


def test_an_override_is_deliberate_and_audited(house: TrialHouse) -> None:
    """With a reason even swapped masks are promoted; the lift is then not armed by them, as ever."""
    bad = house.propose()
    house.watch(6)
    house.compared(bad, 6)
    house.trials.promote("lift", bad.number, override="the camera hangs upside down")
    with house.store.reading() as session:
        (noted,) = entries.listing(session, action="candidate.promote")
    assert "upside down" in noted.details
    assert '\\"looks_swapped\\": 1.0' in noted.details
    assert not house.pipeline.check_arming("lift").armed


def test_a_dropped_one_leaves_nothing(house: TrialHouse) -> None:
    """It judges no more, its replays end, and what it said is gone."""
    bad = house.propose()
    house.watch(2)
    house.compared(bad, 2)
    running = house.trials.replay("lift", bad.number, None, None, "me")
    assert house.trials.drop("lift", bad.number).state is CandidateState.DROPPED
    house.watch(1, first=2)
    with house.store.reading() as session:
        assert comparisons.count(session, "lift", bad.number, 0) == 0
        assert replays.get(session, "lift", running.number).state is ReplayState.CANCELLED
        assert candidates.in_shadow(session) == []
    with pytest.raises(ConflictError):
        house.trials.promote("lift", bad.number)
    with pytest.raises(ConflictError):
        house.trials.put_in_shadow("lift", bad.number, True)
    with pytest.raises(ConflictError):
        house.trials.replay("lift", bad.number, None, None, "me")


def test_a_threshold_is_tried_without_asking_the_network_again(house: TrialHouse) -> None:
    """Called open only from a probability that no passage reaches: every open one becomes unknown."""
    spec = CandidateSpec(low=0.01, high=0.9999)
    strict = house.trials.propose("lift", THRESHOLD, spec, "me", shadow=True)
    house.watch(6)
    live = house.compared(strict, 6)
    assert (live.agreed, live.unknown_instead, live.inverted) == (3, 3, 0) or live.unknown_instead >= 3
    assert not live.looks_swapped
    with pytest.raises(ConflictError) as refused:
        house.trials.promote("lift", strict.number)
    assert refused.value.code == "threshold_by_budget"


def test_a_replay_is_of_its_time_range_goes_on_and_can_be_cancelled(house: TrialHouse) -> None:
    """What is stored of how far it came survives a restart; the passages after its start are not its own."""
    house.watch(4)
    good = house.propose(shadow=False, swapped=False)
    assert house.trials.summary("lift", good.number).words() == "nothing was compared yet"
    with house.store.reading() as session:
        assert comparisons.count(session, "lift", good.number, 0) == 0
    never = house.trials.replay("lift", good.number, None, datetime.now(UTC) - timedelta(hours=1), "me")
    assert never.total == 0
    running = house.trials.replay("lift", good.number, None, None, "me")
    house.watch(1, first=4)
    while house.replaying.step():
        pass
    with house.store.reading() as session:
        done = replays.get(session, "lift", running.number)
    assert (done.state, done.total, done.done, done.skipped) == (ReplayState.DONE, 4, 4, 0)
    assert done.ended_at is not None
    again = house.trials.replay("lift", good.number, None, None, "me")
    half = replace(again, reached=2, done=2)
    house.store.write(lambda s: replays.save(s, half)).result()
    house.replaying.step()
    assert house.trials.summary("lift", good.number, again.number).compared == 3
    other = house.trials.replay("lift", good.number, None, None, "me")
    assert house.trials.cancel("lift", other.number).state is ReplayState.CANCELLED
    while house.replaying.step():
        pass
    assert house.trials.summary("lift", good.number, other.number).compared == 0


def test_what_cannot_be_tried_is_refused(house: TrialHouse) -> None:
    """What judges already, what there is not, what is no threshold, and a lift without masks."""
    refusals = [
        (MASKS, CandidateSpec(version=1), ConflictError),
        (MASKS, CandidateSpec(version=9), NotFoundError),
        (CandidateKind.CALIBRATION, CandidateSpec(version=3), NotFoundError),
        (CandidateKind.MODEL, CandidateSpec(model="none"), NotFoundError),
        (CandidateKind.MODEL, CandidateSpec(model="../../etc"), NotFoundError),
    ]
    for kind, spec, error in refusals:
        with pytest.raises(error):
            house.trials.propose("lift", kind, spec, "me", shadow=True)
    with pytest.raises(NotFoundError):
        house.trials.propose("none", MASKS, CandidateSpec(version=1), "me", shadow=True)
    with house.store.reading() as session:
        assert candidates.listing(session, "lift").items == ()


def test_what_is_too_much_is_not_compared(house: TrialHouse) -> None:
    """The queue is bounded, and alarms never wait for it."""
    house.trials.shadow.runner.stop()
    house.propose()
    house.watch(MAX_WAITING + 4)
    assert len(house.trials.shadow) == MAX_WAITING
    assert len([house.heard.get(timeout=120) for _ in range((MAX_WAITING + 4) // 2)]) == 10


def test_a_threshold_is_promoted_by_its_budget(house: TrialHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the budget leads to is tried, then judges; rolled back, the model's own band does."""
    cost = ThresholdCost(*(RateEstimate(1.0, 0.5, 2.0),) * 4)

    def found(wish: BudgetWish, _: object, masks: MaskVersion, manifest: object, by: str) -> BudgetVersion:
        band = VerdictBand(0.01, 0.9999)
        return BudgetVersion(
            lift_id="lift",
            version=0,
            wish=wish,
            mask_version=masks.version,
            model=masks.model,
            site_version=masks.site_version,
            band=band,
            threshold=0.1,
            cost=cost,
            default=cost,
            numbers={"passages": 40, "opened": 4, "reviewed": 0, "carriers_a_day": 900},
            by=by,
            active=False,
            created_at=datetime.now(UTC),
        )

    monkeypatch.setattr(promoting, "evidence_of", lambda *_: None)
    monkeypatch.setattr(promoting, "find_budget", found)
    spec = CandidateSpec(budget="misses_per_1000", wish=5.0)
    strict = house.trials.propose("lift", THRESHOLD, spec, "me", shadow=True)
    assert (strict.spec.low, strict.spec.high) == (0.01, 0.9999)
    house.watch(2)
    house.compared(strict, 2)
    assert house.trials.promote("lift", strict.number).replaced == CandidateSpec()
    active = house.pipeline.active_masks("lift")
    assert active is not None
    assert active.budget_in_force is not None
    house.trials.roll_back("lift", strict.number)
    active = house.pipeline.active_masks("lift")
    assert active is not None
    assert active.budget_in_force is None

"""Finds budgets again, once a day, and after masks, model or calibration changed: from what lifts have shown.

What may change without a person is bounded (`lifts.decision.budgets.renewing`). Each renewal is a version of
its own and an entry of the audit; what came of the last look is shown beside the budget.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from lifts.decision.budgets.choosing import BudgetKind
from lifts.decision.budgets.renewing import RenewalState, renew
from service.domain.errors import BarwatchError
from service.domain.masks import BudgetVersion, MaskVersion
from service.host.runner import Runner, Runners
from service.inference.artefact import Manifest
from service.site.budgets import calibration_of, evidence_of, sentence_of, version_of
from service.store import budgets, lifts
from service.store.database import Store

log = structlog.get_logger(__name__)

EVERY_S = 24 * 3600.0
WAITING_S = 3600.0
"""How often a lift is looked at whose budget decides, and one whose budget waits for what judges now."""

FIRST_AFTER_S = 300.0
"""Learning and arming come first after a start."""

TURN_S = 30.0


@dataclass(frozen=True, slots=True)
class BudgetCheck:
    """What the last look at a lift's budget came to.

    code, message, parameters: why no threshold follows (BudgetRefusal).
    """

    at: datetime
    state: RenewalState
    code: str = ""
    message: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict)


class BudgetRenewals:
    """A part of the service (service.host.parts).

    Args:
        store: has budgets and passages.
        manifest: returns the manifest of the model that judges.
        masks_of: returns what a lift is judged by now.
        changed: called with a lift whose budget is another now.
        now: the believed time, aware. clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        store: Store,
        manifest: Callable[[], Manifest],
        masks_of: Callable[[str], MaskVersion | None],
        changed: Callable[[str], object],
        now: Callable[[], datetime],
        runners: Runners,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._manifest, self._masks_of = store, manifest, masks_of
        self._changed, self._now, self._clock = changed, now, clock
        self._since_s = clock()
        self._due_s: dict[str, float] = {}
        self._checks: dict[str, BudgetCheck] = {}
        self._runners, self.runner = runners, Runner("budgets", self._turn, every_s=TURN_S)

    def start(self) -> None:
        """Begin to look."""
        self._runners.add(self.runner).start()

    def stop(self) -> None:
        """End."""
        self.runner.stop()

    def check_of(self, lift_id: str) -> BudgetCheck | None:
        """Return what the last look at the lift's budget came to; None before the first since the start."""
        return self._checks.get(lift_id)

    def step(self) -> None:
        """Look at each lift that is due. Raises StoreError."""
        now_s = self._clock()
        with self._store.reading() as session:
            known = [lift.id for lift in lifts.listing(session)]
        for lift_id in known:
            masks = self._masks_of(lift_id)
            if masks is None or masks.budget is None or self.runner.stopping.is_set():
                continue
            every_s, now = WAITING_S, masks.budget_in_force
            if now is not None:
                if (self._now() - now.created_at).total_seconds() < EVERY_S:
                    continue  # or each restart would move it by a step
                every_s = EVERY_S
            last_s = self._due_s.get(lift_id, self._since_s + FIRST_AFTER_S - every_s)
            if now_s - last_s >= every_s:
                self._due_s[lift_id] = now_s
                try:
                    self.look(lift_id, masks, masks.budget)
                except BarwatchError as error:  # the others are looked at all the same
                    log.warning("a budget is not looked at", lift_id=lift_id, reason=str(error))

    def look(self, lift_id: str, masks: MaskVersion, budget: BudgetVersion) -> BudgetCheck:
        """Find the lift's budget again, and use what follows.

        Raises:
            ConflictError: it was changed meanwhile, or the model holds no prior.
            StoreError, NotFoundError: of the lift.
        """
        manifest, accepted = self._manifest(), accepted_misses(budget)
        with self._store.reading() as session:
            evidence = evidence_of(session, masks, manifest)
        band = None if masks.budget_in_force is None else masks.budget_in_force.band
        found = renew(budget.wish, evidence, calibration_of(masks, manifest), band, accepted)
        check = BudgetCheck(self._now(), found.state)
        if found.refusal is not None:
            reason, numbers = found.refusal.reason, found.refusal.parameters
            check = replace(check, code=reason.value, message=sentence_of(found.refusal), parameters=numbers)
        if found.state is RenewalState.RENEWED and found.outcome is not None:
            again = version_of(found.outcome, budget.wish, masks, budget.by)
            numbers = {"accepted_misses": accepted, "chosen": budget.numbers.get("chosen", budget.version)}
            again = replace(again, numbers={**again.numbers, **numbers})
            self._store.write(partial(budgets.add, found=again, renews=budget.version)).result()
        elif found.state is RenewalState.WITHDRAWN:
            job = partial(budgets.withdraw, lift_id=lift_id, version=budget.version, reason=check.code)
            self._store.write(job).result()
        self._checks[lift_id] = check
        log.info("a budget was looked at", lift_id=lift_id, state=found.state.value, code=check.code)
        if found.state in {RenewalState.RENEWED, RenewalState.WITHDRAWN}:
            self._changed(lift_id)
        return check

    def _turn(self) -> None:
        with self.runner.heartbeat.waiting():  # tens of thousands of passages are weighed for seconds
            self.step()


def accepted_misses(budget: BudgetVersion) -> float:
    """Return how many of 1,000 open carriers may be missed, at the upper end, by whoever chose a budget."""
    if budget.wish.kind is BudgetKind.MISSES_PER_1000:
        return budget.wish.value
    return budget.numbers.get("accepted_misses", budget.cost.misses_per_1000.high)

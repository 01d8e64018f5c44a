"""Budgets of lifts: history, the active one, taking it back; and the passages that one follows from."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import FiniteFloat, TypeAdapter
from sqlalchemy import func, or_, select, true, update
from sqlalchemy.orm import Session

from lifts.decision.budgets.choosing import BudgetKind, BudgetWish
from lifts.decision.budgets.rates import ThresholdCost
from lifts.decision.calibration import VerdictBand
from lifts.decision.verdict import Verdict
from service.domain.errors import ConflictError, NotFoundError
from service.domain.masks import BudgetVersion
from service.domain.people import SYSTEM
from service.store import lifts
from service.store.audit.entries import record
from service.store.damage import readable
from service.store.records import Page
from service.store.tables import AuditRow, BudgetRow, PassageRow, filters

_COST = TypeAdapter(ThresholdCost)
_NUMBERS = TypeAdapter(dict[str, FiniteFloat])
_COLUMNS = TypeAdapter(tuple[BudgetKind, FiniteFloat, int, str, int, FiniteFloat, str, bool, datetime])
_JUDGING = ("calibration.activate", "calibration.deactivate", "masks.activate", "masks.enrol")
"""Entries of the audit after which a lift is judged by something else."""


class JudgedMargin(NamedTuple):
    """A passage whose carrier may be occupied: its margin, when it was seen, and the label that it has."""

    margin: float
    seen_at: datetime
    is_open: bool | None


def add(session: Session, found: BudgetVersion, renews: int | None = None) -> BudgetVersion:
    """Store a budget under the lift's next number and make it the active one; return it with its version.

    renews: the version that the service itself puts this one in the place of; None: a person asks.

    Raises:
        NotFoundError: the lift is unknown.
        ConflictError: what is to be renewed is not the lift's any more.
    """
    if renews is not None:
        _check_active(session, found.lift_id, renews)
    if not lifts.exists(session, found.lift_id):
        raise NotFoundError(f"no lift {found.lift_id!r}", "no_lift", lift_id=found.lift_id)
    newest = session.scalar(select(func.max(BudgetRow.version)).where(BudgetRow.lift_id == found.lift_id))
    version = (newest or 0) + 1
    band = dataclasses.replace(found.band, version=version)
    stored = dataclasses.replace(found, version=version, band=band, active=True)
    _deactivate(session, stored.lift_id)
    session.add(
        BudgetRow(
            lift_id=stored.lift_id,
            version=version,
            kind=stored.wish.kind.value,
            value=stored.wish.value,
            mask_version=stored.mask_version,
            model=stored.model,
            site_version=stored.site_version,
            low=band.low,
            high=band.high,
            threshold=stored.threshold,
            cost=dataclasses.asdict(stored.cost),
            normally=dataclasses.asdict(stored.default),
            numbers=dict(stored.numbers),
            by=stored.by,
            active=True,
            created_at=stored.created_at,
        )
    )
    details: dict[str, float | str] = {
        "kind": stored.wish.kind.value,
        "value": stored.wish.value,
        "misses_per_1000": stored.cost.misses_per_1000.expected,
        "misses_per_1000_without": stored.default.misses_per_1000.expected,
        "open_from": band.high,
        "closed_to": band.low,
    }
    if renews is None:
        record(session, "budget.set", f"{stored.lift_id}/{version}", by=None, **details)
    else:
        record(session, "budget.renew", f"{stored.lift_id}/{version}", by=SYSTEM, renews=renews, **details)
    return stored


def withdraw(session: Session, lift_id: str, version: int, reason: str) -> None:
    """Judge the lift by the model's own band, because its budget misses more than was accepted.

    Raises ConflictError: it is not the lift's budget any more.
    """
    _check_active(session, lift_id, version)
    _deactivate(session, lift_id)
    record(session, "budget.withdraw", f"{lift_id}/{version}", by=SYSTEM, reason=reason)


def take_back(session: Session, lift_id: str) -> None:
    """Judge the lift by the model's own band; nothing happens where it already is."""
    active = select(BudgetRow.version).where(BudgetRow.lift_id == lift_id, BudgetRow.active)
    if (version := session.scalar(active)) is not None:
        _deactivate(session, lift_id)
        record(session, "budget.take_back", f"{lift_id}/{version}")


def active(session: Session, lift_id: str) -> BudgetVersion | None:
    """Return the lift's budget, whatever it was found with; None if it has none.

    A damaged one is noted and left out: by the model's own band the lift is watched all the same.
    """
    query = select(BudgetRow).where(BudgetRow.lift_id == lift_id, BudgetRow.active)
    found = readable(session, query, BudgetRow.version, _budget)
    return found[0][1] if found else None


def history(session: Session, lift_id: str) -> Page[BudgetVersion]:
    """Return every budget of the lift, newest first, on one page."""
    query = select(BudgetRow).where(BudgetRow.lift_id == lift_id).order_by(BudgetRow.version.desc())
    rows = readable(session, query, BudgetRow.version, _budget)
    return Page.of(rows, len(rows))


def judged_since(session: Session, lift_id: str) -> datetime:
    """Return since when the lift is judged as it is now: by this view, these masks and this calibration.

    Raises NotFoundError.
    """
    since = lifts.view_since(session, lift_id)
    changed = select(AuditRow.at).where(
        AuditRow.action.in_(_JUDGING), AuditRow.subject.startswith(f"{lift_id}/", autoescape=True)
    )
    last = session.scalar(changed.order_by(AuditRow.seq.desc()).limit(1))
    return since if last is None else max(since, datetime.fromisoformat(last))


def margins(
    session: Session, lift_id: str, mask_version: int, model: filters.Names, since: datetime, limit: int
) -> tuple[JudgedMargin, ...]:
    """Return the newest passages seen well enough whose carriers may be occupied, at most `limit`.

    Several carriers that were recorded as one are left out.
    """
    label = filters.part(PassageRow.review, "$.verdict")
    unclear = filters.number(PassageRow.judgement, "$.seat_unclear")
    query = select(filters.number(PassageRow.judgement, "$.margin"), PassageRow.seen_at, label)
    query = query.where(
        *filters.judged_by(lift_id, mask_version, model),
        PassageRow.seen_at >= since,
        filters.seen_well(),
        or_(filters.unindexed(PassageRow.occupied) == true(), unclear == 1),
        PassageRow.carriers == 1,
    )
    rows = session.execute(query.order_by(PassageRow.seen_at.desc()).limit(limit))
    states = {Verdict.OPEN.value: True, Verdict.CLOSED.value: False}
    return tuple(
        JudgedMargin(float(margin), seen_at, states.get(said))
        for margin, seen_at, said in rows
        if isinstance(margin, (int, float))
    )


def _check_active(session: Session, lift_id: str, version: int) -> None:
    active = select(BudgetRow.version).where(BudgetRow.lift_id == lift_id, BudgetRow.active)
    if session.scalar(active) != version:
        raise ConflictError("the budget was changed meanwhile", "changed_meanwhile")


def _deactivate(session: Session, lift_id: str) -> None:
    mine = update(BudgetRow).where(BudgetRow.lift_id == lift_id).values(active=False)
    session.execute(mine.execution_options(synchronize_session="fetch"))


def _numbers(stored: object) -> dict[str, float]:
    """Return from how much a budget was found; raises ValueError or LookupError if that is damaged."""
    numbers = _NUMBERS.validate_python(stored)
    if any(numbers[name] < 0 for name in ("passages", "opened", "reviewed", "carriers_a_day")):
        raise ValueError("fewer than none")
    return numbers


def _budget(row: BudgetRow) -> BudgetVersion:
    columns: tuple[Any, ...] = (row.kind, row.value, row.mask_version, row.model, row.site_version)
    columns += (row.threshold, row.by, row.active, row.created_at)
    kind, value, mask_version, model, site_version, threshold, by, is_active, at = _COLUMNS.validate_python(
        columns
    )
    return BudgetVersion(
        lift_id=row.lift_id,
        version=row.version,
        wish=BudgetWish(kind, value),
        mask_version=mask_version,
        model=model,
        site_version=site_version,
        band=VerdictBand(float(row.low), float(row.high), row.version),
        threshold=threshold,
        cost=_COST.validate_python(row.cost),
        default=_COST.validate_python(row.normally),
        numbers=_numbers(row.numbers),
        by=by,
        active=is_active,
        created_at=at,
    )

"""Which passages: what queries for them have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, func, or_, type_coerce
from sqlalchemy.orm import InstrumentedAttribute

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Verdict
from service.domain.former_reasons import FORMER_TOO_CLOSE
from service.store.tables.rows import PassageRow

Names = str | tuple[str, ...]
"""A model's name; or all its names, where it was called otherwise before."""


def names(model: Names) -> tuple[str, ...]:
    """Return all names of a model."""
    return (model,) if isinstance(model, str) else model


def seen(
    lift_id: str, mask_version: int, model: Names, since: datetime | None
) -> tuple[ColumnElement[bool], ...]:
    """Passages with a meaningful margin by these masks and this model, the undecided ones included."""
    newer = () if since is None else (PassageRow.seen_at >= since,)
    return (*judged_by(lift_id, mask_version, model), *newer, seen_well())


def judged_by(lift_id: str, mask_version: int, model: Names) -> tuple[ColumnElement[bool], ...]:
    """Passages of a lift that these masks and this model judged."""
    return (
        PassageRow.lift_id == lift_id,
        PassageRow.mask_version == mask_version,
        part(PassageRow.judgement, "$.model").in_(names(model)),
    )


def seen_well() -> ColumnElement[bool]:
    """Passages with a meaningful margin."""
    return or_(
        PassageRow.verdict != Verdict.UNKNOWN.value,
        part(PassageRow.judgement, "$.reasons[0]") == Reason.TOO_CLOSE.value,
        part(PassageRow.judgement, "$.reason") == FORMER_TOO_CLOSE,
    )


def not_this_lift() -> ColumnElement[bool]:
    """Passages that do not look like a carrier of the lift."""
    return part(PassageRow.judgement, "$.reasons[0]") == Reason.NOT_THIS_LIFT.value


def labelled() -> ColumnElement[bool]:
    """Passages that an operator labelled open or closed."""
    return part(PassageRow.review, "$.verdict") != Verdict.UNKNOWN.value


def part(column: InstrumentedAttribute[Any], path: str) -> ColumnElement[str]:
    """Return a part of a JSON column; NULL of a damaged one, which would make the whole query fail."""
    text = type_coerce(column, String)
    return case((func.json_valid(text) == 1, func.json_extract(text, path)), else_=None)

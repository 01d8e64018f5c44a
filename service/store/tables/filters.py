"""Which rows: what queries for pages and passages have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    UnaryExpression,
    and_,
    case,
    exists,
    func,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.operators import custom_op

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Verdict
from service.domain.former_reasons import FORMER_TOO_CLOSE
from service.domain.reviewing.answers import ReviewAnswer
from service.store.sql.portable import JsonNumber
from service.store.tables import terms
from service.store.tables.rows import PassageRow

_TIME = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] [0-2][0-9]:[0-5][0-9]:[0-5][0-9]*"

Names = str | tuple[str, ...]
"""A model's name; or all its names, where it was called otherwise before."""


def names(model: Names) -> tuple[str, ...]:
    """Return all names of a model."""
    return (model,) if isinstance(model, str) else model


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Within:
    """Which part of a listing a page is: a span of time, and the row that the page before ended with."""

    from_: datetime | None
    to: datetime | None
    before: int | None

    @property
    def timed(self) -> bool:
        """Whether times bound it."""
        return self.from_ is not None or self.to is not None

    def in_order(
        self,
        session: Session,
        query: Select[T],
        row: InstrumentedAttribute[int],
        time: InstrumentedAttribute[datetime],
    ) -> Select[T]:
        """Return the query for the page: the newest row first, or by time where times bound it.

        Each order has an index of its own, so that a page costs the same wherever it is.
        """
        if not self.timed:
            query = query.order_by(row.desc())
            return query if self.before is None else query.where(row < self.before)
        query = query.order_by(time.desc(), row.desc())
        if self.from_ is not None:
            query = query.where(time >= self.from_)
        if self.before is not None:
            # The row itself may have been pruned since: the next older one then says where to go on.
            last = session.scalar(select(time).where(row <= self.before).order_by(row.desc()).limit(1))
            if last is not None and (self.to is None or last < self.to):
                return query.where(time <= last, not_(and_(time == last, row >= self.before)))
        return query if self.to is None else query.where(time < self.to)


def unindexed(column: InstrumentedAttribute[T]) -> ColumnElement[T]:
    """Return the column for a condition that is to be checked row by row, where another one's index is used.

    Without statistics SQLite takes all indexes for equally good.
    """
    return UnaryExpression(column.expression, operator=custom_op("+"), type_=column.type)


def bar_open() -> ColumnElement[bool]:
    """Alarms of the bar, by their index."""
    return sql(terms.BAR_OPEN)  # type: ignore[return-value]


def open_health() -> ColumnElement[bool]:
    """Alarms but the bar's that are not cleared, by their index."""
    return sql(terms.OPEN_HEALTH)  # type: ignore[return-value]


def attention() -> ColumnElement[bool]:
    """Alarms that stand, by their index."""
    return sql(terms.ATTENTION)  # type: ignore[return-value]


def grouped() -> ColumnElement[bool]:
    """Alarms that belong to a group, by their index."""
    return sql(terms.GROUPED)  # type: ignore[return-value]


def on_the_way() -> ColumnElement[bool]:
    """Alarms of the bar that have not ended, by their index."""
    return sql(terms.ON_THE_WAY)  # type: ignore[return-value]


def dated(
    column: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
) -> ColumnElement[bool]:
    """Rows whose time can be read: a damaged one, which would make the whole query fail, is left out."""
    return func.glob(_TIME, type_coerce(column, String))


def reviewed() -> ColumnElement[bool]:
    """Passages that somebody labelled, by their index."""
    return sql(terms.REVIEWED)  # type: ignore[return-value]


def answered(passage_id: InstrumentedAttribute[str | None], *wanted: ReviewAnswer) -> ColumnElement[bool]:
    """Rows of a passage of which people's answers came to one of these; as `Review.settled` reads them."""
    answer, verdict = part(PassageRow.review, "$.answer"), part(PassageRow.review, "$.verdict")
    empty = number(PassageRow.review, "$.occupied") == 0
    of_label = case(  # a label from before there were answers stands for one
        (number(PassageRow.review, "$.disputed") == 1, None),
        (verdict == Verdict.CLOSED.value, ReviewAnswer.CLOSED.value),
        (empty, ReviewAnswer.EMPTY.value),
        (verdict == Verdict.OPEN.value, ReviewAnswer.OPEN.value),
        else_=ReviewAnswer.CANNOT_TELL.value,
    )
    said = func.coalesce(answer, of_label).in_([each.value for each in wanted])
    return exists().where(PassageRow.id == passage_id, PassageRow.review.is_not(None), said)


def has_files() -> ColumnElement[bool]:
    """Passages that have pictures, by their index."""
    return sql(terms.HAS_FILES)  # type: ignore[return-value]


def seen(
    lift_id: str, mask_version: int, model: Names, since: datetime | None
) -> tuple[ColumnElement[bool], ...]:
    """Passages with a meaningful margin by these masks and this model, the undecided ones included."""
    newer = () if since is None else (seen_since(since),)
    return (*judged_by(lift_id, mask_version, model), *newer, seen_well())


def seen_since(since: datetime) -> ColumnElement[bool]:
    """Passages from then on; for queries that take the newest by row, which need not sort by time."""
    return unindexed(PassageRow.seen_at) >= since


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
    """Return a text in a JSON column; NULL of a damaged one, which would make the whole query fail."""
    text = type_coerce(column, String)
    return case((func.json_valid(text) == 1, func.json_extract(text, path)), else_=None)


def number(column: InstrumentedAttribute[Any], path: str) -> ColumnElement[float]:
    """Return a number in a JSON column, 1 and 0 for true and false; NULL of a damaged one."""
    text = type_coerce(column, String)
    return case((func.json_valid(text) == 1, JsonNumber(text, path)), else_=None)

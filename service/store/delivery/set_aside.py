"""What outputs' receivers refused for good, as stored: kept until sent again or left out by a person."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.domain.alarm import AlarmKind
from service.store.audit import entries
from service.store.damage import readable
from service.store.delivery import outputs
from service.store.records import Page
from service.store.tables import OutputRow, SetAsideRow

MOST_SEQS = 1000
"""Of one call."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """A change of an alarm that an output's receiver refused.

    kind: the alarm's. problem: a code; status: the receiver's number, 0 if it gave none. tries: how often it
    was refused. at: when last. again: it is to be sent again.
    """

    output_id: str
    seq: int
    alarm_id: str
    kind: AlarmKind
    problem: str
    status: int
    tries: int
    at: datetime
    again: bool = False


_STORED = TypeAdapter(SetAside)
_FIELDS = tuple(SetAside.__dataclass_fields__)


def put(session: Session, refused: Sequence[SetAside], seq: int, delivered_at: datetime | None) -> None:
    """Set changes of an output aside and let it go on after `seq`, both or neither; nothing if it is gone."""
    output_id = refused[0].output_id
    if session.scalar(select(OutputRow.id).where(OutputRow.id == output_id)) is None:
        return
    _drop(session, output_id, [each.seq for each in refused])
    for each in refused:
        session.add(SetAsideRow(**{**_STORED.dump_python(each), "kind": each.kind.value}))
        number, problem, status = each.seq, each.problem, each.status
        entries.record(session, "output.set_aside", output_id, seq=number, problem=problem, status=status)
    outputs.move(session, output_id, seq, delivered_at)


def listing(session: Session, output_id: str, after: int = 0, limit: int = 100) -> Page[SetAside]:
    """Return what an output set aside above a seq, oldest first; `next`: `after` of the following page."""
    rows = _read(session, output_id, limit + 1, SetAsideRow.seq > after)
    shown = [found for _, found in rows[:limit] if found is not None]
    more = len(rows) > limit and bool(shown)
    return Page(tuple(shown), shown[-1].seq if more else None, min(len(rows), limit) - len(shown))


def due(session: Session, output_id: str, limit: int) -> tuple[SetAside, ...]:
    """Return what is to be sent again, oldest first."""
    return tuple(
        found for _, found in _read(session, output_id, limit, SetAsideRow.again) if found is not None
    )


def counts(session: Session, ignored: Collection[AlarmKind] = ()) -> dict[str, tuple[int, int]]:
    """Return how many each output has set aside, and the newest seq; ignored: kinds that do not count."""
    query = select(SetAsideRow.output_id, func.count(), func.max(SetAsideRow.seq))
    query = query.where(SetAsideRow.kind.not_in(ignored)).group_by(SetAsideRow.output_id)
    return {output_id: (count, newest) for output_id, count, newest in session.execute(query)}


def want_again(session: Session, output_id: str, seqs: Collection[int] | None) -> int:
    """Let some be sent again (None: all), and return how many."""
    wanted = session.scalars(select(SetAsideRow.seq).where(*_of(output_id, seqs))).all()
    session.execute(update(SetAsideRow).where(*_of(output_id, seqs)).values(again=True))
    if wanted:
        entries.record(session, "output.send_again", output_id, count=len(wanted))
    return len(wanted)


def leave_out(session: Session, output_id: str, seqs: Collection[int] | None) -> int:
    """Forget some for good (None: all), and return how many: their receiver never gets them."""
    gone = _drop(session, output_id, seqs)
    if gone:
        entries.record(session, "output.leave_out", output_id, seqs=gone[:MOST_SEQS], count=len(gone))
    return len(gone)


def sent(session: Session, output_id: str, seqs: Collection[int]) -> None:
    """Note that the receiver has them now."""
    _drop(session, output_id, seqs)


def refused_again(session: Session, refused: SetAside) -> None:
    """Note that it was refused once more, and how: it stays set aside."""
    here = update(SetAsideRow).where(*_of(refused.output_id, [refused.seq]))
    how = {"problem": refused.problem, "status": refused.status, "tries": refused.tries + 1}
    session.execute(here.values(**how, at=datetime.now(UTC), again=False))


def is_set_aside(alarm_id: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return what holds for alarms of which an output has set something aside."""
    return exists().where(SetAsideRow.alarm_id == alarm_id)


def _of(output_id: str, seqs: Collection[int] | None) -> list[ColumnElement[bool]]:
    mine = [SetAsideRow.output_id == output_id]
    return mine if seqs is None else [*mine, SetAsideRow.seq.in_(seqs)]


def _drop(session: Session, output_id: str, seqs: Collection[int] | None) -> list[int]:
    gone = list(session.scalars(select(SetAsideRow.seq).where(*_of(output_id, seqs))))
    session.execute(delete(SetAsideRow).where(*_of(output_id, seqs)))
    return gone


def _read(
    session: Session, output_id: str, limit: int, which: ColumnElement[bool] | InstrumentedAttribute[bool]
) -> list[tuple[int, SetAside | None]]:
    query = select(SetAsideRow).where(SetAsideRow.output_id == output_id, which)
    return readable(session, query.order_by(SetAsideRow.seq).limit(limit), SetAsideRow.row, _record)


def _record(row: SetAsideRow) -> SetAside:
    return _STORED.validate_python({name: getattr(row, name) for name in _FIELDS})

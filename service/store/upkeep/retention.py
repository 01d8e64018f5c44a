"""Deletes what is too old, class by class, in steps so small that no alarm waits for one.

What goes is chosen on readers; each step then deletes at most STEP rows in a transaction of its own, after it
has asked again whether an alarm holds them. Nothing here decides whether anything may be deleted now: see
service.verdicts.maintenance.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Select, String, and_, delete, func, not_, select, type_coerce, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from lifts.decision.verdict import Verdict
from service.domain.alarm import MOMENTS, AlarmKind, AlarmState
from service.store.damage import readable
from service.store.database import Store
from service.store.delivery.outputs import delivered_by_all
from service.store.delivery.set_aside import is_set_aside
from service.store.tables import AlarmEventRow, AlarmRow, CommentRow, MaskVersionRow, PassageRow, filters
from service.store.upkeep import tally
from service.store.upkeep.classes import KEPT_FOR_ARMING, Disposal, OldPassage, Retention

T = TypeVar("T")

STEP = 20
"""Rows of one transaction: it takes about as long as storing an alarm."""

PAGE = 500
"""Rows that are looked at together, on a reader."""

_MOMENTS = [kind.value for kind in MOMENTS]


def prune(
    store: Store, retention: Retention, now: datetime, rest: Callable[[], bool] = lambda: False
) -> Iterator[tuple[str, ...]]:
    """Delete what is too old at `now`; yield, after each step, the picture files that nothing names any more.

    Args:
        store: the database.
        retention: how long each class stays.
        now: the aware time that ages are measured to.
        rest: called between two steps, to pause; True ends the pass.

    Raises:
        StoreError: the database cannot answer; the next pass goes on.
    """
    store.write(partial(tally.close_days, now=now)).result()
    for numbers in _steps(_old_alarms(store, retention, now), STEP // 5):
        store.write(partial(_delete_alarms, numbers=numbers, now=now)).result()
        store.database.checkpoint()
        if rest():
            return
    fates = _old_passages(store, retention, now)
    for step in _steps(fates, STEP):
        yield store.write(partial(_apply, fates=dict(step), now=now)).result()
        store.database.checkpoint()
        if rest():
            return
    yield from limit_pictures(store, retention.max_passages, now, rest)


def make_room(store: Store, retention: Retention, now: datetime, limit: int) -> tuple[str, ...]:
    """Take the pictures of at most `limit` of the oldest passages that are too old; return their files."""
    chosen = islice(_old_passages(store, retention, now, only_pictures=True), limit)
    return store.write(partial(_apply, fates=dict(chosen), now=now)).result()


def limit_pictures(
    store: Store, most: int, now: datetime, rest: Callable[[], bool] = lambda: False
) -> Iterator[tuple[str, ...]]:
    """Take the pictures of the oldest passages but the newest `most`; those with an alarm go last."""
    with store.reading() as session:
        having = select(func.count()).select_from(PassageRow).where(filters.has_files())
        excess = (session.scalar(having) or 0) - most
    while excess > 0:
        with store.reading() as session:
            oldest = select(PassageRow.row).where(filters.has_files()).order_by(PassageRow.seen_at)
            step = min(excess, STEP)
            chosen = list(session.scalars(oldest.where(not_(_alarm().exists())).limit(step)))
            if len(chosen) < step:
                alarmed = oldest.where(_alarm().where(not_(AlarmRow.held)).exists())
                chosen += session.scalars(alarmed.limit(step - len(chosen)))
        if not chosen:
            return
        fates = dict.fromkeys(chosen, Disposal.STRIP)
        yield store.write(partial(_apply, fates=fates, now=now)).result()
        excess -= len(chosen)
        if rest():
            return


def with_pictures(session: Session, before: datetime) -> tuple[str, ...]:
    """Return the passages from before then that still have pictures or maps."""
    old = PassageRow.seen_at < before
    named = select(PassageRow.id).where(filters.has_files(), old)
    return (*session.scalars(named), *session.scalars(select(PassageRow.id).where(PassageRow.has_maps, old)))


def vacuum(store: Store, pages: int = 64, keep: int = 2048, rest: Callable[[], bool] = lambda: False) -> int:
    """Give free pages beyond `keep` back to the disk, `pages` at a time; return how many.

    A database from before version 0.9 keeps its free pages, and uses them again, until it is restored from a
    backup.
    """
    given = 0
    with store.reading() as session:
        free = store.database.free_pages(session)
    while free - given > keep and not rest():
        store.write(partial(store.database.give_back, pages=pages)).result()
        given += pages
    return given


def _steps(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while step := list(islice(items, size)):
        yield step


def _old_alarms(store: Store, retention: Retention, now: datetime) -> Iterator[int]:
    """Give the rows of alarms that are over, seen and old: an unacknowledged one never vanishes."""
    over = AlarmRow.state == AlarmState.CLEARED.value
    over |= and_(AlarmRow.kind.in_(_MOMENTS), AlarmRow.state == AlarmState.ACKNOWLEDGED.value)
    classes = (
        (AlarmRow.kind == AlarmKind.BAR_OPEN.value, retention.max_alarm_age_days),
        (AlarmRow.kind != AlarmKind.BAR_OPEN.value, retention.max_health_age_days),
    )
    for which, days in classes:
        query = select(AlarmRow.row, type_coerce(AlarmRow.raised_at, String)).where(
            which, over, not_(AlarmRow.held), AlarmRow.raised_at < now - timedelta(days=days)
        )
        yield from (row for row, _ in _paged(store, query, AlarmRow.raised_at, AlarmRow.row))


def _old_passages(
    store: Store, retention: Retention, now: datetime, *, only_pictures: bool = False
) -> Iterator[tuple[int, Disposal]]:
    """Give what becomes of each passage that is older than the shortest age, unless it stays as it is."""
    oldest = now - timedelta(days=min(retention.max_age_days, retention.max_alarm_age_days))
    with store.reading() as session:
        armed_by = _armed_by(session)
    row = PassageRow
    query = select(
        row.row,
        type_coerce(row.seen_at, String),
        row.lift_id,
        row.verdict,
        row.mask_version,
        row.has_files,
        row.has_maps,
        row.review.is_not(None),
        AlarmRow.row,
        AlarmRow.held,
    ).outerjoin(AlarmRow, and_(AlarmRow.passage_id == row.id, filters.bar_open()))
    query = query.where(row.seen_at < oldest)
    if only_pictures:
        query = query.where(filters.has_files())
    for found in _paged(store, query, row.seen_at, row.row):
        number, stored, lift_id, verdict, version, files, maps, reviewed, alarm, held = found
        if (seen_at := _time_of(stored)) is None:
            continue
        old = OldPassage(
            row=number,
            seen_at=seen_at,
            lift_id=lift_id,
            verdict=verdict,
            mask_version=version,
            has_files=files,
            has_maps=maps,
            reviewed=bool(reviewed),
            alarmed=alarm is not None,
            held=bool(held),
        )
        fate = old.fate(retention, now, armed_by)
        if fate is not Disposal.KEEP:
            yield number, Disposal.STRIP if only_pictures else fate


def _time_of(stored: object) -> datetime | None:
    """Return a stored time; None of a damaged one, whose row is left alone."""
    try:
        return datetime.fromisoformat(str(stored)).replace(tzinfo=UTC)
    except ValueError:
        return None


def _paged(
    store: Store,
    query: Select[*tuple[Any, ...]],
    time: InstrumentedAttribute[datetime],
    row: InstrumentedAttribute[int],
) -> Iterator[Sequence[Any]]:
    """Give the rows of a query in the order of time and row, its second (as text) and first column."""
    query = query.order_by(time, row).limit(PAGE)
    last: tuple[str, int] | None = None
    while True:
        page_query = query
        if last is not None:
            text = type_coerce(time, String)
            page_query = query.where(text >= last[0], not_(and_(text == last[0], row <= last[1])))
        with store.reading() as session:
            page = session.execute(page_query).all()
        yield from page
        if len(page) < PAGE:
            return
        last = str(page[-1][1]), page[-1][0]


def _armed_by(session: Session) -> dict[tuple[str, str], tuple[int, int]]:
    found = {}
    active = select(MaskVersionRow.lift_id, MaskVersionRow.version).where(MaskVersionRow.active)
    for lift_id, version in session.execute(active).all():
        for verdict in (Verdict.OPEN.value, Verdict.CLOSED.value):
            mine = select(PassageRow.row).where(PassageRow.lift_id == lift_id, PassageRow.verdict == verdict)
            newest = mine.order_by(PassageRow.row.desc()).offset(KEPT_FOR_ARMING - 1).limit(1)
            found[lift_id, verdict] = (version, session.scalar(newest) or 0)
    return found


def _alarm() -> Select[int]:
    return select(AlarmRow.row).where(AlarmRow.passage_id == PassageRow.id, filters.bar_open())


def _delete_alarms(session: Session, numbers: Collection[int], now: datetime) -> None:
    """Delete alarms with all that happened to them, but for what an output has yet to deliver, or set aside.

    Never the newest seq: it must not be given again.
    """
    query = select(AlarmRow.id, type_coerce(AlarmRow.raised_at, String))
    query = query.where(AlarmRow.row.in_(numbers), not_(AlarmRow.held))
    query = query.where(AlarmRow.seq <= delivered_by_all(session), not_(is_set_aside(AlarmRow.id)))
    raised = {name: _time_of(stored) for name, stored in session.execute(query).all()}
    gone = list(raised)
    newest = session.scalar(select(func.max(AlarmEventRow.seq)))
    session.execute(
        delete(AlarmEventRow).where(AlarmEventRow.alarm_id.in_(gone), AlarmEventRow.seq != newest)
    )
    session.execute(delete(CommentRow).where(CommentRow.alarm_id.in_(gone)))
    session.execute(delete(AlarmRow).where(AlarmRow.id.in_(gone)))
    tally.note(session, {"alarms": [at for at in raised.values() if at is not None]}, now)


def _apply(session: Session, fates: dict[int, Disposal], now: datetime) -> tuple[str, ...]:
    """Do what was decided; return the files that no record names any more."""
    held = select(PassageRow.row).where(PassageRow.row.in_(list(fates)))
    held = held.join(AlarmRow, and_(AlarmRow.passage_id == PassageRow.id, filters.bar_open()))
    for row, is_held in session.execute(held.add_columns(AlarmRow.held)).all():
        if is_held or fates[row] is Disposal.DELETE:  # raised or held since it was chosen
            del fates[row]
    names, times = _names(session, fates), _times(session, fates)
    of = {fate: [row for row, found in fates.items() if found is fate] for fate in Disposal}
    session.execute(delete(PassageRow).where(PassageRow.row.in_(of[Disposal.DELETE])))
    for fate, has_maps in ((Disposal.STRIP, False), (Disposal.STRIP_TO_MAPS, True)):
        # A damaged record is no longer asked; what it named goes with Pictures.remove_unnamed.
        strip = update(PassageRow).where(PassageRow.row.in_(of[fate]))
        strip = strip.values(has_files=False, has_maps=has_maps)
        session.execute(strip.execution_options(synchronize_session=False))
    tally.note(session, times, now)
    return names


def _times(session: Session, fates: Mapping[int, Disposal]) -> dict[str, list[datetime]]:
    """Return when the passages were seen of which anything goes, by what becomes of them."""
    times: dict[str, list[datetime]] = {}
    rows = select(PassageRow.row, type_coerce(PassageRow.seen_at, String))
    for row, stored in session.execute(rows.where(PassageRow.row.in_(list(fates)))).all():
        if (seen_at := _time_of(stored)) is not None:
            times.setdefault(f"passages, {fates[row].value}", []).append(seen_at)
    return times


def _names(session: Session, fates: dict[int, Disposal]) -> tuple[str, ...]:
    """Return what the records name and will not name any more, and take it out of those that stay."""
    query = select(PassageRow).where(PassageRow.row.in_(list(fates)))
    gone: list[str] = []

    def take(row: PassageRow) -> None:
        kinds = ("file",) if fates[row.row] is Disposal.STRIP_TO_MAPS else ("file", "why")
        gone.extend(name for picture in row.pictures for kind in kinds if (name := picture.get(kind)))
        if fates[row.row] is not Disposal.DELETE:
            row.pictures = [{**picture, **dict.fromkeys(kinds)} for picture in row.pictures]

    readable(session, query, PassageRow.row, take)
    session.flush()
    return tuple(gone)

"""The key figures of alarms, against the limits of EEMUA 191 and ISA-18.2."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from service.api.deps import SOMEWHERE, Caller, RuntimeDep, check_sight
from service.api.problems import RequestRefusedError, responses
from service.api.schemas.base import Moment
from service.api.schemas.operating.figures import KeyFiguresOut
from service.figures.key_figures import key_figures
from service.replicas.answering import from_database
from service.store.alarms import annunciations

router = APIRouter(prefix="/alarms", tags=["alarms"])

USUAL, LONGEST, SHORTEST = timedelta(days=7), timedelta(days=93), timedelta(hours=1)
_EARLIEST = datetime.min.replace(tzinfo=UTC)


@router.get(
    "/figures",
    summary="The key figures of alarms",
    dependencies=SOMEWHERE,
    responses=responses(401, 403, 422, 503),
)
@from_database
def figures(
    runtime: RuntimeDep,
    principal: Caller,
    lift_id: Annotated[str | None, Query(max_length=64, description="Of this lift only.")] = None,
    from_: Annotated[
        Moment | None,
        Query(
            alias="from",
            description="Raised at or after this time (with its zone). By default a week before `to`, or "
            "when the first alarm came: a time in which nothing was watched says nothing.",
        ),
    ] = None,
    to: Annotated[Moment | None, Query(description="Raised before this time; by default now.")] = None,
) -> KeyFiguresOut:
    """Say how many alarms there are, whether they come in floods, and how fast they are acknowledged.

    Alarms count as they call for somebody, again as well; those that are only recorded do not. At most 93
    days.
    """
    check_sight(principal, lift_id)
    now = runtime.clock.now()
    end = now if to is None else to
    with runtime.store.reading() as session:
        begin = from_
        if begin is None:
            first = annunciations.first_at(session)
            past = end - _EARLIEST  # a legal time may have less than a week before it
            begin = max(end - min(USUAL, past), min(first or end, end - min(SHORTEST, past)))
        if not timedelta() < end - begin <= LONGEST:
            raise RequestRefusedError(
                422, "`from` must lie before `to`, at most 93 days", "span_invalid", days=LONGEST.days
            )
        raised = annunciations.annunciations(session, begin, end, lift_id, principal.lifts)
        standing = annunciations.standing_since(session, lift_id, principal.lifts)
        hidden = annunciations.hidden_counts(session, lift_id, principal.lifts)
    return KeyFiguresOut.of(key_figures(raised, standing, begin, end, now), lift_id, hidden)

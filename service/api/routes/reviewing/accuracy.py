"""A lift's accuracy by people's reviews, and these as files."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.api.deps import OPERATOR, PROVEN, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.runtime import Runtime
from service.api.schemas.base import Moment
from service.api.schemas.reviewing.accuracy import LiftAccuracyOut
from service.replicas.answering import from_database
from service.reviewing.accuracy import accuracy_in
from service.reviewing.export import ExportRange, labels_csv, labels_zip
from service.store import lifts
from service.store.audit import entries

router = APIRouter(prefix="/lifts/{lift_id}", tags=["reviews"])

USUAL, LONGEST = timedelta(days=28), timedelta(days=366)

From = Annotated[Moment | None, Query(alias="from", description="Seen at or after this.")]
To = Annotated[Moment | None, Query(description="Seen before this.")]


@router.get(
    "/accuracy",
    summary="How accurate a lift is",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
@from_database
def read_accuracy(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    begin: Annotated[
        date | None, Query(alias="from", description="The first day; by default 28 days before `to`.")
    ] = None,
    end: Annotated[
        date | None, Query(alias="to", description="The day after the last; by default today.")
    ] = None,
) -> LiftAccuracyOut:
    """Estimate misses and false alarms from the reviewed sample, with 95 % intervals, by week as well.

    Days are those of this machine's zone; at most 366.
    """
    if end is None:
        end = runtime.clock.now().astimezone().date()
    if begin is None:
        begin = end - min(USUAL, end - date.min)
    if not timedelta() < end - begin <= LONGEST:
        detail = "`from` must lie before `to`, at most 366 days"
        raise RequestRefusedError(422, detail, "span_invalid", days=LONGEST.days)
    return LiftAccuracyOut.of(lift_id, accuracy_in(runtime.store, lift_id, begin, end))


@router.get(
    "/reviews/export.csv",
    summary="The labels",
    dependencies=[*OPERATOR, *PROVEN],
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/csv": {}}, "description": "A line for each reviewed passage, newest first."},
        **responses(401, 403, 404, 409, 422, 503),
    },
)
@from_database
def export_labels(
    lift_id: LiftIdPath, runtime: RuntimeDep, from_: From = None, to: To = None
) -> StreamingResponse:
    """Give the labels of a lift's passages with stratum and probability; the export is in the audit."""
    wanted = _noted(runtime, lift_id, "csv", from_, to)
    return _answer(labels_csv(runtime.store, wanted), f"reviews-{lift_id}.csv", "text/csv")


@router.get(
    "/reviews/export.zip",
    summary="The labels and pictures",
    dependencies=[*OPERATOR, *PROVEN],
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/zip": {}}, "description": "labels.csv, answers.csv, pictures."},
        **responses(401, 403, 404, 409, 422, 503),
    },
)
def export_pictures(
    lift_id: LiftIdPath, runtime: RuntimeDep, from_: From = None, to: To = None
) -> StreamingResponse:
    """Give labels, every person's answer (people numbered) and pictures, hidden as they are stored.

    Where the lift hides people now, pictures on which nobody was hidden are left out. The export is in the
    audit.
    """
    wanted, hides = _noted(runtime, lift_id, "zip", from_, to), runtime.hides(lift_id)
    content = labels_zip(runtime.store, runtime.pictures, wanted, hides=hides)
    return _answer(content, f"reviews-{lift_id}.zip", "application/zip")


def _noted(runtime: Runtime, lift_id: str, form: str, from_: Moment | None, to: Moment | None) -> ExportRange:
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
    span = "/".join("" if at is None else at.isoformat() for at in (from_, to))
    note = partial(entries.record, action="review.export", subject=lift_id, form=form, span=span)
    runtime.store.write(note).result()
    return ExportRange(lift_id, from_, to)


def _answer(content: Iterator[bytes], name: str, media_type: str) -> StreamingResponse:
    named = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(content, media_type=media_type, headers=named)

"""Reviews: the queue, what people say of a passage, and where they differ."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query

from lifts.decision.verdict import Verdict
from service.api.deps import OPERATOR, VIEWER, LiftIdPath, Operator, RuntimeDep
from service.api.problems import RequestRefusedError, responses
from service.api.routes.passages import PassageId
from service.api.runtime import Runtime
from service.api.schemas.passages import PassageOut, ReviewIn
from service.api.schemas.reviewing.reviews import (
    DisputedPassageOut,
    DisputedPassagesOut,
    GivenAnswerOut,
    GivenAnswersOut,
    ReviewQueueOut,
    ReviewTaskOut,
)
from service.domain.people import Principal
from service.domain.reviewing.answers import LABELS, GivenAnswer, answer_of, contradicts
from service.replicas.answering import from_database
from service.store import lifts, passages
from service.store.records import PassageRecord
from service.store.reviewing import answers, queue

router = APIRouter(tags=["reviews"])

_CHANGE = responses(400, 401, 403, 404, 409, 413, 422, 503)
MOST_SHOWN = 50


@router.get(
    "/lifts/{lift_id}/reviews",
    summary="What to review",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
@from_database
def read_queue(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    principal: Operator,
    limit: Annotated[int, Query(ge=1, le=MOST_SHOWN, description="At most this many passages.")] = 10,
) -> ReviewQueueOut:
    """Give the next passages for the caller: those asked for, then the newest day's sample in random order.

    None that the caller has answered. A passage says neither what the service made of it nor what anybody
    else has said, nor why it is here.
    """
    identity = identity_of(principal)
    midnight = datetime.combine(runtime.clock.now().astimezone().date(), time()).astimezone(UTC)
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        items = queue.waiting(session, lift_id, identity, limit)
        counts = queue.counts(session, lift_id, identity)
        answered = queue.answered_since(session, identity, lift_id, midnight)
    return ReviewQueueOut(
        items=[ReviewTaskOut.of(record, runtime.settings.root_path) for record in items],
        waiting=counts.waiting,
        answered_today=answered,
        second=counts.second,
        disputed=counts.disputed,
    )


@router.get(
    "/lifts/{lift_id}/reviews/disagreements",
    summary="Where people differ",
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
@from_database
def read_disagreements(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    limit: Annotated[int, Query(ge=1, le=MOST_SHOWN, description="At most this many passages.")] = 20,
) -> DisputedPassagesOut:
    """Give the newest passages about which people differ, with what each says.

    A third person's answer decides, or that of one of the two who changes their mind.
    """
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        items = [
            DisputedPassageOut(
                passage=PassageOut.of(record, runtime.settings.root_path),
                answers=[
                    GivenAnswerOut.of(one)
                    for one in answers.history(session, record.id)
                    if one.ended_at is None
                ],
            )
            for record in queue.disputed(session, lift_id, limit)
        ]
    return DisputedPassagesOut(items=items)


@router.get(
    "/passages/{passage_id}/reviews",
    summary="What people said of a carrier",
    dependencies=VIEWER,
    responses=responses(401, 404, 409, 422, 503),
)
@from_database
def read_answers(passage_id: PassageId, runtime: RuntimeDep) -> GivenAnswersOut:
    """Give everything that people said of a passage, with what was taken back or replaced."""
    with runtime.store.reading() as session:
        passages.get(session, passage_id)
        found = answers.history(session, passage_id)
    return GivenAnswersOut(items=[GivenAnswerOut.of(one) for one in found])


@router.post(
    "/passages/{passage_id}/review",
    summary="Label a carrier",
    dependencies=OPERATOR,
    responses=_CHANGE,
)
def review(passage_id: PassageId, runtime: RuntimeDep, principal: Operator, body: ReviewIn) -> PassageOut:
    """Say what a passage shows, in place of what one has said of it before.

    The label is what people's answers come to: one alone, else the one that most gave; none while they
    differ. The lift learns from it.
    """
    given = _given(body, principal)
    return _done(
        runtime, runtime.store.write(partial(answers.give, passage_id=passage_id, given=given)).result()
    )


@router.delete(
    "/passages/{passage_id}/review",
    summary="Take one's label back",
    dependencies=OPERATOR,
    responses=_CHANGE,
)
def take_back(passage_id: PassageId, runtime: RuntimeDep, principal: Operator) -> PassageOut:
    """Take one's own answer back, as if it had not been given; the audit keeps both. 404 without one."""
    job = partial(
        answers.take_back, passage_id=passage_id, identity=identity_of(principal), at=datetime.now(UTC)
    )
    return _done(runtime, runtime.store.write(job).result())


@router.post(
    "/passages/{passage_id}/review/ask",
    summary="Have a carrier reviewed",
    status_code=204,
    dependencies=OPERATOR,
    responses=_CHANGE,
)
def ask(passage_id: PassageId, runtime: RuntimeDep, principal: Operator) -> None:
    """Put a passage into the queue, before the drawn ones; nothing happens where it is in it."""
    runtime.store.write(partial(queue.ask, passage_id=passage_id, by=principal.name)).result()


def identity_of(principal: Principal) -> str:
    """Return by what a reviewer is known: a person, else a token, else the name."""
    return principal.user_id or principal.token_id or principal.name


def _given(body: ReviewIn, principal: Principal) -> GivenAnswer:
    if body.answer is not None and contradicts(body.answer, body.verdict, body.occupied):
        detail = f"expected a label that goes with {body.answer.value!r}, or none"
        raise RequestRefusedError(422, detail, "answer_contradicted", answer=body.answer.value)
    if body.answer is not None:
        verdict, occupied = LABELS[body.answer]
        verdict = body.verdict if body.verdict is not None and verdict is Verdict.UNKNOWN else verdict
        occupied = body.occupied if occupied is None else occupied
        answer = body.answer
    else:
        verdict, occupied = body.verdict or Verdict.UNKNOWN, body.occupied
        answer = answer_of(verdict, occupied)
    at, identity = datetime.now(UTC), identity_of(principal)
    return GivenAnswer(
        answer, verdict, occupied, principal.name, identity, at, body.comment, blind=body.blind
    )


def _done(runtime: Runtime, labelled: PassageRecord) -> PassageOut:
    runtime.pipeline.reviewed(labelled.lift_id)
    return PassageOut.of(labelled, runtime.settings.root_path)

"""Self-tests of a lift: run one now, and what they found."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.deps import OPERATOR, VIEWER, Cursor, LiftIdPath, Limit, Operator, RuntimeDep
from service.api.problems import responses
from service.api.schemas.trials.self_tests import SelfTestIn, SelfTestOut, SelfTestsOut
from service.selftest.whole import SelfTests
from service.store import lifts
from service.store.trials import self_tests

router = APIRouter(prefix="/lifts/{lift_id}", tags=["self-tests"])


@router.post(
    "/self-test",
    summary="Test a lift now",
    status_code=201,
    dependencies=OPERATOR,
    responses=responses(401, 403, 404, 409, 422, 503),
)
def run(
    lift_id: LiftIdPath, runtime: RuntimeDep, principal: Operator, given: SelfTestIn | None = None
) -> SelfTestOut:
    """Send recorded passages of both states down the live path, compare the camera's view, ping the outputs.

    Takes some seconds; nobody is alarmed. The answer is the signed record, whatever the result. Where nothing
    is recorded of a state the result is `incomplete`, which is no pass. 409 while another test runs.
    """
    tester = runtime.parts.of(SelfTests).tester
    accept = given is not None and given.accept_view
    done = tester.run(lift_id, principal.name, accept_view=accept)
    with runtime.store.reading() as session:
        return SelfTestOut.of(self_tests.get(session, lift_id, done.number))


@router.get(
    "/self-tests",
    summary="A lift's self-tests",
    dependencies=VIEWER,
    responses=responses(401, 403, 404, 422, 503),
)
def history(
    lift_id: LiftIdPath, runtime: RuntimeDep, cursor: Cursor = None, limit: Limit = 50
) -> SelfTestsOut:
    """Give the self-tests so far, newest first, each with its signed record."""
    schedule = runtime.parts.of(SelfTests).schedule
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)
        before = None if cursor is None else int(cursor)
        page = self_tests.listing(session, lift_id, before, limit)
    return SelfTestsOut(
        items=[SelfTestOut.of(one) for one in page.items],
        next=None if page.next is None else str(page.next),
        unreadable=page.unreadable,
        due_at=schedule.next_at(),
        missed=schedule.is_missed(lift_id),
    )

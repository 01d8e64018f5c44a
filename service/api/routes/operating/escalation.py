"""Who is called when nobody acknowledges an alarm."""

from __future__ import annotations

from functools import partial

from fastapi import APIRouter, Response
from sqlalchemy.orm import Session

from service.api.deps import ADMIN, PROVEN, VIEWER, RuntimeDep
from service.api.problems import responses
from service.api.schemas.operating.escalation import EscalationIn, EscalationOut, EscalationRuleShape
from service.api.tags import TAGGED, IfUnchanged, tag_of, tagged
from service.domain.errors import ConflictError
from service.replicas.answering import from_database
from service.store import escalations, lifts
from service.store.database import guarded
from service.store.delivery import outputs

router = APIRouter(prefix="/escalation", tags=["alarms"])


@router.get(
    "",
    summary="The rules of escalation",
    dependencies=VIEWER,
    responses={**TAGGED, **responses(401, 403, 503)},
)
@from_database
def read_rules(runtime: RuntimeDep, response: Response) -> EscalationOut:
    """Return what happens when nobody acknowledges an alarm, by lift and priority."""
    with runtime.store.reading() as session:
        rules = escalations.listing(session)
        known = [output.id for output in outputs.listing(session)]
    answer = EscalationOut.of(rules, known)
    return tagged(answer, tag_of(*answer.rules), response)


@router.put(
    "",
    summary="Set the rules of escalation",
    dependencies=[*ADMIN, *PROVEN],
    responses={**TAGGED, **responses(400, 401, 403, 409, 412, 413, 422, 503)},
)
def set_rules(
    runtime: RuntimeDep, body: EscalationIn, response: Response, unchanged: IfUnchanged
) -> EscalationOut:
    """Set all rules, in place of those before; they hold at once, for alarms that wait already too.

    409 where a rule is for a lift, or names an output, that does not exist; 412 `changed_elsewhere` where
    somebody has set others since those that `If-Match` names, which stay.
    """
    rules = [shape.rule() for shape in body.rules]
    with runtime.store.reading() as session:
        known = [output.id for output in outputs.listing(session)]
        for rule in rules:
            if rule.lift_id is not None and not lifts.exists(session, rule.lift_id):
                raise ConflictError(f"no lift {rule.lift_id!r}", "no_lift", lift_id=rule.lift_id)
    answer = EscalationOut.of(rules, known)
    if answer.missing_outputs:
        missing = answer.missing_outputs[0]
        raise ConflictError(f"no output {missing!r}", "no_such_output", output_id=missing)

    change = partial(escalations.replace, rules=rules)
    runtime.store.write(guarded(change, unchanged.on(_tag))).result()
    return tagged(answer, tag_of(*answer.rules), response)


def _tag(session: Session) -> str:
    return tag_of(*(EscalationRuleShape.of(rule) for rule in escalations.listing(session)))

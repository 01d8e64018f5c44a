"""The rules of escalation: all are read and replaced together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from pydantic import TypeAdapter
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.domain.escalation.plan import EscalationRule
from service.store.audit.entries import record
from service.store.damage import readable
from service.store.tables import EscalationRuleRow

_RULE = TypeAdapter(EscalationRule)


def listing(session: Session) -> tuple[EscalationRule, ...]:
    """Return the rules; a damaged one is noted and left out, so that a wider one or the default holds."""
    query = select(EscalationRuleRow).order_by(EscalationRuleRow.row)
    found = readable(session, query, EscalationRuleRow.row, _rule)
    return tuple(rule for _, rule in found if rule is not None)


def replace(session: Session, rules: Sequence[EscalationRule]) -> None:
    """Let these rules hold in place of all before."""
    session.execute(delete(EscalationRuleRow))
    for number, rule in enumerate(rules, 1):
        steps = [asdict(step) for step in rule.steps]
        session.add(EscalationRuleRow(row=number, lift_id=rule.lift_id, priority=rule.priority, steps=steps))
    plain = [asdict(rule) for rule in rules]
    record(session, "escalation.set", by=None, rules=plain)


def _rule(row: EscalationRuleRow) -> EscalationRule:
    return _RULE.validate_python({"lift_id": row.lift_id, "priority": row.priority, "steps": row.steps})

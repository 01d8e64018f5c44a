"""The rules of escalation as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import BaseModel, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from lifts.schema import LIFT_ID_PATTERN
from service.api.schemas.base import ONE_LINE, Body
from service.domain.alarm import LEAST_IMPORTANT
from service.domain.escalation.plan import DEFAULT_STEPS, EscalationRule, EscalationStep

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100, pattern=ONE_LINE)]
Id = Annotated[str, StringConstraints(pattern=LIFT_ID_PATTERN)]


class EscalationStepShape(Body):
    """What happens once nobody has acknowledged an alarm for so long: the page becomes louder, and this."""

    after_s: float = Field(ge=5, le=86_400, allow_inf_nan=False, examples=[60])
    outputs: Annotated[list[Id], Field(max_length=20)] = Field(
        default_factory=list, description="Ids of outputs that get the alarm, whatever their filters."
    )
    person: Name = Field(default="", description="Who is to look; shown with the alarm.")


class EscalationRuleShape(Body):
    """The steps for alarms of one lift (null: all) and one priority (null: all); no steps: none happens."""

    lift_id: Id | None = None
    priority: Annotated[int, Field(ge=1, le=LEAST_IMPORTANT)] | None = None
    steps: Annotated[list[EscalationStepShape], Field(max_length=5)]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        times = [step.after_s for step in self.steps]
        if times != sorted(set(times)):
            raise PydanticCustomError("steps_out_of_order", "each step must come later than the one before")
        return self

    def rule(self) -> EscalationRule:
        """Return what was asked for."""
        steps = (EscalationStep(step.after_s, tuple(step.outputs), step.person) for step in self.steps)
        return EscalationRule(tuple(steps), self.lift_id, self.priority)

    @classmethod
    def of(cls, rule: EscalationRule) -> EscalationRuleShape:
        """Take what the API shows."""
        steps = [
            EscalationStepShape(after_s=step.after_s, outputs=list(step.outputs), person=step.person)
            for step in rule.steps
        ]
        return cls(lift_id=rule.lift_id, priority=rule.priority, steps=steps)


class EscalationIn(Body):
    """All rules, in place of those before. The narrowest one decides; of each kind there is one."""

    rules: Annotated[list[EscalationRuleShape], Field(max_length=200)]

    @model_validator(mode="after")
    def _check_once(self) -> Self:
        places = [(rule.lift_id, rule.priority) for rule in self.rules]
        if len(places) != len(set(places)):
            raise PydanticCustomError("rule_twice", "two rules are for the same lift and priority")
        return self


class EscalationOut(BaseModel):
    """The rules, and what holds without any."""

    rules: list[EscalationRuleShape]
    default: list[EscalationStepShape] = Field(description="The steps where no rule is.")
    missing_outputs: list[str] = Field(description="Outputs that a rule names and that do not exist.")

    @classmethod
    def of(cls, rules: Sequence[EscalationRule], outputs: Sequence[str]) -> EscalationOut:
        """Take what the API shows; outputs: the ids of those there are."""
        named = {output for rule in rules for step in rule.steps for output in step.outputs}
        return cls(
            rules=[EscalationRuleShape.of(rule) for rule in rules],
            default=EscalationRuleShape.of(EscalationRule(DEFAULT_STEPS)).steps,
            missing_outputs=sorted(named - set(outputs)),
        )

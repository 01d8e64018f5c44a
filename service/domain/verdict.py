"""Names of `lifts.decision` under their former address, until every room imports them from there."""

from lifts.decision.verdict import ImageJudgement, Inference, Judgement, Verdict

__all__ = ["ImageJudgement", "Inference", "Judgement", "Verdict"]

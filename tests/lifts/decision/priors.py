"""A distribution of margins over lifts, as the shipped network has it."""

from lifts.decision.clusters import ClusterPrior

PRIOR = ClusterPrior(
    open_mean=-0.32,
    closed_mean=0.3,
    open_deviation=0.043,
    closed_deviation=0.062,
    correlation=-0.4,
    spread=0.032,
)

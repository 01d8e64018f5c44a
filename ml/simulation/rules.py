"""The service's own limits, as the service itself wrote them beside its measurements (load.json)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ml.simulation.measured import LOAD, LOAD_BY, Figures, MissingFigureError


@dataclass(frozen=True)
class Rules:
    """What decides what becomes of a passage when many come at once.

    pictures: of a passage. lead_s: from its last picture to TF, by which the verdict has to be out.
    shortened_beyond, not_judged_beyond: passages inside from which on a further one is judged by three
    pictures, or is unknown. deadline_s: of the network's answer. cpu_batch, device_batch: pictures of a call.
    window_s: how long a call on a device waits for company.
    """

    pictures: int
    lead_s: float
    shortened_beyond: int
    not_judged_beyond: int
    deadline_s: float
    cpu_batch: int
    device_batch: int
    window_s: float
    passage_days: float
    alarm_days: float


def read_rules(figures: Figures) -> Rules:
    """Return the rules. Raises MissingFigureError."""
    found: dict[str, Any] = figures.file(LOAD, LOAD_BY).get("rules") or {}
    try:
        kept = found["retention"]
        return Rules(
            found["pictures"],
            found["lead_s"],
            found["shortened_beyond"],
            found["not_judged_beyond"],
            found["deadline_s"],
            found["cpu_batch_pictures"],
            found["device_batch_pictures"],
            found["device_window_s"],
            kept["max_age_days"],
            kept["max_alarm_age_days"],
        )
    except KeyError as error:
        raise MissingFigureError(f"{LOAD}: no rule {error}: measure by `{LOAD_BY}`") from None

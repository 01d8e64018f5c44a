"""What is kept and what it costs: bytes of a passage, a day and a season, traffic, and euros a year."""

from __future__ import annotations

from ml.simulation.assumed import Assumptions
from ml.simulation.plan import CapacityPlan, Costs, passages_per_s

_GB, _TB, MONTHS, NODE_CORES = 1e9, 1e12, 12, 16


def evidence(lifts: int, costs: Costs, assumed: Assumptions) -> dict[str, float]:
    """Return the bytes that so many lifts store: of a passage, an alarm, a day, a season, and kept at once.

    Kept: passages for the days that the service keeps them, alarms with passage and clip for theirs; a
    database's rows of passages go with them.
    """
    foot, rules = costs.footprint, costs.rules
    passage = foot.database + foot.pictures + foot.numbers
    clip = 1e6 / 8 * costs.camera.mbit_per_s * assumed["clip_seconds"]
    day = lifts * 3600 * assumed["hours_per_day"] * passages_per_s(assumed)
    alarms, days = day * assumed["open_per_1000"] / 1e3, assumed["days_per_season"]
    of_day = day * passage + alarms * clip
    kept = (day - alarms) * passage * min(rules.passage_days, days)
    kept += alarms * (passage + clip) * min(rules.alarm_days, days)
    hours = days * assumed["hours_per_day"]
    return {
        "passages_per_day": day,
        "alarms_per_day": alarms,
        "passage_bytes": passage,
        "alarm_bytes": passage + clip,
        "day_gb": of_day / _GB,
        "season_tb": of_day * days / _TB,
        "kept_gb": kept / _GB,
        "written_season_tb": day * days * foot.written / _TB,
        "streams_mbit_per_s": lifts * costs.camera.mbit_per_s,
        "streams_season_tb": lifts * costs.camera.mbit_per_s * 1e6 / 8 * 3600 * hours / _TB,
        "alarm_messages_per_s_at_noon": alarms
        / (3600 * assumed["hours_per_day"])
        * assumed["changes_per_alarm"]
        * lifts
        * assumed["pages_per_lift"],
    }


def cost(planned: CapacityPlan, kept: dict[str, float], assumed: Assumptions) -> dict[str, float]:
    """Return euros a year by part, in all, and for each lift. Nodes are paid for by their cores, all year.

    With one service, the machine has as many cores as the service.
    """
    cores = planned.cores if planned.services == 1 else planned.nodes * assumed["cores_per_node"]
    replicas = planned.replicas  # a core each
    parts = {
        "nodes": (cores + replicas) / NODE_CORES * assumed["price_node_month"] * MONTHS,
        "database": assumed["price_database_month"] * MONTHS if planned.shared_database else 0.0,
        "storage": kept["kept_gb"] * assumed["price_storage_gb_month"] * MONTHS,
        "traffic": 1e3 * kept["streams_season_tb"] * assumed["price_traffic_gb"],
    }
    whole = sum(parts.values())
    return parts | {"all": whole, "each_lift": whole / planned.lifts}

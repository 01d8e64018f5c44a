"""What the tables of docs/capacity.md come to, in sentences; every number is of the result."""

from __future__ import annotations

from ml.report.capacity.numbers import share_of, two_digits
from ml.report.table import Result


def brief(found: Result) -> str:
    """Return it as a Markdown list."""
    return "\n".join(
        f"- {said}"
        for said in (_processor(found), _breaks(found), _nodes(found), _verdicts(found), _error(found))
    )


def _processor(found: Result) -> str:
    costs = found["costs"]
    camera, embed, main = costs["camera"], costs["embed"], costs["main"]["camera"]
    call_ms = embed["fixed_ms"] + costs["rules"]["pictures"] * embed["picture_ms"]
    judging = found["assumptions"]["carriers_per_hour"]["value"] / 3600 * embed["threads"] * call_ms
    whole, decoding = camera["ms_per_s"] + judging + main, camera["decoding_ms_per_s"]
    return (
        f"**Where the processor goes.** Of what a camera takes ({found['camera']}, {whole:.0f} ms a second), "
        f"{share_of(decoding / whole)} decode, {share_of((camera['ms_per_s'] - decoding) / whole)} follow "
        f"the line, {share_of(judging / whole)} are the network's, {share_of(main / whole)} the main's. "
        "A GPU for the network would save no more than the network's share."
    )


def _breaks(found: Result) -> str:
    largest = found["sizes"][-1]
    use = largest["one_service"]
    first, second = sorted(use, key=lambda part: -use[part])[:2]
    limits = [two_digits(largest["lifts"] / use[part]) for part in (first, second)]
    return (
        f"**What breaks first in one service on one node**: {first}, at about {limits[0]} lifts; then "
        f"{second}, at about {limits[1]}."
    )


def _nodes(found: Result) -> str:
    sizes, cores = found["sizes"], found["assumptions"]["cores_per_node"]["value"]
    nodes = ", ".join(f"{row['plan']['nodes']:,} for {row['lifts']:,}" for row in sizes)
    euros = ", ".join(f"{row['cost']['each_lift']:,.0f}" for row in sizes)
    return f"**Nodes of {cores:.0f} cores**: {nodes} lifts. EUR a year and lift, by assumed prices: {euros}."


def _verdicts(found: Result) -> str:
    largest, lead_ms = found["sizes"][-1], 1e3 * found["costs"]["rules"]["lead_s"]
    typical, peak, lost, _ = largest["scenarios"]
    late = lost["passed"] - lost["unknown"] - round(lost["in_time"] * lost["passed"])
    return (
        f"**Verdicts of {largest['lifts']:,} lifts**: p99.9 {typical['delay_ms']['p99.9']:.0f} ms, on a peak "
        f"day {peak['delay_ms']['p99.9']:.0f} ms, of {lead_ms:.0f} ms that there are. A lost node leaves "
        f"{lost['unknown']:,} carriers unknown, at the longest measured {lost['unknown_at_longest']:,} "
        f"({lost['longest_s']:.0f} s without frames in place of {lost['back_s']:.0f}), and makes "
        f"{late:,} late."
    )


def _error(found: Result) -> str:
    rows = found["validation"]["quiet"]["rows"]
    median, high, longest = (f"{100 * row['error']:+.0f} %" for row in rows.values())
    said = (
        f"**Error of delays on a quiet machine**, eight cameras, nothing fitted: median {median}, 99th "
        f"percentile {high}, longest {longest}."
    )
    cluster = found["validation"]["cluster"]
    if "missing" in cluster:
        return said
    unknown = cluster["all"]["unknown"]
    low, up = unknown["interval_95"]
    return (
        f"{said} **Of carriers that killed nodes leave unknown**, {cluster['nodes']} nodes and "
        f"{cluster['lifts']} cameras: {unknown['measured']:,} measured, "
        f"{unknown['simulated']:,.0f} simulated (95 % of runs: {low:,.0f} to {up:,.0f})."
    )


def messages(found: Result) -> str:
    """Return what a page would be sent that follows all alarms of the largest size."""
    row, assumed = found["sizes"][-1], found["assumptions"]
    alarms_s = row["evidence"]["alarms_per_day"] / 3600 / assumed["hours_per_day"]["value"]
    rate = alarms_s * assumed["changes_per_alarm"]["value"]
    return (
        f"Each page is planned with the alarms of its own resort: one that followed all alarms of "
        f"{row['lifts']:,} lifts would be sent {rate:,.0f} changes a second, which nobody can read."
    )

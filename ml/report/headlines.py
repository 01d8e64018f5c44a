"""The README's figures, worst first: missed carriers, false alarms a day, misjudged passages."""

from __future__ import annotations

from collections.abc import Mapping

from ml.evaluate.metrics import wilson
from ml.report.table import Result, Table

CARRIERS_PER_HOUR = 600
"""A carrier every 6 s, as in the recordings, and typical of a detachable lift at full speed."""

HOURS_PER_DAY = 8


def headlines(results: Mapping[str, Result]) -> Table:
    """Return the README's figures from results by name; a figure whose result is missing is left out."""
    rows = []
    if enrolled := results.get("events-enrolled"):
        armed = enrolled["armed"] if enrolled.get("refused") else None
        of = f"{enrolled['lifts']} unseen lifts"
        rows.append(_recall(enrolled, "set up as an operator does it", of, armed))
    if events := results.get("events"):
        of = f"{len(events['recordings'])} recordings of unseen lifts"
        rows.append(_recall(events, "from a lift's first start", of))
        if learnt := results.get("events-learnt"):
            of = f"{len(learnt['recordings'])} recordings of unseen lifts"
            rows.append(_recall(learnt, "the line known from an earlier recording", of))
    if alarms := enrolled or events:
        armed = alarms["armed"] if alarms.get("refused") else None
        rows += [_false(alarms, "alarms", armed), _false(alarms, "warnings", armed)]
    if (lifts := results.get("final") or results.get("loco")) and "verdicts" in lifts:
        rows.append(_passages(lifts, lifts["verdicts"], f"{len(lifts['lifts'])} unseen lifts"))
        if views := lifts.get("views"):
            refused = f"{views['refused']} of {views['lifts']} lifts refused as NO-GO"
            went = f"the {views['lifts'] - views['refused']} of them whose view can show the bar ({refused})"
            rows.append(_passages(lifts, views["verdicts"], went))
    return Table(("figure", "measured", "on what, and by which command"), rows)


def _recall(events: Result, since: str, of: str, armed: Result | None = None) -> tuple[str, str, str]:
    """armed: the same figures of those lifts that the product would arm, if it refused any."""
    low, high = events["recall_interval_95"]
    missed = [
        f"{events[name]} {words}"
        for name, words in (
            ("late", "alarmed too late"),
            ("warned", "alarmed with lower priority, as the seat was unclear"),
            ("called_unknown", "called unknown"),
            ("silent", "without an alarm"),
        )
        if events[name]
    ]
    return _row(
        f"carriers that left open with somebody on them, alarmed in time, {since}",
        f"**{100 * events['recall']:.1f} %** ({100 * low:.0f} to {100 * high:.0f})",
        f"{events['events']} such carriers on {of}; the others: {', '.join(missed) or 'none'}"
        + (f"; on the {armed['lifts']} that the product arms {100 * armed['recall']:.1f} %" if armed else ""),
        events,
    )


def _false(events: Result, what: str, armed: Result | None = None) -> tuple[str, str, str]:
    count, of = events[f"false_{what}"], events["carriers"]
    rate, low, high = (1000 * share for share in (count / of, *wilson(min(count, of), of)))
    carriers = CARRIERS_PER_HOUR * HOURS_PER_DAY
    a_day, fewest, most = (value * carriers / 1000 for value in (rate, low, high))
    return _row(
        {"alarms": "false alarms", "warnings": "false alarms of lower priority, as the seat was unclear"}[
            what
        ],
        f"**{rate:.1f} per 1,000 carriers** ({low:.1f} to {high:.1f}), about "
        f"**{a_day:.0f} a day** ({fewest:.0f} to {most:.0f})",
        f"{count} on {of:,} carriers; a day is {HOURS_PER_DAY} hours of {CARRIERS_PER_HOUR} carriers = "
        f"{carriers:,} carriers, and {carriers:,} / 1,000 · {rate:.1f} = {a_day:.0f}"
        + (f"; {armed[f'false_{what}']} of them on the lifts that the product arms" if armed else ""),
        events,
    )


def _passages(lifts: Result, verdicts: Result, of: str) -> tuple[str, str, str]:
    counts = verdicts["per_passage"]
    return _row(
        "passages misjudged, from two masks alone",
        f"open called closed **{_of_1000(counts, 'open_called_closed')}**, closed called open "
        f"**{_of_1000(counts, 'closed_called_open')}**, unknown {_of_1000(counts, 'unknown')}",
        f"of 1,000 open, of 1,000 closed and of 1,000 passages, from {counts['judged']} passages of {of}",
        lifts,
    )


def _of_1000(counts: Result, name: str) -> str:
    low, high = counts[f"{name}_interval_95"]
    return f"{1000 * counts[f'{name}_share']:.1f} ({1000 * low:.1f} to {1000 * high:.1f})"


def _row(figure: str, measured: str, what: str, result: Result) -> tuple[str, str, str]:
    return figure, measured, f"{what}; `{result['command']}`"

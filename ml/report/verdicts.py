"""The format of the product's verdicts: wrong each way, unknown, and the seat."""

from __future__ import annotations

from ml.report.table import Result, Table, interval, points, share

OUTCOMES = (
    "open_called_closed",
    "closed_called_open",
    "unknown",
    "empty_called_occupied",
    "occupied_called_empty",
)

NOT_MEASURED = "not yet measured as verdicts"


def verdicts_table(result: Result) -> Table | str:
    """Return a row for pictures, for passages or for events; a sentence where nothing was measured so.

    Each outcome is its count, and in per cent of those that it could have happened to, with the interval.
    """
    if "verdicts" not in result:
        return f"{NOT_MEASURED.capitalize()} of the product."
    rows = [
        [
            name.replace("_", " "),
            counts["judged"],
            *(share_of_outcome(counts, outcome) for outcome in OUTCOMES),
        ]
        for name, counts in result["verdicts"].items()
        if counts is not None
    ]
    return Table(("verdicts", "judged", *(f"{name.replace('_', ' ')} (%)" for name in OUTCOMES)), rows)


def share_of_outcome(counts: Result, name: str) -> str:
    """Return an outcome's count and its share with the interval, "" where it could not happen."""
    return "" if counts[f"{name}_share"] is None else f"{counts[name]}: {share(counts, name)}"


def format_outcomes(counts: Result) -> str:
    """Return the outcomes with their shares and intervals, those of nothing left out."""
    return ", ".join(
        f"{name.replace('_', ' ')} {share(counts, name).replace(' (', ' % (', 1)}"
        for name in OUTCOMES
        if counts[f"{name}_share"] is not None
    )


CASES = {
    "alone": "empty, nobody anywhere",
    "empty": "empty, among people and carriers",
    "occupied": "occupied",
    "child": "one child on an eight-seater",
    "legs": "legs below a high back, seen from behind",
    "behind": "somebody behind an empty bench",
}

_SEAT_OUTCOMES = ("empty_called_occupied", "occupied_called_empty")
_BAR_OUTCOMES = ("open_called_closed", "closed_called_open", "unknown")


def seats_section(result: Result) -> str:
    """Return the table of a result of `barwatch evaluate-seats`: seat and bar, per picture and passage."""
    if not result["rows"]:
        return NOT_MEASURED.capitalize()
    rows: list[list[object]] = []
    for case, row in result["rows"].items():
        for of, counts in row["verdicts"].items():
            cells = [share_of_outcome(counts, name) for name in (*_SEAT_OUTCOMES, *_BAR_OUTCOMES)]
            alarms = row["alarms"] if of == "per_passage" else None
            rows.append([CASES[case], of.replace("_", " "), counts["judged"], *cells, *_alarms(alarms)])
    names = [f"{name.replace('_', ' ')} (%)" for name in (*_SEAT_OUTCOMES, *_BAR_OUTCOMES)]
    return str(Table(("shows", "verdicts", "judged", *names, "false alarms (%)", "missed alarms (%)"), rows))


def _alarms(alarms: Result | None) -> list[str]:
    if alarms is None:
        return ["", ""]
    return [
        f"{alarms[name]} of {alarms[of]} {interval(alarms[f'{name}_interval_95'])}" if alarms[of] else ""
        for name, of in (("false", "open_empty"), ("missed", "open_occupied"))
    ]


def habits_section(result: Result) -> str:
    """Return the table of a result of `barwatch evaluate-masks`: what each habit of drawing costs."""
    rows: list[list[object]] = []
    for row in result["rows"]:
        passage, picture = row["verdicts"]["per_passage"], row["verdicts"]["per_picture"]
        cost = f"{row['cost_points']:.2f} ({points(row['cost_interval_95'])})"
        wrong = [share_of_outcome(passage, name) for name in _BAR_OUTCOMES]
        rows.append([row["habit"], share(picture, "right"), cost, share(passage, "right"), *wrong])
    heads = ("masks", "right per picture (%)", "cost (points)", "right per passage (%)")
    return str(Table((*heads, *(f"{name.replace('_', ' ')} (%)" for name in _BAR_OUTCOMES)), rows))

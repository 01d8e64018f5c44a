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
    measured = {name.replace("_", " "): counts for name, counts in result["verdicts"].items()}
    if views := result.get("views"):
        measured |= {f"{name.replace('_', ' ')}, GO lifts only": c for name, c in views["verdicts"].items()}
    rows = [
        [name, counts["judged"], *(share_of_outcome(counts, outcome) for outcome in OUTCOMES)]
        for name, counts in measured.items()
        if counts is not None
    ]
    return Table(("verdicts", "judged", *(f"{name.replace('_', ' ')} (%)" for name in OUTCOMES)), rows)


def views_text(result: Result) -> str:
    """Return which lifts were refused because their view cannot show the bar; "" where none was judged so."""
    if "views" not in result:
        return ""
    views = result["views"]
    refused = f"{views['refused']} of {views['lifts']} lifts are refused, {_percent(views, 'refused')}"
    sentences = [f"NO-GO, after {views['watched']} other passages of each lift: {refused}."]
    for name, of, what in (
        ("wrong_refused", "wrong", "passages called wrongly are theirs"),
        ("refused_without_error", "lifts_without_error", "lifts without such a passage are among them"),
    ):
        if views[of]:
            sentences.append(f"{views[name]} of {views[of]} {what}, {_percent(views, name)}.")
    heads = ("refused", "why", "open called closed", "closed called open", "unknown", "passages")
    counted = (*OUTCOMES[:3], "judged")
    rows = [
        [one["lift"], "; ".join(map(_why, one["reasons"])), *(one[name] for name in counted)]
        for one in views["refusals"]
    ]
    return " ".join(sentences) + (f"\n\n{Table(heads, rows)}" if rows else "")


def _percent(result: Result, name: str) -> str:
    return share(result, name).replace(" (", " % (", 1)


def _why(reason: Result) -> str:
    numbers = ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in reason["parameters"].items())
    return f"{reason['reason'].replace('_', ' ')} ({numbers})"


def share_of_outcome(counts: Result, name: str) -> str:
    """Return an outcome's count and its share with the interval, "" where it could not happen."""
    return "" if counts[f"{name}_share"] is None else f"{counts[name]}: {share(counts, name)}"


def format_outcomes(counts: Result) -> str:
    """Return the outcomes with their shares and intervals, those of nothing left out."""
    return ", ".join(
        f"{name.replace('_', ' ')} {_percent(counts, name)}"
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

_SEAT_OUTCOMES = ("empty_called_occupied", "occupied_called_empty", "empty_unclear", "occupied_unclear")
_BAR_OUTCOMES = ("open_called_closed", "closed_called_open", "unknown")
_ALARMS = {
    "false": ("open_empty", "false alarms (%)"),
    "missed": ("open_occupied", "missed alarms (%)"),
}

WITHOUT = {
    "time": "each picture for itself",
    "texture": "a network that was not trained before texture",
    "seats": "nothing learnt of the seat",
}


def seats_section(result: Result) -> str:
    """Return the tables of a result of `barwatch evaluate-seats`.

    Seat and bar, per picture and passage; per passage with a part left out; what a lift learns of its seat.
    """
    if not result["rows"]:
        return NOT_MEASURED.capitalize()
    rows: list[list[object]] = []
    for case, row in result["rows"].items():
        for of, counts in row["verdicts"].items():
            cells = [_share(counts, name) for name in (*_SEAT_OUTCOMES, *_BAR_OUTCOMES)]
            alarms = row["alarms"] if of == "per_passage" else None
            rows.append([CASES[case], of.replace("_", " "), counts["judged"], *cells, *_alarms(alarms)])
    names = [f"{name.replace('_', ' ')} (%)" for name in (*_SEAT_OUTCOMES, *_BAR_OUTCOMES)]
    parts = [
        str(Table(("shows", "verdicts", "judged", *names, *(head for _, head in _ALARMS.values())), rows))
    ]
    names = names[: len(_SEAT_OUTCOMES)]
    if result.get("without"):
        rows = [
            [WITHOUT[part], CASES[case], row["verdicts"]["per_passage"]["judged"], *_seat_cells(row)]
            for part, left in result["without"].items()
            for case, row in left.items()
        ]
        parts.append("Passages with a part left out:")
        parts.append(str(Table(("without", "shows", "judged", *names), rows)))
    if result.get("places"):
        rows = [
            [*_place(row), row["verdicts"]["per_passage"]["judged"], *_seat_cells(row)]
            for row in result["places"]
        ]
        parts.append("Lifts before one photograph at one place, after they watched passages without labels:")
        parts.append(str(Table(("watched", "occupied", "without", "judged", *names), rows)))
    return "\n\n".join(parts)


def _share(counts: Result, name: str) -> str:
    """Return an outcome's cell; "" in results of versions that did not count it."""
    return share_of_outcome(counts, name) if name in counts else ""


def _seat_cells(row: Result) -> list[str]:
    return [_share(row["verdicts"]["per_passage"], name) for name in _SEAT_OUTCOMES]


def _place(row: Result) -> list[str]:
    share = row["occupied_share"]
    return [
        str(row["passages"]),
        f"{100 * share:.0f} %" if share is not None else "as they came" if row["passages"] else "",
        WITHOUT[row["without"]] if row["without"] else "",
    ]


def _alarms(alarms: Result | None) -> list[str]:
    if alarms is None:
        return [""] * len(_ALARMS)
    return [
        f"{alarms[name]} of {alarms[of]} {interval(alarms[f'{name}_interval_95'])}" if alarms[of] else ""
        for name, (of, _) in _ALARMS.items()
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


def length_section(result: Result) -> str:
    """Return the table of a result of `barwatch evaluate-passage-length`: movements by pictures."""
    rows: list[list[object]] = []
    for row in result["rows"]:
        counts = row["verdicts"]
        cells = [share_of_outcome(counts, name) for name in (*_BAR_OUTCOMES, "right")]
        rows.append([row["pictures"], row["movement"], counts["judged"], *cells])
    heads = [f"{name.replace('_', ' ')} (%)" for name in (*_BAR_OUTCOMES, "right")]
    return str(Table(("pictures", "the bar", "passages", *heads), rows))


_PROPOSALS = {"all": "all", "sound": "without a reason to doubt them"}


def proposals_section(result: Result) -> str:
    """Return the tables of a result of `barwatch evaluate-proposals`.

    A row for hand-made and for proposed masks of each way to pick, and which reasons came up.
    """
    rows: list[list[object]] = []
    for row in result["rows"]:
        for of, title in _PROPOSALS.items():
            figures = row[of]
            if not figures["proposals"]:
                continue
            cost = f"{figures['cost_points']:.2f} ({points(figures['cost_interval_95'])})"
            for masks in ("hand_made", "proposed"):
                counts = figures[masks]
                cells = [share_of_outcome(counts, name) for name in _BAR_OUTCOMES]
                last = cost if masks == "proposed" else ""
                name = masks.replace("_", "-")
                rows.append(
                    [row["picks"], title, figures["proposals"], name, share(counts, "right"), *cells, last]
                )
    heads = ("picked", "proposals", "of them", "masks", "right per passage (%)")
    outcomes = [f"{name.replace('_', ' ')} (%)" for name in _BAR_OUTCOMES]
    table = Table((*heads, *outcomes, "cost (points)"), rows)
    doubts: list[list[object]] = [
        [row["picks"], reason, count] for row in result["rows"] for reason, count in row["reasons"].items()
    ]
    return f"{table}\n\n{Table(('picked', 'reason to doubt', 'proposals'), doubts)}" if doubts else str(table)

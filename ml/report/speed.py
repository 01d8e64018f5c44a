"""Tables of speed: the shipped network beside others, every system's network, and cameras."""

from __future__ import annotations

from collections.abc import Mapping

from ml.report.table import Result, Table, rendered


def embed_section(result: Result) -> str:
    """Return the table of `barwatch bench embed`: a row for each system, a column for each setting."""
    timed = [row for row in result["rows"] if "left_out" not in row]
    settings = list(dict.fromkeys((row["threads"], row["batch"]) for row in timed))
    cells: dict[tuple[str, str], dict[tuple[int, int], str]] = {}
    for row in timed:
        rates = cells.setdefault((row["system"], row["runtime"]), {})
        rates[row["threads"], row["batch"]] = f"{row['pictures_per_s']:.4g} ({row['ratio_to_paper']:.2f})"
    heads = [f"{threads} thread{'s' if threads > 1 else ''}, batch {batch}" for threads, batch in settings]
    rows = [[*system, *(rates[setting] for setting in settings)] for system, rates in cells.items()]
    return rendered(
        "embed",
        result=result,
        table=Table(("pictures a second (times the paper's network)", "in", *heads), rows),
        left_out=[row for row in result["rows"] if "left_out" in row],
    )


def networks_section(result: Result) -> str:
    """Return the table of `barwatch bench systems`: a row for each network, the fastest first."""
    machine = result["machine"]
    fastest_first = sorted(result["rows"], key=lambda row: -row["pictures_per_s"])
    rows = [[row["system"], f"{row['pictures_per_s']:.4g}"] for row in fastest_first]
    heading = f"{machine['cpu']}, one thread, batches of {result['rows'][0]['batch']}"
    load = f"load at the start {machine['load_average_1min']}"
    return f"{heading}; {load}\n\n{Table(('system', 'pictures a second, from bytes'), rows)}\n"


def speeds_of(others: Mapping[str, Result]) -> dict[str, Result]:
    """Return the rows of `barwatch bench systems` by system, where they were measured."""
    found = {row["system"]: row for row in others.get("speed-systems", {"rows": []})["rows"]}
    if "siamese" in found and "classifier" in found:
        found["classifier"] = found["siamese"]  # one network, `PaperNetwork`: two measurements would be noise
    return found


def rate_of(timed: Result | None) -> str:
    """Return a row's pictures a second, "" for none."""
    return f"{timed['pictures_per_s']:.0f}" if timed else ""


def smoke_section(result: Result) -> str:
    """Return the table of `barwatch bench smoke`: each command's processor time, the longest first."""
    longest_first = sorted(result["rows"], key=lambda row: -row["processor_s"])
    rows = [
        [row["run"], f"{row['processor_s']:.0f}", f"failed, status {row['status']}" if row["status"] else ""]
        for row in longest_first
    ]
    return f"{Table(('smoke run', 'processor time, s', ''), rows)}\n"


def cameras_section(result: Result) -> str:
    """Return the table of `barwatch bench ingest`, whose result contains its own text."""
    on = result["machine"]
    heading = f"{on['cpu']}, {on['cores']} cores (load at the start {on['load_average_1min']})"
    return f"{heading}\n\n{Table(('what', 'measured'), result['said'])}\n"

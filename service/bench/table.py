"""A run of `barwatch bench ingest` in words: the rows of its table, kept beside its figures."""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
Said = tuple[str, str]

BEFORE = "the earlier code"
"""What a row of other code is called: a checkout that took its turns."""

ON_DEVICE = "a camera's whole path, decoded on a device"
"""What the row of hardware is called."""

CORES = 2
"""For how many the cameras are counted."""


def said(result: Row) -> list[Said]:
    """Return (what, measured) for each row of a result."""
    found: list[Said] = []
    for row in result["cameras"]:
        found += _cost(row)
        found += _others(row)
        if "standing" in row:
            found.append(_standing(row))
        found.append(_capacity(row))
        if "memory" in row:
            found.append(_memory(row))
    if "delay" in result:
        found.append(_delay(result["delay"]))
    return found


def markdown(result: Row) -> str:
    """Return the table of a result with what it was measured on."""
    on = result["machine"]
    heading = (
        f"{on['cpu']}, {on['cores']} cores (load at the start {on['load_average_1min']}), "
        f"PyAV {on['av']}, OpenCV {on['opencv']}, torch {on['torch']}"
    )
    rows = [f"| {what} | {measured} |" for what, measured in result["said"]]
    return "\n".join([heading, "", "| what | measured |", "|---|---|", *rows])


def _cost(row: Row) -> list[Said]:
    name, start = f"{row['name']}, {row['mbit_per_s']:.1f} Mbit/s H.264", row["start"]
    what = f"a camera's whole path, {name}, line learnt: processor per second of camera"
    measured = (
        f"{row['whole_ms']:.0f} ms; {_ratio(row['ratio'])} decoding alone, {row['decoding_ms']:.0f} ms; "
        f"{row['slices']} slices in {row['seconds']:.0f} s"
    )
    found = [(what, measured)]
    if row["passages"]:
        what = f"the same with the network's judgement, {row['passages']} passages"
        measured = (
            f"{row['whole_ms'] + row['judging_ms']:.0f} ms; {_ratio(row['ratio_with_judging'])} decoding "
            f"alone; {row['judging_ms_per_passage']:.0f} ms per passage"
        )
        found.append((what, measured))
    if start["seconds"] > 0:
        what = f"the same without judgement in the first {start['seconds']:.0f} s, while the line is learnt"
        measured = (
            f"{start['whole_ms']:.0f} ms; {start['ratio']:.2f} times decoding alone; at most "
            f"{start['worst_slice_ms']:.0f} ms for {start['slice_s']} s of camera"
        )
        found.append((what, measured))
    return found


def _others(row: Row) -> list[Said]:
    found: list[Said] = []
    for name, other in row.get("others", {}).items():
        at_first = f"; {other['start_ratio']:.2f} times while the line is learnt" if _learns(name) else ""
        spread = other["ratio"]
        times = _ratio(spread) if "p5" in spread else f"{spread['median']:.2f} times"
        measured = f"{other['ms']:.0f} ms; {times} decoding alone{at_first}"
        found.append((f"beside it in the same run: {name}, {row['name']}", measured))
    if row.get("device") == "none":
        found.append((f"{ON_DEVICE}, {row['name']}", "no device"))
    return found


def _standing(row: Row) -> Said:
    found = row["standing"]
    what = f"a camera of one stream that encodes by quality, its line standing, {row['name']}"
    return what, (
        f"{found['ms']:.1f} ms; {_ratio(found['ratio'])} decoding alone, {found['decoding_ms']:.0f} ms; "
        f"{_ratio(found['whole_ratio'])} with all decoded; {found['left_out']} pictures left out in "
        f"{found['seconds']:.0f} s"
    )


def _learns(name: str) -> bool:
    return name == BEFORE or "stream" in name or name.startswith(ON_DEVICE)


def _capacity(row: Row) -> Said:
    found = row["capacity"]
    what = f"cameras that {CORES} cores carry in real time, {row['name']}"
    measured = f"{found['counted']} by the processor's time"
    if "tries" not in found:
        return what, measured
    if found["learnt_s"] is None:
        return what, f"{measured}; with this many, not all learnt their lines in time"
    tries = [
        f"{t['cameras']} run, {t['frames_dropped']} frames dropped in {t['seconds']:.0f} s"
        for t in found["tries"]
    ]
    return what, "; ".join([measured, *tries, f"all lines learnt after {found['learnt_s']:.0f} s"])


def _memory(row: Row) -> Said:
    what = f"memory that each further camera's process adds, {row['name']}"
    found, before = row["memory"], row["memory"].get("before")
    return what, _of_processes(found) + (f"; with {BEFORE}: {_of_processes(before)}" if before else "")


def _of_processes(found: Row) -> str:
    more = ", ".join(f"{mb:.0f}" for mb in found["added_mb"])
    but = "" if found["learnt"] else "; not all lines were learnt in time, which takes more"
    return f"{more} MB; the first, with what all share, {found['first_mb']:.0f} MB{but}"


def _delay(found: Row) -> Said:
    what = f"from a passage's last frame to its committed verdict, {found['cameras']} cameras 720p25 at once"
    if not found["judged"]:
        return what, "no passage" if found["learnt_s"] is not None else "not all learnt their lines in time"
    return what, (
        f"median {found['p50_ms']:.0f} ms, 99th percentile {found['p99_ms']:.0f} ms, longest "
        f"{found['longest_ms']:.0f} ms; {found['judged']} passages, {found['frames_dropped']} frames dropped"
    )


def carried(found: Row) -> str:
    """Say whether a machine carried the cameras of `barwatch bench carry`."""
    if not found["judged"]:
        return f"{found['cameras']} cameras: no verdict within {found['seconds']:.0f} s"
    return (
        f"{found['cameras']} cameras 720p25 on {found['cores']} cores for {found['seconds']:.0f} s: "
        f"{found['judged']} verdicts, {found['late']} late, the last of the others "
        f"{max(found['least_spare_ms'], 0.0):.0f} ms before TF; {found['unknown']} unknown, "
        f"{found['frames_dropped']} frames dropped, {found['whole_ms']:.0f} ms of a core each per second"
    )


def _ratio(spread: dict[str, float]) -> str:
    return f"{spread['median']:.2f} times ({spread['p5']:.2f} to {spread['p95']:.2f})"

"""The table of every figure: what was measured, the result, and the command."""

from __future__ import annotations

from collections.abc import Mapping

from ml.papers.comparison.orderings import runs_of
from ml.papers.published import PRINTED_2, PRINTED_4
from ml.report.systems import mean_share
from ml.report.table import Result, Table, percent, share
from ml.report.verdicts import NOT_MEASURED, format_outcomes

TABLES = {"paper": ("", PRINTED_2), "paper-large": (" on Table 3's 36,600 pictures", PRINTED_4)}
"""How the paper's two networks were trained, and its averages in per cent: Tables 2 and 4."""

NAMES = {
    "edge-energy": "edge energy under the masks, nothing learnt",
    "edge-correlation": "edge correlation with the masks, nothing learnt",
    "barwatch": "barwatch, from two masks: no picture of these lifts was trained on",
    "classifier": "the paper's simple classifier, trained on these lifts",
    "siamese": "the paper's siamese network, trained on these lifts",
    "vgg16": "VGG16, trained on these lifts",
    "resnet50": "ResNet-50, trained on these lifts",
    "getnet": "GetNet, on pictures off their place, trained on these lifts",
}

SPEEDS = {"speed": "as the service runs it", "speed-memory-kept": "freed memory kept"}
"""Results of `barwatch bench embed`. Keeping freed memory helps the paper's network most."""

RUNTIMES = {"TorchScript": "float32", "TorchScript, bfloat16": "bfloat16 (the paper's in float32)"}
"""Of the shipped network in those results."""

SHOWN_PASSAGES = 50
"""Of how many unlabelled passages the table speaks."""

Row = tuple[str, str, str]
"""What, how much, and by which command."""


def summary_table(results: Mapping[str, Result], runs: Mapping[str, Result]) -> Table:
    """Return a row for each figure; what was not run has none.

    Args:
        runs: of the papers' systems, by their names.
    """
    rows = [*_unseen(results), *_onsite(results), *_further(results), *_benchmark(results), *_papers(runs)]
    rows += [*_recordings(results), *_speeds(results)]
    return Table(("what", "measured", "by"), rows)


def _row(what: str, measured: str, result: Result) -> Row:
    return what, measured, f"`{result['command']}`"


def _percent(value: float) -> str:
    return f"{percent(value)} %"


def _share(result: Result, name: str = "accuracy") -> str:
    """Return a share with its interval, e.g. 95.77 % (94.67 to 96.65)."""
    return share(result, name).replace(" (", " % (", 1)


def _verdicts(which: str, result: Result) -> list[Row]:
    """Return the product's verdicts per picture, per passage and per event, as far as they were measured."""
    if "verdicts" not in result:
        return [_row(f"verdicts, {which}", NOT_MEASURED, result)]
    return [
        _row(
            f"verdicts {name.replace('_', ' ')}, {which}, {counts['judged']}", format_outcomes(counts), result
        )
        for name, counts in result["verdicts"].items()
        if counts is not None
    ]


def _unseen(results: Mapping[str, Result]) -> list[Row]:
    rows = []
    if final := results.get("final"):
        rows += _verdicts(f"{len(final['lifts'])} unseen lifts on which nothing was chosen", final)
    if loco := results.get("loco"):
        rows += _verdicts(f"{len(loco['lifts'])} unseen lifts", loco)
        what = "by the sign of the margin, as in the papers, per picture; per passage; the same lifts"
        figures = f"{_share(loco)}, AUC {loco['auc_by_lift']:.4f}; {_percent(loco['accuracy_per_passage'])}"
        rows.append(_row(what, figures, loco))
    for name, how in {
        "loco-distances": "by the distances of the embeddings alone",
        "loco-bfloat16": "computed in bfloat16",
    }.items():
        if found := results.get(name):
            rows += _verdicts(f"the same lifts, {how}", found)
    return rows


def _onsite(results: Mapping[str, Result]) -> list[Row]:
    if not (onsite := results.get("onsite")):
        return []
    whole = [row for row in onsite["rows"] if not row["without"]]
    if "verdicts" not in whole[0]:
        return _verdicts("the same lifts, each by what it learnt from its own passages", onsite)
    reviews = sorted({(row["passages"], row["reviewed"]) for row in whole if row["reviewed"]})
    shown = {f"{SHOWN_PASSAGES} passages without labels": (SHOWN_PASSAGES, 0)} | {
        f"{passages} passages, {reviewed} of them reviewed": (passages, reviewed)
        for passages, reviewed in reviews
    }
    rows = []
    for source, key in shown.items():
        for row in whole:
            if (row["passages"], row["reviewed"]) == key:
                learnt = f"each by what it learnt from {source}, {100 * row['open_share']:.0f} % open"
                rows += _verdicts(f"the same lifts, {learnt}", {**row, "command": onsite["command"]})
    return rows


def _further(results: Mapping[str, Result]) -> list[Row]:
    rows = []
    if more := results.get("calibration-lifts"):
        rows += _verdicts(f"{len(more['lifts'])} further unseen lifts, those that calibrate", more)
    if cross := results.get("crosscheck"):
        lifts = ", ".join(row["lift"] for row in cross["lifts"])
        rows += _verdicts(f"lifts of another, path-traced renderer, seen from behind: {lifts}", cross)
    if blind := results.get("crosscheck-blind"):
        rows += _verdicts("a camera of that renderer that sees nothing: all must be unknown", blind)
    return rows


def _benchmark(results: Mapping[str, Result]) -> list[Row]:
    rows = []
    for system, name in NAMES.items():
        if found := results.get(f"benchmark-{system}"):
            if system == "barwatch":
                rows += _verdicts("S1 to S20, no picture of which was trained on", found)
            what = f"S1 to S20, {found['pictures']} test pictures, by the margin's sign: {name}"
            rows.append(_row(what, _share(found), found))
    return rows


def _papers(runs: Mapping[str, Result]) -> list[Row]:
    """Return the means over seeds of paper 000's two networks, beside the paper's figures."""
    rows = []
    for preset, (how, printed) in TABLES.items():
        for system in ("classifier", "siamese"):
            found = runs_of(runs, f"{system}-{preset}")
            seeds = "1 seed" if len(found) == 1 else f"{len(found)} seeds"
            measured = f"{mean_share(found).replace(' (', ' % (', 1)}, {seeds}" if found else "not run"
            what = f"S1 to S20, test pictures, as in the papers: {NAMES[system]}{how}"
            command = f"`barwatch reproduce systems/{system}-{preset}`"
            rows.append((what, f"{measured}; paper {printed[system]:.2f}", command))
    return rows


def _recordings(results: Mapping[str, Result]) -> list[Row]:
    rows = []
    for name, since in (("events", "from a lift's first start"), ("events-learnt", "the line known")):
        if events := results.get(name):
            what = (
                f"carriers that left open and occupied, alarmed in time, {since}, {events['carriers']} "
                f"carriers on {len(events['recordings'])} recordings of unseen lifts"
            )
            rate = f"{events['false_alarms_per_1000_carriers']:.1f} false alarms per 1,000 carriers"
            rows.append(_row(what, f"{_share(events, 'recall')}; {rate}", events))
            rows += _verdicts("the same recordings", events)
    if passages := results.get("passages"):
        rows += [_variant(number, variant, passages) for number, variant in enumerate(passages["variants"])]
    return rows


def _variant(number: int, variant: Result, result: Result) -> Row:
    """Return carriers found exactly once, how near, and passages without a carrier."""
    carriers, recordings = variant["carriers"], len(variant["recordings"])
    which = "the same" if number else f"{carriers} carriers on {recordings} recordings of unseen lifts"
    once = {"once": variant["once"] / carriers, "once_interval_95": variant["once_interval_95"]}
    measured = [_share(once, "once")]
    if variant["within"] is not None:
        measured.append(f"{_percent(variant['within'])} of their times within {variant['within_s']} s")
    measured.append(f"{variant['ghosts']} passages without a carrier")
    what = f"carriers found exactly once, {which}: {variant['what']}"
    return _row(what, "; ".join(measured), result)


def _speeds(results: Mapping[str, Result]) -> list[Row]:
    rows = []
    for name, setting in SPEEDS.items():
        for runtime, precision in RUNTIMES.items():
            if measured := _rates(results.get(name, {"rows": []}), runtime):
                what = f"pictures embedded a second on a CPU, {precision}, {setting}"
                rows.append(_row(what, measured, results[name]))
    if ingest := results.get("ingest"):
        rows += [_row(what, measured, ingest) for what, measured in ingest["said"]]
    return rows


def _rates(result: Result, runtime: str) -> str:
    """Return the shipped network's pictures a second for each pair of threads and batch."""
    return "; ".join(
        f"{row['pictures_per_s']:.0f} with {row['threads']} thread{'s' if row['threads'] > 1 else ''} "
        f"in batches of {row['batch']} ({row['ratio_to_paper']:.1f} times the paper's network)"
        for row in result["rows"]
        if (row["system"], row["runtime"]) == ("barwatch", runtime)
    )

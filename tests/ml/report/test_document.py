"""What people read is made of what was measured, and is up to date."""

from pathlib import Path
from typing import Any

import numpy as np

from lifts.decision.verdict import Verdict
from ml.commands.common import RESULTS
from ml.evaluate.benchmark import table
from ml.evaluate.metrics import pack_flags
from ml.evaluate.verdicts import Outcome, count_verdicts
from ml.papers.comparison.orderings import compare_runs as ordered
from ml.report.accuracy import TEACHERS
from ml.report.capacity.failover import failover_places
from ml.report.capacity.tables import capacity_places
from ml.report.document import fill_places, places, read_results, report_document
from ml.report.papers.plans import missing_plans
from ml.report.papers.tables import LEFT_OUT, tables_page
from ml.report.plots import plots
from ml.report.summary import summary_table
from ml.report.systems import read_runs, systems_page
from ml.report.table import Result

ROOT = RESULTS.parent.parent


RIGHT = ((1, 1, 1, 1), (1, 1, 0, 0))


def result(system: str) -> dict[str, Any]:
    found = table([1.0, -1.0, 2.0, -2.0], np.array([1, 1, 0, 0], bool), np.zeros(4, np.int64), ("S1",))
    factors = [
        {"factor": "fog", "pictures": 2, "accuracy_with": 0.5, "accuracy_without": 0.5, "cost_points": 0.0}
    ]
    return {**found, "system": system, "command": "barwatch x", "git_commit": "0" * 40, "factors": factors}


def test_a_place_is_filled_where_a_document_has_it() -> None:
    """Only what stands between the marks is replaced; a document without the marks stays as it is."""
    text = "a\n<!-- t -->\nold\n<!-- /t -->\nb"
    assert fill_places(text, {"t": "new", "u": "more"}) == "a\n<!-- t -->\nnew\n<!-- /t -->\nb"


def test_the_papers_systems_stand_beside_the_papers_figures() -> None:
    """The mean of two seeds, 75 %, and 90.94 in the paper; what was not run says so."""
    judged = {right: {"seen": {"right": pack_flags(np.array(right, bool)), "pictures": 4}} for right in RIGHT}
    runs = dict(zip(("siamese-paper", "siamese-paper-seed1"), judged.values(), strict=True))
    found = str(summary_table({}, runs))
    assert "| 75.00 % (" in found
    assert "), 2 seeds; paper 90.94 | `barwatch reproduce systems/siamese-paper` |" in found
    assert found.count("| not run; paper ") == 3
    assert "edge" not in found


def test_proposed_masks_have_a_section() -> None:
    """Beside hand-made ones, with what they cost, as measured; no command stands in a table."""
    found = report_document(read_results(RESULTS), {})
    assert "### Masks as the network proposes them" in found
    assert "| proposed |" in found
    assert "|\n`barwatch" not in found


def test_what_lifts_learnt_themselves_is_a_row_for_each_way() -> None:
    """Fifty passages' verdicts for each share of open ones, and those of reviews; no ablation among them."""

    def row(passages: int, reviewed: int, open_share: float | None, wrong: int, without: str = "") -> Result:
        outcomes = [Outcome(Verdict.CLOSED, True, (), at < wrong, True) for at in range(100)]
        verdicts = {"per_passage": count_verdicts(outcomes)}
        kind = {"passages": passages, "reviewed": reviewed, "open_share": open_share, "without": without}
        return kind | {"verdicts": verdicts}

    rows = [
        *(row(0, 0, None, 1), row(20, 0, 0.5, 2), row(50, 0, 0.1, 3), row(50, 0, 0.5, 4)),
        *(row(200, 5, 0.5, 5), row(50, 0, 0.5, 6, "background")),
    ]
    found = str(summary_table({"onsite": {"rows": rows, "command": "barwatch x"}}, {}))
    learnt = [line for line in found.splitlines() if "each by what it learnt" in line]
    assert len(learnt) == 3
    assert "from 50 passages without labels, 10 % open, 100 | open called closed 100.00 % (43.85" in learnt[0]
    assert "from 50 passages without labels, 50 % open, 100 |" in learnt[1]
    assert "from 200 passages, 5 of them reviewed, 50 % open, 100 |" in learnt[2]


def test_what_was_not_measured_as_verdicts_is_said() -> None:
    """A result from before verdicts were counted must not pass for one."""
    old = {"lifts": [], "command": "barwatch y", "git_commit": "0" * 40, "accuracy": 0.9, "pictures": 1}
    found = str(summary_table({"loco-distances": old}, {}))
    assert "| not yet measured as verdicts | `barwatch y` |" in found


def test_speeds_stand_beside_the_papers_network() -> None:
    """Only the shipped network's own rows, each with its setting; the run's command."""
    row: dict[str, Any] = {"threads": 1, "batch": 3, "pictures_per_s": 301.4, "ratio_to_paper": 6.04}
    row |= {"system": "barwatch", "runtime": "TorchScript"}
    other = {**row, "system": "ResNet-50"}
    reduced = {**row, "runtime": "TorchScript, bfloat16", "pictures_per_s": 700.0, "ratio_to_paper": 14.0}
    timed = [row, {**row, "threads": 2, "batch": 16}, reduced, other]
    speed = {"rows": timed, "command": "barwatch bench embed"}
    found = str(summary_table({"speed": speed}, {}))
    assert (
        "as the service runs it | 301 with 1 thread in batches of 3 (6.0 times the paper's network)" in found
    )
    assert "; 301 with 2 threads in batches of 16" in found
    assert found.count("301") == 2
    assert "in float32), as the service runs it | 700 with 1 thread in batches of 3 (14.0 times" in found


def test_what_cameras_cost_is_told_in_its_own_words() -> None:
    """The rows of `barwatch bench ingest` stand in the table of every figure and in full."""
    machine = {"cpu": "Some CPU", "cores": 2, "load_average_1min": 0.5}
    ingest = {"said": [["a camera's whole path", "99 ms"]], "machine": machine}
    ingest |= {"command": "barwatch bench ingest", "git_commit": "0" * 40}
    row = "| a camera's whole path | 99 ms |"
    assert f"{row} `barwatch bench ingest` |" in str(summary_table({"ingest": ingest}, {}))
    assert "Some CPU, 2 cores (load at the start 0.5)" in report_document({"ingest": ingest}, {})
    assert f"|---|---|\n{row}\n" in report_document({"ingest": ingest}, {})


def test_plots_are_pictures(tmp_path: Path) -> None:
    """One of ROC curves, one of factors; none without systems."""
    made = plots({"benchmark-edge-energy": result("edge-energy")}, tmp_path)
    assert [path.name for path in made] == ["roc.png", "factors.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in made)
    assert plots({}, tmp_path) == []


def test_all_documents_are_those_of_the_results() -> None:
    """`barwatch report` was run after the last figure changed."""
    measured, runs = read_results(RESULTS), read_runs(RESULTS)
    content: dict[str, object] = {**places(measured, runs, read_runs(RESULTS, TEACHERS))}
    content |= capacity_places(measured["simulation"]) | failover_places(measured["cluster"])
    documents = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    texts = [document.read_text(encoding="utf-8") for document in documents]
    assert all(any(f"<!-- {name} -->" in text for text in texts) for name in content)
    assert [fill_places(text, content) for text in texts] == texts
    assert (RESULTS / "report.md").read_text(encoding="utf-8") == report_document(measured, runs)
    page = systems_page(runs, measured, ordered(runs), missing_plans(runs))
    assert (RESULTS / "systems.md").read_text(encoding="utf-8") == page
    tables = tables_page(runs, measured.get("naive"), read_runs(RESULTS, LEFT_OUT))
    assert (RESULTS / "tables.md").read_text(encoding="utf-8") == tables

"""From measured figures to the whole result: deterministic, complete, and never by a guess."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from ml.plots.capacity import draw_capacity
from ml.report.capacity.tables import capacity_places
from ml.report.document import fill_places
from ml.report.table import Table
from ml.simulation.assumed import Assumptions
from ml.simulation.fleet import SCENARIOS, simulate
from ml.simulation.keeping import cost, evidence
from ml.simulation.measured import Figures, MissingFigureError
from ml.simulation.plan import DATABASE, PROCESSOR, one_service, plan, used
from ml.simulation.traffic import intervals_s, passages_s
from ml.simulation.validation import validate
from ml.simulation.whole import costs_of, whole
from service.api.threads import FEEDS
from service.cli import app
from tests.ml.simulation.measurements import run, write

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def found(measured: Path) -> dict[str, Any]:
    return whole(measured, Assumptions.read(), 0, (1, 40, 200), wanted=100)


def test_the_same_seed_gives_the_same_result(measured: Path) -> None:
    """And another one gives another; every scenario keeps every carrier."""
    assumed = Assumptions.read()
    costs = costs_of(Figures(measured), assumed)
    planned = plan(40, costs, assumed)
    for scenario in SCENARIOS:
        first, again, other = (simulate(planned, costs, assumed, scenario, seed, 100) for seed in (1, 1, 2))
        assert first == again
        assert first["delay_ms"] != other["delay_ms"]
        assert first["judged"] + first["unknown"] == first["passed"] > 0


def test_a_lost_node_costs_only_the_carriers_of_its_lifts(measured: Path) -> None:
    """What passes until another node watches is unknown; few lines are learnt anew; the others go on."""
    assumed = Assumptions.read()
    costs = costs_of(Figures(measured), assumed)
    assert (costs.failover.seconds, costs.failover.longest_s) == (5.0, 6.0)
    planned = plan(200, costs, assumed)
    lost = simulate(planned, costs, assumed, "node lost", 0)
    rate = 200 * assumed["carriers_per_hour_peak"] / 3600 / planned.nodes
    assert lost["unknown"] == pytest.approx(rate * 5.0, rel=0.4)
    assert lost["unknown_at_longest"] == pytest.approx(rate * 6.0, rel=0.4)
    assert lost["unknown_at_longest"] > lost["unknown"]
    late = (1 - lost["in_time"]) * lost["passed"] - lost["unknown"]
    assert 0 < late < 0.5 * rate * costs.camera.learning_s
    assert lost["used"][PROCESSOR] < 1.0


def test_one_machine_that_is_lost_watches_nothing(measured: Path) -> None:
    """No other node: all that passes afterwards is unknown, not silently gone."""
    assumed = Assumptions.read()
    costs = costs_of(Figures(measured), assumed)
    lost = simulate(plan(1, costs, assumed), costs, assumed, "node lost", 0)
    assert lost["unknown_because"]["not watched"] == lost["passed"] - lost["judged"] > 0


def test_too_small_a_machine_says_so(measured: Path) -> None:
    """Twice the cameras that its cores carry: carriers are unknown for want of frames, none is lost."""
    assumed = Assumptions.read().at("planned_use", 2.5)
    costs = costs_of(Figures(measured), assumed)
    planned = plan(100, costs, assumed)
    assert used(planned, costs, assumed, peak=True)[PROCESSOR] > 1.0
    result = simulate(planned, costs, assumed, "peak", 0, 100)
    assert result["unknown_because"]["overloaded"] > 0


def test_carriers_come_at_each_lifts_own_pace() -> None:
    """The mean rate is the one asked for, and no lift strays far from its interval."""
    rng = np.random.default_rng(0)
    each_s = intervals_s(rng, 50, 600.0)
    times, lift = passages_s(rng, each_s, 100.0, 2_100.0)
    assert len(times) == pytest.approx((2_000.0 / each_s).sum(), rel=0.01)
    assert (np.diff(times) >= 0).all()
    assert times.min() >= 100.0
    assert times.max() < 2_100.0
    gaps = np.diff(times[lift == 7])
    assert gaps.mean() == pytest.approx(each_s[7], rel=0.01)


def test_evidence_is_the_measured_bytes_of_a_season(measured: Path) -> None:
    """Worked by hand: 4,800 carriers a day of 72 kB; one in 100 with a clip of 13 s at 2 Mbit/s."""
    assumed = Assumptions.read()
    costs = costs_of(Figures(measured), assumed)
    kept = evidence(10, costs, assumed)
    assert kept["passages_per_day"] == 48_000
    assert kept["passage_bytes"] == 72_000
    assert kept["alarm_bytes"] == 72_000 + 13 * 250_000
    assert kept["day_gb"] == pytest.approx(48_000 * 72e-6 + 480 * 3.25e-3)
    assert kept["kept_gb"] == pytest.approx(47_520 * 72e-6 * 8 + 480 * 3.322e-3 * 30)
    paid = cost(plan(10, costs, assumed), kept, assumed)
    assert paid["nodes"] == 4 / 16 * 250 * 12
    assert paid["each_lift"] == paid["all"] / 10


def test_more_lifts_never_need_less(measured: Path) -> None:
    """Nodes, GPUs and what one service would use grow with the lifts."""
    assumed = Assumptions.read()
    costs = costs_of(Figures(measured), assumed)
    sizes = (1, 10, 100, 1_000, 10_000)
    plans = [plan(lifts, costs, assumed) for lifts in sizes]
    for name in ("services", "nodes", "gpus", "replicas"):
        values = [getattr(each, name) for each in plans]
        assert values == sorted(values)
    use = [one_service(lifts, costs, assumed)[DATABASE] for lifts in sizes]
    assert use == pytest.approx([use[0] * lifts for lifts in sizes])


@pytest.mark.parametrize("name", ["ingest.json", "speed.json", "store.json", "load.json", "cluster.json"])
def test_a_missing_measurement_is_an_error_that_names_its_command(
    measured: Path, name: str, tmp_path: Path
) -> None:
    """The command refuses; it does not go on with a guess."""
    for path in measured.glob("*.json"):
        if path.name != name:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    refused = CliRunner().invoke(app, ["simulate", "--results", str(tmp_path)])
    assert refused.exit_code == 2
    said = re.sub(r"[\s│╭╮╰╯─]+", "", refused.output)  # long paths are cut where lines end
    assert name in said
    assert ("tests.cluster.kills" if name == "cluster.json" else "barwatchbench") in said


def test_a_figure_that_is_missing_in_its_file_is_an_error(measured: Path, tmp_path: Path) -> None:
    """A key that is not there, a number that is none, runs that cannot be told apart."""
    for path in measured.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    speed = json.loads((tmp_path / "speed.json").read_text())
    speed["rows"][0]["ms_per_batch_median"] = None
    (tmp_path / "speed.json").write_text(json.dumps(speed))
    with pytest.raises(MissingFigureError, match=r"speed\.json"):
        costs_of(Figures(tmp_path), Assumptions.read(), threads=1)
    load = json.loads((tmp_path / "load.json").read_text())
    (tmp_path / "load.json").write_text(json.dumps(load | {"runs": [run(2, 0), run(2, 0), run(2, 0)]}))
    with pytest.raises(MissingFigureError, match="different numbers of cameras"):
        costs_of(Figures(tmp_path), Assumptions.read())


def test_a_reader_may_give_prices_of_their_own(tmp_path: Path) -> None:
    """Theirs replace ours, and only by names that exist; a value that is none is refused."""
    own = tmp_path / "prices.toml"
    own.write_text("[price_node_month]\nvalue = 99\nsource = 'an offer of today'\n")
    read = Assumptions.read(own)
    assert read["price_node_month"] == 99
    assert read.rows["price_node_month"].source == "an offer of today"
    assert read["planned_use"] == Assumptions.read()["planned_use"]
    for text, said in (
        ("[price_of_gold]\nvalue = 1", "no assumption 'price_of_gold'"),
        ("[price_node_month]\nvalue = 'much'", "a value of 0 or more"),
        ("price_node_month = 3", "expected a table"),
        ("[", "prices.toml"),
    ):
        own.write_text(text)
        with pytest.raises(ValueError, match=said):
            Assumptions.read(own)


def test_every_assumption_has_its_range_and_source() -> None:
    """The value lies in the range; a limit of the service is the service's own."""
    rows = Assumptions.read().rows.values()
    assert all(row.low <= row.value <= row.high and row.source and row.unit for row in rows)
    assert Assumptions.read()["feeds_per_process"] == FEEDS


@pytest.mark.thorough
def test_a_run_of_three_nodes_is_compared_once_there_is_one(measured: Path, tmp_path: Path) -> None:
    """It stands among the comparisons, and the constants of one machine stay those of one machine."""
    for path in measured.glob("*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    load = json.loads((tmp_path / "load.json").read_text())
    load["runs"].append(run(8, 0, nodes=3))
    (tmp_path / "load.json").write_text(json.dumps(load))
    assumed = Assumptions.read()
    costs = costs_of(Figures(tmp_path), assumed)
    compared = validate(Figures(tmp_path), costs, assumed, 0)["runs"]
    assert [each["nodes"] for each in compared] == [1, 1, 1, 1, 3]
    assert costs.main == costs_of(Figures(measured), assumed).main


@pytest.mark.thorough
def test_the_page_has_every_table_and_plot(found: dict[str, Any], tmp_path: Path) -> None:
    """docs/capacity.md has a place for each table, each table is filled, and the plots are drawn."""
    page = (ROOT / "docs" / "capacity.md").read_text(encoding="utf-8")
    tables = capacity_places(found)
    for name, content in tables.items():
        assert f"<!-- {name} -->" in page
        assert str(content)
        if isinstance(content, Table):
            assert len(content.rows) > 0
            assert all(len(row) == len(content.heads) for row in content.rows)
    assert fill_places(page, tables) != page
    drawn = draw_capacity(found, tmp_path)
    assert [path.name for path in drawn] == ["breaks.png", "delays.png", "cost.png"]
    assert all(path.stat().st_size > 10_000 for path in drawn)
    assert all(f"capacity/{path.name}" in page for path in drawn)

"""`barwatch simulate`: Barwatch past what can run here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ml.commands.common import RESULTS, JsonOption, deliver, progress_bar, provenance
from ml.machine.description import machine
from ml.report.capacity.tables import capacity_section
from ml.simulation.assumed import Assumptions


def simulate(
    results: Annotated[Path, typer.Option(help="Folder of the measured figures.")] = RESULTS,
    assumptions: Annotated[
        Path | None,
        typer.Option(help="TOML with your own values and prices, in place of ml/simulation/assumed.toml's."),
    ] = None,
    lifts: Annotated[
        list[int] | None, typer.Option(min=1, help="How many, each in turn; 1, 10, 100, 1,000 and 10,000.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of everything that is drawn.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Write the result here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Simulate 1 to 10,000 lifts by measured figures: what breaks first, delays, nodes, evidence, cost.

    Refuses to run where a figure is missing. The errors against measured runs are part of the result.
    """
    try:
        from ml.simulation.fleet import SCENARIOS  # noqa: PLC0415 - SimPy is an extra
        from ml.simulation.whole import SIZES, whole  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name != "simpy":
            raise
        raise typer.BadParameter("SimPy is missing: pip install 'barwatch[simulation]'") from None
    sizes = lifts or list(SIZES)
    with progress_bar() as progress:
        task = progress.add_task("simulating", total=1 + len(SCENARIOS) * len(sizes), note="")

        def step(done: str) -> None:
            progress.update(task, advance=1, note=done)

        try:
            found = whole(results, Assumptions.read(assumptions), seed, sizes, step)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    result = provenance(seed) | {"machine": machine()} | found
    deliver(result, capacity_section(result), out, as_json)

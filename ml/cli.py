"""ml's commands of `barwatch`: render, train, evaluate, export, bench; the service finds them by name."""

from __future__ import annotations

import typer

from ml.commands import bench, plot
from ml.commands.benchmark import benchmark
from ml.commands.digits import evaluate_digits
from ml.commands.evaluate import evaluate, evaluate_benchmark
from ml.commands.events import evaluate_events
from ml.commands.export import export
from ml.commands.onsite import evaluate_onsite
from ml.commands.passages import evaluate_passages
from ml.commands.render import app as render
from ml.commands.report import report
from ml.commands.train import train

app = typer.Typer(help="Data, training, tables and the artefact.", no_args_is_help=True)
render.command()(benchmark)
app.add_typer(render, name="render", help="Render lifts, pictures and videos from seeds.")
for command in (train, evaluate, export, report):
    app.command()(command)
app.command("evaluate-benchmark")(evaluate_benchmark)
app.command("evaluate-digits")(evaluate_digits)
app.command("evaluate-events")(evaluate_events)
app.command("evaluate-onsite")(evaluate_onsite)
app.command("evaluate-passages")(evaluate_passages)
app.add_typer(plot.app, name="plot")
app.add_typer(bench.app, name="bench", help="Speed of the parts, measured on this machine.")

"""`barwatch bench embedders`: what a call of a cluster's embedder costs."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from service.bench.about import about
from service.bench.cluster.embedders import embedders_cost
from service.cluster.nodes import need_ray
from service.commands.options import JsonOption, ModelOption
from service.settings import load_settings


def embedders(
    rounds: Annotated[int, typer.Option(min=3, help="How many turns.")] = 40,
    model: ModelOption = None,
    as_json: JsonOption = False,
) -> None:
    """What a call of a cluster's embedder costs, in batches and one by one, beside this machine's."""
    need_ray()
    found = embedders_cost(load_settings(model=model).manifest_path(), rounds)
    if as_json:
        typer.echo(json.dumps({"about": about(), **found}))
        return
    ms, way = found["ms"], found["way_ms"]
    typer.echo(
        f"{found['pictures']} pictures, one thread: {ms['cluster_batch']:.0f} ms in a call of the cluster, "
        f"{ms['local_batch']:.0f} ms here (x {found['cluster_over_local']:.2f})\n"
        f"one by one: {ms['cluster_singles']:.0f} ms in the cluster (x {found['singles_over_batch']:.2f}), "
        f"{ms['local_singles']:.0f} ms here\n"
        f"the way there and back: {way['one']:.1f} ms with one, {way['batch']:.1f} ms with all"
    )

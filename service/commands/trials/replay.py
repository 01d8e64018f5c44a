"""`barwatch replay`: judge stored passages by a candidate, and say what it would have decided otherwise."""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import datetime
from typing import Annotated, Any

import httpx
import typer

from service.commands.client import Target, request, run_calls
from service.commands.options import JsonOption
from service.commands.trials.service import ServiceOption
from service.domain.errors import ConfigurationError

POLL_S = 1.0
RUNNING, DONE = "running", "done"


def replay(
    lift_id: Annotated[str, typer.Argument(metavar="LIFT", help="The lift.")],
    masks: Annotated[int | None, typer.Option("--masks", min=1, help="Masks of this version.")] = None,
    calibration: Annotated[
        int | None, typer.Option("--calibration", min=1, help="The site calibration of this version.")
    ] = None,
    model: Annotated[
        str | None, typer.Option("--model", help="The model in models/NAME of the service's data folder.")
    ] = None,
    candidate: Annotated[
        int | None, typer.Option("--candidate", min=1, help="A candidate that there is already.")
    ] = None,
    since: Annotated[datetime | None, typer.Option("--from", help="Passages seen at or after this.")] = None,
    until: Annotated[datetime | None, typer.Option("--to", help="Passages seen before this [now].")] = None,
    url: ServiceOption = "http://127.0.0.1:8000",
    as_json: JsonOption = False,
) -> None:
    """Judge stored passages again by other masks, a site calibration or a model; decide nothing.

    Waits until it is done, and lists what is judged otherwise; Ctrl-C cancels it. The exit code is 1 if it
    was not finished, or if the candidate looks as if its masks were swapped.
    """
    given = {"masks": masks, "calibration": calibration, "model": model, "candidate": candidate}
    named = {name: value for name, value in given.items() if value is not None}
    if len(named) != 1:
        raise ConfigurationError("expected one of --masks, --calibration, --model and --candidate")
    body = {
        "from": None if since is None else since.astimezone().isoformat(),
        "to": None if until is None else until.astimezone().isoformat(),
    }

    async def calls(client: httpx.AsyncClient) -> Any:
        path = f"/lifts/{lift_id}"
        number = candidate or await _proposed(client, path, *next(iter(named.items())))
        found = await request(client, "POST", f"{path}/replays", json={"candidate": number, **body})
        place = f"{path}/replays/{found['number']}"
        try:
            while found["state"] == RUNNING:
                await asyncio.sleep(POLL_S)
                found = await request(client, "GET", place)
                _show_progress(found)
        except asyncio.CancelledError:
            await request(client, "POST", f"{place}/cancel")
            raise
        query = {"replay": found["number"], "limit": 500}
        page = await request(client, "GET", f"{path}/candidates/{number}/differences", params=query)
        return found, page["items"]

    found, differences = run_calls(Target.of(url, None, None, None), calls)
    if as_json:
        typer.echo(json.dumps({**found, "differences": differences}))
    else:
        _show(found, differences)
    if found["state"] != DONE or found["summary"]["looks_swapped"]:
        raise typer.Exit(1)


async def _proposed(client: httpx.AsyncClient, path: str, kind: str, which: int | str) -> int:
    """Propose a candidate that judges nothing live; return its number."""
    field = "model" if kind == "model" else "version"
    made = await request(
        client, "POST", f"{path}/candidates", json={"kind": kind, field: which, "shadow": False}
    )
    return int(made["number"])


def _show_progress(found: dict[str, Any]) -> None:
    if sys.stderr.isatty():
        typer.echo(f"\r{found['done']} of {found['total']} passages", nl=False, err=True)
        if found["state"] != RUNNING:
            typer.echo(err=True)


def _show(found: dict[str, Any], differences: list[dict[str, Any]]) -> None:
    why = f": {found['reason']}" if found["reason"] else ""
    typer.echo(f"candidate {found['candidate']}, replay {found['number']}: {found['state']}{why}")
    typer.echo(found["summary"]["message"])
    typer.echo(found["message"])
    for one in differences:
        said = f", reviewed {one['review']}" if one["review"] else ""
        typer.echo(f"   {one['passage_id']}: {one['verdict']}, candidate {one['candidate_verdict']}{said}")

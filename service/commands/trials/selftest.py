"""`barwatch self-test`: run a lift's self-test now, or show those so far."""

from __future__ import annotations

import json
from typing import Annotated, Any

import httpx
import typer

from service.commands.client import Target, request, run_calls
from service.commands.options import JsonOption
from service.commands.trials.service import ServiceOption

PASSED = "passed"


def self_test(
    lift_id: Annotated[str, typer.Argument(metavar="LIFT", help="The lift.")],
    show: Annotated[bool, typer.Option("--list", help="Show those so far, newest first; run none.")] = False,
    accept_view: Annotated[
        bool,
        typer.Option("--accept-view", help="The camera's present view is the right one: compare with it."),
    ] = False,
    url: ServiceOption = "http://127.0.0.1:8000",
    as_json: JsonOption = False,
) -> None:
    """Test a lift now: recorded passages down the live path, the camera's view, the outputs.

    The exit code is 0 only if the (newest) test passed.
    """
    path = f"/lifts/{lift_id}"

    async def calls(client: httpx.AsyncClient) -> Any:
        if show:
            return (await request(client, "GET", f"{path}/self-tests"))["items"]
        return [await request(client, "POST", f"{path}/self-test", json={"accept_view": accept_view})]

    found = run_calls(Target.of(url, None, None, None), calls)
    for one in found:
        if as_json:
            typer.echo(json.dumps(one))
            continue
        typer.echo(f"{one['lift_id']} {one['number']}: {one['result']}, {one['started_at']}, by {one['by']}")
        for check in one["checks"]:
            typer.echo(f"   {check['name']}: {check['result']}: {check['message']}")
    if not found or found[0]["result"] != PASSED:
        raise typer.Exit(1)
